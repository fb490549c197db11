import type { RolloutPlan } from '../../src/canary/types.js';
import { parsePlan } from '../../src/cli/parse-plan.js';
import { parseCommandLine } from '../../src/cli/program.js';
import { parseRequest } from '../../src/cli/request.js';
import { textsOf } from '../../src/cli/texts.js';
import { StageError } from '../../src/stage/problem.js';
import { testWorld } from '../world.js';

type Given = Readonly<Record<string, string | readonly string[] | true>>;

const wordsOf = ([name, value]: readonly [string, Given[string]]): readonly string[] => {
  if (value === true) return [`--${name}`];
  return (typeof value === 'string' ? [value] : value).map((text) => `--${name}=${text}`);
};

/** Throws StageError with all problems. */
const planOf = async (options: Given): Promise<RolloutPlan> => {
  const given = { steps: '5', ...options };
  const argv = ['rollout-canary', 'prod.json', ...Object.entries(given).flatMap(wordsOf)];
  const world = testWorld(argv);
  const line = parseCommandLine(world);
  if ('shown' in line) throw new Error('Expected no help.');
  if ('problems' in line) throw new StageError('usage', line.problems);
  return parsePlan({ ...line, request: await parseRequest(line, textsOf(world)) });
};

const problemsOf = async (given: Given): Promise<readonly string[]> => {
  try {
    await planOf(given);
    return [];
  } catch (error) {
    if (error instanceof StageError) return error.problems.map(({ message }) => message);
    throw error;
  }
};

test('the defaults', async () => {
  expect(await planOf({})).toEqual({
    steps: [{ percent: 5, interval: 600_000 }],
    gates: [],
    then: 'promote',
    minRequests: 100,
    metricsDelay: 150_000,
    checkTimeout: 60_000,
    checkShell: false,
    maxWait: 1_800_000,
    onInconclusive: 'hold',
    abortAfter: 1,
    onFail: 'abort',
  });
});

test('steps have times of their own, or the interval', async () => {
  expect((await planOf({ steps: '0.5:90s, 25%:30m,50,100:0', interval: '2h' })).steps).toEqual([
    { percent: 0.5, interval: 90_000 },
    { percent: 25, interval: 1_800_000 },
    { percent: 50, interval: 7_200_000 },
    { percent: 100, interval: 0 },
  ]);
});

test('a shell reads the quotes of its commands by rules of its own', async () => {
  expect(await problemsOf({ check: ["echo it\\'s"], 'check-shell': true })).toEqual([]);
});

test('every option has its place', async () => {
  const plan = await planOf({
    ...{ 'deployment-id': 'dep2', 'canary-variable': ['color=green', 'url=a=b'], 'use-stage-cache': true },
    ...{ alarm: ['errors'], check: ['./smoke.sh', 'true'], max: ['5xx=1%'] },
    ...{ 'min-requests': '0', 'metrics-delay': '60s', 'max-wait': '5m', 'on-inconclusive': 'continue' },
    ...{
      'abort-after': '3',
      'on-fail': 'hold',
      then: 'promote-and-end',
      'check-timeout': '500ms',
      'check-shell': true,
    },
    'canary-dimensions': 'ApiName="pets, and more",Stage=prod/Canary',
  });
  expect(plan).toMatchObject({
    start: { deploymentId: 'dep2', variables: { color: 'green', url: 'a=b' }, useStageCache: true },
    gates: [
      { kind: 'alarm', name: 'errors' },
      { kind: 'check', command: './smoke.sh' },
      { kind: 'check', command: 'true' },
      { kind: 'max', text: '5xx=1%' },
    ],
    ...{ minRequests: 0, metricsDelay: 60_000, maxWait: 300_000, onInconclusive: 'continue', abortAfter: 3 },
    ...{ onFail: 'hold', then: 'promote-and-end', checkTimeout: 500, checkShell: true },
    canaryDimensions: { ApiName: 'pets, and more', Stage: 'prod/Canary' },
  });
});

