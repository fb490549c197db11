import type { Stage } from '../../../src/stage/stage.js';
import { listApis, stageOnApiGateway } from '../../../src/targets/api-gateway.js';
import { sleep } from '../../../src/targets/sleep.js';
import { aCanary, aMethod, aStage } from '../../stages.js';
import type { Script } from '../../stub-api-gateway.js';
import { closeStubs, counts, describedAs, failureOf, goLive, replace, restApiId, sentences } from './live.js';

afterEach(closeStubs);

const fail = ({ id }: { readonly id: string }): never => {
  throw new Error(`${id} is left out`);
};

test('a plain edit is one GetStage and one UpdateStage', async () => {
  const { stub, target } = await goLive(aStage({ description: 'old' }));
  const outcome = await target.edit(() => describedAs('new'));
  expect(stub.asked).toEqual(['GetStage', 'UpdateStage']);
  expect(stub.stage.description).toBe('new');
  expect(outcome).toMatchObject({ before: { description: 'old' }, after: { description: 'new' }, notices: [] });
  expect(outcome.calls).toEqual([{ kind: 'UpdateStage', operations: describedAs('new')[0], state: 'made' }]);
});

test('a stage is read as in a stage file: dates as text, members in the order of the model, nothing undefined', async () => {
  const stage = aStage({ variables: { b: '1', a: '2' }, methodSettings: { '*/*': aMethod() } });
  const { target } = await goLive(stage);
  const read = await target.read();
  expect(read).toEqual(stage);
  expect(Object.keys(read)).toEqual([
    'deploymentId',
    'stageName',
    'cacheClusterEnabled',
    'cacheClusterStatus',
    'methodSettings',
    'variables',
    'tracingEnabled',
    'createdDate',
    'lastUpdatedDate',
  ]);
});

test('an edit that changes nothing is only one GetStage', async () => {
  const { stub, target } = await goLive(aStage({ description: 'same', variables: { a: '1' } }));
  const outcome = await target.edit(() => [[replace('/description', 'same'), replace('/variables/a', '1')]]);
  expect(stub.asked).toEqual(['GetStage']);
  expect(outcome.calls).toEqual([]);
  expect(outcome.after).toBe(outcome.before);
});

test('only operations that change something are sent, and no tests', async () => {
  const { stub, target } = await goLive(aStage({ description: 'same', variables: { a: '1' } }));
  const test = { op: 'test', path: '/description', value: 'same' } as const;
  const outcome = await target.edit(() => [
    [test, replace('/description', 'same'), replace('/variables/a', '2'), replace('/x/GET/caching/enabled', 'false')],
  ]);
  expect(stub.patches).toEqual([[replace('/variables/a', '2'), replace('/x/GET/caching/enabled', 'false')]]);
  expect(outcome.calls[0]?.operations[0]).toEqual(test);
});

test('a promotion is sent whole, even if its percentage is already 0', async () => {
  const canary = aCanary({ percentTraffic: 0, stageVariableOverrides: { a: '2' } });
  const { stub, target } = await goLive(aStage({ canarySettings: canary }));
  const promotion = [
    { op: 'copy', from: '/canarySettings/stageVariableOverrides', path: '/variables' },
    { op: 'copy', from: '/canarySettings/deploymentId', path: '/deploymentId' },
    replace('/canarySettings/percentTraffic', '0.0'),
  ] as const;
  await target.edit(() => [promotion]);
  expect(stub.patches).toEqual([promotion]);
});

test('a patch is sent whole, with a notice about undocumented operations', async () => {
  const { stub, target } = await goLive(aStage({ description: 'same' }), { verbatim: true });
  stub.scripts['UpdateStage'] = [{ status: 200, body: { ...stub.stage, createdDate: 1, lastUpdatedDate: 2 } }];
  const given = [replace('/description', 'same'), { op: 'add', path: '/tracingEnabled', value: 'true' }] as const;
  const { notices } = await target.edit(() => [given]);
  expect(stub.patches).toEqual([given]);
  expect(notices?.map(({ message }) => message)).toEqual([
    'add at /tracingEnabled is undocumented; it is sent as given, and its effect is unknown.',
  ]);
});

