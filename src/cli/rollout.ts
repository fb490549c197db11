/** `stage rollout-canary`: from its options to its exit code. */
import { resolve } from 'node:path';
import { eventOf } from '../canary/events.js';
import { gateText } from '../canary/gates.js';
import { rehearse } from '../canary/rehearse.js';
import { actionOf } from '../canary/rollout.js';
import { runRollout } from '../canary/runner.js';
import type { RolloutPlan, RolloutState } from '../canary/types.js';
import { saveReport, withRolloutLock } from '../history/rollouts.js';
import { rolloutSummary } from '../render/rollout-summary.js';
import { timetableText } from '../render/timetable.js';
import { failure, type StageError } from '../stage/problem.js';
import type { Sink, World } from '../world.js';
import { type Context, exitCodes } from './context.js';
import { isOn, numberOption, textOption, usageError } from './given-options.js';
import { type OpenedStage, open } from './open.js';
import { parsePlan } from './parse-plan.js';
import { approveCommand, portsFor, resumeCommand } from './rollout-ports.js';
import { beginRollout, rolloutFileOf } from './rollout-state.js';
import { targetOf } from './target-of.js';
import { tellNotices } from './tell.js';

/** Writes to the file of `--summary`. Returns the failure if that is not possible. */
const writeSummary = (text: string, isAppended: boolean, context: Context): StageError | undefined => {
  const { cwd, env } = context.world;
  const file = textOption(context, 'summary');
  try {
    if (file !== undefined) saveReport(resolve(cwd, file), text, isAppended || file === env['GITHUB_STEP_SUMMARY']);
    return undefined;
  } catch (error) {
    return failure('file', 'no-summary', `--summary: ${file} cannot be written: ${(error as Error).message}`);
  }
};

const checkProtection = ({ protectedBy, address }: OpenedStage, context: Context): void => {
  if (protectedBy === undefined || isOn(context, 'yes')) return;
  const message = `${address.label} is a protected stage, and a rollout asks no questions. To roll out on it, add --yes.`;
  throw failure('expectation', 'protected', `${message} Nothing was written.`);
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
const openRollout = async (context: Context) => {
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

type Rollout = Awaited<ReturnType<typeof openRollout>>;

const runHere = async ({ named, opened, plan, file }: Rollout, context: Context): Promise<number> => {
  const { now } = context.world;
  const previous = file.read();
  const { state } = await beginRollout(plan, previous, opened, context);
  const ports = await portsFor(named, opened, file, state, context);
  let last = state;
  const save = (next: RolloutState): void => {
    last = next;
    ports.save(next);
  };
  const event = previous?.id === state.id ? 'resumed' : 'started';
  if (actionOf(state, now()).do !== 'end') ports.tell(eventOf(event, state, now()), state);
  try {
    const end = await runRollout(state, { ...ports, save });
    return end === 'promoted' ? exitCodes.done : exitCodes[end];
  } finally {
    const failed = writeSummary(rolloutSummary(last), false, context);
    tellNotices(failed?.problems ?? [], context);
  }
};

const showTimetable = async ({ opened, plan, file }: Rollout, context: Context): Promise<number> => {
  const { world, output } = context;
  if (output.asked === 'json') throw usageError('--dry-run prints a timetable for people; leave out -o json.');
  const { state, stage } = await beginRollout(plan, file.read(), opened, context);
  const now = world.now();
  const commands = { resumeCommand: resumeCommand(context), approveCommand: approveCommand(opened, context) };
  world.stdout.write(timetableText(await rehearse(state, stage, now, commands), now, output));
  return exitCodes.done;
};

const withoutFailures = (sink: Sink): Sink => ({
  isTTY: sink.isTTY,
  write: (text) => {
    try {
      sink.write(text);
    } catch {
      // Such as a full disk.
    }
  },
});

/**
 * A world that can always take the traffic back. The copy reads the current folder now, as it may be removed later, and the signal, so that
 * SIGINT and SIGTERM no longer end the process at once.
 */
const steadyWorld = (world: World): World => ({
  ...world,
  stdout: withoutFailures(world.stdout),
  stderr: withoutFailures(world.stderr),
});

/** Runs a rollout, or prints its timetable. */
export const rollOut = async (context: Context): Promise<number> => {
  const rollout = await openRollout(context);
  if (isOn(context, 'dry-run')) return showTimetable(rollout, context);
  const { opened, file } = rollout;
  checkProtection(opened, context);
  const failed = writeSummary('', true, context);
  if (failed) throw failed;
  const world = steadyWorld(context.world);
  const options = { lockTimeout: numberOption(context, 'lock-timeout') ?? 0, world };
  return withRolloutLock(file, opened.address.label, options, () => runHere(rollout, { ...context, world }));
};
