/** Whole rollouts with gates that ask CloudWatch. The stage is served in this process; waiting takes no time. */
import { join } from 'node:path';
import { goLive, type LiveTest, type LiveWorld, prod } from '../live/live.js';
import { stopServing } from '../serve/serving.js';
import { aStage } from '../stages.js';
import { closeCloudWatch, refusal, type StubCloudWatch, startCloudWatch } from '../stub-cloudwatch.js';
import { fakeTime } from '../targets/api-gateway/live.js';
import { type Run, removeFolders, runStage } from '../world.js';

let cloudWatch: StubCloudWatch;
let live: LiveTest;

beforeEach(async () => {
  cloudWatch = await startCloudWatch();
  live = await goLive(aStage());
});
afterEach(async () => {
  await closeCloudWatch();
  await stopServing();
});
afterAll(removeFolders);

const rollOut = (options: string, env: Readonly<Record<string, string>> = {}, more: LiveWorld = {}): Promise<Run> => {
  const { now, sleep } = fakeTime();
  const line = `rollout-canary ${prod} --deployment-id dep2 --steps 5:10m,25:10m ${options}`;
  const addresses = { AWS_ENDPOINT_URL_CLOUDWATCH: cloudWatch.url, XDG_STATE_HOME: join(live.cwd, 'state') };
  return live.stage(line, { env: { ...addresses, ...env }, world: { now, sleep }, ...more });
};

const asked = (operation: string) => cloudWatch.asked.filter((one) => one.operation === operation);

/** So many errors among 1000 requests of the canary, round by round; production has one. */
const errors = (...rounds: readonly number[]): void => {
  cloudWatch.values = ({ stage, statistic }) => {
    if (statistic === 'SampleCount') return [1000];
    return [stage === 'prod' ? 1 : (rounds[asked('GetMetricData').length - 1] ?? 0)];
  };
};

test('a canary passes its first step, fails at its second, and is aborted', async () => {
  errors(2, 30);
  cloudWatch.alarms = [{ AlarmName: 'orders', StateValue: 'OK' }];
  const { code, stdout } = await rollOut('--max 5xx=1% --max 5xx=+0.5pp --alarm orders');
  expect(code).toBe(8);
  expect(stdout).toContain("The canary's 5xx rate is 0.2%, at most 1% (production: 0.1%).");
  expect(stdout).toContain("The canary's 5xx rate is 3%, above 0.6%, production + 0.5pp (production: 0.1%).");
  expect(live.held().canarySettings?.percentTraffic).toBe(0);
  expect(['ListMetrics', 'GetMetricData', 'DescribeAlarms'].map((operation) => asked(operation).length)).toEqual([
    1, 2, 2,
  ]);
  // The second step begins within a minute.
  const windows = asked('GetMetricData').map(({ input }) => [input['StartTime'], input['EndTime']].map(Number));
  expect(windows.map(([from = 0, to = 0]) => to - from)).toEqual([600, 540]);
  expect(live.calls().filter((call) => call === 'GetRestApi')).toHaveLength(1);
});

test('a canary that passes is promoted', async () => {
  errors(0, 0);
  expect(await rollOut('--max 5xx=1%')).toMatchObject({ code: 0, stderr: '' });
  expect(live.held().deploymentId).toBe('dep2');
});

test('data that comes late is waited for', async () => {
  cloudWatch.values = () => (asked('GetMetricData').length < 3 ? [] : [500]);
  const { code, stdout } = await rollOut('--max latency-p99=1s');
  expect(code).toBe(0);
  expect(stdout).toContain('The canary had 0 requests');
  expect(asked('GetMetricData')).toHaveLength(4);
});

test('a canary without a series is held in the end, and still serves', async () => {
  cloudWatch.metrics = [];
  const { code, stdout } = await rollOut('--max 5xx=1% --max-wait 3m');
  expect(code).toBe(9);
  expect(stdout).toContain('The canary has no series of its own');
  expect(live.held().canarySettings?.percentTraffic).toBe(5);
});

test('a refusal ends the rollout before the canary gets more traffic', async () => {
  const message = 'User: me is not authorized to perform: cloudwatch:GetMetricData';
  cloudWatch.scripts['GetMetricData'] = [refusal(403, 'AccessDeniedException', message)];
  const { code, stderr } = await rollOut('--max 5xx=1%');
  expect([code, stderr]).toEqual([6, expect.stringContaining('Allow cloudwatch:GetMetricData on *.')]);
  expect(stderr).toContain('The canary still serves 5 percent. To go on: stage rollout-canary');
  expect(live.held().canarySettings?.percentTraffic).toBe(5);
});

test('--endpoint-url is the address of CloudWatch too; a server without it is told', async () => {
  const { code, stderr } = await rollOut('--alarm orders', { AWS_ENDPOINT_URL_CLOUDWATCH: '' });
  expect(code).toBe(6);
  expect(stderr).toContain(`Is ${live.server.url} CloudWatch? If not, set AWS_ENDPOINT_URL_CLOUDWATCH to its address.`);
  expect(cloudWatch.asked).toEqual([]);
});

test.each([
  ['AWS_ENDPOINT_URL', { AWS_ENDPOINT_URL_CLOUDWATCH: '' }],
  ['AWS_ENDPOINT_URL_CLOUDWATCH', { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }],
])('%s is an address of CloudWatch; that of API Gateway alone is not', async (name, others) => {
  cloudWatch.alarms = [{ AlarmName: 'orders', StateValue: 'OK' }];
  const env = { AWS_ENDPOINT_URL_API_GATEWAY: live.server.url, ...others, [name]: cloudWatch.url };
  expect(await rollOut('--alarm orders', env, { isBare: true })).toMatchObject({ code: 0 });
});

test('a signal ends the rollout although CloudWatch does not answer', async () => {
  cloudWatch.scripts['GetMetricData'] = ['hang'];
  const controller = new AbortController();
  const run = rollOut('--max 5xx=1%', {}, { signal: controller.signal });
  while (asked('GetMetricData').length === 0) await new Promise((resolve) => setImmediate(resolve));
  controller.abort('SIGINT');
  expect(await run).toMatchObject({ code: 130, stderr: expect.stringContaining('still serves 5 percent') });
});

test('--debug shows what CloudWatch is asked', async () => {
  errors(0, 0);
  const { stderr } = await rollOut('--max 5xx=1% --debug');
  expect(stderr).toContain(`> GetMetricData at ${cloudWatch.url}`);
  expect(stderr).toContain('"MetricName":"5XXError"');
  expect(stderr).toContain('"StatusCode":"Complete"');
});

test.each(['--max 5xx=1%', '--alarm orders', '--create-deployment'])(
  '%s is refused for a stage file',
  async (option) => {
    const start = option === '--create-deployment' ? '' : '--deployment-id dep2';
    const { code, stderr } = await runStage(`rollout-canary prod.json ${start} --steps 5:1m ${option}`);
    const message = `${option}: metrics, alarms and new deployments need a live stage`;
    expect([code, stderr]).toEqual([3, expect.stringContaining(message)]);
  },
);
