/** Calls that are not UpdateStage: stages are created, caches flushed, deployments listed and served again. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from '../../src/stage/stage.js';
import { stopServing } from '../serve/serving.js';
import { aCanary, aMethod, aStage } from '../stages.js';
import { removeFolders } from '../world.js';
import { anApi, canaryStage, goLive, type LiveTest, prod, prodFile, restApiId } from './live.js';

afterEach(async () => {
  await stopServing();
  removeFolders();
});

const dev = `${restApiId}/dev`;
const devFile = `${dev}.json`;

const source = aStage({
  description: 'staging',
  variables: { color: 'blue', dbPassword: 'hunter2' },
  tags: { team: 'orders' },
  methodSettings: { '*/*': aMethod({ loggingLevel: 'INFO' }), '~1pets/GET': aMethod({ metricsEnabled: true }) },
});
const clone = (more = '') => `copy source.json ${dev} --all --create --deployment-id dep2 ${more}`.trim();
const files = { 'source.json': source };
const served = { [`${restApiId}.json`]: anApi, [prodFile]: aStage() };
const wanted = {
  stageName: 'dev',
  deploymentId: 'dep2',
  description: 'staging',
  variables: source.variables,
  tags: source.tags,
  methodSettings: source.methodSettings,
};
const looks = ['GetStage', 'GetStages'];

/** A world in which somebody else writes a stage during the wait after a failed call. */
const meanwhile = ({ server }: LiveTest, call: string, file: string, stage: object) => ({
  random: () => {
    if (server.lines.some((line) => line.includes(` ${call} `)))
      writeFileSync(join(server.folder, file), JSON.stringify(stage));
    return 0;
  },
});

