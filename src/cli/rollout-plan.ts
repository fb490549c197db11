/** What a rollout is to do: its plan, where it begins, and its timetable. */
import { begin } from '../canary/begin.js';
import { parsePlan } from '../canary/parse-plan.js';
import { observe } from '../canary/rollout.js';
import { stepEdit } from '../canary/step-edit.js';
import { timetableOf } from '../canary/timetable.js';
import type { RolloutPlan, RolloutState } from '../canary/types.js';
import { type IsSecret, maskSecrets } from '../render/redact.js';
import { type Timed, timetableText } from '../render/timetable.js';
import { isDeploymentOf } from '../stage/canary-deployment.js';
import type { Calls } from '../stage/plan.js';
import { StageError } from '../stage/problem.js';
import { applyCalls, withState } from '../stage/result.js';
import type { Stage } from '../stage/stage.js';
import { randomWord } from '../world.js';
import type { Context } from './context.js';
import { isOn, textOption, textOptions, usageError } from './given-options.js';
import type { OpenedStage } from './open.js';

/** The plan of the command line. Throws StageError('usage') with everything that is wrong. */
export const planOf = (context: Context): RolloutPlan => {
  const parsed = parsePlan({
    text: (name) => textOption(context, name),
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
  const begun = begin(plan, stage, previous, world.now(), randomWord(world), label, isOn(context, 'replace'));
  if ('kind' in begun) {
    const problems = begun.problems.map((problem) => ({ ...problem, message: `${label}: ${problem.message}` }));
    throw new StageError(begun.kind, problems);
  }
  return { state: await withCreated(begun, stage, opened, world.now()), stage };
};

/** The timetable, each step with the calls that it makes. */
export const timetable = (begun: RolloutState, stage: Stage, now: number, isSecret: IsSecret): string => {
  const { rows, end, endsAt } = timetableOf(begun, now);
  if (rows.length === 0 && end.do === 'end') return `${begun.phase}: there is nothing to do.\n`;
  let held = stage;
  const callsOf = (action: Parameters<typeof stepEdit>[0]): Calls => {
    const { command, input } = stepEdit(action, begun);
    const plan = command.plan({ ...input, stage: held });
    if ('problems' in plan) throw new StageError(plan.kind, plan.problems);
    held = applyCalls(held, plan.calls);
    return maskSecrets(plan.calls, isSecret) as Calls;
  };
  const timed: readonly Timed[] = rows.map((row) => ({
    ...row,
    calls: withState(row.shift ? callsOf(row.shift) : [], 'not-made'),
  }));
  const last = end.do === 'promote' ? callsOf(end) : [];
  return timetableText(timed, { then: begun.plan.then, at: endsAt, calls: withState(last, 'not-made') });
};
