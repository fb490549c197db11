/** How a rollout begins, resumes after its process died, and goes on after a person approved it. */
import type { FailureKind, Problem } from '../stage/problem.js';
import { isSpent } from '../stage/rules.js';
import type { CanarySettings, Stage } from '../stage/stage.js';
import { sameValue } from '../text/same-value.js';
import { foreignChange } from './interference.js';
import { advance, bake, observe, percentOf } from './rollout.js';
import type { CanaryStart, RolloutPlan, RolloutState } from './types.js';

interface Refusal {
  readonly kind: FailureKind;
  readonly problems: readonly Problem[];
}

const refuse = (code: string, message: string): Refusal => ({ kind: 'expectation', problems: [{ code, message }] });

const takeOver = 'To start anew instead, add --replace.';

const servesAll = ({ deploymentId, variables = {} }: Stage, start: CanaryStart): boolean =>
  start.deploymentId === deploymentId &&
  Object.entries(start.variables).every(([name, value]) => variables[name] === value);

const isAskedFor = (canary: CanarySettings, { deploymentId, variables, useStageCache }: CanaryStart): boolean =>
  canary.deploymentId === deploymentId &&
  sameValue(canary.stageVariableOverrides ?? {}, variables) &&
  (canary.useStageCache ?? false) === useStageCache;

const refuseOther = (canary: CanarySettings, start: CanaryStart): Refusal => {
  const creates = start.deploymentId === undefined;
  const { deploymentId = 'a new deployment' } = start;
  const found = `deployment ${canary.deploymentId}, ${canary.percentTraffic ?? 0} percent`;
  const wanted = canary.deploymentId === deploymentId ? 'these variables and this cache' : deploymentId;
  const keep = creates ? 'To roll out the canary that is on, leave out --create-deployment. ' : '';
  return refuse(
    'canary-running',
    `Expected no canary or one with ${wanted}, got another canary (${found}). ${keep}${takeOver}`,
  );
};

const nothingNew = ({ deploymentId }: Stage): Refusal =>
  refuse(
    'nothing-to-promote',
    `Nothing to roll out: the stage already has the deployment (${deploymentId}) and the variables of the canary.`,
  );

/** At the step that the canary is at, or else the next one. */
const fromWhereItStands = (state: RolloutState, percent: number, now: number): RolloutState | Refusal => {
  const { steps } = state.plan;
  const step = steps.findIndex((one) => one.percent >= percent);
  if (step < 0) {
    const last = steps.at(-1)?.percent;
    return refuse(
      'canary-beyond-steps',
      `Expected a canary of at most ${last} percent, the last step; got ${percent}. To lower it: stage shift-canary TARGET ${last}.`,
    );
  }
  const here = { ...state, step, from: percent };
  return percentOf(here) === percent ? bake(here, now) : here;
};

const beginAnew = (state: RolloutState, stage: Stage, isReplacing: boolean): RolloutState | Refusal => {
  const { start } = state.plan;
  const canary = stage.canarySettings;
  const isIdle = start?.deploymentId !== undefined && servesAll(stage, start);
  if (isIdle && isSpent(stage)) return { ...state, phase: 'promoted' };
  if (isIdle) return nothingNew(stage);
  if (canary === undefined) {
    const how = 'Start one with --deployment-id ID or --create-deployment.';
    return start === undefined ? refuse('no-canary', `The stage has no canary to roll out. ${how}`) : state;
  }
  const { percentTraffic: from = 0, deploymentId = stage.deploymentId ?? '' } = canary;
  if (start === undefined && isSpent(stage)) return nothingNew(stage);
  if (start === undefined || isAskedFor(canary, start))
    return fromWhereItStands({ ...state, deploymentId }, from, state.since);
  return isReplacing || isSpent(stage) ? { ...state, from, replaced: deploymentId } : refuseOther(canary, start);
};

/** The time that was served before counts, unless the clock is before it. */
const resume = (state: RolloutState, now: number): RolloutState => {
  const { phase, since, wait } = state;
  if (phase === 'held' && state.isApproved) return advance(state, now);
  if (phase !== 'bake' && phase !== 'measure') return state;
  if (now < since) return phase === 'bake' ? bake(state, now) : { ...state, since: now };
  const left = Math.max(0, wait - (now - since));
  if (left > 0 || phase === 'measure') return { ...state, since: now, wait: left };
  return resume(observe(state, { kind: 'waited', now: since + wait }), now);
};

/** Whether the canary of an earlier rollout is out of the way: promoted, or not there any more. */
const isPast = (previous: RolloutState, stage: Stage): boolean =>
  isSpent(stage) ||
  (previous.deploymentId ?? stage.canarySettings?.deploymentId) !== stage.canarySettings?.deploymentId;

const goOnFrom = (previous: RolloutState, isSamePlan: boolean, stage: Stage, now: number): RolloutState | Refusal => {
  if (!isSamePlan) return refuse('another-plan', `A rollout of this canary by another plan is under way. ${takeOver}`);
  const change = foreignChange(previous, stage);
  if (change === undefined) return resume(previous, now);
  return refuse(
    'foreign-change',
    `${change} The rollout stops. To begin again with the stage as it is now, add --replace.`,
  );
};

/** Where a rollout begins, given its state when it stopped, if it is known; or why it does not. `id` is for a new one. */
export const begin = (
  plan: RolloutPlan,
  stage: Stage,
  previous: RolloutState | undefined,
  now: number,
  id: string,
  target: string,
  isReplacing = false,
): RolloutState | Refusal => {
  const { deploymentId } = plan.start ?? {};
  const [members, productionId] = [deploymentId === undefined ? {} : { deploymentId }, stage.deploymentId ?? ''];
  const rest = { version: 1, id, target, plan, productionId, phase: 'shift', step: 0, from: -1, rounds: [] } as const;
  const anew = () => beginAnew({ ...rest, ...members, since: now, wait: 0 }, stage, isReplacing);
  if (previous === undefined || isReplacing) return anew();
  const isOver = previous.phase === 'promoted' || previous.phase === 'aborted';
  const another = `Expected the state of a rollout of ${target}, got one of ${previous.target}: name the stage as before, or give another --state.`;
  if (previous.target !== target && !isOver) return refuse('another-stage', `${another} ${takeOver}`);
  const isSamePlan = sameValue(plan, previous.plan);
  if (previous.phase === 'promoted') {
    // The same words ask for another deployment each time.
    const isDone = isSamePlan && (plan.start === undefined || deploymentId !== undefined);
    return isDone && foreignChange(previous, stage) === undefined ? previous : anew();
  }
  // Without a canary, the same words would start the aborted one again.
  const isNew = isPast(previous, stage) && (!isSamePlan || stage.canarySettings !== undefined);
  if (previous.phase === 'aborted') {
    if (isNew) return anew();
    return refuse('rollout-aborted', `The rollout of this canary was aborted. ${previous.reason ?? ''} ${takeOver}`);
  }
  if (isNew && !isSamePlan) return anew();
  return goOnFrom(previous, isSamePlan, stage, now);
};

/** Lets a held rollout of this deployment go on. */
export const approve = (state: RolloutState, deploymentId: string, now: number): RolloutState | Problem => {
  if (state.deploymentId !== deploymentId) {
    const message = `Expected the deployment of the canary, ${state.deploymentId ?? 'not yet created'}; got ${deploymentId}.`;
    return { code: 'another-deployment', message };
  }
  if (state.phase === 'held') return { ...state, since: now, isApproved: true };
  return { code: 'not-held', message: `The rollout is not held for an approval; its phase is ${state.phase}.` };
};