describe('copy --create', () => {
  test('creates a stage with what CreateStage accepts, and updates it with the rest', async () => {
    const { stage, calls, held } = await goLive(served, {}, files);
    const { code, stdout, stderr } = await stage(clone());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`${dev}\n`);
    expect(stdout).toContain('  + variables.color: blue\n');
    expect(stdout).toContain('  + variables.dbPassword: ********\n');
    expect(stdout).toContain(`created ${dev}\n`);
    expect(calls()).toEqual([...looks, 'GetDeployment', 'CreateStage', 'UpdateStage']);
    expect(held(devFile)).toMatchObject(wanted);
  });

  test('changes nothing the second time', async () => {
    const { stage, calls } = await goLive(served, {}, files);
    await stage(clone());
    calls();
    expect(await stage(clone())).toEqual({ code: 0, stdout: `${dev}: nothing to change\n`, stderr: '' });
    expect(calls()).toEqual(['GetStage']);
  });

  test('says that --deployment-id has no effect on an existing stage', async () => {
    const { stage, held } = await goLive(served, {}, files);
    const { code, stderr } = await stage(`copy source.json ${prod} --all --create --deployment-id dep2`);
    expect(code).toBe(0);
    expect(stderr).toContain('notice: The stage is there, and serves dep1: --deployment-id has no effect.');
    expect(held()).toMatchObject({ deploymentId: 'dep1', description: 'staging' });
  });

  test('leaves out what is excluded, including tags', async () => {
    const { stage, held } = await goLive(served, {}, files);
    await stage(clone('--exclude tags --exclude variables.color'));
    expect(held(devFile)).toMatchObject({ variables: { dbPassword: 'hunter2' } });
    expect(held(devFile).tags).toBeUndefined();
  });

  test('needs a deployment for a live stage', async () => {
    const { stage, calls } = await goLive(served, {}, files);
    const { code, stderr } = await stage(`copy source.json ${dev} --all --create`);
    expect(code).toBe(3);
    expect(stderr).toContain(`${dev}: the stage does not exist. To create it, add --deployment-id ID`);
    expect(calls()).toEqual(looks);
  });

  test('refuses a deployment that does not exist before anything is created', async () => {
    const { stage, calls } = await goLive(served, {}, files);
    const { code, stderr } = await stage(`copy source.json ${dev} --all --create --deployment-id dep9`);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^stage: Deployment id does not exist$/m);
    expect(calls()).toEqual([...looks, 'GetDeployment']);
  });

  test.each([
    [`copy source.json ${dev} --all --deployment-id dep2`, 'dep2 is not a property.'],
    [`copy ${prod} --from description --to description --create`, 'other properties cannot be chosen too'],
  ])('%s exits 3', async (line, says) => {
    const { stage } = await goLive(served, {}, files);
    const { code, stderr } = await stage(line);
    expect([code, stderr]).toEqual([3, expect.stringContaining(says)]);
  });

  test('a missing source is not created', async () => {
    const { stage } = await goLive(served);
    const { code, stderr } = await stage(`copy ${restApiId}/none ${dev} --all --create --deployment-id dep1`);
    expect([code, stderr]).toEqual([6, expect.stringContaining('there is no such stage')]);
  });

  test('a dry run creates nothing, and its calls can be printed', async () => {
    const { stage, calls } = await goLive(served, {}, files);
    const { code, stdout } = await stage(clone('--dry-run -o aws-cli'));
    expect(code).toBe(0);
    expect(stdout).toContain(`aws apigateway create-stage --rest-api-id ${restApiId} --stage-name dev`);
    expect(stdout).toContain('  --deployment-id dep2 \\\n');
    expect(stdout).toContain(`  --variables '{"color":"blue","dbPassword":"hunter2"}' \\\n`);
    expect(stdout).toContain('  --no-tracing-enabled');
    expect(stdout).toMatch(/ && \\\naws apigateway update-stage /);
    const json = JSON.parse((await stage(clone('--dry-run -o json'))).stdout);
    expect(json).toMatchObject({
      before: {},
      changed: true,
      inverse: [],
      calls: [
        { kind: 'CreateStage', state: 'not-made' },
        { kind: 'UpdateStage', state: 'not-made' },
      ],
    });
    expect(json.notices).toEqual([expect.objectContaining({ code: 'inverse-incomplete' })]);
    expect(calls()).not.toContain('CreateStage');
  });

  test.each(['reset-after', 'truncate'])('the result of a lost answer (%s) is read back', async (kind) => {
    const { stage, calls, held } = await goLive(served, { faults: `CreateStage:${kind}@1` }, files);
    const { code, stderr } = await stage(clone());
    expect(code).toBe(0);
    expect(stderr).toContain('the stage shows that it was applied.');
    expect(calls().filter((call) => call === 'CreateStage')).toHaveLength(1);
    expect(held(devFile)).toMatchObject(wanted);
  });

  test('a call that was not made is sent again', async () => {
    const { stage, calls, held } = await goLive(served, { faults: 'CreateStage:reset@1,CreateStage:429@2' }, files);
    expect((await stage(clone())).code).toBe(0);
    expect(calls().filter((call) => call === 'CreateStage')).toHaveLength(3);
    expect(held(devFile)).toMatchObject(wanted);
  });

  test('a stage that somebody else creates in the meantime is not mistaken for this one', async () => {
    const live = await goLive(served, { faults: 'CreateStage:reset@1' }, files);
    const theirs = { stageName: 'dev', deploymentId: 'dep1' };
    const { code, stderr } = await live.stage(clone(), { world: meanwhile(live, 'CreateStage', devFile, theirs) });
    expect([code, stderr]).toEqual([7, expect.stringContaining('deploymentId changed from nothing to dep1')]);
    expect(live.held(devFile)).toEqual(theirs);
  });

  test('if the second call fails, the report says what the stage lacks, and a second run finishes', async () => {
    const { stage, held } = await goLive(served, { faults: 'UpdateStage:403x1' }, files);
    const failed = await stage(clone());
    expect(failed.code).toBe(6);
    expect(failed.stderr).toContain('the stage was created, and lacks methodSettings.*/*.');
    expect(failed.stderr).toContain('run the command again to finish');
    expect(held(devFile)).toMatchObject({ deploymentId: 'dep2', methodSettings: {} });
    expect((await stage(clone())).code).toBe(0);
    expect(held(devFile)).toMatchObject(wanted);
  });

  test('is in the history, and undo says that it cannot be undone', async () => {
    const { stage, held } = await goLive(served, {}, files);
    await stage(clone());
    expect((await stage(`history ${dev}`)).stdout).toContain('\tcopy\tcreated with ');
    const { code, stderr } = await stage(`undo ${dev}`);
    expect([code, stderr]).toEqual([5, expect.stringContaining('created the stage, which only aws apigateway delete')]);
    expect(held(devFile)).toMatchObject(wanted);
  });

  test('what was refused says which permission is missing', async () => {
    const { stage } = await goLive(served, { faults: 'CreateStage:403' }, files);
    const { code, stderr } = await stage(clone());
    expect([code, stderr]).toEqual([6, expect.stringContaining('Allow apigateway:POST on')]);
  });
});

