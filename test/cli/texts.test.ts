/** Files that are named as the AWS CLI names them. */
import { join } from 'node:path';
import { newFolder, removeFolders, runStage } from '../world.js';

afterAll(removeFolders);

const cwd = newFolder({
  's.json': '{}',
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
])('%s: %j is found where the AWS CLI would look', async (_what, words) => {
  expect(await patched(words)).toEqual([{ op: 'replace', path: '/variables/a', value: '1' }]);
});

test('what is not there is told by where it was looked for', async () => {
  const { code, stderr } = await runStage(value('~/nope'), { cwd, env });
  expect({ code, stderr }).toEqual({ code: 3, stderr: `stage: ${env.HOME}/nope: no such file.\n` });
});

test('a value behind @ is named as a shell leaves it', async () => {
  const { stderr } = await runStage(['set', 's.json', '--variable', 'a=@$DIR/a'], { cwd, env });
  expect(stderr).toBe('stage: $DIR/a: no such file.\n');
});
