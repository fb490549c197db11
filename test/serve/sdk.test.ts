/** The AWS SDK for JavaScript as a client. */
import {
  APIGatewayClient,
  APIGatewayServiceException,
  CreateDeploymentCommand,
  CreateStageCommand,
  DeleteDeploymentCommand,
  DeleteStageCommand,
  FlushStageAuthorizersCacheCommand,
  FlushStageCacheCommand,
  GetAccountCommand,
  GetDeploymentCommand,
  GetDeploymentsCommand,
  GetResourceCommand,
  GetResourcesCommand,
  GetRestApiCommand,
  GetRestApisCommand,
  GetStageCommand,
  GetStagesCommand,
  GetTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateDeploymentCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import { cases } from '../stage/cases.js';
import { aStage } from '../stages.js';
import { expectCase, filesOf, type Got, stageNameOf } from './cases.js';
import { startServing, stopServing } from './serving.js';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const clients: APIGatewayClient[] = [];

const clientOf = (endpoint: string): APIGatewayClient => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new APIGatewayClient({ endpoint, region: 'eu-west-1', credentials, maxAttempts: 1 });
  clients.push(client);
  return client;
};

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await stopServing();
});

const plain = (value: object): Readonly<Record<string, unknown>> => {
  const { $metadata: _, ...members } = value as Readonly<Record<string, unknown>>;
  return members;
};

const gotOf = async (answer: Promise<object>): Promise<Got> => {
  try {
    return { stage: plain(await answer) };
  } catch (thrown) {
    if (!(thrown instanceof APIGatewayServiceException)) throw thrown;
    const { name, message, $metadata } = thrown;
    return { error: name, message, status: $metadata.httpStatusCode ?? 0 };
  }
};

const errorOf = async (answer: Promise<object>) => {
  const got = await gotOf(answer);
  return 'error' in got ? `${got.status} ${got.error}: ${got.message}` : got;
};

describe('every case, with the deployments given', () => {
  test.each(cases.map((example) => [example.id, example.title, example] as const))('%s: %s', async (id, _, example) => {
    const { url, file } = await startServing(filesOf([example]));
    const client = clientOf(url);
    const stage = { restApiId: id, stageName: stageNameOf(example) };
    const got = await gotOf(client.send(new UpdateStageCommand({ ...stage, patchOperations: [...example.ops] })));
    expectCase(example, got);
    const read = await gotOf(client.send(new GetStageCommand(stage)));
    if (example.error === undefined) expect(read).toEqual(got);
    else expect(file(`${id}/${stage.stageName}.json`)).toEqual(example.before);
  });
});

const api = 'a1b2c3d4e5';
const prod = { restApiId: api, stageName: 'prod' };

const anApi = {
  id: api,
  name: 'orders-api',
  deployments: [{ id: 'dep1', description: 'first' }, { id: 'dep2' }],
  resources: [
    { id: 'root', path: '/' },
    { id: 'pets', path: '/pets', resourceMethods: { GET: {} } },
  ],
};

const files = { [`${api}.json`]: anApi, [`${api}/prod.json`]: aStage({ variables: { color: 'red' } }) };

const serving = async (more = {}) => {
  const server = await startServing({ ...files, ...more });
  return { ...server, client: clientOf(server.url) };
};