describe('copy --create to a file', () => {
  test('writes the file', async () => {
    const { stage, cwd } = await goLive(source);
    const { code, stdout } = await stage(`copy ${prod} new.json --all --create --deployment-id dep2`);
    expect([code, stdout]).toEqual([0, expect.stringContaining('created new.json\n')]);
    const { stageName: _, ...members } = wanted;
    const text = readFileSync(join(cwd, 'new.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject(members);
    expect(text).toMatch(/^\{\n {4}"deploymentId": "dep2",\n/);
  });

  test('writes YAML if the file name says so, and the YAML is read as the same stage', async () => {
    const { stage, cwd } = await goLive(source);
    await stage(`copy ${prod} new.yaml --all --create`);
    expect(readFileSync(join(cwd, 'new.yaml'), 'utf8')).toMatch(/^description: staging\n/m);
    expect((await stage(`copy ${prod} new.yaml --all`)).stdout).toContain('nothing to change');
  });

  test('edits an existing file, and writes nothing in a dry run', async () => {
    const { stage, cwd } = await goLive(source, {}, { 'there.json': { description: 'old' } });
    expect((await stage(`copy ${prod} there.json --all --create`)).stdout).toContain('~ description: old → staging');
    expect((await stage(`copy ${prod} none.json --all --create --dry-run`)).code).toBe(0);
    expect(() => readFileSync(join(cwd, 'none.json'))).toThrow('ENOENT');
  });
});

describe('apply --create', () => {
  const desired = { ...source, stageName: 'staging', webAclArn: 'arn:aws:wafv2:eu-west-1:1:regional/webacl/a/1' };
  const line = `apply ${dev} -f desired.json --create --deployment-id dep2`;

  test('creates the stage that the file describes, and changes nothing the second time', async () => {
    const { stage, calls, held } = await goLive(served, {}, { 'desired.json': desired });
    const { code, stdout, stderr } = await stage(line);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`created ${dev}\n`)]);
    expect(stderr).toContain('The new stage has no web ACL.');
    expect(calls()).toEqual(['GetResources', ...looks, 'GetDeployment', 'CreateStage', 'UpdateStage']);
    expect(held(devFile)).toMatchObject(wanted);
    expect(held(devFile).stageName).toBe('dev');
    const again = await stage(line);
    expect([again.code, again.stdout]).toEqual([0, `${dev}: nothing to change\n`]);
    expect(calls()).toEqual(['GetResources', 'GetStage']);
    const other = await stage(line.replace('dep2', 'dep1'));
    expect(other.stderr).toContain('notice: The stage is there, and serves dep2: --deployment-id has no effect.');
  });

  test('finishes what a failure left undone', async () => {
    const { stage, held } = await goLive(served, { faults: 'UpdateStage:403x1' }, { 'desired.json': source });
    expect((await stage(line)).stderr).toContain('the stage was created, and lacks');
    expect((await stage(line)).code).toBe(0);
    expect(held(devFile)).toMatchObject(wanted);
  });

  test('creates a missing file, with its name and its tags', async () => {
    const whole = { ...source, stageName: 'staging', tags: { team: 'orders' } };
    const { stage, cwd } = await goLive(served, {}, { 'desired.json': whole });
    expect(await stage('apply new.json -f desired.json --create --strict')).toMatchObject({ code: 0 });
    const { stageName, variables, tags } = whole;
    expect(JSON.parse(readFileSync(join(cwd, 'new.json'), 'utf8'))).toMatchObject({ stageName, variables, tags });
    expect((await stage('apply new.json -f desired.json --strict')).stdout).toBe('new.json: nothing to change\n');
  });

  test('with --strict creates no stage that would lack something in the file', async () => {
    const { stage } = await goLive(
      served,
      {},
      { 'desired.json': desired, 'tagged.json': { tags: { team: 'orders' } } },
    );
    const { code, stderr } = await stage(`${line} --strict`);
    expect([code, stderr]).toEqual([3, expect.stringContaining('The new stage has no web ACL.')]);
    expect((await stage(`apply ${dev} -f tagged.json --create --deployment-id dep2 --strict`)).code).toBe(0);
  });

  test('needs --create for --deployment-id, and an existing stage without --create', async () => {
    const { stage } = await goLive(served, {}, { 'desired.json': source });
    const idle = await stage(`apply ${prod} -f desired.json --deployment-id dep2`);
    expect([idle.code, idle.stderr]).toEqual([3, expect.stringContaining('--deployment-id needs --create.')]);
    expect((await stage(`apply ${dev} -f desired.json`)).code).toBe(6);
  });
});

