/** What a round asks CloudWatch, and what its answers make of the gates. */
import type { Gate } from '../../src/canary/types.js';
import { StageError } from '../../src/stage/problem.js';
import {
  type AskedSeries,
  closeCloudWatch,
  refusal,
  type StubCloudWatch,
  startCloudWatch,
} from '../stub-cloudwatch.js';
import { alarm, ask as askAt, max, measuredStage, window } from './asking.js';

let cloudWatch: StubCloudWatch;

beforeEach(async () => {
  cloudWatch = await startCloudWatch();
});
afterEach(closeCloudWatch);

const ask = (gates: readonly Gate[], asking: Partial<Parameters<typeof askAt>[1]> = {}) =>
  askAt(gates, { measured: measuredStage(cloudWatch.url), ...asking });

const operations = (): readonly string[] => cloudWatch.asked.map(({ operation }) => operation);

/** By stage, metric and statistic: `prod/Canary 5XXError Sum`. */
const serves =
  (table: Readonly<Record<string, readonly number[]>>) =>
  ({ stage, metric, statistic }: AskedSeries): readonly number[] =>
    table[`${stage} ${metric} ${statistic}`] ?? [];

const requests = { 'prod/Canary Count SampleCount': [100, 100] };

test('rates are sums of errors over all requests, of the canary and of production', async () => {
  cloudWatch.values = serves({
    ...requests,
    'prod/Canary 5XXError Sum': [1, 3],
    'prod/Canary 5XXError SampleCount': [100, 100],
    'prod 5XXError Sum': [10, 0],
    'prod 5XXError SampleCount': [1000, 1000],
  });
  expect(await ask([max('5xx=1%')])).toEqual([
    {
      gate: '--max 5xx=1%',
      verdict: 'fail',
      message: "The canary's 5xx rate is 2%, above 1% (production: 0.5%).",
      value: 2,
      production: 0.5,
    },
  ]);
});

test('an average is the sum over the count, not the average of averages', async () => {
  cloudWatch.values = serves({
    ...requests,
    'prod/Canary Latency Sum': [90 * 100, 10 * 1000],
    'prod/Canary Latency SampleCount': [90, 10],
  });
  expect(await ask([max('latency-average=200ms')])).toMatchObject([{ verdict: 'pass', value: 190 }]);
});

test('a percentile is one period of the whole window; of several the highest counts', async () => {
  const periods: number[] = [];
  cloudWatch.values = ({ stage, metric, statistic, period }) => {
    if (statistic === 'p99.9') periods.push(period);
    if (metric === 'Count') return [200];
    return stage === 'prod' ? [500] : [600, 700];
  };
  expect(await ask([max('integration-latency-p99.9=+20%')])).toMatchObject([
    {
      verdict: 'fail',
      message: "The canary's integration-latency p99.9 is 700ms, above 600ms, production + 20% (production: 500ms).",
    },
  ]);
  expect(periods).toEqual([600, 600]);
});

test('a round is one GetMetricData, whatever the gates, each series is asked for once, for whole minutes', async () => {
  await ask([max('5xx=1%'), max('5xx=+0.5pp'), max('4xx=5%'), max('latency-p99=800ms')]);
  expect(operations()).toEqual(['ListMetrics', 'GetMetricData']);
  const { MetricDataQueries, StartTime, EndTime } = cloudWatch.asked[1]?.input ?? {};
  expect(MetricDataQueries).toHaveLength(1 + 4 + 4 + 2);
  expect([StartTime, EndTime]).toEqual([window.from / 1000, window.to / 1000]);
});

test('pages are followed', async () => {
  cloudWatch.metrics = [
    { ApiName: 'orders-api', Stage: 'prod/Canary', Method: 'GET', Resource: '/' },
    { ApiName: 'orders-api', Stage: 'prod/Canary', Method: 'PUT', Resource: '/' },
    { ApiName: 'orders-api', Stage: 'prod/Canary' },
  ];
  cloudWatch.pageSize = 1;
  cloudWatch.values = ({ metric }) => (metric === 'Count' ? [500] : [5]);
  expect(await ask([max('latency-p50=10ms')])).toMatchObject([{ verdict: 'pass', value: 5, production: 5 }]);
  expect(operations().filter((one) => one === 'ListMetrics')).toHaveLength(3);
  expect(operations().filter((one) => one === 'GetMetricData')).toHaveLength(3);
});

