/** What is printed of a result, and where. */

import type { EditCommand } from '../commands/command.js';
import { renderers } from '../render/render.js';
import type { Output } from '../settings/settings.js';
import type { Notice } from '../stage/plan.js';
import type { StageResult } from '../stage/result.js';
import { printable, printableLines } from '../text/printable.js';
import type { Sink } from '../world.js';
import type { Address } from './address.js';
import type { Context } from './context.js';

/** On a terminal nothing of a stage may act on it; elsewhere it is told as it is. */
export const onTerminal = (text: string, { isTTY }: Sink): string => (isTTY ? printableLines(text) : text);

/** Says which stage was meant where none was named. */
export const tellOrigin = ({ label, from }: Address, { world, output }: Context): void => {
  if (from && !output.isQuiet) world.stderr.write(`${printable(label)}${from}\n`);
};

const render = async (
  result: StageResult,
  form: Output,
  from: string | undefined,
  { world, output }: Context,
  stream: 'stdout' | 'stderr' = 'stdout',
): Promise<string> => {
  const paint = stream === 'stdout' ? output.paint : output.paintErrors;
  const text = await renderers[form](result, { isSecret: output.isSecret, paint, ...(from && { from }) });
  return form === 'text' ? text : onTerminal(text, world[stream]);
};

/** Notices go to stderr. */
export const tellNotice = (message: string, { world, output }: Context): void =>
  world.stderr.write(`${output.paintErrors.warning('notice:')} ${printable(message)}\n`);

export const tellNotices = (notices: readonly Notice[], context: Context): void => {
  if (context.output.isQuiet) return;
  for (const { message } of notices) tellNotice(message, context);
};

/** Tells the story of an edit. Where stdout holds the stage itself, all that is told goes to stderr. */
export const tell = async (
  result: StageResult,
  address: Address,
  command: EditCommand,
  context: Context,
): Promise<void> => {
  const { world, output, settings } = context;
  const isFilter = address.kind === 'stdio';
  const printsStage = command.output === 'stage' && output.asked === undefined && !isFilter;
  const isAside = printsStage || (isFilter && !result.isDryRun);
  const asked = output.asked ?? settings.output ?? 'text';
  const form = isAside && asked === 'stage' ? 'text' : asked;
  const stream = isAside ? 'stderr' : 'stdout';
  if (printsStage) world.stdout.write(await render(result, 'stage', undefined, context));
  if (!output.isQuiet || (!isAside && form !== 'text'))
    world[stream].write(await render(result, form, address.from, context, stream));
  if (!isAside && form !== 'text') tellOrigin(address, context);
  // Some forms hold them.
  if (form !== 'json' && form !== 'yaml') tellNotices(result.notices, context);
};
