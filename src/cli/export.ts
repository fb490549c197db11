/** `stage export`: a stage as lines for a template. */
import { exportFormats, exportStage } from '../documents/export.js';
import { type Context, exitCodes } from './context.js';
import { textOption } from './given-options.js';
import { open } from './open.js';
import { targetOf } from './target-of.js';
import { onTerminal, tellNotices } from './tell.js';

export const runExport = async (context: Context): Promise<number> => {
  const { world, request } = context;
  const { target, notices } = await open(await targetOf(request.targets[0], context), context);
  tellNotices(notices, context);
  const form = exportFormats.find((name) => name === textOption(context, 'to')) ?? exportFormats[0];
  world.stdout.write(onTerminal(await exportStage(await target.read(), form), world.stdout));
  return exitCodes.done;
};
