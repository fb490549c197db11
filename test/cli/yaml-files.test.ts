/** The whole program with YAML stage files. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newExamples, newFolder, removeFolders, runStage } from '../world.js';

afterAll(removeFolders);

const prod = '# the shop\nstageName: prod\nvariables:\n  color: blue # today\n  size: 1.10\n  password: 12345\n';
const textOf = (cwd: string, name: string): string => readFileSync(join(cwd, name), 'utf8');

test.each(['prod.yaml', 'prod.yml', './prod.YAML', 'file:prod.yaml', './prod'])(
  'an edit of %s changes only its lines',
  async (word) => {
    const name = word.replace(/^(?:file:|\.\/)/, '');
    const cwd = newFolder({ [name]: prod });
    const { code, stdout } = await runStage(['set', word, '--variable', 'color=on', '--variable', 'a=1'], { cwd });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('+ variables.a: 1') });
    expect(textOf(cwd, name)).toBe(`${prod.replace('blue', '"on"')}  a: "1"\n`);
  },
);

test('standard input is YAML if it does not start with a brace', async () => {
  const { code, stdout, stderr } = await runStage('set - --variable color=red', { stdin: prod });
  expect({ code, stdout }).toEqual({ code: 0, stdout: prod.replace('blue', 'red') });
  expect(stderr).toContain('variables.color: blue → red');
});

test.each(['prod.json', 'staging.json', 'shop.json'])('get prints the same stage as YAML for %s', async (name) => {
  const cwd = newExamples();
  const { stdout } = await runStage(['get', name, '-o', 'yaml'], { cwd });
  const again = await runStage('get -', { stdin: stdout });
  expect(JSON.parse(again.stdout)).toEqual(JSON.parse((await runStage(['get', name], { cwd })).stdout));
});

describe('an unquoted value that other YAML parsers read differently', () => {
  const notice =
    'Read as text, which other YAML readers may not do: variables.size, variables.password. Put such values in quotes.';

  test.each([
    'set prod.yaml --variable color=red',
    'set prod.yaml --variable color=red --dry-run',
    'get prod.yaml',
    'get prod.yaml variables.size',
    'copy prod.yaml prod.json --variable color',
  ])('is reported without the value by stage %s', async (line) => {
    const { stderr } = await runStage(line, { cwd: newExamples({ 'prod.yaml': prod }) });
    expect(stderr).toContain(`notice: ${notice}`);
    expect(stderr).not.toContain('12345');
  });

  test('is reported in the document of an edit', async () => {
    const { stdout } = await runStage('set prod.yaml --variable color=red -o json', {
      cwd: newFolder({ 'prod.yaml': prod }),
    });
    expect(JSON.parse(stdout).notices).toEqual([{ code: 'unquoted-value', message: notice }]);
  });
});

test.each([
  ['of a referenced anchor', 4, 'set prod.yaml description=b'],
  ['of an override through an alias', 6, 'set prod.yaml --canary-variable own=b'],
])('an edit %s is refused', async (_what, line, command) => {
  const text =
    'stageName: prod\ndescription: &text a\nvariables: &v\n  own: *text\ncanarySettings:\n  stageVariableOverrides: *v\n';
  const cwd = newFolder({ 'prod.yaml': text });
  for (const more of ['', ' --dry-run', ' --dry-run -o json']) {
    const { code, stdout, stderr } = await runStage(command + more, { cwd });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain(
      `prod.yaml: line ${line}: the edit would change more than it names: an alias, an anchor, `,
    );
    expect(textOf(cwd, 'prod.yaml')).toBe(text);
  }
  const piped = await runStage(`${command.replace('prod.yaml', '-')} --dry-run`, { cwd, stdin: text });
  expect(piped).toMatchObject({ code: 3, stdout: '' });
});

test('an edit of a stage file with the tag of an intrinsic is refused', async () => {
  const cwd = newFolder({ 'prod.yaml': 'variables:\n  t: !GetAtt T.Arn\n' });
  const { code, stderr } = await runStage('set prod.yaml --variable t=x', { cwd });
  expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('line 2, column 6: Unresolved tag') });
  expect(textOf(cwd, 'prod.yaml')).toContain('t: !GetAtt T.Arn\n');
});

test('the message for a missing YAML file names YAML files and how to create one', async () => {
  const { code, stderr } = await runStage('get dev.yaml', {
    cwd: newFolder({ 'a.json': '{}', 'b.yaml': '', 'c.yml': '', 'd.txt': '' }),
  });
  expect(code).toBe(3);
  expect(stderr).toContain('dev.yaml: no such file. Files here: a.json, b.yaml, c.yml. To create it: ');
  expect(stderr).toContain(' --output yaml > dev.yaml');
});

test('.stagerc accepts YAML files as stages and as the default, but no stage name that ends like one', async () => {
  const files = { 'prod.yaml': prod, '.stagerc': 'default: prod.yaml\nstages:\n  p:\n    file: prod.yaml\n' };
  const cwd = newFolder(files);
  expect((await runStage('get p variables.color', { cwd })).stdout).toBe('blue\n');
  expect((await runStage('get variables.color', { cwd })).stdout).toBe('blue\n');
  const wrong = newFolder({ ...files, '.stagerc': 'stages:\n  p.yml:\n    file: prod.yaml\n' });
  const { code, stderr } = await runStage('get p.yml', { cwd: wrong });
  expect(code).toBe(4);
  expect(stderr).toContain('this would be read as a property, an option or a target; call the stage something else');
});
