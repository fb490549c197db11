/** `--query` compared with the AWS CLI. */
import { awsText, parseQuery } from '../../src/render/query.js';
import fixture from '../fixtures/jmespath.json';
import { runInFolder } from '../runs.js';
import { aCanary, aStage } from '../stages.js';

interface Case {
  readonly expression: string;
  readonly json?: unknown;
  readonly text?: string;
  readonly fails?: boolean;
}

/** Recorded from AWS CLI 1.45.11 with jmespath 1.1.0. One difference: the AWS CLI prints doubles as 10.0. */
const cases: readonly Case[] = fixture.cases;

test.each(cases.filter(({ fails }) => !fails).map((example) => [example.expression, example] as const))(
  '%s finds and prints the same as the AWS CLI',
  async (expression, { json, text }) => {
    const found = (await parseQuery(expression))(fixture.document);
    expect({ json: found, text: awsText(found) }).toEqual({ json, text });
  },
);

test.each(cases.filter(({ fails }) => fails).map(({ expression }) => expression))(
  '%s is an error',
  async (expression) => {
    const search = async () => (await parseQuery(expression))(fixture.document);
    await expect(search()).rejects.toMatchObject({ kind: 'usage' });
  },
);

const stage = aStage({ description: 'old', canarySettings: aCanary() });
const run = (line: string) => runInFolder(line, { files: { 's.json': stage } });
const patch = 'patch s.json --patch-operations op=replace,path=/description,value=new';

test.each([
  [`${patch} --query description`, '"new"\n'],
  [`${patch} --query description --output text`, 'new\n'],
  [`${patch} --query [stageName,description] --output text`, 'prod\tnew\n'],
  [`${patch} --query [stageName,nope] --output json`, '[\n    "prod",\n    null\n]\n'],
])('%s prints the same as the AWS CLI, separately from the report', async (line, prints) => {
  const { code, stdout, stderr, files } = await run(line);
  expect({ code, stdout }).toEqual({ code: 0, stdout: prints });
  expect(stderr).toBe('s.json\n  ~ description: old → new\nupdated s.json: 1 change\n');
  expect(JSON.parse(files['s.json'] ?? '').description).toBe('new');
});

test.each([
  ['get s.json --query canarySettings.percentTraffic', '10\n'],
  ['get s.json --query [stageName,canarySettings.percentTraffic] -o text', 'prod\t10\n'],
  ['get s.json --query nope -o text', 'None\n'],
])('%s prints the same as the AWS CLI', async (line, prints) => {
  expect(await run(line)).toMatchObject({ code: 0, stdout: prints, stderr: '' });
});

test('an invalid expression is refused before the edit', async () => {
  for (const query of ['a.[', 'variables.', '[a[*].b.]']) {
    const { code, stdout, stderr, files } = await run(`${patch} --query ${query}`);
    expect({ code, stdout, stderr }).toEqual({
      ...{ code: 3, stdout: '' },
      stderr: expect.stringContaining(`stage: --query ${query}: `),
    });
    expect(JSON.parse(files['s.json'] ?? '').description).toBe('old');
  }
});
