/** Tests against an independent server, moto_server: what it gets right, and how its deviations are reported. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Stage } from '../../src/stage/stage.js';
import { newFolder, removeFolders, wordsOf } from '../world.js';
import { python, startMoto, stopMoto, testWithMoto } from './moto.js';
import { type Ended, keysOfTest, runProgram } from './processes.js';

jest.setTimeout(120_000);

let url: string;

beforeAll(async () => {
  url = await startMoto();
});

afterAll(async () => {
  await stopMoto();
  removeFolders();
});

interface Made {
  readonly api: string;
  readonly deployments: readonly string[];
  /** `API/prod`. */
  readonly prod: string;
  /** The stage as boto3 reads it. */
  read(): Promise<Stage>;
  stage(line: string, endpoint?: string): Promise<Ended>;
}

const anApi = async (): Promise<Made> => {
  const { api, deployments } = await python<{ api: string; deployments: readonly string[] }>(url, 'make');
  return {
    api,
    deployments,
    prod: `${api}/prod`,
    read: () => python(url, 'read', api),
    stage: (line, endpoint = url) => runProgram([...wordsOf(line), '--endpoint-url', endpoint]),
  };
};

const destination = 'arn:aws:logs:eu-west-1:123456789012:log-group:orders';

testWithMoto('a stage is edited end to end, and boto3 reads back what was written', async () => {
  const { deployments, prod, read, stage } = await anApi();
  const steps: readonly (readonly [string, object])[] = [
    [`set ${prod} --description new --tracing-enabled`, { description: 'new', tracingEnabled: true }],
    [`set ${prod} --deployment-id ${deployments[1]}`, { deploymentId: deployments[1] }],
    [`set ${prod} --variable color=blue --variable added=x`, { variables: { color: 'blue', size: '1', added: 'x' } }],
    [`unset ${prod} --variable size`, { variables: { color: 'blue', added: 'x' } }],
    [
      `set ${prod} --cache-cluster-enabled --cache-cluster-size 0.5 --wait`,
      { cacheClusterEnabled: true, cacheClusterSize: '0.5' },
    ],
    [
      `set ${prod} --access-log-destination-arn ${destination} --access-log-format '$context.requestId'`,
      { accessLogSettings: { destinationArn: destination, format: '$context.requestId' } },
    ],
    [`unset ${prod} --access-log`, {}],
  ];
  for (const [line, after] of steps) {
    const { code, stdout, stderr } = await stage(line);
    expect([code, stderr]).toEqual([0, line.endsWith('--wait') ? `${prod}: cacheClusterStatus is AVAILABLE\n` : '']);
    expect(stdout).toMatch(new RegExp(`^${prod}\n  .*\nupdated ${prod}: \\d changes?\n$`, 's'));
    expect(await read()).toMatchObject(after);
  }
  expect(await read()).not.toHaveProperty('accessLogSettings');
  expect(await stage(`set ${prod} --description new`)).toMatchObject({
    code: 0,
    stdout: `${prod}: nothing to change\n`,
  });
  expect(await stage(`get ${prod} variables -o json`)).toMatchObject({ code: 0 });
  expect((await stage('list')).stdout).toContain(`${prod}\torders-api\t${deployments[1]}\t-\t0.5\t`);
});

testWithMoto('a method setting is written, without a notice about the initial throttle of its entry', async () => {
  const { prod, read, stage } = await anApi();
  const { code, stderr } = await stage(`set ${prod} --method 'GET /pets' --throttling-rate-limit 5`);
  expect(code).toBe(0);
  expect(await read()).toMatchObject({ methodSettings: { '~1pets/GET': { throttlingRateLimit: 5 } } });
  expect(stderr).not.toContain('throttlingBurstLimit was');
  expect(stderr).not.toContain('throttlingRateLimit was');
  expect(await stage(`set ${prod} --method 'GET /dogs' --throttling-rate-limit 5`)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('Available: GET /pets.'),
  });
});

testWithMoto('a stage is read, compared, set to the state in a file, rolled back, cloned and undone', async () => {
  const { api, deployments, prod, read, stage } = await anApi();
  const folder = newFolder({ 'desired.yaml': 'description: desired\nvariables:\n  color: green\n' });
  const desired = join(folder, 'desired.yaml');
  const recorded = { ...keysOfTest, XDG_STATE_HOME: folder, STAGE_JOURNAL: 'on' };
  const edit = (line: string) => runProgram([...wordsOf(line), '--endpoint-url', url], recorded);
  const begun = await read();
  expect((await stage(`status ${prod}`)).stdout).toMatch(new RegExp(`Serves +${begun.deploymentId}`));
  expect(await stage(`diff ${prod} -f ${desired} --detailed-exitcode`)).toMatchObject({ code: 2 });
  expect(await edit(`apply ${prod} -f ${desired}`)).toMatchObject({ code: 0 });
  expect(await read()).toMatchObject({ description: 'desired', variables: { ...begun.variables, color: 'green' } });
  expect(await stage(`diff ${prod} -f ${desired} --detailed-exitcode`)).toMatchObject({ code: 0 });
  expect(await edit(`undo ${prod}`)).toMatchObject({ code: 0 });
  expect((await read()).variables).toEqual(begun.variables);
  const other = deployments.find((id) => id !== begun.deploymentId);
  expect((await stage(`deployments ${api}`)).stdout).toContain(other);
  expect(await edit(`rollback ${prod} --to ${other}`)).toMatchObject({ code: 0 });
  expect(await edit(`rollback ${prod} --to previous`)).toMatchObject({ code: 0 });
  expect((await read()).deploymentId).toBe(begun.deploymentId);
  expect(await edit(`copy ${prod} ${api}/clone --all --create --deployment-id ${other}`)).toMatchObject({ code: 0 });
  expect((await stage(`get ${api}/clone variables.color deploymentId -o json`)).stdout).toContain(`${other}`);
  expect((await edit('history')).stdout.split('\n')).toHaveLength(6);
});

