/** Every command on a live stage: its output, its calls, and the resulting stage. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stopServing } from '../serve/serving.js';
import { aMethod, aStage } from '../stages.js';
import { removeFolders } from '../world.js';
import { canaryStage, goLive, prod, prodFile, restApiId } from './live.js';

afterEach(async () => {
  await stopServing();
  removeFolders();
});

describe('get', () => {
  test.each([
    [`get ${prod} description`, 'old\n'],
    [`get ${prod} variables.color canarySettings.percentTraffic -o json`, /"variables.color": "red",\n.*: 10\n/],
    [`get ${prod} variables.none --default none`, 'none\n'],
  ])('%s', async (line, says) => {
    const { stage, calls } = await goLive(canaryStage);
    const { code, stdout, stderr } = await stage(line);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toEqual(typeof says === 'string' ? says : expect.stringMatching(says));
    expect(calls()).toEqual(['GetStage']);
  });

  test('a property that is not set exits 5', async () => {
    const { stage } = await goLive();
    expect(await stage(`get ${prod} canarySettings`)).toMatchObject({
      code: 5,
      stdout: '',
      stderr: `stage: ${prod}: canarySettings is not set.\n`,
    });
  });

  test.each([
    ['set file.json --description new', 'description', 'new'],
    ['set file.json --method "GET /pets" --throttling-rate-limit 5', 'methodSettings.GET /pets.throttlingRateLimit', 5],
    ['unset file.json --variable size', 'variables', { color: 'red' }],
    ['promote-canary file.json', 'variables.color', 'blue'],
    ['patch file.json --patch-operations op=remove,path=/canarySettings', 'deploymentId', 'dep1'],
    ['copy file.json file.json --all', 'description', 'old'],
  ])('> file.json writes a file that %s accepts', async (line, property, value) => {
    const { stage, cwd, held } = await goLive(canaryStage);
    const { stdout } = await stage(`get ${prod}`);
    writeFileSync(join(cwd, 'file.json'), stdout);
    expect(JSON.parse(stdout)).toEqual(held());
    expect(await stage(line)).toMatchObject({ code: 0 });
    expect(JSON.parse((await stage(['get', 'file.json', property, '-o', 'json'])).stdout)).toEqual(value);
  });
});

interface Edit {
  readonly line: string;
  readonly calls: readonly string[];
  readonly says: string;
  readonly holds: object;
}

const one = ['GetStage', 'UpdateStage'];

const edits: readonly Edit[] = [
  {
    line: `set ${prod} --description new`,
    calls: one,
    says: '  ~ description: old → new',
    holds: { description: 'new' },
  },
  {
    line: `set ${prod} description=new`,
    calls: one,
    says: '  ~ description: old → new',
    holds: { description: 'new' },
  },
  {
    line: `set ${prod} --method 'GET /pets' --logging-level INFO`,
    calls: ['GetResources', ...one],
    says: '  + methodSettings.GET /pets.loggingLevel: INFO',
    holds: { methodSettings: { '~1pets/GET': aMethod({ loggingLevel: 'INFO' }) } },
  },
  {
    line: `set ${prod} --all-methods --metrics-enabled`,
    calls: one,
    says: '  + methodSettings.*/*.metricsEnabled: true',
    holds: { methodSettings: { '*/*': aMethod({ metricsEnabled: true }) } },
  },
  {
    line: `set ${prod} --description old`,
    calls: ['GetStage'],
    says: `${prod}: nothing to change`,
    holds: canaryStage,
  },
  {
    line: `unset ${prod} --variable size --description`,
    calls: one,
    says: '  - variables.size: 1',
    holds: { variables: { color: 'red' } },
  },
  {
    line: `unset ${prod} --canary`,
    calls: one,
    says: '  - canarySettings.percentTraffic: 10',
    holds: { deploymentId: 'dep1', variables: { color: 'red' } },
  },
  { line: `unset ${prod} --access-log`, calls: ['GetStage'], says: `${prod}: nothing to change`, holds: canaryStage },
  {
    line: `copy ${prod} --from /canarySettings/deploymentId --to /deploymentId`,
    calls: one,
    says: '  ~ deploymentId: dep1 → dep2',
    holds: { deploymentId: 'dep2' },
  },
  {
    line: `promote-canary ${prod}`,
    calls: one,
    says: '  ~ canarySettings.percentTraffic: 10 → 0',
    holds: { deploymentId: 'dep2', variables: { color: 'blue', size: '1' }, canarySettings: { percentTraffic: 0 } },
  },
  {
    line: `promote-canary ${prod} --end-canary`,
    calls: [...one, 'UpdateStage'],
    says: '  - canarySettings.deploymentId: dep2',
    holds: { deploymentId: 'dep2', variables: { color: 'blue', size: '1' } },
  },
  {
    line: `patch ${prod} -o text --patch-operations op=replace,path=/description,value=new op=remove,path=/variables/size`,
    calls: one,
    says: '  - variables.size: 1',
    holds: { description: 'new', variables: { color: 'red' } },
  },
];

