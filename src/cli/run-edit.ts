/** Runs an edit: opens the stage, gathers the other inputs of the command, edits, and reports. */

import { type EditCommand, noticeIf, targetsOf } from '../commands/command.js';
import { type EditRequest, edit } from '../edit.js';
import type { Query } from '../render/query.js';
import type { Notice } from '../stage/plan.js';
import { failure, StageError, withMore } from '../stage/problem.js';
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

/** The codes of problems with a stage or a file that does not exist. */
const missing = ['unknown-stage', 'no-such-file'];

/** An edit command with its stage. */
interface Editing {
  readonly command: EditCommand;
  readonly context: Context;
  readonly opened: OpenedStage;
  readonly query: Query | undefined;
}

/** Refuses options that this stage does not support. */
const checkStage = async ({ command, context, opened: { address, live }, query }: Editing): Promise<void> => {
  const inverseFile = textOption(context, 'save-inverse');
  if (inverseFile !== undefined) (await loadJournal()).checkInverseFile(inverseFile, address, context);
  if (query && address.kind === 'stdio') throw usageError('--query cannot be used with -, which prints the stage.');
  if (command.isLiveOnly && !live)
    throw usageError(`stage ${command.name} is for live stages, such as API/STAGE; got ${address.label}.`);
};

/** Notices about options that have no effect on this stage. */
const idleOptions = ({ context, opened }: Editing): readonly Notice[] => {
  const noticeOf = (names: readonly string[], why: string): readonly Notice[] => {
    const given = names.filter((name) => context.options.has(name)).map((name) => `--${name}`);
    const message = `${given.join(', ')} ${given.length === 1 ? 'has' : 'have'} no effect${why}`;
    return noticeIf(given.length > 0, 'no-effect', message);
  };
  const isUnrecorded = !isOn(context, 'dry-run') && !isJournaled(opened, context);
  const isPlainFile = opened.address.kind === 'file' && !isOn(context, 'journal');
  const why = isPlainFile ? ' on a stage file without --journal.' : ': the edit is not recorded.';
  return [
    ...(opened.live ? [] : noticeOf(liveOnly, ' on a stage file.')),
    ...(isUnrecorded ? noticeOf(['reason', 'journal'], why) : []),
  ];
};

/** Deployments that the stage served; if no other than the current one is known, all deployments of the API. */
const pastOf = async ({ context, opened }: Editing) => {
  const served = await (await loadJournal()).servedBefore(opened, context);
  return { served, ...(new Set(served).size < 2 && opened.live && { deployments: await opened.live.deployments() }) };
};

/** The inputs of the edit other than the stage itself. */
const requestFor = async (editing: Editing, source: OpenedStage | undefined): Promise<EditRequest> => {
  const { command, context, opened } = editing;
  const { live } = opened;
  const { options } = context.request;
  const sourceStage = await source?.target.read();
  const past = command.looksBack?.(options) ? await pastOf(editing) : {};
  const request = live ? await (await loadLive()).checkMethods(live, context) : context.request;
  const desired = options['file'] === undefined ? undefined : await (await import('./desired.js')).desiredFor(context);
  const ignored = live && desired ? await (await loadLive()).ignoredMethods(live, desired) : [];
  const notices = [
    ...context.settings.notices,
    ...(source?.notices ?? []),
    ...(source?.target.notices?.() ?? []),
    ...opened.notices,
    ...idleOptions(editing),
    ...request.notices,
    ...ignored,
  ];
  return {
    ...{ ...request, notices, ...past, isDryRun: isOn(context, 'dry-run'), onPlan: context.onPlan },
    ...(sourceStage && { source: sourceStage }),
    ...(desired && { desired }),
    ...(command.undoes && { entry: await (await loadJournal()).editToUndo(opened, context) }),
    ...(live && { runId: randomWord(context.world) }),
  };
};

