/** Files named as in the AWS CLI. */
import { join } from 'node:path';
import { newFolder, removeFolders, runStage, wordsOf } from '../world.js';

afterAll(removeFolders);

const format = '{\n  "id": "$context.requestId",\n  "status": $context.status\n}\n';

const cwd = newFolder({
  's.json': '{}',
  'text.txt': 'two words\n',
  'one.txt': '1\r\n',
  'format.json': format,
  'lines.txt': '$context.requestId\n$context.status\n',
  'home/ops.json': '[{"op": "replace", "path": "/variables/a", "value": "1"}]',
  'home/a': '1',
  'home/vars.json': '{"a": "1"}',
  'home/$unset': '1',
  '~someone': '1',
  'ho~me': '1',
});
const env = { HOME: join(cwd, 'home'), DIR: 'home', a1: 'a' };

const patched = async (words: readonly string[]): Promise<unknown> => {
  const { stdout, stderr } = await runStage([...words, '-n', '-q', '-o', 'patch'], { cwd, env });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
};

const value = (name: string) => [
  'patch',
  's.json',
  '--patch-operations',
  `op=replace,path=/variables/a,value@=file://${name}`,
];

test.each([
  ['operations', ['patch', 's.json', '--patch-operations', 'file://~/ops.json']],
  ['operations', ['patch', 's.json', '--patch-operations', 'file://$HOME/ops.json']],
  ['variables', ['set', 's.json', '--variables', 'file://~/vars.json']],
  ['variables', ['set', 's.json', '--variables', 'file://${HOME}/vars.json']],
  ['a variable', ['set', 's.json', '--variables', 'a@=file://~/a']],
  ['a value', value('~/a')],
  ['a value', value('$DIR/a')],
  ['a value', value('${DIR}/$a1')],
  ['a value', value('home/$unset')],
  ['a value', value('~someone')],
  ['a value', value('ho~me')],
])('%s: %j is found where the AWS CLI looks', async (_what, words) => {
  expect(await patched(words)).toEqual([{ op: 'replace', path: '/variables/a', value: '1' }]);
});

test('a missing file is reported with the path that was tried', async () => {
  const { code, stderr } = await runStage(value('~/nope'), { cwd, env });
  expect({ code, stderr }).toEqual({ code: 3, stderr: `stage: ${env.HOME}/nope: no such file.\n` });
});

test('a path after @ is not expanded', async () => {
  const { stderr } = await runStage(['set', 's.json', '--variable', 'a=@$DIR/a'], { cwd, env });
  expect(stderr).toBe('stage: $DIR/a: no such file.\n');
});

const replace = (path: string, value: string) => [{ op: 'replace', path, value }];

test.each([
  ['--description file://text.txt', replace('/description', 'two words')],
  ['--description=file://text.txt', replace('/description', 'two words')],
  ['description=file://text.txt', replace('/description', 'two words')],
  ['--canary-percent-traffic file://one.txt --force', replace('/canarySettings/percentTraffic', '1')],
  ['--variable a=file://one.txt', replace('/variables/a', '1')],
  ['--variable a=@one.txt', replace('/variables/a', '1')],
  ['variables.a=@one.txt', replace('/variables/a', '1')],
  ['--variables @home/vars.json', replace('/variables/a', '1')],
  [`--variables '{"a":"file:///x"}'`, replace('/variables/a', 'file:///x')],
  ['--description @one.txt', replace('/description', '@one.txt')],
  ['--description x --expect variables.b=file://one.txt', undefined],
])('set %s reads the text from the file', async (options, operations) => {
  const words = wordsOf(`set s.json ${options}`);
  if (operations) expect(await patched(words)).toEqual(operations);
  else expect((await runStage(words, { cwd })).stderr).toContain('Expected variables.b to be 1');
});

test.each(['--description file://-', '--variable a=file://-', '--variable a=@-', '--variables @-'])(
  'set %s reads standard input',
  async (option) => {
    const stdin = option === '--variables @-' ? 'a=1\n' : '1\n';
    const { stdout } = await runStage(`set s.json ${option} -n -o patch`, { cwd, stdin });
    expect(JSON.parse(stdout)).toMatchObject([{ op: 'replace', value: '1' }]);
  },
);

test('a default can be empty, or come from a file', async () => {
  expect((await runStage(['get', 's.json', 'description', '--default', ''], { cwd })).stdout).toBe('\n');
  const { stdout } = await runStage('get s.json description --default file://text.txt', { cwd });
  expect(stdout).toBe('two words\n');
});

describe('a log format of several lines', () => {
  test.each(['file://format.json', '@format.json'])('is joined with a notice if %s is JSON', async (value) => {
    const { stdout, stderr } = await runStage(`set s.json --access-log-format ${value} -n -o patch`, { cwd });
    expect(JSON.parse(stdout)).toEqual(
      replace('/accessLogSettings/format', '{"id": "$context.requestId","status": $context.status}'),
    );
    expect(stderr).toContain(
      '--access-log-format: the JSON is joined into one line, because a log format is one line.',
    );
  });

  test.each([
    ['@lines.txt', 'got 2 lines; join the lines.'],
    [format, 'got 5 lines; join the lines, or put JSON into a file and give file://FILE.'],
  ])('is refused if it is not JSON: %j', async (value, sentence) => {
    const { code, stderr } = await runStage(['set', 's.json', '--access-log-format', value], { cwd });
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: `stage: --access-log-format: expected a log format on one line, ${sentence}\n`,
    });
  });
});
