/** An invocation carried out: the stage is opened, the verb is run, and the result is told. */

import {
  type EditCommand,
  type PlanInput,
  type ReadCommand,
  type RunCommand,
  targetsOf,
  type View,
} from '../commands/command.js';
import { isEditCommand } from '../commands/commands.js';
import { edit } from '../edit.js';
import { asJson, asYaml } from '../render/document.js';
import { table } from '../render/table.js';
import { viewFormats } from '../settings/settings.js';
import { failure, type Problem, StageError, withMore } from '../stage/problem.js';
import { changesOf, type StageResult } from '../stage/result.js';
import type { Stage } from '../stage/stage.js';
import type { LiveStage } from '../targets/api-gateway.js';
import { defaults } from '../targets/defaults.js';
import { wrap } from '../text/wrap.js';
import type { Sink } from '../world.js';
import type { Address, AwsNames, Named } from './address.js';
import { forLive, liveOnly } from './common-options.js';
import type { Context } from './context.js';
import { exitCodes } from './exit-codes.js';
import { isOn, textOption, timeOption, usageError } from './given-options.js';
import { list } from './list.js';
import { checkLiveFlags, checkMethods, waitForCache } from './live.js';
import { addressFor, open, wrapped } from './open.js';
import { runServer } from './serve.js';
import { onTerminal, tell, tellNotices, tellOrigin } from './tell.js';

/** The stage that the AWS CLI's flags name, where no TARGET does. */
const awsTarget = (context: Context): AwsNames | undefined => {
  const [restApiId, stageName] = [textOption(context, 'rest-api-id'), textOption(context, 'stage-name')];
  if (restApiId === undefined && stageName === undefined) return undefined;
  if (restApiId === undefined || stageName === undefined)
    throw usageError('--rest-api-id and --stage-name name a stage together; only one of them came.');
  return { restApiId, stageName };
};

// A command line of the AWS CLI's can be tried on a file as it is.
const isTrial = (word: string, context: Context): boolean =>
  'standsIn' in context.command && addressFor(word, context).kind !== 'live';

const targetOf = (word: string | undefined, context: Context): Named => {
  const names = awsTarget(context);
  if (names === undefined || word === undefined) return names ?? word;
  if (!isTrial(word, context))
    throw usageError(`--rest-api-id and --stage-name stand in the place of TARGET, and ${word} came too.`);
  return word;
};

const sourceAndTarget = (context: Context): readonly [source: string | undefined, target: Named] => {
  const [first, second] = context.request.targets;
  const isBetween = targetsOf(context.command, context.request.options) === 2;
  return isBetween ? [first, targetOf(second, context)] : [undefined, targetOf(first, context)];
};

/** Whether an edit changes something, or may: of some operations nobody knows what they do. */
const mayDiffer = (result: StageResult): boolean =>
  changesOf(result).length > 0 || result.notices.some(({ code }) => code === 'unproven');

const codeOfEdit = (result: StageResult, context: Context): number =>
  isOn(context, 'detailed-exitcode') && mayDiffer(result) ? exitCodes.differences : exitCodes.done;

/** Milliseconds that `--wait` may take; undefined where nothing is to be waited for. */
const patienceOf = (context: Context): number | undefined => {
  const patience = timeOption(context, 'wait-timeout', defaults.cacheTimeout);
  if (!isOn(context, 'wait') && textOption(context, 'wait-timeout') !== undefined)
    throw usageError('--wait-timeout goes with --wait.');
  return isOn(context, 'wait') && !isOn(context, 'dry-run') ? patience : undefined;
};

/** The request of a stage that is not live, with a notice of the flags that do nothing there. */
const sayLiveOnly = ({ request, options }: Context): Context['request'] => {
  const idle = liveOnly.filter((name) => options.has(name)).map((name) => `--${name}`);
  const message = `This stage is not live, and these flags are for live ones: ${idle.join(', ')}.`;
  return idle.length === 0 ? request : { ...request, notices: [...request.notices, { code: 'live-only', message }] };
};

/** Says with what goes wrong in the telling that the edit was made all the same. */
const madeAllTheSame =
  ({ label, isDryRun }: StageResult, address: Address) =>
  (error: unknown): never => {
    if (error instanceof StageError || isDryRun || address.kind === 'stdio') throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw failure('unexpected', 'not-told', `${label}: the edit was made, and could not be told: ${message}`);
  };

/** What is to be said of an edit whose cache cluster is waited for in vain. */
const afterEdit = ({ label, calls }: StageResult): readonly Problem[] =>
  calls.length === 0
    ? []
    : [{ code: 'edit-made', message: `${label}: The edit was made; stage get shows how far the cluster is.` }];

/** The story with the stage as it is once its cache cluster has settled. */
const settled = async (
  result: StageResult,
  stage: LiveStage,
  patience: number,
  context: Context,
): Promise<StageResult> => {
  const after = await waitForCache(stage, patience, context).catch((error) => {
    throw withMore(error, afterEdit(result));
  });
  return { ...result, own: result.own ?? result.after, after };
};

/** The forms that show the stage as it is after the edit. */
const formsOfStage: readonly string[] = ['json', 'yaml', 'stage'];

