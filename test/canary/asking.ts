/** Asks gates about a canary whose CloudWatch is at an address. */
import { askGates } from '../../src/canary/ask-gates.js';
import { begin } from '../../src/canary/begin.js';
import { parseMax } from '../../src/canary/parse-max.js';
import type { Gate, GateResult, MaxGate, RolloutPlan, RolloutState } from '../../src/canary/types.js';
import { aStage } from '../stages.js';
import { keys } from '../targets/api-gateway/live.js';
import { aPlan, minutes, startOfTime } from './simulate.js';

export const max = (text: string): MaxGate => {
  const gate = parseMax(text);
  if ('expected' in gate) throw new Error(gate.expected);
  return gate;
};

export const alarm = (name: string): Gate => ({ kind: 'alarm', name });

const stateOf = (plan: RolloutPlan): RolloutState => {
  const begun = begin({ plan, stage: aStage(), now: startOfTime, id: 'run', target: 'prod' });
  if (!('phase' in begun)) throw new Error('the rollout does not begin');
  return begun;
};

export const window = { from: startOfTime, to: startOfTime + 10 * minutes };

export const measuredStage = (url: string, maxAttempts = 10, asked: string[] = []) => {
  const world = { env: keys, now: Date.now, random: () => 0, signal: new AbortController().signal };
  return {
    label: 'a1b2c3d4e5/prod',
    stageName: 'prod',
    apiName: async () => {
      asked.push('GetRestApi');
      return 'orders-api';
    },
    connection: { world, endpointUrl: url, region: 'eu-west-1', sleep: async () => undefined, maxAttempts },
    known: {},
  };
};

interface Asking {
  readonly plan: Partial<RolloutPlan>;
  readonly at: typeof window;
  readonly measured: ReturnType<typeof measuredStage>;
}

export const ask = (
  gates: readonly Gate[],
  { plan = {}, at = window, measured }: Partial<Asking> & Pick<Asking, 'measured'>,
): Promise<readonly GateResult[]> => {
  const whole = aPlan({ gates, ...plan });
  const world = { env: process.env, cwd: process.cwd() };
  const { signal } = new AbortController();
  return askGates({ state: stateOf(whole), window: at, world, signal, measured });
};
