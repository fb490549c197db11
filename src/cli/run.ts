/** Carries out a request: opens the stage, edits or reads it, and reports. */

import { type EditCommand, type ReadCommand, type RunCommand, targetsOf } from '../commands/command.js';
import { edit } from '../edit.js';
import type { Query } from '../render/query.js';
import { resolve } from '../stage/choice.js';
import { readableName } from '../stage/method.js';
import { failure, StageError, withMore } from '../stage/problem.js';
import { changesOf, type StageResult } from '../stage/result.js';
import { defaults } from '../targets/defaults.js';
import { randomWord } from '../world.js';
import type { Address } from './address.js';
import { forLive, liveOnly } from './common-options.js';
import { type Context, exitCodes } from './context.js';
import { isOn, textOption, timeOption, usageError } from './given-options.js';
import { isJournaled, type OpenedStage, open, wrapped } from './open.js';
import { openToRead, targetOf } from './target-of.js';
import { type Found, tell, tellFound, tellNotices, tellOrigin, tellUndo } from './tell.js';

const loadLive = () => import('./live.js');
const loadJournal = () => import('./journal.js');

const queryOf = async (context: Context): Promise<Query | undefined> => {
  const expression = textOption(context, 'query');
  return expression === undefined ? undefined : (await import('../render/query.js')).parseQuery(expression);
};

/** How many milliseconds `--wait` may take; undefined where it was not given. */
const waitOf = (context: Context): number | undefined => {
  const time = timeOption(context, 'wait-timeout', defaults.cacheTimeout);
  if (isOn(context, 'wait')) return isOn(context, 'dry-run') ? undefined : time;
  if (context.options.has('wait-timeout')) throw usageError('--wait-timeout needs --wait.');
  return undefined;
};

/** The request for a stage file, with a notice of the options that have no effect on one. */
const requestForFile = ({ request, options }: Context): Context['request'] => {
  const unread = options.has('reason') && !options.has('journal') ? ['--reason without --journal'] : [];
  const idle = [...liveOnly.filter((name) => options.has(name)).map((name) => `--${name}`), ...unread];
  const message = `${idle.join(', ')} ${idle.length === 1 ? 'has' : 'have'} no effect on a stage file.`;
  return idle.length === 0 ? request : { ...request, notices: [...request.notices, { code: 'live-only', message }] };
};

/** A failure with the stage that it is about, where that is a default. */
const nameDefault =
  ({ label, from }: Address) =>
  (error: unknown): never => {
    const message = `This is about ${label}${from}.`;
    throw from === undefined ? error : withMore(error, [{ code: 'default-stage', message }]);
  };

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

/** What the stage served before; or else what there is to choose from. */
const pastOf = async (opened: OpenedStage, context: Context) => {
  const served = await (await loadJournal()).servedBefore(opened, context);
  return { served, ...(served.length === 0 && opened.live && { deployments: await opened.live.deployments() }) };
};

