/** Options of an edit of a live stage, and its checks. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stage } from '../../src/stage/stage.js';
import { stopServing } from '../serve/serving.js';
import { aMethod, aStage } from '../stages.js';
import { startStub } from '../stub-api-gateway.js';
import { newFolder, removeFolders, testWorld } from '../world.js';
import { anApi, canaryStage, goLive, keys, prod, prodFile, restApiId, runAgainst } from './live.js';

afterEach(async () => {
  await stopServing();
  removeFolders();
});

const edit = `set ${prod} --description new`;

describe('a protected live stage', () => {
  const stagerc = {
    stages: { production: { restApiId, stageName: 'prod', protected: true }, other: { restApiId, stageName: 'prod' } },
  };
  const words = [
    ['production', 'production is a protected stage'],
    ['other', 'other is the protected stage production'],
    [prod, `${prod} is the protected stage production`],
    ['name:orders-api/prod', 'name:orders-api/prod is the protected stage production'],
    [`--rest-api-id ${restApiId} --stage-name prod`, `${prod} is the protected stage production`],
    [`https://${restApiId}.execute-api.eu-west-1.amazonaws.com/prod`, `${prod} is the protected stage production`],
    [`arn:aws:apigateway:eu-west-1::/restapis/${restApiId}/stages/prod`, `${prod} is the protected stage production`],
  ] as const;
  const live = () => goLive(aStage({ description: 'old' }), {}, { '.stagerc': stagerc });
  const bare = (calls: readonly string[]) => calls.filter((operation) => operation !== 'GetRestApis');

  test.each(words)('%s is not edited without --yes', async (word, which) => {
    const { stage, calls, held } = await live();
    const { code, stderr } = await stage(`set ${word} --description new`);
    const says = `stage: ${which}: to edit it, add --yes. Nothing was written.\n`;
    expect([code, stderr]).toEqual([5, says]);
    expect(bare(calls())).toEqual(['GetStage']);
    expect(held().description).toBe('old');
  });

  test.each(words)('%s is edited with --yes, without another read', async (word) => {
    const { stage, calls } = await live();
    expect(await stage(`set ${word} --description new --yes`)).toMatchObject({ code: 0 });
    const asked = calls();
    expect(bare(asked)).toEqual(['GetStage', 'UpdateStage']);
    expect(asked.length - bare(asked).length).toBe(word.startsWith('name:') ? 1 : 0);
  });

  test('can be read and edited in a dry run without --yes', async () => {
    const { stage } = await live();
    expect(await stage('get production description')).toMatchObject({ code: 0, stdout: 'old\n' });
    expect(await stage('set production --description new -n')).toMatchObject({ code: 0 });
  });

  test.each([
    ['y', 0, 'new'],
    ['n', 5, 'old'],
  ])('asks on a terminal; %s', async (answer, code, description) => {
    const { stage, held } = await live();
    const run = await stage('set production --description new', { isTTY: true, answer });
    expect(run).toMatchObject({ code, stderr: expect.stringContaining('  ~ description: old → new\n') });
    expect(held().description).toBe(description);
  });

  const meanwhile = async (members: Stage, flags = '') => {
    const { stage, server, held } = await live();
    const stdin = {
      ...testWorld([], { isTTY: true }).stdin,
      readLine: async () => {
        writeFileSync(join(server.folder, prodFile), JSON.stringify({ ...held(), ...members }));
        return 'y';
      },
    };
    return { run: await stage(`set production --description new${flags}`, { isTTY: true, world: { stdin } }), held };
  };

  test.each([
    ['a cluster that settles', { cacheClusterStatus: 'AVAILABLE' }],
    ['a date', { lastUpdatedDate: '2026-03-03T00:00:00+00:00' }],
    ['another property', { tracingEnabled: true }],
  ])('is edited if %s changed while the question was open', async (_what, members) => {
    const { run, held } = await meanwhile(members);
    expect([run.code, held().description]).toEqual([0, 'new']);
  });

  test('is not edited if what the edit changes was changed while the question was open', async () => {
    const { run, held } = await meanwhile({ description: 'theirs' });
    expect([run.code, held().description]).toEqual([5, 'theirs']);
    expect(run.stderr).toContain(
      'description changed while you were asked. Nothing was written; run the command again.',
    );
  });

  test('is not edited if what the edit expects was changed while the question was open', async () => {
    const { run, held } = await meanwhile({ tracingEnabled: true }, ' --expect tracingEnabled=false');
    expect([run.code, held().description]).toEqual([5, 'old']);
  });

  test('is never the default', async () => {
    const files = { '.stagerc': { ...stagerc, default: 'other' } };
    const { stage, calls } = await goLive(aStage(), {}, files);
    expect(await stage('set --description new --yes')).toMatchObject({ code: 4 });
    expect(calls()).toEqual([]);
  });
});

describe('--expect', () => {
  test.each([
    ['description=old', 0, ''],
    ['canarySettings.deploymentId=dep2', 0, ''],
    ['clientCertificateId=', 0, ''],
    ['description=other', 5, 'Expected description to be other, but it is old.'],
    ['variables.apiKey=guess', 5, 'Expected variables.apiKey to be ********, but it is not.'],
    ['nonsense=1', 3, 'nonsense=1 is not a property'],
  ])('%s', async (expected, code, says) => {
    const { stage, calls } = await goLive({ ...canaryStage, variables: { apiKey: 'hunter2' } });
    const run = await stage(`${edit} --expect ${expected}`);
    expect([run.code, run.stderr]).toEqual([code, expect.stringContaining(says)]);
    expect(run.stderr).not.toMatch(/hunter2|guess/);
    const asked = { 0: ['GetStage', 'UpdateStage'], 5: ['GetStage'], 3: [] }[code];
    expect(calls()).toEqual(asked);
  });
});

describe('methods', () => {
  const set = (method: string, flags = '') => `set ${prod} --method '${method}' --logging-level INFO${flags}`;
  const keysOf = (stage: { readonly methodSettings?: object | undefined }) => Object.keys(stage.methodSettings ?? {});

  test.each([
    ['GET /pets', ['~1pets/GET']],
    ['ANY /pets', ['~1pets/GET', '~1pets/POST']],
    ['DELETE /pets/{id}', ['~1pets~1{id}/DELETE']],
    ['/pets/{id}/GET', ['~1pets~1{id}/GET']],
    ['*/*', ['*/*']],
  ])('%s exists', async (method, entries) => {
    const { stage, held } = await goLive();
    const { code, stderr } = await stage(set(method));
    expect([code, stderr]).toEqual([0, '']);
    expect(keysOf(held())).toEqual(entries);
  });

  test('of a resource with ANY include all seven HTTP methods', async () => {
    const { stage, held } = await goLive();
    expect(await stage(set('ANY /pets/{id}'))).toMatchObject({ code: 0 });
    expect(keysOf(held())).toHaveLength(7);
  });

  const nearest = 'API Gateway would accept the setting and ignore it. Did you mean GET /pets? Available: ';

  test.each([
    [set('GET /pet'), `GET /pet is not a method of this API. ${nearest}`],
    [
      set('DELETE /pets'),
      'DELETE /pets is not a method of this API. API Gateway would accept the setting and ignore it. Available: GET',
    ],
    [set('ANY /'), 'ANY / is not a method of this API. '],
    [set('ANY /nowhere'), 'ANY /nowhere is not a method of this API. '],
    [set('GET,PUT /pets'), 'PUT /pets is not a method of this API. '],
    [`set ${prod} 'methodSettings.GET /pet.loggingLevel=INFO'`, `GET /pet is not a method of this API. ${nearest}`],
    [`copy source.json ${prod} --method 'GET /pet'`, `GET /pet is not a method of this API. ${nearest}`],
  ])('%s is refused with 3', async (line, says) => {
    const { stage, calls } = await goLive(aStage(), {}, { 'source.json': aStage() });
    const { code, stderr } = await stage(line);
    expect([code, stderr]).toEqual([3, expect.stringContaining(says)]);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(calls()).toEqual(['GetResources']);
  });

  test('that do not exist are all reported', async () => {
    const { stage } = await goLive();
    const { stderr } = await stage(`${set('GET /x')} --method 'GET /y'`);
    expect(stderr).toMatch(/^stage: GET \/x is not a method.*\nstage: GET \/y is not a method.*\n$/);
  });

  test('are not checked with --allow-unknown-method', async () => {
    const { stage, calls, held } = await goLive();
    expect(await stage(set('GET /pet', ' --allow-unknown-method'))).toMatchObject({ code: 0, stderr: '' });
    expect(calls()).toEqual(['GetStage', 'UpdateStage']);
    expect(keysOf(held())).toEqual(['~1pet/GET']);
  });

  test('of a document that do not exist are a notice', async () => {
    const document = { methodSettings: { '*/*': aMethod(), '~1pet/GET': aMethod(), '~1pets/GET': aMethod() } };
    const { stage, calls } = await goLive(
      aStage(),
      {},
      { 'desired.json': document, 'plain.json': { description: 'x' } },
    );
    const { code, stderr } = await stage(`apply ${prod} -f desired.json`);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(`notice: GET /pet is not a method of this API. ${nearest}`),
    ]);
    expect(stderr).not.toContain('GET /pets is not');
    expect(calls()).toEqual(['GetResources', 'GetStage', 'UpdateStage']);
    await stage(`apply ${prod} -f plain.json`);
    expect(calls()).toEqual(['GetStage', 'UpdateStage']);
  });

  test('are not checked if settings are removed', async () => {
    const { stage, calls } = await goLive(aStage({ methodSettings: { '~1gone/GET': aMethod() } }));
    expect(await stage(`unset ${prod} --method 'GET /gone'`)).toMatchObject({ code: 0 });
    expect(calls()).toEqual(['GetStage', 'UpdateStage']);
  });

  test.each([
    ['denied', anApi, 'GetResources:403', 'is not authorized to perform: apigateway:GET'],
    ['unavailable', anApi, 'GetResources:500', 'Internal server error'],
    ['not known', { name: 'x' }, undefined, 'does not list the resources of this API'],
  ])('that are %s do not stop an edit', async (_what, api, faults, why) => {
    const files = { [`${restApiId}.json`]: api, [prodFile]: aStage() };
    const { stage, held } = await goLive(files, { ...(faults && { faults }) });
    const { code, stderr } = await stage(set('GET /pet', ' --max-attempts 2'));
    const says = `notice: ${prod}: whether the API has such methods was not checked. `;
    expect([code, stderr]).toEqual([0, expect.stringContaining(says)]);
    expect(stderr).toContain(why);
    expect(keysOf(held())).toEqual(['~1pet/GET']);
  });
});