testWithMoto('a canary that moto does not create is reported and refused', async () => {
  const { deployments, prod, stage } = await anApi();
  const [, second] = deployments;
  const { code, stderr } = await stage(`set ${prod} --canary-percent-traffic 20 --canary-deployment-id ${second}`);
  expect(code).toBe(6);
  expect(stderr).toContain('canarySettings.percentTraffic is still nothing, expected 20.');
});

testWithMoto.each([
  ['no-such-api/prod', 6, 'stage: '],
  ['API/none', 6, 'there is no such stage. Available: prod.'],
])('%s is not found', async (word, exits, says) => {
  const { api, stage } = await anApi();
  const { code, stderr } = await stage(`set ${word.replace('API', api)} --description new`);
  expect([code, stderr]).toEqual([exits, expect.stringContaining(says)]);
});

/** moto does not report a canary: this proxy adds one to its answers. */
const showingCanary = (canarySettings: object): Promise<Server> => {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = 'GET', url: path = '/', headers } = request;
    const sent = {
      method,
      headers: { authorization: headers.authorization ?? '', 'content-type': 'application/json' },
    };
    const body = chunks.length > 0 && method !== 'GET' ? { body: Buffer.concat(chunks) } : {};
    const answer = await fetch(`${url}${path}`, { ...sent, ...body });
    const text = await answer.text();
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    response.end(method === 'GET' ? JSON.stringify({ ...JSON.parse(text), canarySettings }) : text);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
};

testWithMoto.each([
  [
    'promote-canary PROD',
    6,
    // moto does not know one copy, and fails at the other.
    'stage: Member must satisfy enum value set: [add, remove, move, test, replace, copy]',
    '',
  ],
  [
    'patch PROD --patch-operations op=copy,from=/canarySettings/deploymentId,path=/deploymentId',
    7,
    'stage: API Gateway answered UpdateStage with 500 and no message after 3 attempts.',
    ' Run the command again later.',
  ],
])('%s, which moto cannot do, exits %i and says that nothing was written', async (line, exits, says, helps) => {
  const { deployments, prod, read, stage } = await anApi();
  const before = await read();
  const server = await showingCanary({ deploymentId: deployments[1], percentTraffic: 10, useStageCache: false });
  try {
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, stdout, stderr } = await stage(`${line.replace('PROD', prod)} --max-attempts 3`, endpoint);
    expect([code, stdout, stderr]).toEqual([exits, '', `${says}\nstage: ${prod}: Nothing was written.${helps}\n`]);
    expect(await read()).toEqual(before);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

testWithMoto('an undocumented patch is sent, and its result is reported', async () => {
  const { prod, read, stage } = await anApi();
  const { code, stderr } = await stage(`patch ${prod} --patch-operations op=add,path=/description,value=new`);
  const notice = 'add at /description is undocumented; it is sent as given, and its effect is unknown.';
  expect([code, stderr]).toEqual([
    0,
    `notice: ${notice}\n${prod}\n  ~ description: old → new\nupdated ${prod}: 1 change\n`,
  ]);
  expect(await read()).toMatchObject({ description: 'new' });
});

testWithMoto('a stage is created, and its deployment is listed and served again', async () => {
  const { api, deployments, prod, stage } = await anApi();
  const [first, second] = deployments;
  const made = await stage(`copy ${prod} ${api}/dev --all --create --deployment-id ${second}`);
  expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining(`created ${api}/dev`) });
  expect(await stage(`copy ${prod} ${api}/dev --all --create --deployment-id ${second}`)).toMatchObject({
    code: 0,
    stdout: `${api}/dev: nothing to change\n`,
  });
  const listed = JSON.parse((await stage(`deployments ${api} -o json`)).stdout);
  expect(listed.find(({ id }: { id: string }) => id === second)).toMatchObject({ stages: ['dev'] });
  expect(await stage(`rollback ${api}/dev --to ${first}`)).toMatchObject({ code: 0 });
});