const runEdit = async (command: EditCommand, context: Context): Promise<number> => {
  const isDryRun = isOn(context, 'dry-run');
  const asksForCode = isOn(context, 'detailed-exitcode');
  if (asksForCode && !isDryRun) throw usageError('--detailed-exitcode needs --dry-run.');
  waitOf(context);
  const inverseFile = textOption(context, 'save-inverse');
  if (inverseFile !== undefined && isDryRun)
    throw usageError('--save-inverse cannot be used with --dry-run; -o json shows the inverse.');
  if (isOn(context, 'journal') && isOn(context, 'no-journal'))
    throw usageError('--journal and --no-journal exclude each other.');
  const query = await queryOf(context);
  const { targets, options } = context.request;
  const [source, word] = targetsOf(command, options) === 2 ? targets : [undefined, targets[0]];
  const from = source === undefined ? undefined : await open(source, context);
  const sourceStage = await from?.target.read();
  const opened = await open(await targetOf(word, context), context, { source: from, creates: isOn(context, 'create') });
  const { address, live } = opened;
  if (inverseFile !== undefined) (await loadJournal()).checkInverseFile(inverseFile, address, context);
  if (query && address.kind === 'stdio') throw usageError('--query cannot be used with -, which prints the stage.');
  if (command.isLiveOnly && !live)
    throw usageError(`stage ${command.name} is for live stages, such as API/STAGE; got ${address.label}.`);
  const past = command.looksBack?.(options) ? await pastOf(opened, context) : {};
  const request = live ? await (await loadLive()).checkMethods(live, context) : requestForFile(context);
  const desired = options['file'] === undefined ? undefined : await (await import('./desired.js')).desiredFor(context);
  const isRecorded = isJournaled(opened, context);
  const entry = command.undoes ? await (await loadJournal()).editToUndo(opened, context) : undefined;
  const target = isRecorded ? (await loadJournal()).withJournal(opened, context) : opened.target;
  const edited = await edit(command, wrapped({ ...opened, target }, context), {
    ...request,
    notices: [
      ...context.settings.notices,
      ...(from?.notices ?? []),
      ...(from?.target.notices?.() ?? []),
      ...opened.notices,
      ...request.notices,
    ],
    ...(sourceStage && { source: sourceStage }),
    ...(desired && { desired }),
    ...past,
    ...(entry && { entry }),
    ...(live && { runId: randomWord(context.world) }),
    isDryRun,
    onPlan: context.onPlan,
  }).catch(nameDefault(address));
  const result = { ...edited, ...(live && { whereabouts: await live.whereabouts() }) };
  const report = (told: StageResult): Promise<void> =>
    tell(told, address, command, context, query).catch((error) => {
      if (isDryRun || address.kind === 'stdio') throw error;
      const message = error instanceof Error ? error.message : String(error);
      throw failure(
        'unexpected',
        'not-told',
        `${told.label}: the edit was applied, but printing it failed: ${message}`,
      );
    });
  await report(await settled(result, opened, report, context));
  if (inverseFile !== undefined) (await loadJournal()).saveInverse(inverseFile, result, context);
  if (command.stopsRollout && !isDryRun) await (await import('./rollout-file.js')).stopRollout(opened, context);
  if (isRecorded) tellUndo(result, address, context);
  // The effect of some operations is unknown.
  const isOther = result.calls.some(({ kind }) => kind !== 'UpdateStage');
  const differs = isOther || changesOf(result).length > 0 || result.notices.some(({ code }) => code === 'unproven');
  return asksForCode && differs ? exitCodes.differences : exitCodes.done;
};

const runRead = async (command: ReadCommand, context: Context): Promise<number> => {
  const { request } = context;
  const query = await queryOf(context);
  const opened = command.does === 'read' ? await openToRead(request.targets[0], context) : undefined;
  const stage = (await opened?.target.read().catch(nameDefault(opened.address))) ?? {};
  tellNotices(opened?.target.notices?.() ?? [], context);
  if (opened) tellOrigin(opened.address, context);
  const view = command.view({ ...request, stage });
  if ('kind' in view) throw new StageError(view.kind, view.problems);
  if ('nothing' in view) {
    const names = resolve(request.choices, stage, request.methods).resolved.map(({ place }) => readableName(place));
    throw failure('expectation', 'not-set', `${opened?.address.label}: ${names.join(', ')} is not set.`);
  }
  await tellFound(view, context, query);
  return exitCodes.done;
};

const historyOf = async (context: Context): Promise<Found> => {
  const named = await targetOf(context.request.targets[0], context);
  return (await loadJournal()).listHistory(named === undefined ? undefined : await open(named, context), context);
};

const runRunner = async ({ does, lists }: RunCommand, context: Context): Promise<number> => {
  if (does === 'status') return (await import('./status.js')).runStatus(context);
  if (does === 'diff') return (await import('./diff.js')).runDiff(context);
  if (does === 'export') return (await import('./export.js')).runExport(context);
  if (does === 'rollout') return (await import('./rollout.js')).rollOut(context);
  if (does === 'rollout-status') return (await import('./rollout-file.js')).tellRollout(context);
  if (does === 'approve') return (await import('./rollout-file.js')).approveRollout(context);
  if (does === 'validate') return (await import('./validate.js')).runValidate(context);
  if (does === 'history') await tellFound(await historyOf(context), context);
  else if (does === 'serve') await (await import('./serve.js')).runServer(context);
  else if (does === 'complete') (await import('./completion-scripts.js')).printScript(context);
  else {
    const { listOfDeployments, listOfStages } = await import('./lists.js');
    await tellFound(await (lists ? listOfDeployments : listOfStages)(context), context);
  }
  return exitCodes.done;
};

/** Does what was asked for, and returns the exit code. Throws StageError where it cannot be done. */
export const run = async (context: Context): Promise<number> => {
  const { command, options, settings, output } = context;
  // The documents of edits hold them.
  const isDocument = 'plan' in command && ['json', 'yaml'].includes(output.asked ?? settings.output ?? 'text');
  if (!isDocument) tellNotices(settings.notices, context);
  // A wrong value is reported even where the option has no effect.
  timeOption(context, 'lock-timeout', defaults.lockTimeout);
  if (forLive.some((name) => options.has(name))) (await loadLive()).liveOptions({}, context);
  if ('plan' in command) return runEdit(command, context);
  return 'view' in command ? runRead(command, context) : runRunner(command, context);
};