test('a deployment is created with a description', async () => {
  const { start } = await planOf({ 'create-deployment': true, description: 'v2' });
  expect(start).toEqual({ description: 'v2', variables: {}, useStageCache: false });
});

const bounds: readonly (readonly [string, object])[] = [
  ['5xx=1%', { metric: '5xx', statistic: 'average', bound: 1, relation: 'absolute' }],
  ['4xx=0%', { metric: '4xx', bound: 0, relation: 'absolute' }],
  ['5xx=+0.5pp', { bound: 0.5, relation: 'points' }],
  ['5xx=+20%', { bound: 20, relation: 'percent' }],
  ['latency-p99=800ms', { metric: 'latency', statistic: 'p99', bound: 800, relation: 'absolute' }],
  ['latency-p99.9=1.5s', { statistic: 'p99.9', bound: 1500 }],
  ['latency-average=20ms', { statistic: 'average', bound: 20 }],
  ['integration-latency-p50=+20%', { metric: 'integration-latency', statistic: 'p50', bound: 20, relation: 'percent' }],
];

test.each(bounds)('--max %s', async (text, gate) => {
  expect((await planOf({ max: [text] })).gates).toEqual([expect.objectContaining({ kind: 'max', text, ...gate })]);
});

const refused: readonly (readonly [Given, string])[] = [
  [{ steps: '5,,6' }, '--steps: expected steps such as 5:10m,25:30m,50; got an empty step.'],
  [{ steps: 'half' }, 'got half.'],
  [{ steps: '0' }, '--steps: expected percentages above 0 and at most 100; got 0.'],
  [{ steps: '101' }, 'got 101.'],
  [{ steps: '5,5' }, '--steps: expected increasing percentages; got 5 after 5.'],
  [{ steps: '25,5' }, 'got 5 after 25.'],
  [{ steps: '5:soon' }, '--steps: expected a time, such as 30, 30s, 500ms or 2m; got soon.'],
  [{ check: ["echo 'a"] }, `--check: expected a command, with each quote closed; got "echo 'a".`],
  [{ check: ["'' a"] }, `--check: expected a command, with each quote closed; got "'' a".`],
  [{ check: [' '] }, '--check: expected a command, with each quote closed; got " ".'],
  [{ check: [' '], 'check-shell': true }, '--check: expected a command, with each quote closed; got " ".'],
  [{ steps: '5:' }, '--steps: expected a time, such as 30, 30s, 500ms or 2m; got an empty text.'],
  [{ interval: '577h' }, '--interval: expected at most 24 days (576h), got 577h.'],
  [
    { max: ['latency=1s'] },
    '--max: expected a statistic, average or p50 to p99.9, such as latency-p99; got latency=1s.',
  ],
  [{ max: ['latency-p49=1s'] }, 'expected a statistic'],
  [{ max: ['latency-p99.95=1s'] }, 'expected a statistic'],
  [{ max: ['latency-p100=1s'] }, 'expected a statistic'],
  [
    { max: ['latency-p99=800'] },
    '--max: expected a time such as 800ms or 1.5s, or a difference to production such as +20%',
  ],
  [{ max: ['latency-p99=+1pp'] }, 'expected a time such as 800ms'],
  [{ max: ['5xx-p99=1%'] }, '--max: expected 5xx without a statistic; got 5xx-p99=1%.'],
  [
    { max: ['5xx=1'] },
    '--max: expected a rate such as 1%, or a difference to production such as +0.5pp or +20%; got 5xx=1.',
  ],
  [{ max: ['5xx=101%'] }, 'expected a rate'],
  [{ max: ['5xx=1pp'] }, 'expected a rate'],
  [{ max: ['5xx'] }, '--max: expected 5xx, 4xx, latency-STATISTIC or integration-latency-STATISTIC with a bound'],
  [{ max: ['3xx=1%'] }, 'got 3xx=1%.'],
  [
    { max: ['5xx=1%'], interval: '30s' },
    '--max: expected intervals of at least 1m, since metrics come by the minute; got 30s at 5 percent.',
  ],
  [{ max: ['5xx=1%'], steps: '5:1m,6:59s' }, 'got 59s at 6 percent.'],
  [{ max: ['5xx=1%'], 'min-requests': '-1' }, '--min-requests: expected a whole number from 0 to 999999, got -1.'],
  [{ check: ['true'], 'abort-after': '0' }, '--abort-after: expected a whole number from 1 to 999999, got 0.'],
  [{ then: 'stop' }, '--then: expected one of promote, promote-and-end, hold; got stop.'],
  [{ check: ['true'], 'on-fail': 'continue' }, '--on-fail: expected one of abort, hold; got continue.'],
  [{ check: ['true'], 'on-inconclusive': 'x' }, '--on-inconclusive: expected one of hold, abort, continue; got x.'],
  [
    { 'deployment-id': 'd', 'create-deployment': true },
    'Give either --deployment-id ID or, on a live stage, --create-deployment.',
  ],
  [{ 'deployment-id': 'd', description: 'v2' }, '--description goes with --create-deployment.'],
  [{ 'canary-variable': ['a=b'] }, '--canary-variable goes with --deployment-id or --create-deployment.'],
  [{ 'use-stage-cache': true }, '--use-stage-cache goes with --deployment-id or --create-deployment.'],
  [{ 'deployment-id': 'd', 'canary-variable': ['a'] }, '--canary-variable: expected NAME=VALUE, got a.'],
  [{ 'deployment-id': 'd', 'canary-variable': ['a-b=c'] }, 'Invalid stage variable name: a-b.'],
  [{ 'deployment-id': 'd', 'canary-variable': ['a='] }, 'Invalid stage variable value of key a.'],
  [
    { 'deployment-id': 'd', 'canary-variable': ['a=b', 'a=c'] },
    'canarySettings.stageVariableOverrides.a is given two values: by --canary-variable a twice.',
  ],
  [{ max: ['5xx=1%'], 'canary-dimensions': 'Stage' }, 'dimensions look like ApiName=pets,Stage=prod/Canary'],
];

