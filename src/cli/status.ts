/** `stage status`: shows stages, once or repeatedly with --watch. */
import { statusForms } from '../render/status.js';
import type { StageReport } from '../render/status-rows.js';
import { ownersOf } from '../stage/owners.js';
import { StageError } from '../stage/problem.js';
import { noticesFor } from '../stage/rules.js';
import type { Deployment } from '../stage/stage.js';
import { sleep } from '../targets/sleep.js';
import { printable } from '../text/printable.js';
import { type Context, exitCodes } from './context.js';
import { isOn, usageError } from './given-options.js';
import type { OpenedStage } from './open.js';
import { openToRead } from './target-of.js';
import { onTerminal, tellNotices } from './tell.js';

type Read = () => Promise<StageReport>;

/** Returns a function that reads the stage on every call, and each of its deployments only once. */
const reader = ({ address, target, live }: OpenedStage, { settings }: Context): Read => {
  const known = new Map<string, Promise<Deployment | undefined>>();
  const find = (id: string) => {
    const found = known.get(id) ?? Promise.resolve(live?.deployment(id));
    known.set(id, found);
    return found;
  };
  return async () => {
    const stage = await target.read();
    const ids = new Set([stage.deploymentId, stage.canarySettings?.deploymentId]);
    const deployments = await Promise.all([...ids].map((id) => (id === undefined ? undefined : find(id))));
    return {
      label: address.label,
      stage,
      deployments: deployments.filter((facts) => facts !== undefined),
      owners: ownersOf(stage, settings.ownerTags),
      notices: [...(target.notices?.() ?? []), ...noticesFor({}, stage)],
    };
  };
};

const formOf = ({ output: { asked } }: Context): keyof typeof statusForms =>
  asked === 'json' || asked === 'yaml' || asked === 'markdown' ? asked : 'text';

const render = async (reports: readonly StageReport[], context: Context): Promise<string> => {
  const { world, output } = context;
  const form = formOf(context);
  const text = await statusForms[form](reports, { ...output, onlyDifferences: isOn(context, 'differences') });
  return form === 'text' ? text : onTerminal(text, world.stdout);
};

const secondsBetween = 5;
const clearScreen = '\u001b[H\u001b[2J';

const watch = async (readAll: () => Promise<readonly StageReport[]>, context: Context): Promise<void> => {
  const { world, output } = context;
  const { signal } = world;
  const hint = output.paint.quiet(`every ${secondsBetween} seconds; Ctrl-C ends it`);
  for (let isSeen = false; !signal.aborted; isSeen = true) {
    try {
      const reports = await readAll();
      const notices = reports.flatMap((report) => report.notices.map(({ message }) => `${message}\n`)).join('');
      const text = `${await render(reports, context)}\n${onTerminal(notices, world.stdout)}`;
      world.stdout.write(`${clearScreen}${text}${hint}\n`);
    } catch (error) {
      if (signal.aborted) return;
      // Keep the last status on screen while API Gateway cannot be reached.
      if (!isSeen || !(error instanceof StageError && error.kind === 'unavailable')) throw error;
      world.stdout.write(`${output.paint.error(printable(error.message))}\n`);
    }
    await sleep(secondsBetween * 1000, signal);
  }
};

const checkOptions = (context: Context): void => {
  const { world, request } = context;
  if (isOn(context, 'differences') && request.targets.length < 2)
    throw usageError('--differences compares several stages: give two TARGETs or more.');
  if (isOn(context, 'watch') && !world.stdout.isTTY)
    throw usageError('--watch needs a terminal; leave it out to print the stage once.');
};

export const runStatus = async (context: Context): Promise<number> => {
  const { world, request } = context;
  checkOptions(context);
  const readers: Read[] = [];
  for (const word of request.targets.length === 0 ? [undefined] : request.targets)
    readers.push(reader(await openToRead(word, context), context));
  const readAll = () => Promise.all(readers.map((read) => read()));
  if (isOn(context, 'watch')) {
    await watch(readAll, context);
    return exitCodes.done;
  }
  const reports = await readAll();
  if (formOf(context) === 'text') for (const { notices } of reports) tellNotices(notices, context);
  world.stdout.write(await render(reports, context));
  return exitCodes.done;
};
