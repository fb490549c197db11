/** Judges what was measured: one answer for each gate. */
import { clipped } from '../text/printable.js';
import { percentOf } from './rollout.js';
import { type Gate, type GateResult, type MaxGate, metrics, type RolloutState, type Verdict } from './types.js';

/** What CloudWatch has for one gate, in percent or milliseconds. Without data the value is undefined. */
export interface Measured {
  readonly value?: number | undefined;
  readonly production?: number | undefined;
  /** How many requests the canary had. */
  readonly requests?: number;
}

/** The gate as the user wrote it. */
export const gateText = (gate: Gate): string => {
  if (gate.kind === 'max') return `--max ${gate.text}`;
  return gate.kind === 'alarm' ? `--alarm ${gate.name}` : `--check ${gate.command}`;
};

export const inconclusive = (gate: Gate, message: string): GateResult => ({
  gate: gateText(gate),
  verdict: 'inconclusive',
  message,
});

const rounded = (value: number): number => Number(value.toPrecision(4));

const shown = ({ metric }: MaxGate, value: number): string => `${rounded(value)}${metrics[metric].isRate ? '%' : 'ms'}`;

/** Production's value, if it is known, and a phrase about it. At 100 percent it is the last value of an earlier step. */
const productionOf = (gate: MaxGate, { production: value }: Measured, state: RolloutState) => {
  if (percentOf(state) < 100)
    return { value, text: value === undefined ? 'production has no data' : `production: ${shown(gate, value)}` };
  const why = 'no traffic at 100 percent';
  for (const { percent, results } of state.rounds.toReversed()) {
    const earlier = results.find((one) => one.gate === gateText(gate))?.production;
    if (percent < 100 && earlier !== undefined)
      return { value: earlier, text: `production at ${percent} percent: ${shown(gate, earlier)}; it has ${why}` };
  }
  return { value: undefined, text: `production has ${why}` };
};

/** The most that the value may be, as a number and in words. */
const limitOf = (gate: MaxGate, production = 0): readonly [number, string] => {
  const { relation, bound } = gate;
  if (relation === 'absolute') return [bound, shown(gate, bound)];
  const limit = relation === 'points' ? production + bound : production * (1 + bound / 100);
  return [limit, `${shown(gate, limit)}, production + ${bound}${relation === 'points' ? 'pp' : '%'}`];
};

/** Compares the canary's value with its bound. Without data, or with too few requests, a gate never passes. */
export const judgeMax = (gate: MaxGate, measured: Measured, state: RolloutState): GateResult => {
  const { value, production: measuredProduction, requests = 0 } = measured;
  const { minRequests } = state.plan;
  const answer = (verdict: Verdict, message: string): GateResult => ({
    ...{ gate: gateText(gate), verdict, message },
    ...(value !== undefined && { value: rounded(value) }),
    ...(measuredProduction !== undefined && { production: rounded(measuredProduction) }),
  });
  if (requests < minRequests)
    return answer('inconclusive', `The canary had ${requests} requests, and --min-requests is ${minRequests}.`);
  const name = `${gate.metric} ${metrics[gate.metric].isRate ? 'rate' : gate.statistic}`;
  if (value === undefined) return answer('inconclusive', `CloudWatch has no ${name} of the canary for this time.`);
  const said = `The canary's ${name} is ${shown(gate, value)}`;
  const production = productionOf(gate, measured, state);
  if (gate.relation !== 'absolute' && production.value === undefined)
    return answer('inconclusive', `${said}, but ${production.text} to compare it with.`);
  const [limit, limitText] = limitOf(gate, production.value);
  // A sum such as 0.7 + 0.1 is a little less than 0.8.
  const isPass = value <= limit * (1 + 1e-9);
  const relation = `${isPass ? 'at most' : 'above'} ${limitText}`;
  return answer(isPass ? 'pass' : 'fail', `${said}, ${relation} (${production.text}).`);
};

/** An alarm, as CloudWatch describes it. */
export interface Alarm {
  readonly AlarmName?: string | undefined;
  readonly StateValue?: string | undefined;
  readonly StateReason?: string | undefined;
}

const alarmVerdicts: Readonly<Record<string, Verdict>> = { OK: 'pass', ALARM: 'fail' };

/** Judges an alarm. `where` is for the sentence that there is no such alarm: ` in eu-west-1`. */
export const judgeAlarm = (
  gate: Extract<Gate, { readonly kind: 'alarm' }>,
  alarm: Alarm | undefined,
  where: string,
): GateResult => {
  if (alarm === undefined) return inconclusive(gate, `There is no alarm called ${gate.name}${where}.`);
  const { StateValue: state = 'UNKNOWN', StateReason: reason = '' } = alarm;
  const verdict = alarmVerdicts[state] ?? 'inconclusive';
  const why = verdict === 'pass' || reason === '' ? '' : `: ${clipped(reason.replace(/\.$/, ''))}`;
  return { gate: gateText(gate), verdict, message: `The alarm ${gate.name} is in the state ${state}${why}.` };
};