describe('an edit', () => {
  test.each(edits)('$line', async ({ line, calls: expected, says, holds }) => {
    const { stage, calls, held } = await goLive(canaryStage);
    const { code, stdout } = await stage(line);
    expect(stdout.split('\n')).toContain(says);
    expect(code).toBe(0);
    expect(calls()).toEqual(expected);
    expect(held()).toMatchObject(holds);
  });

  test.each(edits.map(({ line }) => [line]))('%s, as a dry run, writes nothing and reports the same', async (line) => {
    const { stage, calls, held, server } = await goLive(canaryStage);
    const planned = await stage(`${line} --dry-run`);
    expect(calls()).not.toContain('UpdateStage');
    expect(held()).toEqual(canaryStage);
    const made = await stage(line);
    expect(planned).toEqual({ ...made, stdout: planned.stdout });
    const changes = (text: string): string => text.replace(/(?:dry run: nothing was changed|updated .*)\n$/, '');
    expect(changes(planned.stdout)).toBe(changes(made.stdout));
    expect(server.file(prodFile)).toEqual(held());
  });

  test('the exit code of a dry run shows whether something would change', async () => {
    const { stage } = await goLive(canaryStage);
    expect(await stage(`set ${prod} --description new -n --detailed-exitcode`)).toMatchObject({ code: 2 });
    expect(await stage(`set ${prod} --description old -n --detailed-exitcode`)).toMatchObject({ code: 0 });
  });

  test.each(['json', 'yaml', 'stage', 'patch', 'aws-cli'])('is reported as %s', async (form) => {
    const { stage, held } = await goLive(canaryStage);
    const { code, stdout, stderr } = await stage(`set ${prod} --description new -o ${form}`);
    expect([code, stderr]).toEqual([0, `updated ${prod}: 1 change\n`]);
    if (form === 'stage') expect(JSON.parse(stdout)).toEqual(held());
    else expect(stdout).toContain('new');
  });
});

describe('promote-canary', () => {
  test('finds nothing to do when it runs again', async () => {
    const { stage, calls, held } = await goLive(canaryStage);
    const line = `promote-canary ${prod} --end-canary --expect-canary-deployment-id dep2`;
    expect(await stage(line)).toMatchObject({ code: 0 });
    expect(calls()).toEqual(['GetStage', 'UpdateStage', 'UpdateStage']);
    const after = held();
    expect(await stage(line)).toEqual({ code: 0, stdout: `${prod}: nothing to change\n`, stderr: '' });
    expect(calls()).toEqual(['GetStage']);
    expect(held()).toEqual(after);
  });

  test.each([
    ['an unexpected canary', canaryStage, ' --expect-canary-deployment-id dep3', /to be dep3, but it is dep2/],
    ['no canary', aStage(), '', /There is no canary to promote/],
    ['a canary with nothing new', aStage({ canarySettings: { deploymentId: 'dep1' } }), '', /[Nn]othing to promote/],
  ])('%s is refused with 5 and without a call', async (_what, before, flags, says) => {
    const { stage, calls, held } = await goLive(before);
    const { code, stderr } = await stage(`promote-canary ${prod}${flags}`);
    expect([code, stderr]).toEqual([5, expect.stringMatching(says)]);
    expect(calls()).toEqual(['GetStage']);
    expect(held()).toEqual(before);
  });

  test('keeps the promotion if the canary cannot be ended', async () => {
    const { stage, held } = await goLive(canaryStage, { faults: 'UpdateStage:403@2' });
    const { code, stderr } = await stage(`promote-canary ${prod} --end-canary`);
    expect(code).toBe(6);
    expect(stderr).toContain('stage: 1 of 2 calls was applied; run the command again to finish\n');
    expect(held()).toMatchObject({ deploymentId: 'dep2', canarySettings: { percentTraffic: 0 } });
  });
});

