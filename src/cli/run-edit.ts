/** Carries out an edit: opens the stage, gathers what the command needs besides it, edits, and reports. */

import { type EditCommand, targetsOf } from '../commands/command.js';
import { type EditRequest, edit } from '../edit.js';
import type { Query } from '../render/query.js';
import { failure, withMore } from '../stage/problem.js';
import { changesOf, type StageResult } from '../stage/result.js';
import { defaults } from '../targets/defaults.js';
import { randomWord } from '../world.js';
import { liveOnly } from './common-options.js';
import { type Context, exitCodes } from './context.js';
import { isOn, numberOption, textOption, usageError } from './given-options.js';
import { isJournaled, nameDefault, type OpenedStage, open, wrapped } from './open.js';
import { targetOf } from './target-of.js';
import { queryOf, tell, tellUndo } from './tell.js';

const loadLive = () => import('./live.js');
const loadJournal = () => import('./journal.js');

/** How many milliseconds `--wait` may take; undefined where it was not given. */
const waitOf = (context: Context): number | undefined => {
  const time = numberOption(context, 'wait-timeout') ?? defaults.cacheTimeout;
  if (isOn(context, 'wait')) return isOn(context, 'dry-run') ? undefined : time;
  if (context.options.has('wait-timeout')) throw usageError('--wait-timeout needs --wait.');
  return undefined;
};

/** Refuses options that do not go together on any stage. */
const checkOptions = (context: Context): void => {
  const isDryRun = isOn(context, 'dry-run');
  if (isOn(context, 'detailed-exitcode') && !isDryRun) throw usageError('--detailed-exitcode needs --dry-run.');
  waitOf(context);
  if (textOption(context, 'save-inverse') !== undefined && isDryRun)
    throw usageError('--save-inverse cannot be used with --dry-run; -o json shows the inverse.');
  if (isOn(context, 'journal') && isOn(context, 'no-journal'))
    throw usageError('--journal and --no-journal exclude each other.');
};

/** Refuses options that do not go with this stage. */
const checkStage = async (
  command: EditCommand,
  { address, live }: OpenedStage,
  query: Query | undefined,
  context: Context,
): Promise<void> => {
  const inverseFile = textOption(context, 'save-inverse');
  if (inverseFile !== undefined) (await loadJournal()).checkInverseFile(inverseFile, address, context);
  if (query && address.kind === 'stdio') throw usageError('--query cannot be used with -, which prints the stage.');
  if (command.isLiveOnly && !live)
    throw usageError(`stage ${command.name} is for live stages, such as API/STAGE; got ${address.label}.`);
};

/** The request for a stage file, with a notice of the options that have no effect on one. */
const requestForFile = ({ request, options }: Context): Context['request'] => {
  const unread = options.has('reason') && !options.has('journal') ? ['--reason without --journal'] : [];
  const idle = [...liveOnly.filter((name) => options.has(name)).map((name) => `--${name}`), ...unread];
  const message = `${idle.join(', ')} ${idle.length === 1 ? 'has' : 'have'} no effect on a stage file.`;
  return idle.length === 0 ? request : { ...request, notices: [...request.notices, { code: 'live-only', message }] };
};

/** What the stage served before; or else what there is to choose from. */
const pastOf = async (opened: OpenedStage, context: Context) => {
  const served = await (await loadJournal()).servedBefore(opened, context);
  return { served, ...(served.length === 0 && opened.live && { deployments: await opened.live.deployments() }) };
};

/** What the edit needs to know besides the stage that it is made on. */
const requestFor = async (
  command: EditCommand,
  opened: OpenedStage,
  source: OpenedStage | undefined,
  context: Context,
): Promise<EditRequest> => {
  const { live } = opened;
  const { options } = context.request;
  const past = command.looksBack?.(options) ? await pastOf(opened, context) : {};
  const request = live ? await (await loadLive()).checkMethods(live, context) : requestForFile(context);
  const desired = options['file'] === undefined ? undefined : await (await import('./desired.js')).desiredFor(context);
  const notices = [
    ...context.settings.notices,
    ...(source?.notices ?? []),
    ...(source?.target.notices?.() ?? []),
    ...opened.notices,
    ...request.notices,
  ];
  return {
    ...{ ...request, notices, ...past, isDryRun: isOn(context, 'dry-run'), onPlan: context.onPlan },
    ...(desired && { desired }),
    ...(command.undoes && { entry: await (await loadJournal()).editToUndo(opened, context) }),
    ...(live && { runId: randomWord(context.world) }),
  };
};

