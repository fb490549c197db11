import { hasNothingToPromote } from '../stage/rules.js';
import type { Stage } from '../stage/stage.js';
import { isOver, percentOf } from './rollout.js';
import type { RolloutState, ServedCanary } from './types.js';

/** The canaries that the rollout itself makes: the one before its next call first, then those after it. Undefined: no canary. */
const expectedCanaries = (state: RolloutState): readonly (ServedCanary | undefined)[] => {
  const { phase, before, deploymentId } = state;
  const ofStep = { deploymentId, percent: percentOf(state) };
  const ended = [{ deploymentId, percent: 0 }, undefined];
  if (isOver(state)) return ended;
  if (phase === 'abort') return [before ?? ofStep, ofStep, ...ended];
  if (phase !== 'shift') return [ofStep];
  // Before a deployment is created, the canary that it replaces ends.
  return deploymentId === undefined ? [before, ofStep, undefined] : [before, ofStep];
};

const described = (canary: ServedCanary | undefined): string =>
  canary === undefined ? 'none' : `deployment ${canary.deploymentId ?? 'that is created'} at ${canary.percent} percent`;

const changeOfCanary = (state: RolloutState, stage: Stage): string | undefined => {
  const { canarySettings } = stage;
  const { percentTraffic: percent = 0, deploymentId = stage.deploymentId ?? '' } = canarySettings ?? {};
  const found = canarySettings && { deploymentId, percent };
  const isFound = (canary: ServedCanary | undefined): boolean => {
    if (canary === undefined || found === undefined) return canary === found;
    if (canary.percent !== percent) return false;
    // A deployment that is being created can have any id but that of the canary before it.
    return canary.deploymentId === undefined
      ? deploymentId !== state.before?.deploymentId
      : deploymentId === canary.deploymentId;
  };
  const expected = expectedCanaries(state);
  return expected.some(isFound)
    ? undefined
    : `Somebody else changed the canary from ${described(expected[0])} to ${described(found)}.`;
};

const isPromoting = ({ phase }: RolloutState): boolean => phase === 'promote' || phase === 'promoted';

const isPromoted = (state: RolloutState, stage: Stage): boolean => {
  const { deploymentId, canarySettings: canary } = stage;
  if (deploymentId === undefined || deploymentId !== state.deploymentId) return false;
  if (canary !== undefined) return hasNothingToPromote(stage);
  // A canary with only other variables has the stage's deployment: without the canary, only the rollout's own promotion is sure.
  const isEnding = isPromoting(state) && state.plan.then === 'promote-and-end';
  return isEnding || deploymentId !== state.productionId;
};

/** An abort takes the traffic back although somebody else changed the percentage. */
const overridesChanges = ({ phase, deploymentId }: RolloutState, { canarySettings }: Stage): boolean =>
  phase === 'abort' && canarySettings?.deploymentId === deploymentId;

/** The change that an abort overrides, in a sentence. */
export const overriddenChange = (state: RolloutState, stage: Stage): string | undefined =>
  overridesChanges(state, stage) ? changeOfCanary(state, stage) : undefined;

/** What somebody else changed of the canary, in a sentence. Undefined if the rollout itself can have made all changes. */
export const foreignChange = (state: RolloutState, stage: Stage): string | undefined => {
  const { deploymentId, productionId, phase } = state;
  const { deploymentId: serves = '' } = stage;
  if (isPromoted(state, stage)) {
    const instead = serves === productionId ? '' : ` instead of ${productionId}`;
    return isPromoting(state)
      ? undefined
      : `The canary was promoted: the stage now serves deployment ${serves}${instead}.`;
  }
  const expected = phase === 'promoted' ? deploymentId : productionId;
  if (serves !== expected) return `The stage's deployment changed from ${expected} to ${serves}.`;
  return overridesChanges(state, stage) ? undefined : changeOfCanary(state, stage);
};