test.each([
  ['a patch', true],
  ['another edit', false],
])('%s that API Gateway is known to refuse makes no call', async (_what, verbatim) => {
  const { stub, target } = await goLive(aStage(), { verbatim });
  const error = await failureOf(target.edit(() => [[replace('/nowhere', 'x')]]));
  expect(error.kind).toBe('patch');
  expect(sentences(error)[0]).toMatch(/^Invalid method setting path: \/nowhere/);
  expect(stub.asked).toEqual(['GetStage']);
});

test('undocumented operations are refused in other edits', async () => {
  const { stub, target } = await goLive();
  const error = await failureOf(target.edit(() => [[{ op: 'add', path: '/description', value: 'x' }]]));
  expect(error).toMatchObject({ kind: 'patch', problems: [{ code: 'unproven' }] });
  expect(stub.asked).toEqual(['GetStage']);
});

test('if decide throws, edit rejects and nothing is written', async () => {
  const { stub, target } = await goLive();
  const thrown = new Error('no');
  const work = target.edit(() => {
    throw thrown;
  });
  await expect(work).rejects.toBe(thrown);
  expect(stub.asked).toEqual(['GetStage']);
});

test('each difference between the answer and the foreseen stage is a notice with its values', async () => {
  const { stub, target } = await goLive(aStage({ description: 'old', variables: { a: '1' } }));
  const answer = { ...stub.stage, description: 'stray', variables: { a: '9' }, createdDate: 1, lastUpdatedDate: 2 };
  stub.scripts['UpdateStage'] = [{ status: 200, body: { ...answer, cacheClusterStatus: 'AVAILABLE' } }];
  const { notices, after, own } = await target.edit(() => describedAs('new'));
  expect(notices?.map(({ message }) => message)).toEqual([
    'description is stray after this edit, expected new.',
    'variables.a is 9 after this edit, expected 1.',
  ]);
  expect(after.description).toBe('stray');
  expect(own).toMatchObject({ description: 'stray', variables: { a: '1' } });
});

test('the caller formats the values in a notice', async () => {
  const { stub, target } = await goLive(aStage({ variables: { token: 'hush' } }), { showLeaf: () => '***' });
  stub.scripts['UpdateStage'] = [
    () => {
      stub.stage = { ...stub.stage, variables: { token: 'other' } };
    },
  ];
  const { notices } = await target.edit(() => describedAs('new'));
  expect(notices?.[0]?.message).toBe('variables.token is *** after this edit, expected ***.');
});

const elsewhere = { throttlingRateLimit: 2500, throttlingBurstLimit: 1250 };
const startingElsewhere = (stub: { stage: Stage }): Stage => {
  const { createdDate: _, lastUpdatedDate: __, ...stage } = stub.stage;
  return { ...stage, methodSettings: { '~1pets/GET': aMethod({ loggingLevel: 'ERROR', ...elsewhere }) } };
};
const logged = [[replace('/~1pets/GET/logging/loglevel', 'ERROR')]];

test('the initial values of a new entry, which differ by account, cause no notice', async () => {
  const { stub, target } = await goLive();
  stub.scripts['UpdateStage'] = [{ status: 200, body: startingElsewhere(stub) }];
  const { notices, own } = await target.edit(() => logged);
  expect(notices).toEqual([]);
  expect(own?.methodSettings?.['~1pets/GET']).toMatchObject(elsewhere);
});

test('a throttle that differs from the requested one causes a notice', async () => {
  const { stub, target } = await goLive();
  stub.scripts['UpdateStage'] = [{ status: 200, body: startingElsewhere(stub) }];
  const asked = [...(logged[0] ?? []), replace('/~1pets/GET/throttling/rateLimit', '7')];
  const { notices } = await target.edit(() => [asked]);
  expect(notices?.map(({ message }) => message)).toEqual([
    'methodSettings.GET /pets.throttlingRateLimit is 2500 after this edit, expected 7.',
  ]);
});

test('a new entry counts as made whatever its initial values, even after a lost answer', async () => {
  const { stub, target } = await goLive();
  stub.scripts['UpdateStage'] = ['reset-before'];
  stub.scripts['GetStage'] = [
    () => undefined,
    () => {
      stub.stage = { ...stub.stage, ...startingElsewhere(stub), lastUpdatedDate: '2026-02-02T00:00:00+00:00' };
    },
  ];
  const { calls, notices } = await target.edit(() => logged);
  expect(calls.map(({ state }) => state)).toEqual(['made']);
  expect(notices?.map(({ code }) => code)).toEqual(['read-back']);
});

