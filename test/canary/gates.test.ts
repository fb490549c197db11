import { type Alarm, judgeAlarm, judgeMax, type Measured } from '../../src/canary/gates.js';
import type { RolloutState, Round, Verdict } from '../../src/canary/types.js';
import { max } from './asking.js';
import { aPlan } from './simulate.js';

const stateOf = (percent: number, rounds: readonly Round[] = []): RolloutState => ({
  version: 1,
  id: 'run',
  target: 'prod',
  plan: aPlan({ steps: [{ percent, interval: 600_000 }] }),
  productionId: 'dep1',
  phase: 'measure',
  step: 0,
  since: 0,
  wait: 0,
  rounds,
});

const judge = (text: string, measured: Measured, state = stateOf(5)): readonly [Verdict, string] => {
  const { verdict, message } = judgeMax(max(text), { requests: 500, ...measured }, state);
  return [verdict, message];
};

test.each<[string, Measured, Verdict, string]>([
  ['5xx=1%', { value: 0.4, production: 0.3 }, 'pass', '5xx rate is 0.4%, at most 1% (production: 0.3%).'],
  ['5xx=1%', { value: 1, production: 0.3 }, 'pass', '5xx rate is 1%, at most 1% (production: 0.3%).'],
  ['5xx=1%', { value: 2.12345, production: 0.3 }, 'fail', '5xx rate is 2.123%, above 1% (production: 0.3%).'],
  ['4xx=5%', { value: 6 }, 'fail', '4xx rate is 6%, above 5% (production has no data).'],
  [
    'latency-p99=800ms',
    { value: 799.6, production: 640 },
    'pass',
    'latency p99 is 799.6ms, at most 800ms (production: 640ms).',
  ],
  [
    'latency-p99=0.8s',
    { value: 950, production: 640 },
    'fail',
    'latency p99 is 950ms, above 800ms (production: 640ms).',
  ],
  [
    'integration-latency-average=300ms',
    { value: 310 },
    'fail',
    'integration-latency average is 310ms, above 300ms (production has no data).',
  ],
  [
    '5xx=+0.5pp',
    { value: 0.8, production: 0.3 },
    'pass',
    '5xx rate is 0.8%, at most 0.8%, production + 0.5pp (production: 0.3%).',
  ],
  [
    '5xx=+0.5pp',
    { value: 0.9, production: 0.3 },
    'fail',
    '5xx rate is 0.9%, above 0.8%, production + 0.5pp (production: 0.3%).',
  ],
  [
    '5xx=+0.1pp',
    { value: 0.8, production: 0.7 },
    'pass',
    '5xx rate is 0.8%, at most 0.8%, production + 0.1pp (production: 0.7%).',
  ],
  ['4xx=+20%', { value: 0, production: 0 }, 'pass', '4xx rate is 0%, at most 0%, production + 20% (production: 0%).'],
  ['4xx=+20%', { value: 0.1, production: 0 }, 'fail', '4xx rate is 0.1%, above 0%, production + 20% (production: 0%).'],
  [
    'latency-p99=+20%',
    { value: 721, production: 600 },
    'fail',
    'latency p99 is 721ms, above 720ms, production + 20% (production: 600ms).',
  ],
  [
    'latency-p99=+20%',
    { value: 720, production: 600 },
    'pass',
    'latency p99 is 720ms, at most 720ms, production + 20% (production: 600ms).',
  ],
  [
    'latency-p99=+20%',
    { value: 720 },
    'inconclusive',
    'latency p99 is 720ms, but production has no data to compare it with.',
  ],
])('--max %s of %j: %s', (text, measured, verdict, said) => {
  expect(judge(text, measured)).toEqual([verdict, `The canary's ${said}`]);
});

test.each<[string, Measured, string]>([
  [
    'fewer requests than --min-requests, whatever their rate',
    { value: 50, requests: 99 },
    'The canary had 99 requests, and --min-requests is 100.',
  ],
  ['no requests', { requests: 0 }, 'The canary had 0 requests, and --min-requests is 100.'],
  ['no values', {}, 'CloudWatch has no 5xx rate of the canary for this time.'],
])('%s: inconclusive', (_what, measured, message) => {
  expect(judge('5xx=1%', measured)).toEqual(['inconclusive', message]);
});

const round = (percent: number, gate: string, production: number): Round => ({
  step: 0,
  percent,
  time: 0,
  verdict: 'pass',
  results: [{ gate, verdict: 'pass', message: '', value: 1, production }],
});

describe('at 100 percent', () => {
  const rounds = [
    round(25, '--max latency-p99=+20%', 300),
    round(50, '--max latency-p99=+20%', 500),
    round(50, '--max 5xx=+1pp', 7),
  ];

  test('a relative bound counts from what production had in the last round of the gate, and says so', () => {
    expect(judge('latency-p99=+20%', { value: 610 }, stateOf(100, rounds))).toEqual([
      'fail',
      "The canary's latency p99 is 610ms, above 600ms, production + 20% (production at 50 percent: 500ms; it has no traffic at 100 percent).",
    ]);
  });

  test('a relative bound without an earlier round is inconclusive', () => {
    expect(judge('latency-p99=+20%', { value: 610 }, stateOf(100))).toEqual([
      'inconclusive',
      "The canary's latency p99 is 610ms, but production has no traffic at 100 percent to compare it with.",
    ]);
  });

  test('an absolute bound needs no production', () => {
    expect(judge('latency-p99=1s', { value: 610 }, stateOf(100))).toEqual([
      'pass',
      "The canary's latency p99 is 610ms, at most 1000ms (production has no traffic at 100 percent).",
    ]);
  });
});

test('a result has the values in numbers, with few digits', () => {
  const measured = { value: 1 / 3, production: 2 / 3, requests: 300 };
  expect(judgeMax(max('5xx=1%'), measured, stateOf(5))).toMatchObject({ value: 0.3333, production: 0.6667 });
});

const alarm = (StateValue: string, StateReason = ''): Alarm => ({ AlarmName: 'errors', StateValue, StateReason });

test.each<[Alarm | undefined, Verdict, string]>([
  [alarm('OK', 'Threshold Crossed: no.'), 'pass', 'The alarm errors is in the state OK.'],
  [
    alarm('ALARM', 'Threshold Crossed: 3 > 1.'),
    'fail',
    'The alarm errors is in the state ALARM: Threshold Crossed: 3 > 1.',
  ],
  [alarm('INSUFFICIENT_DATA'), 'inconclusive', 'The alarm errors is in the state INSUFFICIENT_DATA.'],
  [undefined, 'inconclusive', 'There is no alarm called errors in eu-west-1.'],
])('--alarm of %j: %s', (described, verdict, message) => {
  const gate = { kind: 'alarm', name: 'errors' } as const;
  expect(judgeAlarm(gate, described, ' in eu-west-1')).toEqual({ gate: '--alarm errors', verdict, message });
});
