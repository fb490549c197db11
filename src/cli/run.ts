/** Runs any command. */

import type { ReadCommand, RunCommand } from '../commands/command.js';
import { resolve } from '../stage/choice.js';
import { readableName } from '../stage/method.js';
import { failure, StageError } from '../stage/problem.js';
import { forLive } from './common-options.js';
import { type Context, exitCodes } from './context.js';
import { nameDefault, open } from './open.js';
import { runEdit } from './run-edit.js';
import { openToRead, targetOf } from './target-of.js';
import { type Found, queryOf, tellFound, tellNotices, tellOrigin } from './tell.js';

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
  const opened = named === undefined ? undefined : await open(named, context);
  return (await import('./journal.js')).listHistory(opened, context);
};

type Runner = (context: Context) => Promise<number>;

/** A runner that prints what `find` returns. */
const showing =
  (find: (context: Context) => Promise<Found>): Runner =>
  async (context) => {
    await tellFound(await find(context), context);
    return exitCodes.done;
  };

const runners: Readonly<Record<RunCommand['does'], () => Promise<Runner>>> = {
  list: async () => showing((await import('./lists.js')).listOfStages),
  deployments: async () => showing((await import('./lists.js')).listOfDeployments),
  history: async () => showing(historyOf),
  status: async () => (await import('./status.js')).runStatus,
  diff: async () => (await import('./diff.js')).runDiff,
  export: async () => (await import('./export.js')).runExport,
  validate: async () => (await import('./validate.js')).runValidate,
  rollout: async () => (await import('./rollout.js')).rollOut,
  'rollout-status': async () => (await import('./rollout-state.js')).tellRollout,
  approve: async () => (await import('./rollout-state.js')).approveRollout,
  serve: async () => (await import('./serve.js')).runServer,
  complete: async () => (await import('./completion-scripts.js')).printScript,
};

/** Runs a command and returns the exit code. Throws StageError if it fails. */
export const run = async (context: Context): Promise<number> => {
  const { command, options, settings, output } = context;
  // JSON and YAML results of edits include the notices.
  const isDocument = 'plan' in command && ['json', 'yaml'].includes(output.asked ?? settings.output ?? 'text');
  if (!isDocument) tellNotices(settings.notices, context);
  // Report an invalid value even if the option has no effect.
  if (forLive.some((name) => options.has(name))) (await import('./live.js')).liveOptions({}, context);
  if ('plan' in command) return runEdit(command, context);
  return 'view' in command ? runRead(command, context) : (await runners[command.does]())(context);
};