const cached = aStage({ cacheClusterEnabled: true, cacheClusterSize: '0.5', cacheClusterStatus: 'AVAILABLE' });

describe('flush-cache', () => {
  test('empties the cache', async () => {
    const { stage, calls } = await goLive(cached);
    expect(await stage(`flush-cache ${prod}`)).toEqual({
      code: 0,
      stdout: `flushed the cache of ${prod}\n`,
      stderr: '',
    });
    expect(calls()).toEqual(['GetStage', 'FlushStageCache']);
  });

  test('--wait waits until the cluster has settled', async () => {
    const { stage, calls } = await goLive(cached, { cacheDelay: 300 });
    const { code, stderr } = await stage(`flush-cache ${prod} --wait`);
    expect([code, stderr]).toEqual([0, `${prod}: cacheClusterStatus is AVAILABLE\n`]);
    expect(calls().length).toBeGreaterThan(3);
  });

  test('without a cache cluster, there is nothing to flush', async () => {
    const { stage, calls } = await goLive();
    const { code, stdout, stderr } = await stage(`flush-cache ${prod}`);
    expect([code, stdout]).toEqual([0, `${prod}: nothing to change\n`]);
    expect(stderr).toContain('notice: The stage has no cache cluster');
    expect(calls()).toEqual(['GetStage']);
  });

  test('a dry run flushes nothing, and prints the call', async () => {
    const { stage, calls } = await goLive(cached);
    expect((await stage(`flush-cache ${prod} -n -o aws-cli`)).stdout).toContain(
      `aws apigateway flush-stage-cache --rest-api-id ${restApiId} --stage-name prod`,
    );
    const { stdout, stderr } = await stage(`flush-cache ${prod} -n -o patch`);
    expect([stdout, stderr]).toEqual(['[]\n', expect.stringContaining('-o aws-cli prints every call')]);
    expect((await stage(`flush-cache ${prod} -n --detailed-exitcode`)).code).toBe(2);
    expect(calls()).not.toContain('FlushStageCache');
  });

  test('after a lost answer, cacheClusterStatus shows whether the cache is flushed', async () => {
    const { stage, calls } = await goLive(cached, { faults: 'FlushStageCache:reset-after@1', cacheDelay: 60_000 });
    const { code, stderr } = await stage(`flush-cache ${prod}`);
    expect([code, stderr]).toEqual([0, expect.stringContaining('the stage shows that it was applied.')]);
    expect(calls().filter((call) => call === 'FlushStageCache')).toHaveLength(1);
  });

  test('edits by somebody else in the meantime do not matter', async () => {
    const live = await goLive(cached, { faults: 'FlushStageCache:reset@1' });
    const world = meanwhile(live, 'FlushStageCache', prodFile, { ...cached, description: 'theirs' });
    expect(await live.stage(`flush-cache ${prod}`, { world })).toMatchObject({ code: 0 });
    expect(live.calls().filter((call) => call === 'FlushStageCache')).toHaveLength(2);
  });

  test('an inconclusive status leads to another flush', async () => {
    const { stage, calls } = await goLive(cached, { faults: 'FlushStageCache:reset-after@1' });
    expect((await stage(`flush-cache ${prod}`)).code).toBe(0);
    expect(calls().filter((call) => call === 'FlushStageCache')).toHaveLength(2);
  });

  test('is for live stages only, and checks --expect', async () => {
    const { stage, calls } = await goLive(cached, {}, { 'prod.json': cached });
    expect(await stage('flush-cache prod.json')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('prod.json'),
    });
    expect(await stage(`flush-cache ${prod} --expect description=x`)).toMatchObject({ code: 5 });
    expect((await stage(`flush-cache ${prod} --expect description=`)).code).toBe(0);
    expect(calls().filter((call) => call === 'FlushStageCache')).toHaveLength(1);
  });

  test('says that it cannot be undone', async () => {
    const { stage } = await goLive(cached);
    await stage(`set ${prod} --description new`);
    const { notices, calls, changed } = JSON.parse((await stage(`flush-cache ${prod} -o json`)).stdout);
    expect([changed, calls]).toEqual([false, [{ kind: 'FlushStageCache', state: 'made' }]]);
    expect(notices).toEqual([expect.objectContaining({ code: 'inverse-incomplete' })]);
    expect((await stage(`history ${prod}`)).stdout).toContain('\tflush-cache\tcache flushed\t');
    const undone = await stage(`undo ${prod}`);
    expect([undone.code, undone.stderr]).toEqual([5, expect.stringContaining('flushed the cache, which cannot be')]);
  });
});