const idle: readonly (readonly [Given, string])[] = [
  [{ check: ['true'], alarm: ['errors'], 'min-requests': '100' }, '--min-requests goes with --max.'],
  [{ check: ['true'], 'metrics-delay': '1m' }, '--metrics-delay goes with --max.'],
  [{ alarm: ['errors'], 'canary-dimensions': 'Stage=prod' }, '--canary-dimensions goes with --max.'],
  [{ max: ['5xx=1%'], 'check-timeout': '1m' }, '--check-timeout goes with --check.'],
  [{ alarm: ['errors'], 'check-shell': true }, '--check-shell goes with --check.'],
  [{ 'max-wait': '1m' }, '--max-wait goes with --max or --alarm or --check.'],
  [{ 'on-inconclusive': 'hold' }, '--on-inconclusive goes with --max or --alarm or --check.'],
  [{ 'abort-after': '1' }, '--abort-after goes with --max or --alarm or --check.'],
  [{ 'on-fail': 'abort' }, '--on-fail goes with --max or --alarm or --check.'],
];

test.each([...refused, ...idle])('%j is refused', async (given, message) => {
  expect(await problemsOf(given)).toEqual([expect.stringContaining(message)]);
});

test('a short interval is fine without metrics', async () => {
  expect((await planOf({ interval: '0', check: ['true'] })).steps).toEqual([{ percent: 5, interval: 0 }]);
});

test('all problems of the line are reported at once, and all of the plan', async () => {
  expect(await problemsOf({ check: ['true'], then: 'x', 'on-fail': 'y', 'max-wait': 'z', interval: '?' })).toHaveLength(
    4,
  );
  expect(await problemsOf({ steps: '50,5,x', max: ['a', '5xx=1'] })).toHaveLength(4);
});

test('control characters of an option do not reach the message', async () => {
  expect((await problemsOf({ steps: '\u001b[2J', max: ['\u001b[2J'] })).join()).not.toContain('\u001b');
});
