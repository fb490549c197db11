/** `stage rollout-canary`: from its options to its exit code. */
import { resolve } from 'node:path';
import { eventOf } from '../canary/events.js';
import { rehearse } from '../canary/rehearse.js';
import { actionOf } from '../canary/rollout.js';
import { runRollout } from '../canary/runner.js';
import type { RolloutState } from '../canary/types.js';
import { saveReport, withRolloutLock } from '../history/rollouts.js';
import { rolloutSummary } from '../render/rollout-summary.js';
import { timetableText } from '../render/timetable.js';
import { failure, type StageError } from '../stage/problem.js';
import type { Sink, World } from '../world.js';
import { type Context, exitCodes } from './context.js';
import { isOn, numberOption, textOption, usageError } from './given-options.js';
import type { OpenedStage } from './open.js';
import { approveCommand, portsFor, resumeCommand } from './rollout-ports.js';
import { beginRollout, type OpenedRollout, openRollout } from './rollout-state.js';
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

/** The summary must not replace a file that the rollout uses. */
const checkSummary = ({ file, opened: { address } }: OpenedRollout, context: Context): void => {
  const [summary, { cwd }] = [textOption(context, 'summary'), context.world];
  const used = [file.path, ...(address.kind === 'file' ? [resolve(cwd, address.file)] : [])];
  if (summary !== undefined && used.includes(resolve(cwd, summary)))
    throw usageError(`--summary: ${summary} holds the stage or the state of the rollout; give another file.`);
};

const checkProtection = ({ protectedBy, address }: OpenedStage, context: Context): void => {
  if (protectedBy === undefined || isOn(context, 'yes')) return;
  const message = `${address.label} is a protected stage, and a rollout asks no questions. To roll out on it, add --yes.`;
  throw failure('expectation', 'protected', `${message} Nothing was written.`);
};

const runHere = async (rollout: OpenedRollout, context: Context): Promise<number> => {
  const { now } = context.world;
  const { state, isResumed } = await beginRollout(rollout, context);
  const failed = writeSummary('', true, context);
  if (failed) throw failed;
  const ports = await portsFor(rollout, state, context);
  let last = state;
  const save = (next: RolloutState): void => {
    last = next;
    ports.save(next);
  };
  const event = eventOf(isResumed ? 'resumed' : 'started', state, now());
  if (actionOf(state, now()).do !== 'end') ports.tell(event, state);
  try {
    const end = await runRollout(state, { ...ports, save });
    return end === 'promoted' ? exitCodes.done : exitCodes[end];
  } finally {
    const failed = writeSummary(rolloutSummary(last), false, context);
    tellNotices(failed?.problems ?? [], context);
  }
};

const showTimetable = async (rollout: OpenedRollout, context: Context): Promise<number> => {
  const { world, output } = context;
  if (output.asked === 'json') throw usageError('--dry-run prints a timetable for people; leave out -o json.');
  const { state, stage } = await beginRollout(rollout, context);
  const now = world.now();
  const commands = { resumeCommand: resumeCommand(context), approveCommand: approveCommand(rollout.opened, context) };
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
 * A world that can always take the traffic back. The copy reads the current folder now, as it may be removed later, and the signal, so
 * that signals no longer end the process at once.
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
  checkSummary(rollout, context);
  const world = steadyWorld(context.world);
  const options = { lockTimeout: numberOption(context, 'lock-timeout') ?? 0, world };
  return withRolloutLock(file, opened.address.label, options, () => runHere(rollout, { ...context, world }));
};
