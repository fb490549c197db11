import type { Stage } from '../../../src/stage/stage.js';
import { listApis, stageOnApiGateway } from '../../../src/targets/api-gateway.js';
import { sleep } from '../../../src/targets/sleep.js';
import { aCanary, aMethod, aStage } from '../../stages.js';
import { conflict, refusal, type Script } from '../../stub-api-gateway.js';
import { closeStubs, counts, describedAs, failureOf, goLive, replace, restApiId, sentences } from './live.js';

afterEach(closeStubs);

test('a plain edit is one GetStage and one UpdateStage', async () => {
  const { stub, target } = await goLive(aStage({ description: 'old' }));
  const outcome = await target.edit(() => describedAs('new'));
  expect(stub.asked).toEqual(['GetStage', 'UpdateStage']);
  expect(stub.stage.description).toBe('new');
  expect(outcome).toMatchObject({ before: { description: 'old' }, after: { description: 'new' }, notices: [] });
  expect(outcome.calls).toEqual([{ operations: describedAs('new')[0], state: 'made' }]);
});

test('what is read is a stage file: dates as text, members in the order of the model, nothing undefined', async () => {
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

test('where nothing changes, one GetStage is all', async () => {
  const { stub, target } = await goLive(aStage({ description: 'same', variables: { a: '1' } }));
  const outcome = await target.edit(() => [[replace('/description', 'same'), replace('/variables/a', '1')]]);
  expect(stub.asked).toEqual(['GetStage']);
  expect(outcome.calls).toEqual([]);
  expect(outcome.after).toBe(outcome.before);
});

test('only what changes something is sent, and no test operation', async () => {
  const { stub, target } = await goLive(aStage({ description: 'same', variables: { a: '1' } }));
  const test = { op: 'test', path: '/description', value: 'same' } as const;
  const outcome = await target.edit(() => [
    [test, replace('/description', 'same'), replace('/variables/a', '2'), replace('/x/GET/caching/enabled', 'false')],
  ]);
  expect(stub.patches).toEqual([[replace('/variables/a', '2'), replace('/x/GET/caching/enabled', 'false')]]);
  expect(outcome.calls[0]?.operations[0]).toEqual(test);
});

test('a promotion is sent whole, also where its percentage is 0 already', async () => {
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

test('a patch is never thinned, and what nobody has shown is sent with a notice', async () => {
  const { stub, target } = await goLive(aStage({ description: 'same' }), { verbatim: true });
  stub.scripts['UpdateStage'] = [{ status: 200, body: { ...stub.stage, createdDate: 1, lastUpdatedDate: 2 } }];
  const given = [replace('/description', 'same'), { op: 'add', path: '/tracingEnabled', value: 'true' }] as const;
  const { notices } = await target.edit(() => [given]);
  expect(stub.patches).toEqual([given]);
  expect(notices?.map(({ message }) => message)).toEqual([
    'Nobody has shown what API Gateway makes of add at /tracingEnabled; it is sent as given.',
  ]);
});

test('what nobody could foresee is of the edit all the same, and what somebody else did is not', async () => {
  const { createdDate: _, lastUpdatedDate: __, ...stage } = aStage({ description: 'old' });
  const { stub, target } = await goLive(stage, { verbatim: true });
  stub.scripts['UpdateStage'] = [{ status: 200, body: { ...stage, description: 'new', tracingEnabled: true } }];
  const { own, after } = await target.edit(() => [[{ op: 'add', path: '/description', value: 'new' }]]);
  expect(own).toEqual({ ...stage, description: 'new' });
  expect(after).toMatchObject({ description: 'new', tracingEnabled: true });
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

test('what nobody has shown is refused where it was not given as a patch', async () => {
  const { stub, target } = await goLive();
  const error = await failureOf(target.edit(() => [[{ op: 'add', path: '/description', value: 'x' }]]));
  expect(error).toMatchObject({ kind: 'patch', problems: [{ code: 'unproven' }] });
  expect(stub.asked).toEqual(['GetStage']);
});

test('what decide throws is thrown, and nothing was written', async () => {
  const { stub, target } = await goLive();
  const thrown = new Error('no');
  const work = target.edit(() => {
    throw thrown;
  });
  await expect(work).rejects.toBe(thrown);
  expect(stub.asked).toEqual(['GetStage']);
});

test('each difference between the answer and what was foreseen is a notice with its values', async () => {
  const { stub, target } = await goLive(aStage({ description: 'old', variables: { a: '1' } }));
  const answer = { ...stub.stage, description: 'stray', variables: { a: '9' }, createdDate: 1, lastUpdatedDate: 2 };
  stub.scripts['UpdateStage'] = [{ status: 200, body: { ...answer, cacheClusterStatus: 'AVAILABLE' } }];
  const { notices, after, own } = await target.edit(() => describedAs('new'));
  expect(notices?.map(({ message }) => message)).toEqual([
    'description was old when the stage was read and should be new by this edit; API Gateway answered stray.',
    "variables.a was 1 when the stage was read, and is 9 in API Gateway's answer, which this edit did not ask for.",
  ]);
  expect(after.description).toBe('stray');
  expect(own).toMatchObject({ description: 'stray', variables: { a: '1' } });
});

test('a value in a notice is shown as the caller wants it', async () => {
  const { stub, target } = await goLive(aStage({ variables: { token: 'hush' } }), { showLeaf: () => '***' });
  stub.scripts['UpdateStage'] = [
    () => {
      stub.stage = { ...stub.stage, variables: { token: 'other' } };
    },
  ];
  const { notices } = await target.edit(() => describedAs('new'));
  expect(notices?.[0]?.message).toBe(
    "variables.token was *** when the stage was read, and is *** in API Gateway's answer, which this edit did not ask for.",
  );
});

const owned = aStage({ tags: { 'aws:cloudformation:stack-name': 'orders', team: 'blue' } });

test('who owns the stage is said, and does not stop an edit', async () => {
  const { target } = await goLive(owned, { ownerTags: ['team', 'absent'] });
  const { notices } = await target.edit(() => describedAs('new'));
  expect(notices?.map(({ message }) => message)).toEqual([
    'This stage belongs to the CloudFormation stack orders, whose next deploy may undo this edit.',
    'This stage belongs to blue (tag team), whose next deploy may undo this edit.',
  ]);
});

test('a stage that something else owns can be refused', async () => {
  const { stub, target } = await goLive(owned, { refuseOwned: true });
  const error = await failureOf(target.edit(() => describedAs('new')));
  expect(error.kind).toBe('expectation');
  expect(sentences(error)).toEqual([
    'a1b2c3d4e5/prod: This stage belongs to the CloudFormation stack orders, whose next deploy may undo this edit. Nothing was written.',
  ]);
  expect(stub.asked).toEqual(['GetStage']);
});

const changeDescription =
  (stub: { stage: object }): (() => void) =>
  () => {
    stub.stage = { ...stub.stage, description: 'theirs' };
  };

test('with recheck, another writer between the read and the write is noticed, and nothing is written', async () => {
  const { stub, target } = await goLive(aStage({ description: 'old' }), { recheck: true });
  stub.scripts['GetStage'] = [() => undefined, changeDescription(stub)];
  const error = await failureOf(target.edit(() => describedAs('new')));
  expect(error.kind).toBe('expectation');
  expect(sentences(error)).toEqual([
    'a1b2c3d4e5/prod: description was old when the stage was read, and is theirs now; this edit would make it new. Nothing was written.',
  ]);
  expect(stub.asked).toEqual(['GetStage', 'GetStage']);
});

test('with recheck, an expectation that no longer holds is not met', async () => {
  const { stub, target } = await goLive(aStage({ description: 'old' }), { recheck: true });
  stub.scripts['GetStage'] = [() => undefined, changeDescription(stub)];
  const expectation = { op: 'test', path: '/description', value: 'old' } as const;
  const error = await failureOf(target.edit(() => [[expectation, replace('/tracingEnabled', 'true')]]));
  expect(error.kind).toBe('expectation');
  expect(sentences(error)).toEqual([
    'Expected description to be old, but it is theirs.',
    'a1b2c3d4e5/prod: Somebody else changed that after the stage was first read. Nothing was written.',
  ]);
});

test('an expectation that no longer holds of what is edited comes with what this edit would make of it', async () => {
  const { stub, target } = await goLive(aStage({ description: 'old' }));
  stub.scripts['GetStage'] = [() => undefined, changeDescription(stub)];
  const expectation = { op: 'test', path: '/description', value: 'old' } as const;
  const error = await failureOf(target.edit(() => [[expectation, replace('/description', 'new')]]));
  expect(error.kind).toBe('expectation');
  expect(sentences(error)).toEqual([
    'Expected description to be old, but it is theirs.',
    'a1b2c3d4e5/prod: description was old when the stage was read, and is theirs now; this edit would make it new. Nothing was written.',
  ]);
});

test.each([
  ['of what is edited too is told', { description: 'theirs' }, 1],
  ['to what the edit makes of it is gone over by nothing', { description: 'new' }, 0],
  ['elsewhere is none of this edit', { tracingEnabled: true }, 0],
] as const)('a change behind a conflict %s', async (_what, change, told) => {
  const { stub, target } = await goLive(aStage({ description: 'old' }));
  const theirs = (): void => {
    stub.stage = { ...stub.stage, ...change };
  };
  stub.scripts['UpdateStage'] = [conflict];
  stub.scripts['GetStage'] = [() => undefined, theirs];
  const { notices = [] } = await target.edit(() => describedAs('new'));
  expect(stub.stage.description).toBe('new');
  expect(notices.map(({ message }) => message).filter((message) => message.startsWith('description'))).toEqual(
    Array.from(
      { length: told },
      () =>
        'description was old when the stage was read; somebody else made it theirs, and then this edit made it new.',
    ),
  );
});

test('a look behind a conflict that fails stops no edit', async () => {
  const { stub, target } = await goLive(aStage({ description: 'old' }));
  stub.scripts['UpdateStage'] = [conflict];
  stub.scripts['GetStage'] = [() => undefined, refusal(403, 'AccessDeniedException', 'No.')];
  const { notices } = await target.edit(() => describedAs('new'));
  expect(stub.stage.description).toBe('new');
  expect(notices).toEqual([]);
});

const elsewhere = { throttlingRateLimit: 2500, throttlingBurstLimit: 1250 };
const startingElsewhere = (stub: { stage: Stage }): Stage => {
  const { createdDate: _, lastUpdatedDate: __, ...stage } = stub.stage;
  return { ...stage, methodSettings: { '~1pets/GET': aMethod({ loggingLevel: 'ERROR', ...elsewhere }) } };
};
const logged = [[replace('/~1pets/GET/logging/loglevel', 'ERROR')]];

test('what a new entry starts from differs by account, which is nothing to be told of', async () => {
  const { stub, target } = await goLive();
  stub.scripts['UpdateStage'] = [{ status: 200, body: startingElsewhere(stub) }];
  const { notices, own } = await target.edit(() => logged);
  expect(notices).toEqual([]);
  expect(own?.methodSettings?.['~1pets/GET']).toMatchObject(elsewhere);
});

test('a new entry is made, whatever else it started from, also where the answer was lost', async () => {
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

test('what a verb expects is looked at again just before it is written', async () => {
  const { stub, target } = await goLive(aStage({ description: 'old' }));
  stub.scripts['GetStage'] = [() => undefined, changeDescription(stub)];
  const expectation = { op: 'test', path: '/description', value: 'old' } as const;
  const error = await failureOf(target.edit(() => [[expectation, replace('/tracingEnabled', 'true')]]));
  expect(error.kind).toBe('expectation');
  expect(stub.asked).toEqual(['GetStage', 'GetStage']);
});

test('a call of its own is not made where the one before it was answered otherwise than foreseen', async () => {
  const { createdDate: _, lastUpdatedDate: __, ...stage } = aStage({ description: 'old', canarySettings: aCanary() });
  const { stub, target } = await goLive(stage, { onPartial: 'keep' });
  stub.scripts['UpdateStage'] = [{ status: 200, body: stage }];
  const plan = [[replace('/description', 'new')], [{ op: 'remove', path: '/canarySettings' }]] as const;
  const error = await failureOf(target.edit(() => plan));
  expect(error.kind).toBe('refused');
  expect(sentences(error)[0]).toBe(
    'a1b2c3d4e5/prod: description should be new by now, and API Gateway answered old; what was to follow was not done.',
  );
  expect(stub.asked).toEqual(['GetStage', 'UpdateStage']);
});

test('an answer without a stage is one that was lost', async () => {
  const { stub, target } = await goLive(aStage({ description: 'old' }));
  stub.scripts['UpdateStage'] = [{ status: 200, body: {} }];
  const outcome = await target.edit(() => describedAs('new'));
  expect(outcome.after.description).toBe('new');
  expect(counts(stub)).toEqual({ GetStage: 2, UpdateStage: 2 });
});

test('with recheck, another writer elsewhere in the stage stops nothing', async () => {
  const { stub, target } = await goLive(aStage({ description: 'old' }), { recheck: true });
  stub.scripts['GetStage'] = [() => undefined, changeDescription(stub)];
  const { notices } = await target.edit(() => [[replace('/tracingEnabled', 'true')]]);
  expect(stub.stage).toMatchObject({ description: 'theirs', tracingEnabled: true });
  expect(notices?.map(({ code }) => code)).toEqual(['changed-meanwhile']);
});

test('a name is looked up over all pages', async () => {
  const apis = ['b1', 'b2', 'b3'].map((id) => ({ id, name: `api-${id}`, stages: { prod: aStage() } }));
  const { stub, options } = await goLive(aStage(), {}, apis);
  const target = stageOnApiGateway({ api: { name: 'api-b3' }, stageName: 'prod' }, options);
  expect(target.label).toBe('name:api-b3/prod');
  await target.edit(() => describedAs('found'));
  expect(stub.apis[3]?.stages['prod']?.description).toBe('found');
  expect(counts(stub)).toEqual({ GetRestApis: 2, GetStage: 1, UpdateStage: 1 });
  expect((await listApis(undefined, options)).map(({ id, stages }) => [id, stages.length])).toEqual([
    [restApiId, 1],
    ['b1', 1],
    ['b2', 1],
    ['b3', 1],
  ]);
  expect((await listApis({ idOrName: 'b2' }, options)).map(({ name }) => name)).toEqual(['api-b2']);
});

test.each([
  ['nobody', 'unknown-api', 'No API in eu-west-1 is called nobody. There is orders-api, twin.'],
  ['twin', 'ambiguous-api', '2 APIs in eu-west-1 are called twin: b1, b2. Write the id of the one you mean.'],
])('the name %s is refused', async (name, code, message) => {
  const apis = ['b1', 'b2'].map((id) => ({ id, name: 'twin', stages: {} }));
  const { options } = await goLive(aStage(), {}, apis);
  const error = await failureOf(stageOnApiGateway({ api: { name }, stageName: 'prod' }, options).read());
  expect(error).toMatchObject({ kind: 'usage', problems: [{ code, message }] });
});

test('resources are read over all pages; where that is denied, a notice says so', async () => {
  const resources = ['/', '/pets', '/pets/{id}'].map((path) => ({ path, methods: path === '/' ? [] : ['GET'] }));
  const { stub, options } = await goLive(aStage(), {}, [{ id: 'b1', name: 'pets', stages: {}, resources }]);
  const target = stageOnApiGateway({ api: { id: 'b1' }, stageName: 'prod' }, options);
  expect(await target.resources()).toEqual({ resources });
  stub.scripts['GetResources'] = [
    { status: 403, body: { message: 'User: x is not authorized to perform: apigateway:GET' } },
  ];
  expect(await target.resources()).toMatchObject({ notice: { code: 'methods-not-checked' } });
  // Every API has at least /: an answer without any is no evidence.
  stub.scripts['GetResources'] = [{ status: 200, body: {} }];
  expect(await target.resources()).toMatchObject({
    notice: {
      code: 'methods-not-checked',
      message:
        'b1/prod: whether the API has such methods was not checked. GetResources was answered without any resource.',
    },
  });
});

const hanging: Script = 'hang-before';

test('a name, the resources, the read and the write have one deadline together', async () => {
  const { stub, options } = await goLive(aStage(), { timeout: 1000 });
  const world = { ...options.world, now: Date.now };
  const slow = stageOnApiGateway({ api: { name: 'orders-api' }, stageName: 'prod' }, { ...options, world, sleep });
  stub.scripts['GetResources'] = [hanging];
  stub.scripts['GetStage'] = [hanging, hanging];
  const start = Date.now();
  expect(await slow.resources()).toMatchObject({ notice: { code: 'methods-not-checked' } });
  // However long the extra read takes, the edit has most of the time.
  expect(Date.now() - start).toBeLessThan(700);
  expect((await failureOf(slow.edit(() => describedAs('new')))).kind).toBe('unavailable');
  expect(Date.now() - start).toBeLessThan(1500);
});

test('who was asked about what was foreseen may have taken their time', async () => {
  const { target, options, stub } = await goLive(aStage({ description: 'old' }));
  await target.foresee(() => describedAs('new'));
  await options.sleep?.(10 * 60_000, options.world.signal);
  await target.edit(() => describedAs('new'));
  expect(stub.stage.description).toBe('new');
});

test('a look at the cluster lasts no longer than the wait', async () => {
  const { stub, options } = await goLive(aStage({ cacheClusterStatus: 'CREATE_IN_PROGRESS' }));
  const world = { ...options.world, now: Date.now };
  const target = stageOnApiGateway({ api: { id: restApiId }, stageName: 'prod' }, { ...options, world, sleep });
  stub.scripts['GetStage'] = [hanging];
  const start = Date.now();
  const error = await failureOf(target.waitForCache(200));
  expect(Date.now() - start).toBeLessThan(3000);
  expect(sentences(error)).toEqual(['a1b2c3d4e5/prod: the cache cluster was not seen to settle within 200 ms.']);
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

test('a wait for the cache that takes too long says what the status is', async () => {
  const { target } = await goLive(aStage({ cacheClusterStatus: 'CREATE_IN_PROGRESS' }));
  const error = await failureOf(target.waitForCache(12_000));
  expect(error).toMatchObject({ kind: 'unavailable', problems: [{ code: 'cache-not-settled' }] });
});

test('an exchange is traced without headers, its bodies as the caller masks them', async () => {
  const exchanges: unknown[] = [];
  const tracing = {
    trace: (exchange: unknown) => exchanges.push(exchange),
    mask: (body: unknown) => JSON.stringify(body).replaceAll('hush', '***'),
  };
  const { target } = await goLive(aStage({ variables: { token: 'hush' } }), { tracing });
  await target.edit(() => describedAs('hush'));
  expect(exchanges).toMatchObject([
    { method: 'GET', path: `/restapis/${restApiId}/stages/prod`, status: 200 },
    {
      method: 'PATCH',
      path: `/restapis/${restApiId}/stages/prod`,
      status: 200,
      request: '{"patchOperations":[{"op":"replace","path":"/description","value":"***"}]}',
    },
  ]);
  expect(JSON.stringify(exchanges)).not.toMatch(/hush|secret-key|AKID/);
});