const history = {
  ...anApi,
  deployments: [
    { id: 'dep1', createdDate: '2026-01-01T00:00:00+00:00', description: 'first' },
    { id: 'dep3', createdDate: '2026-03-01T00:00:00+00:00' },
    { id: 'dep2', createdDate: '2026-02-01T00:00:00+00:00', description: 'second' },
  ],
};
const older = { ...served, [`${restApiId}.json`]: history };
const withCanary = {
  ...older,
  [prodFile]: aStage({ deploymentId: 'dep3', canarySettings: aCanary() }),
  [devFile]: aStage({ stageName: 'dev', deploymentId: 'dep3' }),
};

describe('deployments', () => {
  const rows = [
    'dep3\t2026-03-01T00:00:00+00:00\tdev, prod\t-',
    'dep2\t2026-02-01T00:00:00+00:00\tcanary of prod\tsecond',
    'dep1\t2026-01-01T00:00:00+00:00\t-\tfirst',
  ];

  test.each([restApiId, 'name:orders-api', 'orders-api', prod, 'name:orders-api/prod'])(
    'of %s are listed newest first, each with what serves it',
    async (word) => {
      const { stage } = await goLive(withCanary);
      expect(await stage(`deployments ${word}`)).toEqual({ code: 0, stdout: `${rows.join('\n')}\n`, stderr: '' });
    },
  );

  test('--limit leaves the older ones out', async () => {
    const { stage, calls } = await goLive(withCanary);
    expect((await stage(`deployments ${restApiId} --limit 1`)).stdout).toBe(`${rows[0]}\n`);
    expect(calls()).toEqual(['GetDeployments', 'GetStages']);
  });

  test('all pages are read', async () => {
    const many = Array.from({ length: 501 }, (_, index) => ({ id: `d${index}`, createdDate: index }));
    const { stage, calls } = await goLive({ ...served, [`${restApiId}.json`]: { ...anApi, deployments: many } });
    expect((await stage(`deployments ${restApiId} --limit 2`)).stdout).toMatch(/^d500\t.*\nd499\t/);
    expect(calls()).toEqual(['GetDeployments', 'GetDeployments', 'GetStages']);
  });

  test('are printed as a table on a terminal, and as JSON', async () => {
    const { stage } = await goLive(withCanary);
    const { stdout } = await stage(`deployments ${restApiId}`, { isTTY: true });
    expect(stdout.split('\n')[0]).toMatch(/^DEPLOYMENT +CREATED +SERVED BY +DESCRIPTION$/);
    expect(JSON.parse((await stage(`deployments ${restApiId} -o json --limit 2`)).stdout)).toEqual([
      { id: 'dep3', createdDate: '2026-03-01T00:00:00+00:00', stages: ['dev', 'prod'], canaries: [] },
      {
        id: 'dep2',
        createdDate: '2026-02-01T00:00:00+00:00',
        description: 'second',
        stages: [],
        canaries: ['prod'],
      },
    ]);
  });

  test('exist for an API, not for a file', async () => {
    const { stage } = await goLive(withCanary, {}, { 'prod.json': aStage() });
    const { code, stderr } = await stage('deployments prod.json');
    expect([code, stderr]).toEqual([3, expect.stringContaining('prod.json')]);
    expect(await stage('deployments')).toMatchObject({
      code: 3,
      stderr: 'stage: Which API? Name it, or one of its live stages: stage deployments API/STAGE.\n',
    });
  });
});