describe('APIs', () => {
  test('are listed page by page, even those without a file of their own', async () => {
    const { client } = await serving({ 'orders/v1.json': aStage(), 'README.md': 'x' });
    const first = await client.send(new GetRestApisCommand({ limit: 1 }));
    expect(first.items).toMatchObject([{ id: api, name: 'orders-api', createdDate: expect.any(Date) }]);
    const second = await client.send(new GetRestApisCommand({ position: first.position }));
    expect(plain(second)).toEqual({ items: [{ id: 'orders', name: 'orders', createdDate: expect.any(Date) }] });
    expect(await client.send(new GetRestApiCommand({ restApiId: 'orders' }))).toMatchObject({ name: 'orders' });
    expect(await errorOf(client.send(new GetRestApiCommand({ restApiId: 'missing' })))).toBe(
      '404 NotFoundException: Invalid API identifier specified 000000000000:missing',
    );
  });

  test('have resources and deployments if their file lists them', async () => {
    const { client } = await serving({ 'orders/v1.json': aStage() });
    const { items } = await client.send(new GetResourcesCommand({ restApiId: api }));
    expect(items).toEqual(anApi.resources);
    const pets = await client.send(new GetResourceCommand({ restApiId: api, resourceId: 'pets' }));
    expect(plain(pets)).toEqual(anApi.resources[1]);
    expect(await errorOf(client.send(new GetResourceCommand({ restApiId: api, resourceId: 'nope' })))).toBe(
      '404 NotFoundException: Invalid Resource identifier specified',
    );
    const deployments = await client.send(new GetDeploymentsCommand({ restApiId: api }));
    expect(deployments.items).toMatchObject(anApi.deployments);
    expect(await client.send(new GetDeploymentCommand({ restApiId: api, deploymentId: 'dep1' }))).toMatchObject({
      id: 'dep1',
      description: 'first',
    });
    expect(await errorOf(client.send(new GetDeploymentCommand({ restApiId: api, deploymentId: 'dep9' })))).toBe(
      '404 NotFoundException: Invalid Deployment identifier specified',
    );
    expect(await errorOf(client.send(new GetResourcesCommand({ restApiId: 'orders' })))).toBe(
      '404 NotFoundException: orders.json does not list the resources of this API',
    );
    const named = await client.send(new GetDeploymentsCommand({ restApiId: 'orders' }));
    expect(named.items).toMatchObject([{ id: 'dep1' }]);
  });
});