const makeEdit = async (
  command: EditCommand,
  opened: OpenedStage,
  request: EditRequest,
  context: Context,
): Promise<StageResult> => {
  const { address, live } = opened;
  const isRecorded = isJournaled(opened, context);
  const target = isRecorded ? (await loadJournal()).withJournal(opened, context) : opened.target;
  const result = await edit(command, wrapped({ ...opened, target }, context), request).catch(nameDefault(address));
  return { ...result, ...(live && { whereabouts: await live.whereabouts() }) };
};

/** Prints a result; once the edit is made, a failure to print it must not hide that. */
const reporter =
  (command: EditCommand, { address }: OpenedStage, query: Query | undefined, context: Context) =>
  (result: StageResult): Promise<void> =>
    tell(result, address, command, context, query).catch((error) => {
      if (result.isDryRun || address.kind === 'stdio') throw error;
      const message = error instanceof Error ? error.message : String(error);
      const made = `${result.label}: the edit was applied, but printing it failed: ${message}`;
      throw failure('unexpected', 'not-told', made);
    });

/** The result with the stage as it is once its cache cluster has settled. Where that fails, the edit is reported first. */
const settled = async (
  result: StageResult,
  { live }: OpenedStage,
  report: (result: StageResult) => Promise<void>,
  context: Context,
): Promise<StageResult> => {
  const wait = waitOf(context);
  if (!live || wait === undefined) return result;
  const { waitForCache } = await loadLive();
  const after = await waitForCache(live, wait, context).catch(async (error) => {
    await report(result);
    const message = `${result.label}: the edit was applied; stage get shows the status of the cluster.`;
    throw withMore(error, result.calls.length === 0 ? [] : [{ code: 'edit-made', message }]);
  });
  return { ...result, own: result.own ?? result.after, after };
};

/** What is left to do once the edit is reported. */
const finish = async (
  command: EditCommand,
  opened: OpenedStage,
  result: StageResult,
  context: Context,
): Promise<void> => {
  const inverseFile = textOption(context, 'save-inverse');
  if (inverseFile !== undefined) (await loadJournal()).saveInverse(inverseFile, result, context);
  if (command.stopsRollout && !result.isDryRun) await (await import('./rollout-state.js')).stopRollout(opened, context);
  if (isJournaled(opened, context)) tellUndo(result, opened.address, context);
};

/** Whether an edit changes something, as far as is known: the effect of some operations is not. */
const differs = (result: StageResult): boolean =>
  result.calls.some(({ kind }) => kind !== 'UpdateStage') ||
  changesOf(result).length > 0 ||
  result.notices.some(({ code }) => code === 'unproven');

/** Runs a command that edits, and returns the exit code. Throws StageError where the edit cannot be made. */
export const runEdit = async (command: EditCommand, context: Context): Promise<number> => {
  checkOptions(context);
  const query = await queryOf(context);
  const { targets, options } = context.request;
  const [sourceWord, word] = targetsOf(command, options) === 2 ? targets : [undefined, targets[0]];
  const source = sourceWord === undefined ? undefined : await open(sourceWord, context);
  const sourceStage = await source?.target.read();
  const opened = await open(await targetOf(word, context), context, { source, creates: isOn(context, 'create') });
  await checkStage(command, opened, query, context);
  const request = await requestFor(command, opened, source, context);
  const result = await makeEdit(command, opened, { ...request, ...(sourceStage && { source: sourceStage }) }, context);
  const report = reporter(command, opened, query, context);
  await report(await settled(result, opened, report, context));
  await finish(command, opened, result, context);
  return isOn(context, 'detailed-exitcode') && differs(result) ? exitCodes.differences : exitCodes.done;
};
