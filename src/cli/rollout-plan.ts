/** What a rollout is to do: its plan, and where it begins. */
import { begin } from '../canary/begin.js';
import { parsePlan } from '../canary/parse-plan.js';
import { observe } from '../canary/rollout.js';
import type { RolloutPlan, RolloutState } from '../canary/types.js';
import { isDeploymentOf } from '../stage/canary-deployment.js';
import { StageError } from '../stage/problem.js';
import type { Stage } from '../stage/stage.js';
import { randomWord } from '../world.js';
import type { Context } from './context.js';
import { isOn, numberOption, textOption, textOptions, usageError } from './given-options.js';
import type { OpenedStage } from './open.js';
import { refusalAt } from './rollout-file.js';

/** The plan of the command line. Throws StageError('usage') with everything that is wrong. */
export const planOf = (context: Context): RolloutPlan => {
  const parsed = parsePlan({
    text: (name) => textOption(context, name),
    number: (name) => numberOption(context, name) ?? 0,
    texts: (name) => textOptions(context, name),
    isOn: (name) => isOn(context, name),
  });
  if ('problems' in parsed) throw new StageError('usage', parsed.problems);
  const { canaryDimensions } = context.settings;
  return { ...(canaryDimensions && { canaryDimensions }), ...parsed.plan };
};

/** A deployment that a process created before it died, and could not write down. */
const withCreated = async (
  state: RolloutState,
  stage: Stage,
  { live }: OpenedStage,
  now: number,
): Promise<RolloutState> => {
  const id = stage.canarySettings?.deploymentId;
  const isCreating = state.phase === 'shift' && state.plan.start && state.deploymentId === undefined;
  if (!isCreating || id === undefined || id === state.replaced) return state;
  const facts = await live?.deployment(id);
  return facts && isDeploymentOf({ runId: state.id }, facts)
    ? observe(state, { kind: 'made', deploymentId: id, now })
    : state;
};

/** Where the rollout begins, or goes on. Throws StageError where it does not. */
export const beginOf = async (
  plan: RolloutPlan,
  previous: RolloutState | undefined,
  opened: OpenedStage,
  context: Context,
): Promise<{ readonly state: RolloutState; readonly stage: Stage }> => {
  const { world } = context;
  if (plan.start && plan.start.deploymentId === undefined && !opened.live)
    throw usageError(`--create-deployment is for live stages, such as API/STAGE; got ${opened.address.label}.`);
  const stage = await opened.target.read();
  const { label } = opened.address;
  const isReplacing = isOn(context, 'replace');
  const now = world.now();
  const begun = begin({ plan, stage, previous, now, id: randomWord(world), target: label, isReplacing });
  if ('problems' in begun) throw refusalAt(opened, begun);
  return { state: await withCreated(begun, stage, opened, now), stage };
};