describe('a stage', () => {
  test('is reported with all members that API Gateway always reports', async () => {
    const { client } = await serving({ [`${api}/prod.json`]: {} });
    expect(plain(await client.send(new GetStageCommand(prod)))).toEqual({
      cacheClusterEnabled: false,
      cacheClusterStatus: 'NOT_AVAILABLE',
      createdDate: expect.any(Date),
      deploymentId: 'dep2',
      lastUpdatedDate: expect.any(Date),
      methodSettings: {},
      stageName: 'prod',
      tracingEnabled: false,
    });
  });

  test('gets a new date from an edit with operations, in its own date format, and keeps its layout', async () => {
    const text = '{"createdDate": 1700000000,\n"lastUpdatedDate": 1700000000, "description": "a"}';
    const { client, file } = await serving({ [`${api}/prod.json`]: text, [`${api}/dev.json`]: aStage() });
    const edit = (stageName: string, patchOperations: { op: 'replace'; path: string; value: string }[]) =>
      client.send(new UpdateStageCommand({ restApiId: api, stageName, patchOperations }));
    await edit('prod', []);
    expect(file(`${api}/prod.json`)).toEqual(JSON.parse(text));
    const before = Math.floor(Date.now() / 1000);
    const after = await edit('prod', [{ op: 'replace', path: '/description', value: 'b' }]);
    expect(after.createdDate?.getTime()).toBe(1700000000_000);
    const written = file(`${api}/prod.json`) as { lastUpdatedDate: number };
    expect(written.lastUpdatedDate).toBeGreaterThanOrEqual(before);
    expect(after.lastUpdatedDate?.getTime()).toBe(written.lastUpdatedDate * 1000);
    await edit('dev', [{ op: 'replace', path: '/description', value: 'b' }]);
    expect(file(`${api}/dev.json`)).toMatchObject({ lastUpdatedDate: expect.stringMatching(/^20.*\+00:00$/) });
  });

  test('is listed, by deployment too', async () => {
    const { client } = await serving({ [`${api}/dev.json`]: aStage({ deploymentId: 'dep2' }) });
    const all = await client.send(new GetStagesCommand({ restApiId: api }));
    expect(all.item?.map(({ stageName }) => stageName)).toEqual(['dev', 'prod']);
    const some = await client.send(new GetStagesCommand({ restApiId: api, deploymentId: 'dep2' }));
    expect(some.item?.map(({ stageName }) => stageName)).toEqual(['dev']);
  });

  test('that does not exist is not found', async () => {
    const { client } = await serving();
    const stage = { restApiId: api, stageName: 'nope' };
    const sentence = '404 NotFoundException: Invalid stage identifier specified';
    expect(await errorOf(client.send(new GetStageCommand(stage)))).toBe(sentence);
    expect(await errorOf(client.send(new UpdateStageCommand({ ...stage, patchOperations: [] })))).toBe(sentence);
    expect(await errorOf(client.send(new DeleteStageCommand(stage)))).toBe(sentence);
  });

  test('is created and deleted', async () => {
    const { client, file } = await serving();
    const stage = { restApiId: api, stageName: 'dev', deploymentId: 'dep1' };
    const members = {
      description: 'dev stage',
      variables: { testVar: 'default' },
      canarySettings: { deploymentId: 'dep2', percentTraffic: 50, stageVariableOverrides: { testVar: 'canary' } },
      tags: { team: 'orders' },
    };
    const created = await client.send(new CreateStageCommand({ ...stage, ...members }));
    expect(created.$metadata.httpStatusCode).toBe(201);
    expect(plain(created)).toEqual({
      cacheClusterEnabled: false,
      cacheClusterStatus: 'NOT_AVAILABLE',
      createdDate: expect.any(Date),
      deploymentId: 'dep1',
      lastUpdatedDate: expect.any(Date),
      methodSettings: {},
      stageName: 'dev',
      tracingEnabled: false,
      ...members,
      canarySettings: { ...members.canarySettings, useStageCache: false },
    });
    expect(file(`${api}/dev.json`)).toMatchObject(members);
    expect(await errorOf(client.send(new CreateStageCommand(stage)))).toBe(
      '409 ConflictException: Stage already exists',
    );
    const deleted = await client.send(new DeleteStageCommand({ restApiId: api, stageName: 'dev' }));
    expect(deleted.$metadata.httpStatusCode).toBe(202);
    expect(await errorOf(client.send(new GetStageCommand({ restApiId: api, stageName: 'dev' })))).toMatch(/^404/);
  });

  test.each<[object, string]>([
    [{ deploymentId: 'dep9' }, 'Deployment id does not exist'],
    [{ canarySettings: { deploymentId: 'deploy' } }, 'Deployment id does not exist'],
    [
      { variables: { 'a/GET/metrics/enabled': 'true' } },
      'Invalid stage variable name: a/GET/metrics/enabled. Please use names with only word characters.',
    ],
    [{ stageName: '../prod' }, 'Stage name only allows a-zA-Z0-9_- and at most 128 of them'],
    [{ stageName: 'a'.repeat(129) }, 'Stage name only allows a-zA-Z0-9_- and at most 128 of them'],
  ])('is not created with %j', async (members, sentence) => {
    const { client } = await serving();
    const stage = { restApiId: api, stageName: 'dev', deploymentId: 'dep1', ...members };
    expect(await errorOf(client.send(new CreateStageCommand(stage)))).toBe(`400 BadRequestException: ${sentence}`);
    const { item } = await client.send(new GetStagesCommand({ restApiId: api }));
    expect(item).toHaveLength(1);
  });
});

