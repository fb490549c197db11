/** `stage export`: prints a stage as lines for a template. */
import { exportStage } from '../documents/export.js';
import { type Context, exitCodes } from './context.js';
import { textOption } from './given-options.js';
import { openToRead } from './target-of.js';
import { onTerminal } from './tell.js';

export const runExport = async (context: Context): Promise<number> => {
  const { world, request } = context;
  const { target } = await openToRead(request.targets[0], context);
  const lines = await exportStage(await target.read(), textOption(context, 'to') ?? '');
  world.stdout.write(onTerminal(lines, world.stdout));
  return exitCodes.done;
};
