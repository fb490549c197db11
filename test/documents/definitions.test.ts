/** Stage definitions from public repositories, each with the desired stage. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDesired } from '../../src/documents/desired.js';
import { diffStages } from '../../src/stage/diff.js';
import type { Stage } from '../../src/stage/stage.js';

interface Definition {
  readonly file: string;
  /** Its source. */
  readonly repository: string;
  readonly path: string;
  readonly name?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly stage?: Stage;
  readonly unknown?: readonly string[];
  /** Words of the message, if the definition cannot be deployed unchanged. */
  readonly refused?: string;
}

const folder = join(__dirname, '..', 'fixtures', 'documents');
const { definitions }: { definitions: readonly Definition[] } = JSON.parse(
  readFileSync(join(folder, 'index.json'), 'utf8'),
);

const read = ({ file, name, parameters = {} }: Definition) =>
  readDesired(readFileSync(join(folder, file), 'utf8'), {
    label: file,
    parameters,
    ...(name !== undefined && { name }),
  });

test.each(definitions.filter(({ refused }) => refused === undefined))(
  '$file $name: $repository',
  async (definition) => {
    const desired = await read(definition);
    expect(desired.stage).toEqual(definition.stage);
    expect([...desired.unknown.keys()].sort()).toEqual(definition.unknown);
    expect(diffStages(desired.stage, desired.stage).operations).toEqual([]);
  },
);

test.each(definitions.filter(({ refused }) => refused !== undefined))(
  '$file is refused: $refused',
  async (definition) => {
    await expect(read(definition)).rejects.toThrow(definition.refused);
  },
);

test.each(['cloudformation', 'sam', 'terraform'])('there are at least ten definitions for %s', (format) => {
  const files = definitions.map(({ file }) => file).filter((file) => file.startsWith(`${format}/`));
  expect(new Set(files).size).toBeGreaterThanOrEqual(10);
});