describe('a deployment', () => {
  test('is stored, and can create or update a stage', async () => {
    const { client, file } = await serving();
    const deploy = (input = {}) => client.send(new CreateDeploymentCommand({ restApiId: api, ...input }));
    const first = await deploy({ description: 'third' });
    expect(plain(first)).toEqual({
      id: expect.stringMatching(/^[a-z0-9]{6}$/),
      description: 'third',
      createdDate: expect.any(Date),
    });
    expect(first.$metadata.httpStatusCode).toBe(201);
    expect(file(`${api}.json`)).toMatchObject({ ...anApi, deployments: [...anApi.deployments, { id: first.id }] });
    const second = await deploy({ stageName: 'new', stageDescription: 'made', variables: { color: 'blue' } });
    expect(await client.send(new GetStageCommand({ restApiId: api, stageName: 'new' }))).toMatchObject({
      deploymentId: second.id,
      description: 'made',
      variables: { color: 'blue' },
    });
    const third = await deploy({ stageName: 'prod' });
    expect(await client.send(new GetStageCommand(prod))).toMatchObject({
      deploymentId: third.id,
      variables: { color: 'red' },
    });
  });

  test('can be a canary, which a later one replaces', async () => {
    const { client } = await serving();
    const deploy = (percentTraffic: number, name: string) => {
      const canarySettings = { percentTraffic, stageVariableOverrides: { [name]: 'canary' } };
      return client.send(new CreateDeploymentCommand({ ...prod, canarySettings }));
    };
    await deploy(40, 'one');
    const { id } = await deploy(50, 'two');
    const stage = await client.send(new GetStageCommand(prod));
    expect(stage.deploymentId).toBe('dep1');
    expect(stage.canarySettings).toEqual({
      deploymentId: id,
      percentTraffic: 50,
      stageVariableOverrides: { two: 'canary' },
      useStageCache: false,
    });
    expect(await errorOf(client.send(new CreateDeploymentCommand(prod)))).toBe(
      '400 BadRequestException: Invalid deployment content specified.Non canary deployment not supported on stage prod ' +
        'because Canary is enabled. Provide CanarySettings in deploymentInput.',
    );
  });

  test.each<[object, string]>([
    [{}, 'Non null and non empty stageName must be provided for canary deployment. Provided value is null'],
    [{ stageName: '' }, 'Non null and non empty stageName must be provided for canary deployment. Provided value is '],
    [
      { stageName: 'non-existing' },
      'Stage non-existing must already be created before making a canary release deployment',
    ],
  ])('of a canary is refused for %j, and nothing is written', async (stage, sentence) => {
    const { client, file } = await serving();
    const input = { restApiId: api, canarySettings: { percentTraffic: 50 }, ...stage };
    expect(await errorOf(client.send(new CreateDeploymentCommand(input)))).toBe(
      `400 BadRequestException: Invalid deployment content specified.${sentence}`,
    );
    expect(file(`${api}.json`)).toEqual(anApi);
  });
});

describe('an existing deployment', () => {
  const ofApi = (restApiId: string, deploymentId: string) => ({ restApiId, deploymentId });
  const described = (value: string) => ({ patchOperations: [{ op: 'replace', path: '/description', value }] as const });
  const canary = { 'orders/v1.json': aStage({ canarySettings: { deploymentId: 'dep3' } }) };

  test.each([
    [api, 'dep2'],
    ['orders', 'dep3'],
  ])('of %s gets a new description', async (restApiId, deploymentId) => {
    const { client } = await serving(canary);
    const named = ofApi(restApiId, deploymentId);
    const input = { ...named, patchOperations: [...described('new').patchOperations] };
    const after = await client.send(new UpdateDeploymentCommand(input));
    expect(after).toMatchObject({ id: deploymentId, description: 'new' });
    expect(await client.send(new GetDeploymentCommand(named))).toMatchObject({ description: 'new' });
  });

  test('accepts no other operation', async () => {
    const { client, file } = await serving();
    const patchOperations = [{ op: 'remove' as const, path: '/description' }];
    expect(await errorOf(client.send(new UpdateDeploymentCommand({ ...ofApi(api, 'dep1'), patchOperations })))).toBe(
      '400 BadRequestException: A deployment takes replace at /description with a string as its value, got remove at /description',
    );
    expect(file(`${api}.json`)).toEqual(anApi);
  });

  test('is deleted, unless a stage or a canary serves it', async () => {
    const { client, file } = await serving(canary);
    const remove = (restApiId: string, id: string) => client.send(new DeleteDeploymentCommand(ofApi(restApiId, id)));
    expect((await remove(api, 'dep2')).$metadata.httpStatusCode).toBe(202);
    expect(file(`${api}.json`)).toMatchObject({ deployments: [{ id: 'dep1' }] });
    expect(await errorOf(remove(api, 'dep2'))).toBe('404 NotFoundException: Invalid Deployment identifier specified');
    const active = '400 BadRequestException: Active stages pointing to this deployment must be moved or deleted';
    expect(await errorOf(remove(api, 'dep1'))).toBe(active);
    expect(await errorOf(remove('orders', 'dep3'))).toBe(active);
  });

  test('is deleted even if only this server remembers it', async () => {
    const { client } = await serving(canary);
    const { id = '' } = await client.send(new CreateDeploymentCommand({ restApiId: 'orders' }));
    await client.send(new DeleteDeploymentCommand(ofApi('orders', id)));
    expect(await errorOf(client.send(new GetDeploymentCommand(ofApi('orders', id))))).toMatch(/^404/);
  });
});

