/** Begins a rollout, resumes one whose process has ended, and approves one that is held. */
import type { Problem } from '../stage/problem.js';
import { hasNothingToPromote } from '../stage/rules.js';
import type { CanarySettings, Stage } from '../stage/stage.js';
import { sameValue } from '../text/same-value.js';
import { foreignChange } from './interference.js';
import { advance, bake, isOver, observe, percentOf } from './rollout.js';
import type { CanaryStart, RolloutPlan, RolloutState, ServedCanary } from './types.js';

interface Beginning {
  readonly plan: RolloutPlan;
  /** As it is now. */
  readonly stage: Stage;
  /** The saved state of an earlier run. */
  readonly previous?: RolloutState | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The id of a new rollout. */
  readonly id: string;
  /** What the user calls the stage. */
  readonly target: string;
  readonly isReplacing?: boolean;
}

const refuseRollout = (code: string, message: string): Problem => ({ code, message });

const orReplace = 'To begin a new rollout anyway, add --replace.';

const isAskedFor = (canary: CanarySettings = {}, { deploymentId, variables, useStageCache }: CanaryStart): boolean =>
  canary.deploymentId === deploymentId &&
  sameValue(canary.stageVariableOverrides ?? {}, variables) &&
  (canary.useStageCache ?? false) === useStageCache;

const refuseOther = ({ deploymentId, percent }: ServedCanary): Problem =>
  refuseRollout(
    'canary-running',
    `A canary with another deployment, other variables or another use of the cache is running (deployment ${deploymentId}, ${percent} percent). To roll it out, leave out the options that start a canary. ${orReplace}`,
  );

const refuseUseless = ({ deploymentId }: Stage): Problem =>
  refuseRollout(
    'nothing-to-promote',
    `Nothing to roll out: the stage already has the deployment (${deploymentId}) and the variables of the canary.`,
  );

/** Begins at the step with the canary's percentage, or else before the next higher one. */
const beginWith = (canary: ServedCanary, state: RolloutState, now: number): RolloutState | Problem => {
  const { percent, deploymentId = state.productionId } = canary;
  const { steps } = state.plan;
  const step = steps.findIndex((one) => one.percent >= percent);
  if (step < 0)
    return refuseRollout(
      'canary-beyond-steps',
      `Expected a canary of at most ${steps.at(-1)?.percent} percent, the last step; got ${percent}. To lower it: stage shift-canary TARGET ${steps.at(-1)?.percent}.`,
    );
  const begun = { ...state, deploymentId, step };
  return percentOf(begun) === percent ? bake(begun, now) : begun;
};

const isServed = (stage: Stage, { deploymentId, variables }: CanaryStart): boolean =>
  deploymentId !== undefined &&
  hasNothingToPromote({ ...stage, canarySettings: { deploymentId, stageVariableOverrides: variables } });

const beginAnew = ({ plan, stage, now, id, target, isReplacing }: Beginning): RolloutState | Problem => {
  const { start } = plan;
  const { deploymentId: productionId = '', canarySettings: canary } = stage;
  const { percentTraffic: percent = 0, deploymentId = productionId } = canary ?? {};
  const before = canary && { deploymentId, percent };
  const state: RolloutState = {
    ...{ version: 1, id, target, plan, productionId, phase: 'shift', step: 0, since: now, wait: 0, rounds: [] },
    ...(start?.deploymentId !== undefined && { deploymentId: start.deploymentId }),
    ...(before && { before }),
  };
  const isIdle = hasNothingToPromote(stage);
  if (start === undefined) {
    const how = 'Start one with --deployment-id ID or --create-deployment.';
    if (before === undefined) return refuseRollout('no-canary', `The stage has no canary to roll out. ${how}`);
    return isIdle ? refuseUseless(stage) : beginWith(before, state, now);
  }
  if (isServed(stage, start)) return isIdle ? { ...state, phase: 'promoted' } : refuseUseless(stage);
  if (before && isAskedFor(canary, start)) return beginWith(before, state, now);
  return before === undefined || isReplacing || isIdle ? state : refuseOther(before);
};

/** The time since the state was saved counts, unless the clock was set back. */
const resume = (state: RolloutState, now: number): RolloutState => {
  const { phase, since, wait } = state;
  if (phase === 'held' && state.isApproved) return advance(state, now);
  if (phase !== 'bake' && phase !== 'measure') return state;
  if (now < since) return phase === 'bake' ? bake(state, now) : { ...state, since: now };
  const left = Math.max(0, wait - (now - since));
  if (left > 0 || phase === 'measure') return { ...state, since: now, wait: left };
  return resume(observe(state, {}, since + wait), now);
};

/** The state in which a rollout begins or goes on; or why it does not. */
export const begin = (beginning: Beginning): RolloutState | Problem => {
  const { plan, stage, previous, now, target, isReplacing } = beginning;
  if (previous === undefined || isReplacing) return beginAnew(beginning);
  if (previous.target !== target && !isOver(previous))
    return refuseRollout(
      'another-stage',
      `Expected the state of a rollout of ${target}, got one of ${previous.target}: name the stage as before, or give another --state. ${orReplace}`,
    );
  const isSamePlan = sameValue(plan, previous.plan);
  const change = foreignChange(previous, stage);
  if (previous.phase === 'promoted') {
    // With --create-deployment the same command asks for another deployment each time.
    const isDone = isSamePlan && (plan.start === undefined || plan.start.deploymentId !== undefined);
    return isDone && change === undefined ? previous : beginAnew(beginning);
  }
  const canaryId = stage.canarySettings?.deploymentId;
  const isCanaryGone = hasNothingToPromote(stage) || (previous.deploymentId ?? canaryId) !== canaryId;
  if (previous.phase === 'aborted') {
    // If the canary was removed, the same plan would start it again.
    const isOther = isCanaryGone && (!isSamePlan || stage.canarySettings !== undefined);
    const why = `The rollout of this canary was aborted. ${previous.reason ?? ''} ${orReplace}`;
    return isOther ? beginAnew(beginning) : refuseRollout('rollout-aborted', why);
  }
  if (!isSamePlan)
    return isCanaryGone
      ? beginAnew(beginning)
      : refuseRollout('another-plan', `A rollout of this canary by another plan is under way. ${orReplace}`);
  if (change === undefined) return resume(previous, now);
  return refuseRollout('foreign-change', `${change} The rollout stops. ${orReplace}`);
};

/** Lets a held rollout of this deployment go on. */
export const approve = (state: RolloutState, deploymentId: string, now: number): RolloutState | Problem => {
  if (state.deploymentId !== deploymentId)
    return refuseRollout(
      'another-deployment',
      `Expected the deployment of the canary, ${state.deploymentId ?? 'not yet created'}; got ${deploymentId}.`,
    );
  if (state.phase === 'held') return { ...state, since: now, isApproved: true };
  return refuseRollout('not-held', `The rollout is not held for an approval; its phase is ${state.phase}.`);
};