test('a name is looked up on all pages', async () => {
  const apis = ['b1', 'b2', 'b3'].map((id) => ({ id, name: `api-${id}`, stages: { prod: aStage() } }));
  const { stub, options } = await goLive(aStage(), {}, apis);
  const target = stageOnApiGateway({ api: { name: 'api-b3' }, stageName: 'prod', label: 'name:api/prod' }, options);
  await target.edit(() => describedAs('found'));
  expect(stub.apis[3]?.stages['prod']?.description).toBe('found');
  expect(counts(stub)).toEqual({ GetRestApis: 2, GetStage: 1, UpdateStage: 1 });
  expect((await listApis(undefined, options, fail)).map(({ id, stages }) => [id, stages.length])).toEqual([
    [restApiId, 1],
    ['b1', 1],
    ['b2', 1],
    ['b3', 1],
  ]);
  expect((await listApis({ idOrName: 'b2' }, options, fail)).map(({ name }) => name)).toEqual(['api-b2']);
});

test.each([
  ['nothing', 'refused', 'unknown-api', 'No API in eu-west-1 is called nothing. Available: orders-api, twin.'],
  ['twin', 'usage', 'ambiguous-api', '2 APIs in eu-west-1 are called twin: b1, b2. Give the id of the one you mean.'],
])('the name %s is refused', async (name, kind, code, message) => {
  const apis = ['b1', 'b2'].map((id) => ({ id, name: 'twin', stages: {} }));
  const { options } = await goLive(aStage(), {}, apis);
  const error = await failureOf(
    stageOnApiGateway({ api: { name }, stageName: 'prod', label: 'name:api/prod' }, options).read(),
  );
  expect(error).toMatchObject({ kind, problems: [{ code, message }] });
});

test('resources are read from all pages; if that is denied, a notice says so', async () => {
  const resources = ['/', '/pets', '/pets/{id}'].map((path) => ({ path, methods: path === '/' ? [] : ['GET'] }));
  const { stub, options } = await goLive(aStage(), {}, [{ id: 'b1', name: 'pets', stages: {}, resources }]);
  const target = stageOnApiGateway({ api: { id: 'b1' }, stageName: 'prod', label: 'b1/prod' }, options);
  expect(await target.resources()).toEqual({ resources });
  stub.scripts['GetResources'] = [
    { status: 403, body: { message: 'User: x is not authorized to perform: apigateway:GET' } },
  ];
  expect(await target.resources()).toMatchObject({ notice: { code: 'methods-not-checked' } });
  // Every API has at least /: an answer without any proves nothing.
  stub.scripts['GetResources'] = [{ status: 200, body: {} }];
  expect(await target.resources()).toMatchObject({
    notice: {
      code: 'methods-not-checked',
      message: 'b1/prod: whether the API has such methods was not checked. GetResources returned no resources.',
    },
  });
});

const hanging: Script = 'hang-before';

test('looking up a name, reading the resources, reading and writing share one deadline', async () => {
  const { stub, options } = await goLive(aStage(), { timeout: 1000 });
  const world = { ...options.world, now: Date.now };
  const slow = stageOnApiGateway(
    { api: { name: 'orders-api' }, stageName: 'prod', label: 'a1b2c3d4e5/prod' },
    { ...options, world, sleep },
  );
  stub.scripts['GetResources'] = [hanging];
  stub.scripts['GetStage'] = [hanging, hanging];
  const start = Date.now();
  expect(await slow.resources()).toMatchObject({ notice: { code: 'methods-not-checked' } });
  // The edit gets most of the time, however long the extra read takes.
  expect(Date.now() - start).toBeLessThan(700);
  expect((await failureOf(slow.edit(() => describedAs('new')))).kind).toBe('unavailable');
  expect(Date.now() - start).toBeLessThan(1500);
});

test('the time for a confirmation does not count', async () => {
  const { target, options, stub } = await goLive(aStage({ description: 'old' }));
  await target.foresee(() => describedAs('new'));
  await options.sleep?.(10 * 60_000, options.world.signal);
  await target.edit(() => describedAs('new'));
  expect(stub.stage.description).toBe('new');
});

