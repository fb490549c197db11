import { percentOf } from './rollout.js';
import type { RolloutEvent, RolloutState } from './types.js';

/** The percentage of requests that the canary's deployment gets, as far as the rollout knows. */
export const servedPercent = (state: RolloutState): number => {
  const { phase, before } = state;
  if (phase === 'promoted') return 100;
  if (phase === 'aborted') return 0;
  return phase === 'shift' ? (before?.percent ?? 0) : percentOf(state);
};

/** An event of a rollout in this state. */
export const eventOf = (
  event: RolloutEvent['event'],
  state: RolloutState,
  now: number,
  more: Partial<RolloutEvent> = {},
): RolloutEvent => {
  const { target, deploymentId, step, plan } = state;
  return {
    ...{ time: new Date(now).toISOString(), event, target },
    ...(deploymentId !== undefined && { deploymentId }),
    ...{ step: step + 1, steps: plan.steps.length, percent: servedPercent(state) },
    ...more,
  };
};
