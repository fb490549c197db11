import { servedPercent } from '../canary/events.js';
import type { RolloutState } from '../canary/types.js';
import { printable } from '../text/printable.js';

const span = (milliseconds: number): string => {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
};

/** Where a rollout stands, in lines for people; `change` is what somebody else changed. */
export const rolloutReport = (state: RolloutState, change: string | undefined, now: number): string => {
  const { target, phase, plan, step, since, deploymentId = 'not created yet', reason, rounds, isApproved } = state;
  const lines = [
    `${target}: ${phase}${isApproved ? ', approved' : ''}, for ${span(now - since)}`,
    `step ${step + 1} of ${plan.steps.length}: ${servedPercent(state)}%, deployment ${deploymentId}`,
    ...(reason === undefined ? [] : [reason]),
    ...(rounds.at(-1)?.results ?? []).map(({ gate, verdict, message }) => `${verdict}  ${gate}: ${message}`),
    ...(change === undefined ? [] : [change]),
  ];
  return lines.map(printable).join('\n');
};
