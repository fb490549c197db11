/** A stage file in YAML holds the same as in JSON, however it is written. */
import fc from 'fast-check';
import { stringify } from 'yaml';
import { stageShape } from '../../src/stage/stage.js';
import { parseStageYaml } from '../../src/text/stage-yaml.js';
import { anyStage } from '../stage/arbitraries.js';

const styles = [
  {},
  { defaultStringType: 'QUOTE_SINGLE' },
  { defaultStringType: 'QUOTE_DOUBLE' },
  { collectionStyle: 'flow' },
  { indent: 4, lineWidth: 20 },
  { version: '1.1' },
] as const;

const valueIn = async (text: string): Promise<unknown> => {
  const parsed = await parseStageYaml(text, stageShape);
  if ('message' in parsed) throw new Error(parsed.message);
  return parsed.value;
};

test.each(styles)('a stage written as YAML with %j is read back the same', async (style) => {
  await fc.assert(
    fc.asyncProperty(anyStage, async (stage) => expect(await valueIn(stringify(stage, style))).toEqual(stage)),
  );
});

test('a stage written as JSON is YAML too', async () => {
  await fc.assert(
    fc.asyncProperty(anyStage, async (stage) => expect(await valueIn(JSON.stringify(stage, null, 4))).toEqual(stage)),
  );
});

const name = fc.string({ unit: fc.constantFrom(...'0123456789.eE_+-xonyesltrufa~'), minLength: 1, maxLength: 5 });

test('a variable without quotes is read as it is written, whatever YAML makes of it', async () => {
  await fc.assert(
    fc.asyncProperty(
      name.filter((text) => /^[0-9a-zA-Z.]/.test(text) && text !== 'null'),
      async (text) => {
        expect(await valueIn(`variables:\n  ${text}: ${text}\n`)).toEqual({ variables: { [text]: text } });
      },
    ),
  );
});

test('a key that is a map, and a cyclic alias, are faults with their place', async () => {
  expect(await parseStageYaml('description: a\n? { b: c }\n: d', stageShape)).toMatchObject({ line: 2, column: 3 });
  expect(await parseStageYaml('variables: &a { b: *a }', stageShape)).toHaveProperty('message');
  expect(await parseStageYaml(`variables: ${'['.repeat(20000)}`, stageShape)).toHaveProperty('message');
});