describe('start-canary --create-deployment', () => {
  const line = `start-canary ${prod} --create-deployment --description fix --percent-traffic 10 --canary-variable color=green`;
  const deploymentsIn = (held: (path?: string) => object) =>
    (held(`${restApiId}.json`) as { readonly deployments: readonly Deployment[] }).deployments;
  const made = (held: (path?: string) => object) => deploymentsIn(held).filter(({ id }) => !/^dep[12]$/.test(id));
  const sends = (calls: readonly string[]) => calls.filter((call) => call === 'CreateDeployment').length;

  test('deploys to the canary alone, and marks the deployment with the run', async () => {
    const { stage, calls, held } = await goLive();
    const { code, stdout, stderr } = await stage(line);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(calls()).toEqual(['GetStage', 'CreateDeployment']);
    const [deployment] = made(held);
    expect(deployment?.description).toBe('fix [stage run 00000000]');
    expect(stdout).toContain(`  + canarySettings.deploymentId: ${deployment?.id}\n`);
    expect(held()).toMatchObject({
      deploymentId: 'dep1',
      canarySettings: {
        deploymentId: deployment?.id,
        percentTraffic: 10,
        useStageCache: false,
        stageVariableOverrides: { color: 'green' },
      },
    });
  });

  test('reports its call and the new stage as JSON', async () => {
    const { stage, held } = await goLive();
    const document = JSON.parse((await stage(`${line} -o json`)).stdout);
    expect(document).toMatchObject({
      changed: true,
      calls: [{ kind: 'CreateDeployment', state: 'made' }],
      inverse: [{ op: 'remove', path: '/canarySettings' }],
      after: { canarySettings: { deploymentId: made(held)[0]?.id } },
    });
    expect(document.notices).toEqual([expect.objectContaining({ code: 'inverse-incomplete' })]);
  });

  test('a dry run creates nothing, and its call can be printed', async () => {
    const { stage, calls, held } = await goLive();
    const { code, stdout } = await stage(`${line} -n`);
    expect(code).toBe(0);
    expect(stdout).toContain('  + canarySettings.deploymentId: (new deployment)\n');
    expect((await stage(`${line} -n -o aws-cli`)).stdout).toMatch(
      /^aws apigateway create-deployment .* --stage-name prod .*\\\n {2}--description 'fix \[stage run 00000000\]' \\\n {2}--canary-settings '\{"percentTraffic":10,/,
    );
    expect(sends(calls())).toBe(0);
    expect(made(held)).toEqual([]);
  });

  test.each([
    ['made', 'reset-after@1', 1],
    ['made, but its answer was cut', 'truncate@1', 1],
    ['not made', 'reset@1', 2],
    ['not made because of a conflict', '409@1', 2],
    ['throttled', '429x3', 4],
  ])('a call that was %s leaves one deployment', async (_what, fault, times) => {
    const { stage, calls, held } = await goLive(undefined, { faults: `CreateDeployment:${fault}` });
    expect((await stage(line)).code).toBe(0);
    const asked = calls();
    expect(sends(asked)).toBe(times);
    expect(asked.includes('GetDeployments')).toBe(!fault.startsWith('429'));
    expect(made(held)).toHaveLength(1);
    expect(held().canarySettings).toMatchObject({ deploymentId: made(held)[0]?.id, percentTraffic: 10 });
  });

  test('a deployment of another run is not mistaken for this one', async () => {
    const theirs = { id: 'dep9', description: 'fix [stage run abcdefgh]' };
    const api = { ...anApi, deployments: [...anApi.deployments, theirs] };
    const live = await goLive(
      { [`${restApiId}.json`]: api, [prodFile]: aStage() },
      { faults: 'CreateDeployment:reset@1' },
    );
    expect(await live.stage(line)).toMatchObject({ code: 0 });
    expect(sends(live.calls())).toBe(2);
    expect(live.held().canarySettings?.deploymentId).not.toBe('dep9');
  });

  test('a lost answer is reported, with the deployment that was found', async () => {
    const { stage, held } = await goLive(undefined, { faults: 'CreateDeployment:reset-after@1' });
    const { stdout, stderr } = await stage(line);
    expect(stderr).toContain('the stage shows that it was applied.');
    expect(stderr).not.toContain('after this edit, expected');
    expect(stdout).toContain(`canarySettings.deploymentId: ${made(held)[0]?.id}\n`);
  });

  test('edits by somebody else in the meantime do not matter, except edits of the canary', async () => {
    const live = await goLive(undefined, { faults: 'CreateDeployment:reset@1' });
    const world = meanwhile(live, 'CreateDeployment', prodFile, aStage({ description: 'theirs' }));
    expect(await live.stage(line, { world })).toMatchObject({ code: 0 });
    expect(made(live.held)).toHaveLength(1);
    expect(live.held()).toMatchObject({ description: 'theirs', canarySettings: { percentTraffic: 10 } });
  });

  test('a canary that somebody else creates in the meantime is not overwritten', async () => {
    const live = await goLive(undefined, { faults: 'CreateDeployment:409@1' });
    const { stage, calls, held } = live;
    const { code, stderr } = await stage(line, { world: meanwhile(live, 'CreateDeployment', prodFile, canaryStage) });
    expect([code, stderr]).toEqual([
      5,
      expect.stringContaining('canarySettings.deploymentId changed from nothing to dep2'),
    ]);
    expect(sends(calls())).toBe(1);
    expect(made(held)).toEqual([]);
  });

  test('the report of a call that is never answered says that the deployment may have been made', async () => {
    const { stage } = await goLive(undefined, { faults: 'CreateDeployment:hang' });
    const { code, stderr } = await stage(`${line} --timeout 600ms`);
    expect([code, stderr]).toEqual([7, expect.stringContaining('unclear whether the update was applied')]);
    const undone = await stage(`undo ${prod}`);
    expect([undone.code, undone.stderr]).toEqual([0, expect.stringContaining('was not made')]);
    expect(undone.stderr).not.toContain('stays');
  });

  test('the wait before another attempt follows its quota: one call in five seconds', async () => {
    const { stage } = await goLive(undefined, { faults: 'CreateDeployment:409@1' });
    const { stderr } = await stage(`${line} --verbose`, { world: { random: () => 0.01 } });
    expect(stderr).toContain('trying again in 50 ms');
  });

  test('refuses a stage with a canary, and replaces the canary with --replace', async () => {
    const { stage, calls, held } = await goLive(canaryStage);
    const { code, stderr } = await stage(line.replace('color', 'size'));
    expect([code, stderr]).toEqual([5, expect.stringContaining('A canary of deployment dep2 is running')]);
    calls();
    expect((await stage(`${line.replace('color', 'size')} --replace`)).code).toBe(0);
    expect(calls()).toEqual(['GetStage', 'UpdateStage', 'CreateDeployment']);
    expect(held().canarySettings).toEqual({
      deploymentId: made(held)[0]?.id,
      percentTraffic: 10,
      useStageCache: false,
      stageVariableOverrides: { size: 'green' },
    });
  });

  test('is in the history, and undo ends the canary and says that the deployment stays', async () => {
    const { stage, held } = await goLive();
    await stage(line);
    expect((await stage(`history ${prod}`)).stdout).toContain(
      '\tstart-canary\tdeployed with canarySettings.deploymentId,',
    );
    const { code, stderr } = await stage(`undo ${prod}`);
    expect([code, stderr]).toEqual([0, expect.stringContaining('The new deployment stays')]);
    expect(held().canarySettings).toBeUndefined();
    expect(made(held)).toHaveLength(1);
  });

  test('what was refused says which permission is missing', async () => {
    const { stage } = await goLive(undefined, { faults: 'CreateDeployment:403' });
    expect(await stage(line)).toMatchObject({ code: 6, stderr: expect.stringContaining('Allow apigateway:POST on') });
  });
});

