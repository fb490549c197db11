import { differingOverrides } from '../stage/rules.js';
import type { Stage } from '../stage/stage.js';
import { percentOf } from './rollout.js';
import type { RolloutState } from './types.js';

/** In the list of percentages: no canary. */
const none = -1;

/** What the canary may have; in a phase of a call, what it has before and after it. */
const allowedPercents = (state: RolloutState): readonly number[] => {
  const { phase, from, replaced } = state;
  const percent = percentOf(state);
  // Taking over a canary may end it first.
  if (phase === 'shift') return replaced === undefined ? [from, percent] : [from, percent, none];
  if (phase === 'abort') return [percent, from, 0, none];
  return phase === 'promoted' || phase === 'aborted' ? [0, none] : [percent];
};

const isPromoting = ({ phase }: RolloutState): boolean => phase === 'promote' || phase === 'promoted';

const isPromoted = (state: RolloutState, stage: Stage): boolean => {
  const { deploymentId, canarySettings: canary } = stage;
  if (deploymentId === undefined || deploymentId !== state.deploymentId) return false;
  if (canary !== undefined) return canary.deploymentId === deploymentId && differingOverrides(stage).length === 0;
  // Of a canary of variables alone, only our own call is known to have promoted it.
  const isEnding = isPromoting(state) && state.plan.then === 'promote-and-end';
  return isEnding || deploymentId !== state.productionId;
};

const changeOfCanary = (state: RolloutState, stage: Stage): string | undefined => {
  const { deploymentId, from, phase, replaced } = state;
  const [before = none] = allowedPercents(state);
  const canary = stage.canarySettings;
  if (canary === undefined) {
    if (allowedPercents(state).includes(none)) return undefined;
    return `The canary (deployment ${deploymentId}, ${before} percent) was removed.`;
  }
  const { percentTraffic: percent = 0, deploymentId: serves = stage.deploymentId ?? '' } = canary;
  if (phase === 'shift' && serves === replaced && percent === from) return undefined;
  const isOurs = deploymentId === undefined ? serves !== replaced : serves === deploymentId;
  if (isOurs && allowedPercents(state).includes(percent)) return undefined;
  if (before === none) return `The stage had no canary and now has one (deployment ${serves}, ${percent} percent).`;
  const expected = phase === 'shift' && replaced !== undefined ? replaced : deploymentId;
  if (serves !== expected) return `The canary's deployment changed from ${expected} to ${serves}.`;
  const change = `percentTraffic changed from ${before} to ${percent}`;
  return percent === 0 ? `Somebody else aborted the canary: its ${change}.` : `The canary's ${change}.`;
};

/** What an abort overrides: a failing canary is not left serving because somebody changed how much it serves. */
export const overriddenChange = (state: RolloutState, stage: Stage): string | undefined =>
  state.phase === 'abort' && stage.canarySettings?.deploymentId === state.deploymentId
    ? changeOfCanary(state, stage)
    : undefined;

/** What somebody else changed of the canary, from what to what. What the rollout's own next call does is no such change. */
export const foreignChange = (state: RolloutState, stage: Stage): string | undefined => {
  const { deploymentId, productionId, phase } = state;
  const { deploymentId: serves = '' } = stage;
  if (isPromoted(state, stage))
    return isPromoting(state)
      ? undefined
      : `The canary was promoted: the stage now serves deployment ${serves}${serves === productionId ? '' : ` instead of ${productionId}`}.`;
  const expected = phase === 'promoted' ? deploymentId : productionId;
  if (serves !== expected) return `The stage's deployment changed from ${expected} to ${serves}.`;
  return overriddenChange(state, stage) === undefined ? changeOfCanary(state, stage) : undefined;
};