test('the dimensions that were found, and the name of the API, are remembered', async () => {
  const asked: string[] = [];
  const measured = measuredStage(cloudWatch.url, 10, asked);
  await ask([max('5xx=1%')], { measured });
  await ask([max('5xx=1%')], { measured });
  expect(operations()).toEqual(['ListMetrics', 'GetMetricData', 'GetMetricData']);
  expect(asked).toEqual(['GetRestApi']);
});

test('dimensions that the user names are not looked for', async () => {
  const stages = new Set<string>();
  cloudWatch.values = ({ stage, apiName }) => {
    stages.add(`${apiName} ${stage}`);
    return [];
  };
  await ask([max('5xx=1%')], { plan: { canaryDimensions: { ApiName: 'other', Stage: 'canary' } } });
  expect(operations()).toEqual(['GetMetricData']);
  expect([...stages]).toEqual(['other canary', 'orders-api prod']);
});

test('a canary without a series is inconclusive, and the message says where it was looked for', async () => {
  cloudWatch.metrics = [{ ApiName: 'orders-api', Stage: 'prod/Canary', Method: 'GET', Resource: '/' }];
  const [result] = await ask([max('5xx=1%')]);
  expect(result?.verdict).toBe('inconclusive');
  expect(result?.message).toMatch(/ApiName orders-api and Stage prod\/Canary.*may or may not include the canary's/);
  expect(operations()).toEqual(['ListMetrics']);
});

test.each([
  ['that are too few', [40, 10], '50 requests'],
  ['that are not there yet', [], '0 requests'],
])('requests %s are inconclusive', async (_how, counts, said) => {
  cloudWatch.values = serves({
    'prod/Canary Count SampleCount': counts,
    'prod/Canary 5XXError Sum': [0],
    'prod/Canary 5XXError SampleCount': [50],
  });
  expect(await ask([max('5xx=1%')])).toMatchObject([
    { verdict: 'inconclusive', message: `The canary had ${said}, and --min-requests is 100.` },
  ]);
});

test('a series that has no data, although there are requests, is inconclusive', async () => {
  cloudWatch.values = serves(requests);
  expect(await ask([max('latency-p99=1s')])).toMatchObject([
    { verdict: 'inconclusive', message: 'CloudWatch has no latency p99 of the canary for this time.' },
  ]);
});

test('what CloudWatch could not read in full does not count', async () => {
  const one = (Id: string, Values: number[], StatusCode = 'Complete') => ({ Id, Values, StatusCode, Timestamps: [] });
  const results = [one('canary_Count_SampleCount', [500]), one('canary_Latency_p99', [1], 'InternalError')];
  cloudWatch.scripts['GetMetricData'] = [{ status: 200, body: { MetricDataResults: results } }];
  expect(await ask([max('latency-p99=1s')])).toMatchObject([{ verdict: 'inconclusive' }]);
});

test('a window without a whole minute is inconclusive, and nothing is asked but alarms', async () => {
  cloudWatch.alarms = [{ AlarmName: 'errors', StateValue: 'OK' }];
  const at = { from: window.from, to: window.from };
  expect(await ask([max('5xx=1%'), alarm('errors')], { at })).toMatchObject([
    { verdict: 'inconclusive', message: expect.stringContaining('whole minute') },
    { verdict: 'pass' },
  ]);
  expect(operations()).toEqual(['DescribeAlarms']);
});

test('metric alarms and composite alarms are asked for in one call', async () => {
  cloudWatch.alarms = [
    { AlarmName: 'errors', StateValue: 'OK' },
    { AlarmName: 'all', StateValue: 'ALARM', StateReason: 'errors-2 is in ALARM.', isComposite: true },
    { AlarmName: 'quiet', StateValue: 'INSUFFICIENT_DATA' },
  ];
  expect(await ask(['all', 'errors', 'quiet', 'gone', 'all'].map(alarm))).toMatchObject([
    { gate: '--alarm all', verdict: 'fail', message: 'The alarm all is in the state ALARM: errors-2 is in ALARM.' },
    { gate: '--alarm errors', verdict: 'pass', message: 'The alarm errors is in the state OK.' },
    { gate: '--alarm quiet', verdict: 'inconclusive', message: 'The alarm quiet is in the state INSUFFICIENT_DATA.' },
    { gate: '--alarm gone', verdict: 'inconclusive', message: 'There is no alarm called gone in eu-west-1.' },
    { gate: '--alarm all', verdict: 'fail' },
  ]);
  expect(operations()).toEqual(['DescribeAlarms']);
  expect(cloudWatch.asked[0]?.input).toMatchObject({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] });
});