describe('tags', () => {
  const resourceArn = `arn:aws:apigateway:eu-west-1::/restapis/${api}/stages/prod`;

  test('are set, read and removed in the file of the stage', async () => {
    const { client, file } = await serving();
    const tags = async () => (await client.send(new GetTagsCommand({ resourceArn }))).tags;
    expect(await tags()).toEqual({});
    const set = await client.send(new TagResourceCommand({ resourceArn, tags: { team: 'orders', 'a b/é': '' } }));
    expect(set.$metadata.httpStatusCode).toBe(204);
    await client.send(new TagResourceCommand({ resourceArn, tags: { team: 'pets', cost: '7' } }));
    expect(await tags()).toEqual({ team: 'pets', 'a b/é': '', cost: '7' });
    await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a b/é', 'cost', 'nope'] }));
    expect(file(`${api}/prod.json`)).toMatchObject({ tags: { team: 'pets' }, variables: { color: 'red' } });
    await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['team'] }));
    expect(file(`${api}/prod.json`)).toEqual(files[`${api}/prod.json`]);
  });

  test.each([
    [resourceArn.replace('prod', 'nope'), '404 NotFoundException: Invalid stage identifier specified'],
    [resourceArn.replace(api, 'nope'), '404 NotFoundException: Invalid API identifier specified 000000000000:nope'],
    ['arn:aws:apigateway:eu-west-1::/apikeys/a', /^400 BadRequestException: stage serve has the tags of stages only: /],
    [`arn:aws:apigateway:eu-west-1::/restapis/${api}/stages/..`, /^404 /],
  ])('of %s are refused', async (arn, sentence) => {
    const { client } = await serving();
    const named = { resourceArn: arn };
    expect(await errorOf(client.send(new GetTagsCommand(named)))).toMatch(sentence);
    expect(await errorOf(client.send(new TagResourceCommand({ ...named, tags: { a: 'b' } })))).toMatch(sentence);
    expect(await errorOf(client.send(new UntagResourceCommand({ ...named, tagKeys: ['a'] })))).toMatch(sentence);
  });
});

test('a stage with more tags than API Gateway accepts is refused', async () => {
  const { client, file } = await serving();
  const tags = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`t${index}`, 'x']));
  const sentence = '400 BadRequestException: A stage has at most 50 tags, got 51';
  const resourceArn = `arn:aws:apigateway:eu-west-1::/restapis/${api}/stages/prod`;
  expect(await errorOf(client.send(new TagResourceCommand({ resourceArn, tags })))).toBe(sentence);
  const stage = { restApiId: api, stageName: 'new', deploymentId: 'dep1', tags };
  expect(await errorOf(client.send(new CreateStageCommand(stage)))).toBe(sentence);
  expect(file(`${api}/prod.json`)).toEqual(files[`${api}/prod.json`]);
});

test('only caches of existing stages are flushed', async () => {
  const { client } = await serving();
  for (const Flush of [FlushStageCacheCommand, FlushStageAuthorizersCacheCommand]) {
    expect((await client.send(new Flush(prod))).$metadata.httpStatusCode).toBe(202);
    expect(await errorOf(client.send(new Flush({ ...prod, stageName: 'nope' })))).toMatch(/^404 NotFoundException/);
  }
});