test('a read of the cluster status takes no longer than the wait', async () => {
  const { stub, options } = await goLive(aStage({ cacheClusterStatus: 'CREATE_IN_PROGRESS' }));
  const world = { ...options.world, now: Date.now };
  const target = stageOnApiGateway(
    { api: { id: restApiId }, stageName: 'prod', label: 'a1b2c3d4e5/prod' },
    { ...options, world, sleep },
  );
  stub.scripts['GetStage'] = [hanging];
  const start = Date.now();
  const error = await failureOf(target.waitForCache(200, () => undefined));
  expect(Date.now() - start).toBeLessThan(3000);
  expect(sentences(error)).toEqual(['a1b2c3d4e5/prod: the cache cluster did not settle within 200 ms.']);
});

test('a wait for the cache ends when its status has settled', async () => {
  const { stub, target, waits } = await goLive(aStage({ cacheClusterStatus: 'CREATE_IN_PROGRESS' }));
  const settle = (): void => {
    stub.stage = { ...stub.stage, cacheClusterStatus: 'AVAILABLE' };
  };
  stub.scripts['GetStage'] = [() => undefined, () => undefined, settle];
  const seen: string[] = [];
  const stage = await target.waitForCache(60_000, (status, waited) => seen.push(`${status} ${waited}`));
  expect(stage.cacheClusterStatus).toBe('AVAILABLE');
  expect(seen).toEqual(['CREATE_IN_PROGRESS 0', 'CREATE_IN_PROGRESS 500']);
  expect(waits).toEqual([500, 500]);
});

test('a wait for the cache that takes too long reports the status', async () => {
  const { target } = await goLive(aStage({ cacheClusterStatus: 'CREATE_IN_PROGRESS' }));
  const error = await failureOf(target.waitForCache(12_000, () => undefined));
  expect(error).toMatchObject({ kind: 'unavailable', problems: [{ code: 'cache-not-settled' }] });
});

test('an exchange is traced without headers, with bodies masked by the caller', async () => {
  const lines: string[] = [];
  const tracing = {
    trace: (line: string) => lines.push(line),
    mask: (body: unknown) => JSON.stringify(body).replaceAll('hush', '***'),
  };
  const { stub, target } = await goLive(aStage({ variables: { token: 'hush' } }), { tracing });
  await target.edit(() => describedAs('hush'));
  expect(lines.filter((line) => line.startsWith('>'))).toEqual([
    `> GetStage at ${stub.url}`,
    `> GET /restapis/${restApiId}/stages/prod`,
    `> UpdateStage at ${stub.url}`,
    `> PATCH /restapis/${restApiId}/stages/prod`,
    '> {"patchOperations":[{"op":"replace","path":"/description","value":"***"}]}',
  ]);
  expect(lines).toContainEqual(expect.stringMatching(/^< 200 after \d+ ms$/));
  expect(lines.join()).not.toMatch(/hush|secret-key|AKID/);
});

const withoutDates = ({ createdDate: _, lastUpdatedDate: __, ...stage }: Stage): Stage => stage;

test('an edit that API Gateway answers without applying it is refused, and later calls are not sent', async () => {
  const stage = withoutDates(aStage({ description: 'old', tracingEnabled: true, canarySettings: aCanary() }));
  const { stub, target } = await goLive(stage);
  stub.scripts['UpdateStage'] = [{ status: 200, body: { ...stage, tracingEnabled: false } }];
  const plan = [
    [replace('/description', 'new'), replace('/tracingEnabled', 'false')],
    [{ op: 'remove', path: '/canarySettings' }],
  ] as const;
  const error = await failureOf(target.edit(() => plan));
  expect([error.kind, error.problems]).toEqual([
    'refused',
    [
      {
        code: 'not-applied',
        message:
          'a1b2c3d4e5/prod: API Gateway answered the update without applying it: description is still old, expected new.',
      },
    ],
  ]);
  expect(stub.asked).toEqual(['GetStage', 'UpdateStage']);
});

test('numbers and booleans in an answer may be text, and are compared as values', async () => {
  const stage = withoutDates(aStage({ canarySettings: aCanary({ percentTraffic: 5 }) }));
  const { stub, target } = await goLive(stage);
  const canarySettings = { ...stage.canarySettings, percentTraffic: '10.0' };
  stub.scripts['UpdateStage'] = [{ status: 200, body: { ...stage, tracingEnabled: 'true', canarySettings } }];
  const { after, notices } = await target.edit(() => [
    [replace('/canarySettings/percentTraffic', '10'), replace('/tracingEnabled', 'true')],
  ]);
  expect(after).toMatchObject({ tracingEnabled: true, canarySettings: { percentTraffic: 10 } });
  expect(notices).toEqual([]);
});

