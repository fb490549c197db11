/** The JSON Schemas in docs/ match the program's output and accepted input, and do not match refused input. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { stageShape } from '../src/stage/stage';
import { fits } from './json-schema';
import { goLive, prodFile, restApiId } from './live/live';
import { type Given, runInFolder } from './runs';
import { stopServing } from './serve/serving';
import { aFolder, from, problemsOf } from './settings/folder';
import { aCanary, aMethod, aStage } from './stages';
import { examples, removeFolders, root } from './world';

afterEach(stopServing);
afterAll(removeFolders);

const schemaOf = (name: string) => JSON.parse(readFileSync(join(root, `docs/${name}.schema.json`), 'utf8'));

const stage = aStage({
  variables: { color: 'red', apiToken: 'tok' },
  canarySettings: aCanary(),
  methodSettings: { '*/*': aMethod(), '~1pets/GET': aMethod() },
});

const given: Given = { files: { 's.json': stage, 't.json': aStage(), ...examples } };

test.each([
  ['edit', 'set s.json --variable color=blue'],
  ['edit', 'set s.json --variable color=red'],
  ['edit', 'set s.json --throttling-rate-limit 0.5 --all-methods -n'],
  ['edit', 'set s.json --canary-percent-traffic 100'],
  ['edit', "unset s.json --canary --access-log --method 'GET /pets'"],
  ['edit', 'copy s.json t.json --all'],
  ['edit', 'promote-canary prod.json --end-canary'],
  ['edit', 'patch shop.json --patch-operations op=remove,path=/~1search/GET'],
  ['explain', 'explain'],
  ['explain', 'explain logging-level'],
  ['diff', 'diff s.json t.json'],
  ['diff', 'diff s.json -f template.yaml'],
  ['status', 'status s.json'],
  ['status', 'status s.json t.json prod.json'],
  ['validate', 'validate s.json t.json template.yaml'],
  ['stage', 'get s.json'],
  ['stage', 'get shop.json'],
])('docs/%s.schema.json matches the output of stage %s', async (name, line) => {
  const { code, stdout } = await runInFolder(`${line} -ojson`, given);
  expect(code).toBe(0);
  expect(fits(JSON.parse(stdout), schemaOf(name))).toBe(true);
  expect(fits({ ...JSON.parse(stdout), schemaVersion: 2 }, schemaOf('edit'))).toBe(false);
});

test.each([
  'set s.json --cache-cluster-size 9',
  'set s.json --frobnicate',
  'set s.json --description x --expect stageName=dev',
  'set u.json --description x',
  'patch s.json --patch-operations op=remove,path=/x op=add,path=/y',
  'get s.json frob',
])('docs/error.schema.json matches the failure of stage %s', async (line) => {
  const { stderr } = await runInFolder(`${line} -o json`, given);
  expect(fits(JSON.parse(stderr), schemaOf('error'))).toBe(true);
  expect(fits(JSON.parse(stderr), schemaOf('edit'))).toBe(false);
});

test('schemas in docs match the output for live stages', async () => {
  const live = await goLive(stage);
  const edit = await live.stage(`set ${prodFile.replace('.json', '')} --description live -o json`);
  expect(fits(JSON.parse(edit.stdout), schemaOf('edit'))).toBe(true);
  await live.stage(`set ${prodFile.replace('.json', '')} --variable apiToken=x --reason secret --profile work`);
  await live.stage(`copy ${prodFile.replace('.json', '')} ${restApiId}/new --all --create --deployment-id dep1`);
  const history = JSON.parse((await live.stage('history -o json')).stdout);
  expect(history).toHaveLength(2);
  expect(fits(history, schemaOf('history'))).toBe(true);
  expect(fits([{ ...history[0], touched: [{}] }], schemaOf('history'))).toBe(false);
  const list = await live.stage('list -o json');
  expect(JSON.parse(list.stdout)).toHaveLength(1);
  expect(fits(JSON.parse(list.stdout), schemaOf('list'))).toBe(true);
  const deployments = await live.stage(`deployments ${restApiId} -o json`);
  expect(JSON.parse(deployments.stdout)).toHaveLength(2);
  expect(fits(JSON.parse(deployments.stdout), schemaOf('deployments'))).toBe(true);
});

test('README names every schema in docs', () => {
  const named = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.schema.json'));
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  expect(named.filter((name) => !readme.includes(`(docs/${name})`))).toEqual([]);
});

test('each document has the members that its schema requires, and no others', async () => {
  const { stdout } = await runInFolder('set s.json --description x -o json', given);
  const document = JSON.parse(stdout);
  expect(Object.keys(document)).toEqual(schemaOf('edit').required);
  for (const member of Object.keys(document))
    expect(fits({ ...document, [member]: {} }, schemaOf('edit'))).toBe(member === 'before' || member === 'after');
  expect(Object.keys(schemaOf('stage').properties)).toEqual(Object.keys(stageShape));
});

describe('docs/stagerc.schema.json', () => {
  const live = '{restApiId: a, stageName: b';

  test.each([
    readFileSync(join(root, '.stagerc.example'), 'utf8'),
    '{}',
    'stages: {}',
    `stages: {a: ${live}}, b: {file: s.json, protected: true}}`,
    `stages: {a: ${live}, region: eu-west-1, profile: p, endpointUrl: 'http://localhost:1'}}`,
    `stages: {a.b-c_d: ${live}}}`,
    'default: prod.json',
    'default: name:orders-api/prod',
    'output: aws-cli',
    'redact: [iban]\nownerTags: []',
    'region: EU-west-1\nprofile: p q',
    'canaryDimensions: {ApiName: pets, Stage: prod/Canary}',
    // The following are invalid.
    'frob: 1',
    'stages: [a]',
    'stages: {a: s.json}',
    'stages: {a: {}}',
    'stages: {a: {file: 1}}',
    'stages: {a: {file: ~/s.json}}',
    'stages: {a: {restApiId: a}}',
    `stages: {a: ${live}, file: s.json}}`,
    `stages: {a: {file: s.json, region: eu-west-1}}`,
    `stages: {a: ${live}, frob: 1}}`,
    `stages: {a: ${live}, protected: 1}}`,
    `stages: {a: ${live}, region: a/b}}`,
    `stages: {a: ${live}, endpointUrl: ftp://a}}`,
    ...['-x', 'a=b', 'a.json', 'A.JSON', './a', '~a', 'a/b', 'a:b', 'description', 'variables.a', "''"].map(
      (name) => `stages: {${name}: ${live}}}`,
    ),
    'default: ~/s.json',
    'output: xml',
    'redact: iban',
    "redact: ['']",
    'ownerTags: [1]',
    'region: ""',
    'profile: [p]',
    'canaryDimensions: Stage=prod',
    'canaryDimensions: {Stage: 1}',
  ])('and stage agree on %j', async (text) => {
    const problems = await problemsOf(from(aFolder({ '.stagerc': text }), { reservedNames: Object.keys(stageShape) }));
    expect(fits(parseYaml(text), schemaOf('stagerc'))).toBe(problems.length === 0);
  });
});