describe('patch', () => {
  const patch = (...items: readonly string[]) => `patch ${prod} --patch-operations ${items.join(' ')}`;

  test('prints the stage from the answer of API Gateway', async () => {
    const { stage, held } = await goLive(canaryStage);
    const { stdout, stderr } = await stage(patch('op=replace,path=/description,value=new'));
    expect(JSON.parse(stdout)).toEqual(held());
    expect(stderr).toBe(`${prod}\n  ~ description: old → new\nupdated ${prod}: 1 change\n`);
  });

  test('sends every operation, even one that changes nothing', async () => {
    const { stage, calls } = await goLive(canaryStage);
    const line = patch('op=replace,path=/description,value=old');
    const says = `${prod}: sent; nothing changed\n`;
    expect(await stage(line)).toMatchObject({ code: 0, stderr: says });
    expect(calls()).toEqual(['GetStage', 'UpdateStage']);
    expect(JSON.parse((await stage(`${line} -o json`)).stdout)).toMatchObject({
      changed: false,
      calls: [{ kind: 'UpdateStage', state: 'made' }],
    });
  });

  test('says in a dry run that an operation without effect would be sent', async () => {
    const { stage, calls } = await goLive(canaryStage);
    const says = `${prod}: would be sent; no change expected\n`;
    expect(await stage(`${patch('op=replace,path=/description,value=old')} -n`)).toMatchObject({
      code: 0,
      stderr: says,
    });
    expect(calls()).toEqual(['GetStage']);
  });

  const unproven = 'notice: add at /description is undocumented; it is sent as given, and its effect is unknown.\n';

  test('exits 2 in a dry run of an undocumented operation: something may change', async () => {
    const { stage } = await goLive(canaryStage);
    const [line, flags] = [patch('op=add,path=/description,value=new'), '-n --detailed-exitcode'];
    expect(await stage(`${line} ${flags}`)).toMatchObject({ code: 2, stderr: expect.stringContaining(unproven) });
    expect(await stage(`${patch('op=replace,path=/description,value=old')} ${flags}`)).toMatchObject({ code: 0 });
  });

  test('sends an undocumented operation as given, and reports the answer of API Gateway', async () => {
    const { stage, calls } = await goLive(canaryStage);
    const { code, stderr } = await stage(patch('op=add,path=/description,value=new'));
    expect(calls()).toEqual(['GetStage', 'UpdateStage']);
    expect([code, stderr]).toEqual([6, expect.stringContaining(`stage: ${prod}: Nothing was written.\n`)]);
  });

  test('says in a dry run which operations are undocumented', async () => {
    const { stage, calls } = await goLive(canaryStage);
    const { code, stderr } = await stage(`${patch('op=add,path=/description,value=new')} -n`);
    expect(calls()).toEqual(['GetStage']);
    expect([code, stderr]).toEqual([0, expect.stringContaining(unproven)]);
  });

  test('asks before it sends an undocumented operation to a protected stage', async () => {
    const stagerc = { stages: { live: { restApiId, stageName: 'prod', protected: true } } };
    const { stage, calls } = await goLive(canaryStage, {}, { '.stagerc': stagerc });
    const { code, stderr } = await stage(patch('op=add,path=/description,value=new'), { isTTY: true, answer: 'n' });
    expect(calls()).not.toContain('UpdateStage');
    expect([code, stderr]).toEqual([
      5,
      expect.stringContaining(`${unproven}a1b2c3d4e5/prod is the protected stage live. Make this edit? [y/N]`),
    ]);
  });

  test.each([
    [
      'op=add,path=/canarySettings/percentTraffic,value=1',
      'Invalid add operation with path: /canarySettings/percentTraffic',
    ],
    ['op=replace,path=/nowhere,value=1', 'Invalid method setting path: /nowhere'],
    ['op=remove,path=/description', 'Cannot remove method setting description'],
    ['op=replace,path=/webAclArn,value=x', '/webAclArn'],
  ])('%s, which API Gateway is known to refuse, is refused without a call', async (operation, says) => {
    const { stage, calls } = await goLive(canaryStage);
    const { code, stderr } = await stage(patch(operation));
    expect([code, stderr]).toEqual([3, expect.stringContaining(says)]);
    expect(calls()).toEqual(['GetStage']);
  });
});