const throttled = refusal(400, 'ThrottlingException', 'Rate exceeded', 'Throttling');

test('a CloudWatch that is too busy is asked again', async () => {
  cloudWatch.alarms = [{ AlarmName: 'errors', StateValue: 'OK' }];
  cloudWatch.scripts['DescribeAlarms'] = [throttled, refusal(500, 'InternalServiceFault', 'Oops')];
  expect(await ask([alarm('errors')])).toMatchObject([{ verdict: 'pass' }]);
  expect(operations()).toHaveLength(3);
});

test('a CloudWatch that stays too busy leaves its gates without an answer, and no others', async () => {
  cloudWatch.alarms = [{ AlarmName: 'errors', StateValue: 'ALARM' }];
  cloudWatch.scripts['GetMetricData'] = Array.from({ length: 100 }, () => throttled);
  expect(await ask([max('5xx=1%'), alarm('errors'), { kind: 'check', command: 'true' }])).toMatchObject([
    { verdict: 'inconclusive', message: 'No data: Rate exceeded' },
    { verdict: 'fail' },
    { verdict: 'pass' },
  ]);
});

test('a CloudWatch that is not reached leaves its gates without an answer', async () => {
  const measured = measuredStage(cloudWatch.url);
  await closeCloudWatch();
  expect(await ask([max('5xx=1%'), alarm('errors')], { measured })).toMatchObject([
    { verdict: 'inconclusive', message: expect.stringMatching(/^No data: CloudWatch cannot be reached/) },
    { verdict: 'inconclusive', message: expect.stringMatching(/^No data: CloudWatch cannot be reached/) },
  ]);
});

test.each([
  [200, 'inconclusive', 'No data: DescribeAlarms got status 200, but the answer is not from CloudWatch.'],
  [502, 'inconclusive', 'No data: CloudWatch answered DescribeAlarms with 502 and no message after 2 attempts.'],
])('a page of a proxy with the status %i is not an answer', async (status, verdict, message) => {
  const page = { status, body: '<html>' };
  cloudWatch.scripts['DescribeAlarms'] = [page, page];
  const measured = measuredStage(cloudWatch.url, 2);
  expect(await ask([alarm('errors')], { measured })).toMatchObject([{ verdict, message }]);
});

const problemsOf = async (asking: Promise<unknown>): Promise<StageError> => {
  const error = await asking.then(
    () => undefined,
    (thrown) => thrown,
  );
  if (!(error instanceof StageError)) throw new Error(`no StageError, but ${error}`);
  return error;
};

const denied = (action: string) =>
  refusal(403, 'AccessDeniedException', `User: me is not authorized to perform: ${action}`, 'AccessDenied');

test('access that is denied is refused, with what to allow; each refusal is said once', async () => {
  cloudWatch.scripts['ListMetrics'] = [denied('cloudwatch:ListMetrics')];
  cloudWatch.scripts['DescribeAlarms'] = [denied('cloudwatch:DescribeAlarms')];
  const { kind, problems } = await problemsOf(ask([max('5xx=1%'), max('4xx=1%'), alarm('errors')]));
  expect(kind).toBe('refused');
  expect(problems.map(({ message }) => message)).toEqual([
    'User: me is not authorized to perform: cloudwatch:ListMetrics',
    'a1b2c3d4e5/prod: Allow cloudwatch:ListMetrics on *.',
    'User: me is not authorized to perform: cloudwatch:DescribeAlarms',
    'a1b2c3d4e5/prod: Allow cloudwatch:DescribeAlarms on *.',
  ]);
});

test('wrong credentials are a matter of the configuration', async () => {
  const message = 'The security token included in the request is invalid.';
  cloudWatch.scripts['DescribeAlarms'] = [refusal(403, 'InvalidClientTokenId', message)];
  expect((await problemsOf(ask([alarm('errors')]))).kind).toBe('config');
});

test('a gate that fails counts although another one was refused', async () => {
  cloudWatch.scripts['DescribeAlarms'] = [denied('cloudwatch:DescribeAlarms')];
  expect(await ask([alarm('errors'), { kind: 'check', command: 'false' }])).toMatchObject([
    { gate: '--alarm errors', verdict: 'inconclusive', message: expect.stringContaining('not authorized') },
    { gate: '--check false', verdict: 'fail' },
  ]);
});
