/** What a gate says of what was measured. */
import { clipped } from '../text/printable.js';
import { isRate } from './parse-max.js';
import { percentOf } from './rollout.js';
import type { Gate, GateResult, MaxGate, RolloutState, Verdict } from './types.js';

/** Of one gate, in percent or milliseconds; absent where CloudWatch has no data. */
export interface Measured {
  readonly value?: number;
  readonly production?: number;
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

const shown = ({ metric }: MaxGate, value: number): string => `${rounded(value)}${isRate(metric) ? '%' : 'ms'}`;

const nameOf = ({ metric, statistic }: MaxGate): string => `${metric} ${isRate(metric) ? 'rate' : statistic}`;

/** Production's value that a relative bound counts from, and in words whose it is. */
interface Baseline {
  readonly value: number;
  readonly name: string;
}

/** At 100 percent production has no traffic: the last value that was measured before counts. */
const baselineOf = (gate: MaxGate, { production }: Measured, state: RolloutState): Baseline | undefined => {
  if (percentOf(state) < 100) return production === undefined ? undefined : { value: production, name: 'production' };
  const earlier = state.rounds.toReversed().flatMap(({ percent, results }) => {
    const result = results.find((one) => percent < 100 && one.gate === gateText(gate));
    return result?.production === undefined ? [] : [{ value: result.production, percent }];
  });
  return earlier[0] && { value: earlier[0].value, name: `production at ${earlier[0].percent} percent` };
};

const limitOf = ({ relation, bound }: MaxGate, baseline = 0): number => {
  if (relation === 'absolute') return bound;
  return relation === 'points' ? baseline + bound : baseline * (1 + bound / 100);
};

const productionText = (gate: MaxGate, baseline: Baseline | undefined, state: RolloutState): string => {
  const isAlone = percentOf(state) >= 100;
  if (baseline === undefined) return `production has no ${isAlone ? 'traffic at 100 percent' : 'data'}`;
  const said = `${baseline.name}: ${shown(gate, baseline.value)}`;
  return isAlone ? `${said}; it has no traffic at 100 percent` : said;
};

const boundText = (gate: MaxGate, limit: number): string => {
  if (gate.relation === 'absolute') return shown(gate, limit);
  return `${shown(gate, limit)}, production + ${gate.bound}${gate.relation === 'points' ? 'pp' : '%'}`;
};

// A sum such as 0.7 + 0.1 is a little less than 0.8.
const isAtMost = (value: number, limit: number): boolean => value <= limit * (1 + 1e-9);

const whyUnknown = (gate: MaxGate, measured: Measured, baseline: Baseline | undefined, state: RolloutState) => {
  const { value, requests = 0 } = measured;
  const { minRequests } = state.plan;
  if (requests < minRequests)
    return `The canary had ${requests} requests, fewer than the ${minRequests} of --min-requests.`;
  if (value === undefined) return `CloudWatch has no ${nameOf(gate)} of the canary for this time.`;
  if (gate.relation === 'absolute' || baseline !== undefined) return undefined;
  const production = productionText(gate, baseline, state);
  return `The canary's ${nameOf(gate)} is ${shown(gate, value)}, but ${production} to compare it with.`;
};

/** The canary's value against its bound. Too few requests, or no data, are never a pass. */
export const judgeMax = (gate: MaxGate, measured: Measured, state: RolloutState): GateResult => {
  const { value, production } = measured;
  const baseline = baselineOf(gate, measured, state);
  const values = {
    ...(value !== undefined && { value: rounded(value) }),
    ...(production !== undefined && { production: rounded(production) }),
  };
  const unknown = whyUnknown(gate, measured, baseline, state);
  if (unknown !== undefined || value === undefined) return { ...inconclusive(gate, unknown ?? ''), ...values };
  const limit = limitOf(gate, baseline?.value);
  const verdict: Verdict = isAtMost(value, limit) ? 'pass' : 'fail';
  const relation = verdict === 'pass' ? 'at most' : 'above';
  const said = `The canary's ${nameOf(gate)} is ${shown(gate, value)}, ${relation} ${boundText(gate, limit)}`;
  return { gate: gateText(gate), verdict, message: `${said} (${productionText(gate, baseline, state)}).`, ...values };
};

/** An alarm, as CloudWatch describes it. */
export interface Alarm {
  readonly name: string;
  readonly state: string;
  readonly reason: string;
}

const alarmVerdicts: Readonly<Record<string, Verdict>> = { OK: 'pass', ALARM: 'fail' };

const alarmStates: Readonly<Record<string, string>> = { INSUFFICIENT_DATA: 'has no data (INSUFFICIENT_DATA)' };

/** What an alarm says. `where` follows the sentence that there is none: ` in eu-west-1`. */
export const judgeAlarm = (
  gate: Extract<Gate, { readonly kind: 'alarm' }>,
  alarm: Alarm | undefined,
  where: string,
): GateResult => {
  if (alarm === undefined) return inconclusive(gate, `There is no alarm called ${gate.name}${where}.`);
  const { state, reason } = alarm;
  const verdict = alarmVerdicts[state] ?? 'inconclusive';
  const said = `The alarm ${gate.name} ${alarmStates[state] ?? `is in the state ${state}`}`;
  const why = verdict === 'pass' || reason === '' ? '' : `: ${clipped(reason.replace(/\.$/, ''))}`;
  return { gate: gateText(gate), verdict, message: `${said}${why}.` };
};