describe('copy', () => {
  test('to a missing file says how to create it', async () => {
    const { stage } = await goLive(canaryStage);
    const { code, stderr } = await stage(`copy ${prod} new.json --all`);
    const get = 'aws apigateway get-stage --rest-api-id ID --stage-name NAME';
    expect([code, stderr]).toEqual([
      3,
      `stage: new.json: no such file. To create it: ${get} > new.json\nstage: With --create, stage copy creates it.\n`,
    ]);
  });

  test.each([
    [`copy ${prod} ${restApiId}/new --all`, 'stage: With --create --deployment-id ID, stage copy creates it.\n'],
    [`apply ${restApiId}/new -f a.json`, 'stage: With --create --deployment-id ID, stage apply creates it.\n'],
    ['apply new.json -f a.json', 'stage: With --create, stage apply creates it.\n'],
    [`set ${restApiId}/new --description x`, 'Available: prod.\n'],
    [`copy ${restApiId}/new --from variables.a --to variables.b`, 'Available: prod.\n'],
    ['apply no/new.json -f a.json --create', '> no/new.json\n'],
  ])('%s ends with %s', async (line, end) => {
    const { stage } = await goLive(canaryStage, {}, { 'a.json': { description: 'x' } });
    const { stderr } = await stage(line);
    expect(stderr.slice(-end.length)).toBe(end);
  });

  const staging = aStage({ stageName: 'staging', description: 'staged', variables: { color: 'green' } });
  const served = {
    [`${restApiId}/prod.json`]: canaryStage,
    [`${restApiId}/staging.json`]: staging,
  };
  const live = `${restApiId}/staging`;

  test.each([
    ['live', live, prod],
    ['live, by the flags of the AWS CLI', live, `--rest-api-id ${restApiId} --stage-name prod`],
    ['a file to live', 'staging.json', prod],
    ['stdin to live', '-', prod],
    ['live to a file', live, 'prod.json'],
    ['live to stdout', live, '-'],
  ])('%s', async (_what, source, target) => {
    const { stage, cwd, held, calls } = await goLive(served, {}, { 'staging.json': staging, 'prod.json': canaryStage });
    const stdin = JSON.stringify(source === '-' ? staging : canaryStage);
    const { code, stdout } = await stage(`copy ${source} ${target} --all`, { stdin });
    expect(code).toBe(0);
    const reads = [source, target].filter((word) => word.includes(restApiId)).map(() => 'GetStage');
    const isLive = target.includes(restApiId);
    expect(calls()).toEqual([...reads, ...(isLive ? ['UpdateStage'] : [])]);
    const after =
      target === '-' ? JSON.parse(stdout) : target === 'prod.json' ? readJson(join(cwd, 'prod.json')) : held();
    expect(after).toMatchObject({ stageName: 'prod', description: 'staged', variables: { color: 'green', size: '1' } });
  });

  test('onto itself changes nothing', async () => {
    const { stage, calls } = await goLive(served);
    expect((await stage(`copy ${prod} ${prod} --all --canary`)).stdout).toBe(`${prod}: nothing to change\n`);
    expect(calls()).toEqual(['GetStage', 'GetStage']);
  });
});

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

