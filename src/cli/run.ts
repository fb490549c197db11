/** Carries out a request: opens the stage, edits or reads it, and reports. */

import { type EditCommand, type PlanInput, type ReadCommand, type RunCommand, targetsOf } from '../commands/command.js';
import { isEditCommand } from '../commands/commands.js';
import { edit } from '../edit.js';
import type { Query } from '../render/query.js';
import { viewFormats } from '../settings/settings.js';
import { resolve } from '../stage/choice.js';
import { readableName } from '../stage/method.js';
import { failure, StageError, withMore } from '../stage/problem.js';
import { changesOf, type StageResult } from '../stage/result.js';
import type { Stage } from '../stage/stage.js';
import { defaults } from '../targets/defaults.js';
import { printable } from '../text/printable.js';
import type { Address, Named } from './address.js';
import { forLive, liveOnly } from './common-options.js';
import type { Context } from './context.js';
import { exitCodes } from './exit-codes.js';
import { isOn, textOption, timeOption, usageError } from './given-options.js';
import { list } from './list.js';
import { checkLiveOptions, checkMethods, waitForCache } from './live.js';
import { addressFor, type Opened, open, wrapped } from './open.js';
import { showsStage, tell, tellNotices, tellOrigin, tellView } from './tell.js';

/** The stage that was named by a word or by the AWS CLI's options. */
const targetOf = (word: string | undefined, context: Context): Named => {
  const [restApiId, stageName] = [textOption(context, 'rest-api-id'), textOption(context, 'stage-name')];
  if (restApiId === undefined && stageName === undefined) return word;
  if (restApiId === undefined || stageName === undefined)
    throw usageError('--rest-api-id and --stage-name name a stage together; got only one of them.');
  if (word === undefined) return { restApiId, stageName };
  // A command line of the AWS CLI can be tried on a file as it is.
  if ('standsIn' in context.command && addressFor(word, context).kind !== 'live') return word;
  throw usageError(`--rest-api-id and --stage-name are used instead of TARGET; got ${word} too.`);
};

const sourceAndTarget = (context: Context): readonly [source: string | undefined, target: Named] => {
  const [first, second] = context.request.targets;
  const isBetween = targetsOf(context.command, context.request.options) === 2;
  return isBetween ? [first, targetOf(second, context)] : [undefined, targetOf(first, context)];
};

const queryOf = async (context: Context): Promise<Query | undefined> => {
  const expression = textOption(context, 'query');
  if (expression === undefined) return undefined;
  const { parseQuery } = await import('../render/query.js');
  return parseQuery(expression);
};

/** Whether an edit changes something, or may: the effect of some operations is unknown. */
const mayDiffer = (result: StageResult): boolean =>
  changesOf(result).length > 0 || result.notices.some(({ code }) => code === 'unproven');

/** How many milliseconds `--wait` may take; undefined where it was not given. */
const waitOf = (context: Context): number | undefined => {
  const time = timeOption(context, 'wait-timeout', defaults.cacheTimeout);
  if (!isOn(context, 'wait') && textOption(context, 'wait-timeout') !== undefined)
    throw usageError('--wait-timeout goes with --wait.');
  return isOn(context, 'wait') && !isOn(context, 'dry-run') ? time : undefined;
};

/** The request for a stage file, with a notice of the options that have no effect on one. */
const requestForFile = ({ request, options }: Context): Context['request'] => {
  const idle = liveOnly.filter((name) => options.has(name)).map((name) => `--${name}`);
  const message = `${idle.join(', ')} ${idle.length === 1 ? 'has' : 'have'} no effect on a stage file.`;
  return idle.length === 0 ? request : { ...request, notices: [...request.notices, { code: 'live-only', message }] };
};

const printingFailed =
  ({ label, isDryRun }: StageResult, { kind }: Address) =>
  (error: unknown): never => {
    if (isDryRun || kind === 'stdio') throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw failure('unexpected', 'not-told', `${label}: the edit was applied, but printing it failed: ${message}`);
  };

type Report = (result: StageResult) => Promise<void>;