const showsStage = (context: Context): boolean => {
  const usual = isEditCommand(context.command) ? context.command.output : undefined;
  const form = context.output.asked ?? usual ?? context.settings.output ?? 'text';
  return formsOfStage.includes(form);
};

/** Tells the story of an edit at once, because a wait takes minutes; but where that shows the stage, as it is after the wait. */
const tellAndWait = async (
  result: StageResult,
  stage: LiveStage,
  patience: number,
  tellOf: (story: StageResult) => Promise<void>,
  context: Context,
): Promise<void> => {
  const isLater = showsStage(context);
  if (!isLater) await tellOf(result);
  let story = result;
  try {
    story = await settled(result, stage, patience, context);
  } finally {
    if (isLater) await tellOf(story);
  }
};

/** A failure with the stage that it is about, where nobody named that. */
const ofDefault =
  ({ label, from }: Address) =>
  (error: unknown): never => {
    const message = `The stage that was meant is ${label}${from}.`;
    throw from === undefined ? error : withMore(error, [{ code: 'default-stage', message }]);
  };

const runEdit = async (command: EditCommand, context: Context): Promise<number> => {
  if (isOn(context, 'detailed-exitcode') && !isOn(context, 'dry-run'))
    throw usageError('--detailed-exitcode goes with --dry-run.');
  const patience = patienceOf(context);
  const [sourceWord, targetWord] = sourceAndTarget(context);
  const openedSource = sourceWord === undefined ? undefined : await open(sourceWord, context);
  const source = await openedSource?.target.read();
  const opened = await open(targetWord, context, openedSource);
  const request = opened.live ? await checkMethods(opened.live, context) : sayLiveOnly(context);
  const told = await edit(command, wrapped(opened, context), {
    ...request,
    notices: [...(openedSource?.notices ?? []), ...opened.notices, ...request.notices],
    ...(source && { source }),
    isDryRun: isOn(context, 'dry-run'),
  }).catch(ofDefault(opened.address));
  const result = { ...told, ...(opened.live && { whereabouts: await opened.live.whereabouts() }) };
  const tellOf = (story: StageResult): Promise<void> =>
    tell(story, opened.address, command, context).catch(madeAllTheSame(story, opened.address));
  if (opened.live && patience !== undefined) await tellAndWait(result, opened.live, patience, tellOf, context);
  else await tellOf(result);
  return codeOfEdit(result, context);
};

const bare = (value: unknown): string =>
  typeof value === 'object' && value !== null ? asJson(value) : `${String(value)}\n`;

const renderValue = (value: unknown, { output }: Context): string | Promise<string> => {
  if (output.asked === 'json') return asJson(value);
  return output.asked === 'yaml' ? asYaml(value) : bare(value);
};

/** What was found as text to read, where it has one. */
const textOf = (view: View, { columns = 80 }: Sink): string | undefined => {
  if ('table' in view) return `${table(view.table)}\n`;
  if (!('text' in view)) return undefined;
  return view.text === '' ? '' : `${wrap(view.text, columns)}\n`;
};

const tellView = async (view: View, context: Context): Promise<number> => {
  if ('nothing' in view) return exitCodes.absent;
  if ('problems' in view) throw new StageError(view.kind, view.problems);
  const isText = (context.output.asked ?? 'text') === 'text';
  const text = (isText ? textOf(view, context.world.stdout) : undefined) ?? (await renderValue(view.value, context));
  context.world.stdout.write(onTerminal(text, context.world.stdout));
  return exitCodes.done;
};

const readStage = async (context: Context): Promise<Stage> => {
  const { address, target, notices } = await open(targetOf(context.request.targets[0], context), context);
  tellNotices(notices, context);
  const stage = await target.read().catch(ofDefault(address));
  tellOrigin(address, context);
  return stage;
};

const checkForm = ({ output, command }: Context): void => {
  const { asked } = output;
  if (asked !== undefined && !viewFormats.some((output) => output === asked)) {
    throw usageError(
      `--output: ${command.name} prints ${viewFormats.slice(0, -1).join(', ')} or ${viewFormats.at(-1)}, not ${asked}.`,
    );
  }
};

const runRead = async (command: ReadCommand, context: Context): Promise<number> => {
  checkForm(context);
  const input: PlanInput = { ...context.request, stage: command.does === 'read' ? await readStage(context) : {} };
  return tellView(command.view(input), context);
};

const runners: Readonly<Record<RunCommand['does'], (context: Context) => Promise<number>>> = {
  list: async (context) => tellView(await list(context), context),
  // Not the function itself: that would load it for every verb.
  serve: (context) => runServer(context),
  complete: async (context) => (await import('./completion-scripts.js')).printScript(context),
};

const runRunner = ({ does }: RunCommand, context: Context): Promise<number> => {
  checkForm(context);
  return runners[does](context);
};

/** Does what was asked for, and answers with the exit code. Throws StageError where it cannot be done. */
export const run = async (context: Context): Promise<number> => {
  const { command, options } = context;
  // Wrong is wrong, also where the stage is not one that is locked.
  timeOption(context, 'lock-timeout', defaults.lockTimeout);
  // Only then: an edit of a file does not load how live stages are reached.
  if (forLive.some((name) => options.has(name))) checkLiveFlags(context);
  if (isEditCommand(command)) return runEdit(command, context);
  return 'view' in command ? runRead(command, context) : runRunner(command, context);
};