describe('a canary from start to end', () => {
  test('is started, shifted and promoted, each in one call', async () => {
    const { stage, calls, held } = await goLive(served);
    await stage(`start-canary ${prod} --deployment-id dep2`);
    expect(calls()).toEqual(['GetStage', 'GetDeployment', 'UpdateStage']);
    await stage(`shift-canary ${prod} 50%`);
    expect(held().canarySettings).toMatchObject({ deploymentId: 'dep2', percentTraffic: 50 });
    expect((await stage(`shift-canary ${prod} 50`)).stdout).toBe(`${prod}: nothing to change\n`);
    calls();
    await stage(`promote-canary ${prod} --end-canary`);
    expect(calls()).toEqual(['GetStage', 'UpdateStage', 'UpdateStage']);
    expect(held()).toMatchObject({ deploymentId: 'dep2' });
    expect(held().canarySettings).toBeUndefined();
  });

  test('is aborted, and a second abort has nothing to do', async () => {
    const { stage, calls, held } = await goLive(canaryStage);
    expect(await stage(`abort-canary ${prod}`)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Production serves deployment dep1.'),
    });
    expect(held().canarySettings).toMatchObject({ deploymentId: 'dep2', percentTraffic: 0 });
    await stage(`abort-canary ${prod} --remove`);
    expect(held().canarySettings).toBeUndefined();
    calls();
    const { code, stdout, stderr } = await stage(`abort-canary ${prod} --remove`);
    expect([code, stdout]).toEqual([0, `${prod}: nothing to change\n`]);
    expect(stderr).toContain('there is nothing to abort');
    expect(calls()).toEqual(['GetStage']);
  });
});