describe('the account', () => {
  const logging = [{ op: 'replace' as const, path: '/*/*/logging/loglevel', value: 'INFO' }];

  test('comes from account.json, which is not an API', async () => {
    const account = { cloudwatchRoleArn: 'arn:aws:iam::123456789012:role/logs', throttleSettings: { rateLimit: 10.5 } };
    const { client } = await serving({ 'account.json': account });
    expect(await client.send(new GetAccountCommand({}))).toMatchObject({ ...account, apiKeyVersion: '4' });
    expect((await client.send(new GetRestApisCommand({}))).items).toHaveLength(1);
    expect(await errorOf(client.send(new GetRestApiCommand({ restApiId: 'account' })))).toMatch(/^404/);
    await client.send(new UpdateStageCommand({ ...prod, patchOperations: logging }));
  });

  test('has the usual limits without the file, and then needs no role', async () => {
    const { client } = await serving();
    expect(plain(await client.send(new GetAccountCommand({})))).toEqual({
      throttleSettings: { burstLimit: 5000, rateLimit: 10_000 },
      features: ['UsagePlans'],
      apiKeyVersion: '4',
    });
    await client.send(new UpdateStageCommand({ ...prod, patchOperations: logging }));
  });

  test('is an error if its file is broken', async () => {
    const { client } = await serving({ 'account.json': '{"cloudwatchRoleArn": 5}' });
    expect(await errorOf(client.send(new GetAccountCommand({})))).toMatch(
      /^500 .*account\.json: expected what get-account prints/,
    );
  });
});

test('removing a missing canary does no harm', async () => {
  const { client } = await serving();
  const patchOperations = [{ op: 'remove' as const, path: '/canarySettings' }];
  const after = await client.send(new UpdateStageCommand({ ...prod, patchOperations }));
  expect(after).toMatchObject({ variables: { color: 'red' } });
  expect(after.canarySettings).toBeUndefined();
});

test.each<[string, object, string]>([
  ['without a size gets the smallest', {}, '0.5'],
  ['with a size gets that size', { cacheClusterSize: '6.1' }, '6.1'],
])('a new cache cluster %s', async (_, size, expected) => {
  const { client, file } = await serving();
  const input = { restApiId: api, stageName: 'new', deploymentId: 'dep1', cacheClusterEnabled: true, ...size };
  expect((await client.send(new CreateStageCommand(input))).cacheClusterSize).toBe(expected);
  const patchOperations = Object.entries({ cacheClusterEnabled: 'true', ...size }).map(([name, value]) => ({
    op: 'replace' as const,
    path: `/${name}`,
    value: String(value),
  }));
  expect((await client.send(new UpdateStageCommand({ ...prod, patchOperations }))).cacheClusterSize).toBe(expected);
  expect(file(`${api}/prod.json`)).toMatchObject({ cacheClusterSize: expected });
});

test('a cache cluster takes time to be created and deleted', async () => {
  let time = 1_800_000_000_000;
  const { url, file } = await startServing(files, { cacheDelay: 1000, world: { now: () => time } });
  const client = clientOf(url);
  const enable = (value: string) =>
    client.send(
      new UpdateStageCommand({ ...prod, patchOperations: [{ op: 'replace', path: '/cacheClusterEnabled', value }] }),
    );
  const status = async () => (await client.send(new GetStageCommand(prod))).cacheClusterStatus;
  expect((await enable('true')).cacheClusterStatus).toBe('CREATE_IN_PROGRESS');
  expect(file(`${api}/prod.json`)).toMatchObject({ cacheClusterEnabled: true, cacheClusterStatus: 'AVAILABLE' });
  time += 999;
  expect(await status()).toBe('CREATE_IN_PROGRESS');
  time += 1;
  expect(await status()).toBe('AVAILABLE');
  expect((await enable('false')).cacheClusterStatus).toBe('DELETE_IN_PROGRESS');
  time += 1000;
  expect(await status()).toBe('NOT_AVAILABLE');
});

test('a cache cluster is deleted with its stage', async () => {
  const { url } = await startServing(files, { cacheDelay: 60_000 });
  const client = clientOf(url);
  await client.send(
    new UpdateStageCommand({
      ...prod,
      patchOperations: [{ op: 'replace', path: '/cacheClusterEnabled', value: 'true' }],
    }),
  );
  await client.send(new DeleteStageCommand(prod));
  const made = await client.send(new CreateStageCommand({ ...prod, deploymentId: 'dep1' }));
  expect(made.cacheClusterStatus).toBe('NOT_AVAILABLE');
});