describe('a deployment that an edit names', () => {
  const stage = aStage({ deploymentId: 'dep1', canarySettings: aCanary({ deploymentId: 'dep2' }) });
  const api = { id: 'b1', name: 'pets', deployments: ['dep3'], stages: { prod: stage } };
  const liveAt = async () => {
    const { stub, options } = await goLive(aStage(), {}, [{ ...api, stages: { prod: stage } }]);
    return { stub, target: stageOnApiGateway({ api: { id: 'b1' }, stageName: 'prod', label: 'b1/prod' }, options) };
  };

  test.each(['/deploymentId', '/canarySettings/deploymentId'])('at %s must exist', async (path) => {
    const { stub, target } = await liveAt();
    const plan = [[replace('/description', 'x'), replace(path, 'nope')]];
    for (const work of [target.foresee(() => plan), target.edit(() => plan)]) {
      const { kind, problems } = await failureOf(work);
      expect({ kind, problems }).toMatchObject({
        kind: 'patch',
        problems: [
          { message: 'Deployment id does not exist', index: 1, operation: plan[0]?.[1] },
          {
            message:
              'b1/prod: Nothing was written. aws apigateway get-deployments --rest-api-id b1 --region eu-west-1 lists the deployments.',
          },
        ],
      });
    }
    expect(stub.asked).not.toContain('UpdateStage');
  });

  test('is looked up, unless the stage or its canary serves it', async () => {
    const { stub, target } = await liveAt();
    await target.edit(() => [[replace('/deploymentId', 'dep2')]]);
    expect(stub.asked).toEqual(['GetStage', 'UpdateStage']);
    await target.edit(() => [[replace('/deploymentId', 'dep3')]]);
    expect(stub.asked.slice(2)).toEqual(['GetStage', 'GetDeployment', 'UpdateStage']);
  });

  test('is not checked if that is denied, and a notice says so', async () => {
    const { stub, target } = await liveAt();
    stub.scripts['GetDeployment'] = [{ status: 403, body: { message: 'User: x is not authorized' } }];
    const { notices } = await target.edit(() => [[replace('/deploymentId', 'dep9')]]);
    expect(notices).toEqual([
      {
        code: 'deployment-not-checked',
        message: 'b1/prod: whether the deployment dep9 exists was not checked. User: x is not authorized',
      },
    ]);
  });
});

test('credentials with a line break are reported before anything is sent', async () => {
  const { stub, options } = await goLive();
  const env = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret\r' };
  const world = { ...options.world, env };
  const target = stageOnApiGateway(
    { api: { id: restApiId }, stageName: 'prod', label: 'a1b2c3d4e5/prod' },
    { ...options, world },
  );
  const error = await failureOf(target.read());
  expect(error.kind).toBe('config');
  expect(sentences(error)).toEqual(['The secret access key has a line break in it. Set it again.']);
  expect(stub.asked).toEqual([]);
});

test.each([
  ['a region', { region: 'eu-west-1\r' }],
  ['no region', { region: '' }],
])('%s that cannot be used is a configuration error', async (_what, region) => {
  const { options } = await goLive();
  const target = stageOnApiGateway(
    { api: { id: restApiId }, stageName: 'prod', label: 'a1b2c3d4e5/prod' },
    { ...options, ...region },
  );
  expect((await failureOf(target.read())).kind).toBe('config');
});

test('a missing profile and a missing CA bundle are reported', async () => {
  const { options } = await goLive();
  const at = { api: { id: restApiId }, stageName: 'prod', label: 'a1b2c3d4e5/prod' };
  const profile = { name: 'nope', from: 'flag' } as const;
  const error = await failureOf(stageOnApiGateway(at, { ...options, profile }).read());
  expect(error).toMatchObject({ kind: 'config', problems: [{ code: 'no-credentials' }, {}] });
  expect(sentences(error)[1]).toContain('aws configure --profile nope');
  const other = await failureOf(stageOnApiGateway(at, { ...options, caBundle: '/none.pem' }).read());
  expect(sentences(other)[0]).toMatch(/^--ca-bundle: the CA bundle cannot be read: ENOENT/);
});