describe('a stage that something else deploys', () => {
  const tags = { 'aws:cloudformation:stack-name': 'orders', team: 'blue' };
  const owned = aStage({ description: 'old', tags });
  const stack = 'This stage belongs to the CloudFormation stack orders, whose next deploy may undo this edit.';
  const team = 'This stage belongs to blue (tag team), whose next deploy may undo this edit.';
  const stagerc = { ownerTags: ['team', 'absent'] };

  test.each(['', ' --dry-run'])('gets a notice%s', async (flag) => {
    const { stage } = await goLive(owned);
    expect(await stage(edit + flag)).toMatchObject({ code: 0, stderr: `notice: ${stack}\n` });
    expect(await stage(`set ${prod} --no-tracing-enabled${flag}`)).toMatchObject({ code: 0, stderr: '' });
  });

  test('can be recognized by tags from .stagerc', async () => {
    const { stage } = await goLive(owned, {}, { '.stagerc': stagerc });
    expect(await stage(edit)).toMatchObject({ code: 0, stderr: `notice: ${stack}\nnotice: ${team}\n` });
  });

  test.each(['', ' --dry-run'])('is not edited with --refuse-owned%s', async (flag) => {
    const { stage, calls } = await goLive(owned);
    const says = `stage: ${prod}: ${stack} Nothing was written.\n`;
    expect(await stage(`${edit} --refuse-owned${flag}`)).toEqual({ code: 5, stdout: '', stderr: says });
    expect(calls()).toEqual(['GetStage']);
  });

  test('is edited with --refuse-owned if it has no such tag', async () => {
    const { stage } = await goLive();
    expect(await stage(`${edit} --refuse-owned`)).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('--wait', () => {
  const line = `set ${prod} --cache-cluster-enabled --cache-cluster-size 0.5 --wait`;

  test('returns when the cluster has settled', async () => {
    const { stage, calls } = await goLive(aStage(), { cacheDelay: 300 });
    const { code, stderr } = await stage(line);
    expect([code, stderr]).toEqual([0, `${prod}: cacheClusterStatus is AVAILABLE\n`]);
    expect(calls()).toEqual(['GetStage', 'UpdateStage', 'GetStage', 'GetStage']);
    expect(await stage(`get ${prod} cacheClusterStatus`)).toMatchObject({ stdout: 'AVAILABLE\n' });
  });

  test('shows a line on a terminal, and clears it', async () => {
    const { stage, server } = await goLive(aStage(), { cacheDelay: 300 });
    const { stderr } = await stage(line, { isTTY: true });
    const clear = '\r\u001b[K';
    const settled = `${prod}: cacheClusterStatus is AVAILABLE\n`;
    const undo = `undo: stage undo ${prod} --endpoint-url ${server.url}\n`;
    expect(stderr).toBe(`cacheClusterStatus CREATE_IN_PROGRESS, 0 s${clear}${settled}${undo}`);
  });

  test('says after --wait-timeout that the edit was made, and exits 7', async () => {
    const { stage, held } = await goLive(aStage(), { cacheDelay: 60_000 });
    const { code, stderr } = await stage(`${line} --wait-timeout 200ms`);
    expect([code, stderr]).toEqual([
      7,
      `stage: ${prod}: the cache cluster is still CREATE_IN_PROGRESS after 200 ms.\nstage: ${prod}: the edit was applied; stage get shows the status of the cluster.\n`,
    ]);
    expect(held()).toMatchObject({ cacheClusterEnabled: true });
  });

  test.each([
    ['-o json', 'stdout'],
    ['-o stage', 'stdout'],
  ])('with %s shows the stage after the wait', async (form) => {
    const { stage } = await goLive(aStage(), { cacheDelay: 700 });
    const { code, stdout } = await stage(`${line} ${form}`);
    expect(code).toBe(0);
    expect(stdout).toContain('"cacheClusterStatus": "AVAILABLE"');
    expect(stdout).not.toContain('IN_PROGRESS');
  });

  test('with a patch prints the stage after the wait', async () => {
    const { stage } = await goLive(aStage(), { cacheDelay: 700 });
    const operations = JSON.stringify([{ op: 'replace', path: '/cacheClusterEnabled', value: 'true' }]);
    const { stdout } = await stage(['patch', prod, '--patch-operations', operations, '--wait']);
    expect(JSON.parse(stdout)).toMatchObject({ cacheClusterStatus: 'AVAILABLE' });
  });

  test('says that the edit was made if the wait is refused, and still reports the edit', async () => {
    const { stage } = await goLive(aStage(), { cacheDelay: 60_000, faults: 'GetStage:403@2' });
    const { code, stdout, stderr } = await stage(`${line} -o json`, { isTTY: true });
    expect(code).toBe(6);
    expect(JSON.parse(stdout)).toMatchObject({ calls: [{ kind: 'UpdateStage', state: 'made' }] });
    expect(stderr).toContain('the edit was applied; stage get shows the status of the cluster.');
  });

  test('does not wait in a dry run, or if no change is in progress', async () => {
    const { stage, calls } = await goLive(aStage(), { cacheDelay: 60_000 });
    expect(await stage(`${line} -n`)).toMatchObject({ code: 0 });
    expect(await stage(`${edit} --wait`)).toMatchObject({ code: 0 });
    expect(calls()).toEqual(['GetStage', 'GetStage', 'UpdateStage', 'GetStage']);
  });
});

describe('secrets', () => {
  const secret = 'hunter2';
  const before = aStage({
    variables: { apiKey: secret, color: 'red' },
    canarySettings: { deploymentId: 'dep2', stageVariableOverrides: { apiKey: `${secret}-canary` } },
    tags: { apiToken: `${secret}-tag`, team: 'orders' },
  });
  const hidden = /hunter2|secret-key-of-the-test|AKIDEXAMPLE|authorization/i;

  test.each([
    `set ${prod} --variable apiKey=${'hunter2'}-new`,
    `unset ${prod} --variable apiKey`,
    `promote-canary ${prod} --end-canary`,
    `start-canary ${prod} --create-deployment --replace --canary-variable apiKey=hunter2-new`,
    `set ${prod} --description new -o json`,
    `set ${prod} --description new -o yaml`,
    `list ${restApiId} -o json`,
    'list',
  ])('are not shown by %s --debug', async (line) => {
    const { stage } = await goLive(before);
    const { code, stdout, stderr } = await stage(`${line} --debug`);
    expect(code).toBe(0);
    expect(stdout + stderr).not.toMatch(hidden);
    expect(stderr).toMatch(/^> GET \/restapis/m);
    expect(stderr).toMatch(/^< 200 after \d+ ms$/m);
  });

  test('are not shown for operations on whole groups', async () => {
    const { stage } = await goLive(before);
    const variables = JSON.stringify({ apiKey: `${secret}-new` });
    const operations = [
      { op: 'replace', path: '/variables', value: variables },
      { op: 'replace', path: '/canarySettings/stageVariableOverrides', value: variables },
      { op: 'replace', path: '/canarySettings', value: JSON.stringify({ stageVariableOverrides: variables }) },
    ];
    for (const operation of operations) {
      const line = ['patch', prod, '--patch-operations', JSON.stringify([operation]), '--debug', '-o', 'json'];
      const { stdout, stderr } = await stage(line);
      expect(stdout + stderr).not.toContain(secret);
    }
  });

  test('--debug shows the operation, its endpoint and the request id', async () => {
    const { stage, server } = await goLive(before);
    const { stderr } = await stage(`get ${prod} description --debug`);
    expect(stderr.split('\n').slice(0, 4)).toEqual([
      `> GetStage at ${server.url}`,
      `> GET /restapis/${prod.replace('/', '/stages/')}`,
      expect.stringMatching(/^< 200 after \d+ ms$/),
      expect.stringMatching(/^< x-amzn-requestid [0-9a-f-]{36}$/),
    ]);
  });

  test('are not shown in a failure', async () => {
    const { stage } = await goLive(before, { faults: 'UpdateStage:403' });
    const { code, stdout, stderr } = await stage(`set ${prod} --variable apiKey=${secret}-new --debug -o json`);
    expect(code).toBe(6);
    expect(stdout + stderr).not.toMatch(hidden);
    expect(stderr).toContain('< 403 after');
  });

  test('are masked by words from .stagerc, and shown with --show-values', async () => {
    const { stage } = await goLive(before, {}, { '.stagerc': { redact: ['color'] } });
    const line = `set ${prod} --variable color=blue`;
    expect((await stage(`${line} -n --debug`)).stderr).not.toMatch(/"red"/);
    expect((await stage(`${line} --show-values`)).stdout).toContain('variables.color: red → blue');
  });
});

describe('--timeout and --max-attempts', () => {
  test.each(['500ms', '30s', '2m', '30', '1.5', '576h'])('--timeout %s', async (time) => {
    const { stage } = await goLive();
    expect(await stage(`${edit} --timeout ${time}`)).toMatchObject({ code: 0 });
  });

  test.each([
    ['--timeout soon', '--timeout: expected a time, such as 30, 30s, 500ms or 2m; got soon.'],
    ['--timeout 0', '--timeout: expected a time above 0.'],
    ['--timeout 577h', '--timeout: expected at most 24 days (576h), got 577h.'],
    ['--timeout -1', '--timeout: expected a time'],
    ['--wait-timeout x --wait', '--wait-timeout: expected a time'],
    ['--wait-timeout 30s', '--wait-timeout needs --wait.'],
    ['--max-attempts 0', '--max-attempts: expected a whole number from 1 to 999999, got 0.'],
    ['--max-attempts 1000000', '--max-attempts: expected a whole number from 1 to 999999, got 1000000.'],
    ['--max-attempts many', '--max-attempts: expected a whole number from 1 to 999999, got many.'],
    ['--lock-timeout soon', '--lock-timeout: expected a time, such as 30, 30s, 500ms or 2m; got soon.'],
  ])('%s is refused with 3 before any call', async (flags, says) => {
    const { stage, calls } = await goLive();
    const { code, stderr } = await stage(`${edit} ${flags}`);
    expect([code, stderr]).toEqual([3, expect.stringContaining(says)]);
    expect(calls()).toEqual([]);
  });
});

test.each([`set ${prod} --tag team=blue`, `unset ${prod} --tag team`, `set ${prod} tags.team=blue`])(
  '%s: names the AWS command to use',
  async (line) => {
    const { stage, calls } = await goLive();
    const { code, stderr } = await stage(line);
    expect([code, stderr]).toEqual([3, expect.stringContaining('aws apigateway tag-resource')]);
    expect(calls()).not.toContain('UpdateStage');
  },
);

describe('an interruption', () => {
  test('while waiting for the cluster says that the edit was made', async () => {
    const controller = new AbortController();
    const stub = await startStub([{ id: restApiId, name: 'orders-api', stages: { prod: aStage() } }]);
    const create = (): void => {
      stub.stage = { ...stub.stage, cacheClusterStatus: 'CREATE_IN_PROGRESS' };
    };
    stub.scripts['UpdateStage'] = [create];
    stub.scripts['GetStage'] = [() => undefined, () => controller.abort('SIGINT')];
    const line = `set ${prod} --cache-cluster-enabled --wait`;
    const run = await runAgainst(stub.url, newFolder())(line, { signal: controller.signal });
    await stub.close();
    expect([run.code, run.stderr]).toEqual([
      130,
      `stage: ${prod}: interrupted by SIGINT; the cache cluster had not settled.\nstage: ${prod}: the edit was applied; stage get shows the status of the cluster.\n`,
    ]);
  });
});

test('all calls of a run share the quota of the account', async () => {
  const stages = Array.from({ length: 50 }, (_, index) => [`api000000${index}/prod.json`, aStage()] as const);
  const { stage, calls } = await goLive(Object.fromEntries(stages));
  const start = performance.now();
  expect(await stage('list', { env: keys })).toMatchObject({ code: 0 });
  expect(calls()).toHaveLength(51);
  // 40 at once, then 10 a second.
  expect(performance.now() - start).toBeGreaterThan(900);
});

test('an API whose stages cannot be read is left out and reported', async () => {
  const { stage } = await goLive(
    { 'a1/dev.json': aStage({ stageName: 'dev' }), 'b1/dev.json': aStage({ stageName: 'dev' }) },
    { faults: 'GetStages:403@1' },
  );
  const { code, stdout, stderr } = await stage('list');
  expect(code).toBe(0);
  expect(stdout.split('\n')).toHaveLength(2);
  expect(stderr).toMatch(/^notice: \w+ \(.*\) is left out: its stages cannot be read\. .+\n$/);
});
