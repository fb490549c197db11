/** Details of copy, set and get. */
import { runInFolder } from '../runs.js';
import { aMethod, aStage } from '../stages.js';

const source = aStage({
  variables: { DEBUG: '1', DEPTH: '2', color: 'blue' },
  methodSettings: { '~1pets/GET': aMethod() },
});

const copy = (excluded: string) =>
  runInFolder(['copy', 'a.json', 'b.json', '--all', '--all-methods', '--exclude', excluded], {
    files: { 'a.json': source, 'b.json': aStage({ variables: { old: '3' } }) },
  });

test.each([
  ['variables.DEBGU', /variables\.DEBGU: neither the source nor the target has it\. Did you mean variables\.DEBUG/],
  ['variables.color,variables.colour', /variables\.colour: neither .* Did you mean variables\.color/],
  ['methodSettings.GET /pet', /GET \/pet: neither .* Did you mean methodSettings\.GET \/pets/],
  ['canarySettings.stageVariableOverrides.a', /overrides\.a: neither the source nor the target has it\./i],
  ['nonsense', /nonsense/],
])('--exclude %s selects nothing, which is an error', async (word, says) => {
  const { code, stderr, files } = await copy(word);
  expect(stderr).toMatch(says);
  expect({ code, after: JSON.parse(files['b.json'] ?? '') }).toEqual({
    code: 3,
    after: aStage({ variables: { old: '3' } }),
  });
});

test.each([
  'variables.DEBUG',
  'variables.old',
  'variables.*',
  'variables.DEBUG,variables.color',
  'methodSettings.*',
  'methodSettings.GET,POST /pets',
  'methodSettings.ANY /pets',
  'methodSettings.*/*.loggingLevel',
  '/variables/DEBUG',
  'documentationVersion',
  'canarySettings.*',
])('--exclude %s selects something, or names a property', async (word) => {
  expect((await copy(word)).code).toBe(0);
});

test('a copy of all methods does not advise --all-methods', async () => {
  const own = aMethod({ cacheTtlInSeconds: 7 });
  const { stdout, stderr } = await runInFolder(['copy', 'a.json', 'b.json', '--all', '--all-methods'], {
    files: {
      'a.json': aStage({ methodSettings: { '*/*': aMethod({ cacheTtlInSeconds: 9 }) } }),
      'b.json': aStage({ methodSettings: { '*/*': own, '~1pets/GET': own } }),
    },
  });
  expect(stdout + stderr).toContain('GET /pets has its own settings and keeps cacheTtlInSeconds 7.');
  expect(stdout + stderr).not.toContain('--all-methods');
});

test('set says which methods keep another value, and how to change them', async () => {
  const own = aMethod({ cacheTtlInSeconds: 7 });
  const { stdout, stderr } = await runInFolder(['set', 'b.json', '--cache-ttl-in-seconds', '9'], {
    files: { 'b.json': aStage({ methodSettings: { '*/*': own, '~1pets/GET': own } }) },
  });
  expect(stdout + stderr).toContain('keeps cacheTtlInSeconds 7. --all-methods changes every method.');
});

test('set refuses a boolean that patch accepts, as API Gateway does', async () => {
  const files = { 's.json': aStage() };
  const refused = await runInFolder(['set', 's.json', 'methodSettings.*/*.metricsEnabled=maybe'], { files });
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('expected true or false, got "maybe"') });
  const taken = await runInFolder(
    ['patch', 's.json', '--patch-operations', 'op=replace,path=/*/*/metrics/enabled,value=maybe'],
    { files },
  );
  expect(taken).toMatchObject({ code: 0, stderr: expect.stringContaining('API Gateway reads "maybe"') });
});

test.each([
  ['0', '0', 0],
  ['[1]', '[1]', [1]],
  ['none', 'none', 'none'],
])('get --default %s is text, and with -o json the value', async (given, text, value) => {
  const files = { 's.json': aStage() };
  expect((await runInFolder(['get', 's.json', 'description', '--default', given], { files })).stdout).toBe(`${text}\n`);
  const json = await runInFolder(['get', 's.json', 'description', '--default', given, '-o', 'json'], { files });
  expect(JSON.parse(json.stdout)).toEqual(value);
});