describe('list', () => {
  const served = {
    [`${restApiId}.json`]: { name: 'orders-api' },
    [prodFile]: aStage({ ...canaryStage, cacheClusterEnabled: true, cacheClusterSize: '0.5' }),
    'f6g7h8i9j0.json': { name: 'pets\u001b[31m/v1' },
    'f6g7h8i9j0/dev.json': aStage({ stageName: 'dev' }),
    'petstore/dev.json': aStage({ stageName: 'dev' }),
    'emptyapi00.json': { name: 'nothing' },
  };
  const date = '2026-01-01T00:00:00+00:00';
  const rows = [
    [prod, 'orders-api', 'dep1', '10%', '0.5', date],
    ['f6g7h8i9j0/dev', 'pets\\u001b[31m/v1', 'dep1', '-', '-', date],
    ['petstore/dev', 'petstore', 'dep1', '-', '-', date],
  ];

  test('separates columns with tabs when not on a terminal', async () => {
    const { stage, calls } = await goLive(served);
    const { code, stdout, stderr } = await stage('list');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(rows.map((row) => `${row.join('\t')}\n`).join(''));
    expect(calls()).toEqual(['GetRestApis', 'GetStages', 'GetStages', 'GetStages', 'GetStages']);
  });

  test('prints a table on a terminal', async () => {
    const { stage } = await goLive(served);
    const { stdout } = await stage('list', { isTTY: true });
    const [header = '', first = '', second = ''] = stdout.split('\n');
    expect(header).toMatch(/^TARGET +API +DEPLOYMENT +CANARY +CACHE +UPDATED$/);
    expect(first).toMatch(/^a1b2c3d4e5\/prod +orders-api +dep1 +10% +0\.5 +2026/);
    expect(first.indexOf('dep1')).toBe(second.indexOf('dep1'));
  });

  test('prints each API with its stages as JSON', async () => {
    const { stage } = await goLive(served);
    const apis = JSON.parse((await stage('list -o json')).stdout);
    expect(apis).toMatchObject([
      { id: restApiId, name: 'orders-api', stages: [{ target: prod, stageName: 'prod', deploymentId: 'dep1' }] },
      { id: 'emptyapi00', stages: [] },
      { id: 'f6g7h8i9j0' },
      { id: 'petstore' },
    ]);
  });

  test.each([
    ['orders-api', 0],
    ['name:orders-api', 0],
    [restApiId, 0],
    ['petstore', 2],
  ])('of %s reads only the stages of that API', async (api, row) => {
    const { stage, calls } = await goLive(served);
    expect((await stage(`list ${api}`)).stdout).toBe(`${rows[row]?.join('\t')}\n`);
    expect(calls()).toEqual(['GetRestApis', 'GetStages']);
  });

  test('prints each TARGET ready to paste', async () => {
    const { stage } = await goLive(served);
    for (const [target = ''] of rows)
      expect(await stage(`get ${target} deploymentId`)).toMatchObject({ code: 0, stdout: 'dep1\n' });
  });

  test.each([
    ['name:', 3, 'name: needs the name of an API: name:orders-api.'],
    ['nobody', 6, 'No API in eu-west-1 is called nobody.'],
    ['order-api', 6, 'No API in eu-west-1 is called order-api. Did you mean orders-api?'],
  ])('of %s, which does not exist, exits %i', async (api, exits, says) => {
    const { stage } = await goLive(served);
    const { code, stderr } = await stage(`list ${api}`);
    expect([code, stderr]).toEqual([exits, expect.stringContaining(says)]);
  });

  test('without APIs, or without an answer, says so plainly', async () => {
    const { stage } = await goLive({}, { faults: 'GetRestApis:500@2' });
    expect((await stage('list nope')).stderr).toBe('stage: No API in eu-west-1 is called nope. Available: none.\n');
    const failed = await stage('list --max-attempts 1');
    expect(failed).toMatchObject({
      code: 7,
      stderr: expect.stringContaining('stage: API Gateway: GetRestApis failed (500). '),
    });
  });

  test('of an API without stages says so', async () => {
    const { stage } = await goLive(served);
    const said = 'notice: There are no stages.\n';
    expect(await stage('list nothing')).toEqual({ code: 0, stdout: '', stderr: said });
    expect(await stage('list nothing', { isTTY: true })).toEqual({ code: 0, stdout: '', stderr: said });
    expect(await stage('list nothing -o json')).toMatchObject({ code: 0, stderr: '' });
  });
});