describe('rollback', () => {
  test('--to ID makes the stage serve that deployment', async () => {
    const { stage, calls, held } = await goLive(older);
    const { code, stdout } = await stage(`rollback ${prod} --to dep2`);
    expect([code, stdout]).toEqual([0, expect.stringContaining('~ deploymentId: dep1 → dep2')]);
    expect(calls()).toEqual(['GetStage', 'GetDeployment', 'UpdateStage']);
    expect(held().deploymentId).toBe('dep2');
  });

  test('a deployment that does not exist is refused', async () => {
    const { stage, calls } = await goLive(older);
    const { code, stderr } = await stage(`rollback ${prod} --to dep9`);
    expect([code, stderr]).toEqual([3, expect.stringContaining('Deployment id does not exist')]);
    expect(calls()).not.toContain('UpdateStage');
  });

  test('to the current deployment changes nothing', async () => {
    const { stage } = await goLive(older);
    expect(await stage(`rollback ${prod} --to dep1`)).toMatchObject({
      code: 0,
      stdout: `${prod}: nothing to change\n`,
    });
  });

  test('--to previous refuses without evidence, and lists the candidates with their dates', async () => {
    const { stage, calls } = await goLive(older);
    const { code, stderr } = await stage(`rollback ${prod} --to previous`);
    expect(code).toBe(5);
    expect(stderr).toContain(
      'Candidates, newest first: dep3 of 2026-03-01T00:00:00+00:00, dep2 of 2026-02-01T00:00:00+00:00 (second).',
    );
    expect(calls()).not.toContain('UpdateStage');
  });

  test('while a canary runs, the deployment has to be named', async () => {
    const { stage, held } = await goLive(withCanary);
    const { code, stderr } = await stage(`rollback ${prod} --to previous`);
    expect([code, stderr]).toEqual([5, expect.stringContaining('A canary is running.')]);
    expect((await stage(`rollback ${prod} --to dep1`)).code).toBe(0);
    expect(held().deploymentId).toBe('dep1');
  });

  test('--to previous lists the candidates for a stage whose journal knows only its present deployment', async () => {
    const { stage } = await goLive(older);
    const made = `${restApiId}/made`;
    expect((await stage(`copy ${prod} ${made} --all --create --deployment-id dep1`)).code).toBe(0);
    const { code, stderr } = await stage(`rollback ${made} --to previous`);
    expect([code, stderr]).toEqual([5, expect.stringContaining('Candidates, newest first: dep3 of')]);
  });

  test('after a deployment by another program, --to previous is the one that the journal saw last', async () => {
    const { stage, held } = await goLive(older);
    await stage(`set ${prod} --deployment-id dep3`);
    await stage(`undo ${prod}`);
    await stage(`set ${prod} --deployment-id dep2 --no-journal`);
    expect((await stage(`rollback ${prod} --to previous`)).stdout).toContain('~ deploymentId: dep2 → dep1');
    expect(held().deploymentId).toBe('dep1');
  });

  test('a canary at 0 percent, as after a promotion, does not prevent --to previous', async () => {
    const { stage, held } = await goLive(withCanary);
    const { deploymentId } = held();
    await stage(`promote-canary ${prod}`);
    expect(held().canarySettings?.percentTraffic).toBe(0);
    expect((await stage(`rollback ${prod} --to previous`)).code).toBe(0);
    expect(held().deploymentId).toBe(deploymentId);
  });

  test('--to previous is the deployment that the stage served before, according to the journal', async () => {
    const { stage, calls, held } = await goLive(older);
    await stage(`set ${prod} --deployment-id dep3`);
    await stage(`set ${prod} --description new`);
    calls();
    expect((await stage(`rollback ${prod} --to previous`)).stdout).toContain('~ deploymentId: dep3 → dep1');
    expect(calls()).toEqual(['GetStage', 'GetDeployment', 'UpdateStage']);
    expect(held().deploymentId).toBe('dep1');
    await stage(`undo ${prod}`);
    expect(held().deploymentId).toBe('dep3');
  });

  test('--to previous is never the current deployment, even after an edit that is not in the journal', async () => {
    const { stage, held } = await goLive(older);
    await stage(`set ${prod} --deployment-id dep3`);
    await stage(`set ${prod} --deployment-id dep1 --no-journal`);
    expect((await stage(`rollback ${prod} --to previous`)).stdout).toContain('~ deploymentId: dep1 → dep3');
    expect(held().deploymentId).toBe('dep3');
  });

  test('works on a file, but only with an id', async () => {
    const { stage } = await goLive(older, {}, { 'prod.json': aStage() });
    expect((await stage('rollback prod.json --to dep2')).stdout).toContain('~ deploymentId: dep1 → dep2');
    expect((await stage('rollback prod.json --to previous')).code).toBe(5);
    expect(await stage('rollback prod.json')).toMatchObject({ code: 3, stderr: expect.stringContaining('--to') });
  });
});
