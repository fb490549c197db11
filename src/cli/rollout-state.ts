/** Reads and writes the state of a rollout: its opening and beginning, its status, its approval, and its abort by a person. */
import { resolve } from 'node:path';
import { approve, begin } from '../canary/begin.js';
import { gateText } from '../canary/gates.js';
import { foreignChange } from '../canary/interference.js';
import { isOver, observe } from '../canary/rollout.js';
import type { RolloutPlan, RolloutState } from '../canary/types.js';
import { type RolloutFile, rolloutFile, rolloutPath } from '../history/rollouts.js';
import { maskSecrets } from '../render/redact.js';
import { rolloutReport } from '../render/rollout.js';
import { isDeploymentOf } from '../stage/canary-deployment.js';
import { failure, type Problem, type StageError } from '../stage/problem.js';
import type { Stage } from '../stage/stage.js';
import { randomWord } from '../world.js';
import { type Context, exitCodes } from './context.js';
import { isOn, textOption, usageError } from './given-options.js';
import { journalTargetOf } from './journal.js';
import { type OpenedStage, open } from './open.js';
import { parsePlan } from './parse-plan.js';
import { targetOf } from './target-of.js';
import { tellFound, tellNotices } from './tell.js';

/** The state file that `--state` names, or the default one of the stage. */
const rolloutFileOf = async (opened: OpenedStage, context: Context): Promise<RolloutFile> => {
  const { world, command } = context;
  if (opened.address.kind === 'stdio')
    throw usageError(`stage ${command.name} needs a file or a live stage, such as API/STAGE; got standard input.`);
  const given = textOption(context, 'state');
  if (given !== undefined) return rolloutFile(resolve(world.cwd, given));
  const { key } = await journalTargetOf(opened, context);
  return rolloutFile(rolloutPath(key, world.env));
};

/** Metrics, alarms and deployments belong to an API in a region, which a stage file does not name. */
const checkLive = ({ gates, start }: RolloutPlan, { address, live }: OpenedStage): void => {
  const asked = gates.filter(({ kind }) => kind !== 'check').map((gate) => gateText(gate));
  if (start && start.deploymentId === undefined) asked.push('--create-deployment');
  if (live || asked.length === 0) return;
  const message = 'metrics, alarms and new deployments need a live stage, such as a1b2c3d4e5/prod';
  throw usageError(`${asked.join(', ')}: ${message}; ${address.label} is a file. For a gate of a file use --check.`);
};

const noGates =
  'Without gates nothing watches the canary: after each interval the next step begins. To add gates: --max, --alarm, --check.';

/** The rollout of the command line. Throws StageError if its stage cannot have it. */
export const openRollout = async (context: Context) => {
  const { canaryDimensions } = context.settings;
  const plan = { ...(canaryDimensions && { canaryDimensions }), ...parsePlan(context) };
  const named = await targetOf(context.request.targets[0], context);
  const opened = await open(named, context);
  tellNotices(opened.notices, context);
  checkLive(plan, opened);
  const file = await rolloutFileOf(opened, context);
  if (plan.gates.length === 0) tellNotices([{ code: 'no-gates', message: noGates }], context);
  return { named, opened, plan, file };
};

export type OpenedRollout = Awaited<ReturnType<typeof openRollout>>;

/** The error of a refusal, which names the stage. */
const refusalAt = ({ address }: OpenedStage, { code, message }: Problem): StageError =>
  failure('expectation', code, `${address.label}: ${message}`);

/** Finds the deployment that an earlier process created just before it ended, so that its state lacks it. */
const withCreatedDeployment = async (
  state: RolloutState,
  stage: Stage,
  { live }: OpenedStage,
  now: number,
): Promise<RolloutState> => {
  const id = stage.canarySettings?.deploymentId;
  const isCreating = state.phase === 'shift' && state.plan.start && state.deploymentId === undefined;
  if (!isCreating || id === undefined || id === state.before?.deploymentId) return state;
  const facts = await live?.deployment(id);
  return facts && isDeploymentOf({ runId: state.id }, facts) ? observe(state, { deploymentId: id }, now) : state;
};

/** The state in which the rollout begins or goes on. Throws StageError if it cannot. */
export const beginRollout = async ({ plan, opened, file }: OpenedRollout, context: Context) => {
  const { world } = context;
  const previous = file.read();
  const stage = await opened.target.read();
  const { label } = opened.address;
  const isReplacing = isOn(context, 'replace');
  const now = world.now();
  const begun = begin({ plan, stage, previous, now, id: randomWord(world), target: label, isReplacing });
  if ('code' in begun) throw refusalAt(opened, begun);
  const state = await withCreatedDeployment(begun, stage, opened, now);
  return { state, stage, isResumed: previous?.id === state.id };
};

/** The rollout of the stage that the command names. */
const findRollout = async (context: Context) => {
  const opened = await open(await targetOf(context.request.targets[0], context), context);
  tellNotices(opened.notices, context);
  const file = await rolloutFileOf(opened, context);
  const state = file.read();
  if (state) return { opened, file, state };
  throw refusalAt(opened, { code: 'no-rollout', message: `found no state of a rollout; expected it in ${file.path}.` });
};

/** `stage rollout-status` */
export const tellRollout = async (context: Context): Promise<number> => {
  const { opened, state } = await findRollout(context);
  const change = foreignChange(state, await opened.target.read());
  const known = { ...state, ...(change !== undefined && { foreignChange: change }) };
  const value = maskSecrets(known, context.output.isSecret);
  await tellFound({ value, text: rolloutReport(state, change, context.world.now()) }, context);
  return exitCodes.done;
};

/** `stage approve-canary` */
export const approveRollout = async (context: Context): Promise<number> => {
  const { file, state, opened } = await findRollout(context);
  const change = foreignChange(state, await opened.target.read());
  if (change !== undefined)
    throw refusalAt(opened, { code: 'foreign-change', message: `${change} Nothing was approved.` });
  const approved = approve(state, textOption(context, 'deployment-id') ?? '', context.world.now());
  if ('code' in approved) throw refusalAt(opened, approved);
  file.write(approved);
  context.world.stderr.write('approved. To go on, run the same rollout-canary command again.\n');
  return exitCodes.done;
};

/** Marks the rollout of the stage as aborted by a person, after the traffic was taken back. Another process may be running it. */
export const stopRollout = async (opened: OpenedStage, context: Context): Promise<void> => {
  if (opened.address.kind === 'stdio') return;
  try {
    const file = await rolloutFileOf(opened, context);
    const state = file.read();
    if (!state || isOver(state)) return;
    const reason = 'A person aborted it with stage abort-canary.';
    file.write({ ...state, phase: 'aborted', since: context.world.now(), reason });
  } catch (error) {
    tellNotices([{ code: 'not-stopped', message: (error as Error).message }], context);
  }
};