/** Adds --create to the failure of an edit of a missing stage, if the command has this option. */
const nameCreate =
  ({ command, context, opened: { live } }: Editing) =>
  (error: unknown): never => {
    const isMissing = error instanceof StageError && error.problems.some(({ code }) => missing.includes(code));
    const creates =
      command.options.some(({ name }) => name === 'create') && !command.isWithin?.(context.request.options);
    const message = `With --create${live ? ' --deployment-id ID' : ''}, stage ${command.name} creates it.`;
    throw withMore(error, noticeIf(isMissing && creates && !isOn(context, 'create'), 'create', message));
  };

const makeEdit = async (editing: Editing, request: EditRequest): Promise<StageResult> => {
  const { command, context, opened } = editing;
  const { address, live } = opened;
  const target = isJournaled(opened, context) ? (await loadJournal()).withJournal(opened, context) : opened.target;
  const result = await edit(command, wrapped({ ...opened, target }, context), request)
    .catch(nameCreate(editing))
    .catch(nameDefault(address));
  return { ...result, ...(live && { whereabouts: await live.whereabouts() }) };
};

/** Prints a result. If printing fails, the error still says that the edit was made. */
const report = (result: StageResult, { command, context, opened: { address }, query }: Editing): Promise<void> =>
  tell(result, address, command, context, query).catch((error) => {
    if (result.isDryRun || address.kind === 'stdio') throw error;
    const message = error instanceof Error ? error.message : String(error);
    const made = `${result.label}: the edit was applied, but printing it failed: ${message}`;
    throw failure('unexpected', 'not-told', made);
  });

/** With `--wait`: the result after the cache cluster has settled. If waiting fails, the edit is reported first. */
const settled = async (result: StageResult, editing: Editing): Promise<StageResult> => {
  const { context, opened } = editing;
  if (!opened.live || !isOn(context, 'wait') || result.isDryRun) return result;
  const timeout = numberOption(context, 'wait-timeout') ?? defaults.cacheTimeout;
  const { waitForCache } = await loadLive();
  const after = await waitForCache(opened.live, timeout, context).catch(async (error) => {
    await report(result, editing);
    const message = `${result.label}: the edit was applied; stage get shows the status of the cluster.`;
    throw withMore(error, noticeIf(result.calls.length > 0, 'edit-made', message));
  });
  return { ...result, own: result.own ?? result.after, after };
};

/** The steps after the report. */
const finish = async (result: StageResult, { command, context, opened }: Editing): Promise<void> => {
  const inverseFile = textOption(context, 'save-inverse');
  if (inverseFile !== undefined) (await loadJournal()).saveInverse(inverseFile, result, context);
  if (command.stopsRollout && !result.isDryRun) await (await import('./rollout-state.js')).stopRollout(opened, context);
  if (isJournaled(opened, context)) tellUndo(result, opened.address, context);
};

/** Whether an edit changes something or may do so: the effect of some operations is unknown. */
const differs = (result: StageResult): boolean =>
  result.calls.some(({ kind }) => kind !== 'UpdateStage') ||
  changesOf(result).length > 0 ||
  result.notices.some(({ code }) => code === 'unproven');

/** Runs an edit command and returns the exit code. Throws StageError if the edit cannot be made. */
export const runEdit = async (command: EditCommand, context: Context): Promise<number> => {
  const query = await queryOf(context);
  const { targets, options } = context.request;
  const [sourceWord, word] = targetsOf(command, options) === 2 ? targets : [undefined, targets[0]];
  const source = sourceWord === undefined ? undefined : await open(sourceWord, context);
  const opened = await open(await targetOf(word, context), context, isOn(context, 'create'));
  const editing = { command, context, opened, query };
  await checkStage(editing);
  const result = await makeEdit(editing, await requestFor(editing, source));
  await report(await settled(result, editing), editing);
  await finish(result, editing);
  return isOn(context, 'detailed-exitcode') && differs(result) ? exitCodes.differences : exitCodes.done;
};