/** Waits for the cache cluster. The report comes first, since that takes minutes, or afterwards where it holds the stage. */
const reportAndWait = async (
  result: StageResult,
  { live }: Opened,
  wait: number,
  isLater: boolean,
  report: Report,
  context: Context,
): Promise<void> => {
  if (!live || !isLater) await report(result);
  if (!live) return;
  const applied = {
    code: 'edit-made',
    message: `${result.label}: the edit was applied; stage get shows the status of the cluster.`,
  };
  const after = await waitForCache(live, wait, context).catch(async (error) => {
    if (isLater) await report(result);
    throw withMore(error, result.calls.length === 0 ? [] : [applied]);
  });
  if (isLater) await report({ ...result, own: result.own ?? result.after, after });
  const line = `${result.label}: cacheClusterStatus is ${after.cacheClusterStatus ?? 'not set'}`;
  if (!context.output.isQuiet) context.world.stderr.write(`${printable(line)}\n`);
};

/** A failure with the stage that it is about, where that is a default. */
const nameDefault =
  ({ label, from }: Address) =>
  (error: unknown): never => {
    const message = `This is about ${label}${from}.`;
    throw from === undefined ? error : withMore(error, [{ code: 'default-stage', message }]);
  };

const runEdit = async (command: EditCommand, context: Context): Promise<number> => {
  const isDryRun = isOn(context, 'dry-run');
  const asksForCode = isOn(context, 'detailed-exitcode');
  if (asksForCode && !isDryRun) throw usageError('--detailed-exitcode goes with --dry-run.');
  const [wait, query] = [waitOf(context), await queryOf(context)];
  const [sourceWord, targetWord] = sourceAndTarget(context);
  const openedSource = sourceWord === undefined ? undefined : await open(sourceWord, context);
  const source = await openedSource?.target.read();
  const opened = await open(targetWord, context, openedSource);
  const { address, live } = opened;
  if (query && address.kind === 'stdio') throw usageError('--query cannot be used with -, which prints the stage.');
  const request = live ? await checkMethods(live, context) : requestForFile(context);
  const edited = await edit(command, wrapped(opened, context), {
    ...request,
    notices: [...(openedSource?.notices ?? []), ...opened.notices, ...request.notices],
    ...(source && { source }),
    isDryRun,
    onPlan: context.onPlan,
  }).catch(nameDefault(address));
  const result = { ...edited, ...(live && { whereabouts: await live.whereabouts() }) };
  const report: Report = (told) => tell(told, address, command, context, query).catch(printingFailed(result, address));
  if (wait === undefined) await report(result);
  else await reportAndWait(result, opened, wait, showsStage(result, address, command, context, query), report, context);
  return asksForCode && mayDiffer(result) ? exitCodes.differences : exitCodes.done;
};

const checkForm = ({ output: { asked }, command }: Context): void => {
  if (asked === undefined || viewFormats.some((form) => form === asked)) return;
  throw usageError(`--output: ${command.name} prints text, json or yaml, got ${asked}.`);
};

const readStage = async ({ address, target, notices }: Opened, context: Context): Promise<Stage> => {
  tellNotices(notices, context);
  const stage = await target.read().catch(nameDefault(address));
  tellOrigin(address, context);
  return stage;
};

const notSet = (input: PlanInput, where: string): StageError => {
  const [one] = resolve(input.choices, input.stage, input.methods).resolved;
  const name = one === undefined ? 'it' : readableName(one.place);
  return failure('expectation', 'not-set', `${where}${name} is not set.`);
};

const runRead = async (command: ReadCommand, context: Context): Promise<number> => {
  checkForm(context);
  const query = await queryOf(context);
  const isOfStage = command.does === 'read';
  const opened = isOfStage ? await open(targetOf(context.request.targets[0], context), context) : undefined;
  const input: PlanInput = { ...context.request, stage: opened ? await readStage(opened, context) : {} };
  const view = command.view(input);
  if ('kind' in view) throw new StageError(view.kind, view.problems);
  if ('nothing' in view) throw notSet(input, opened ? `${opened.address.label}: ` : '');
  await tellView(view, context, query);
  return exitCodes.done;
};

const runRunner = async ({ does }: RunCommand, context: Context): Promise<number> => {
  checkForm(context);
  if (does === 'list') {
    await tellView(await list(context), context, undefined);
    return exitCodes.done;
  }
  const { runServer } = await import('./serve.js');
  return runServer(context);
};

/** Does what was asked for, and returns the exit code. Throws StageError where it cannot be done. */
export const run = async (context: Context): Promise<number> => {
  const { command, options } = context;
  // A wrong value is reported even where the option has no effect.
  timeOption(context, 'lock-timeout', defaults.lockTimeout);
  if (forLive.some((name) => options.has(name))) checkLiveOptions(context);
  if (isEditCommand(command)) return runEdit(command, context);
  return 'view' in command ? runRead(command, context) : runRunner(command, context);
};
