/** `stage export`: a stage as lines for a template. */
import { exportStage } from '../documents/export.js';
import { type Context, exitCodes } from './context.js';
import { textOption } from './given-options.js';
import { open } from './open.js';
import { targetOf } from './target-of.js';
import { onTerminal, tellNotices } from './tell.js';

export const runExport = async (context: Context): Promise<number> => {
  const { world, request } = context;
  const { target, notices } = await open(await targetOf(request.targets[0], context), context);
  tellNotices(notices, context);
  const lines = await exportStage(await target.read(), textOption(context, 'to') ?? '');
  world.stdout.write(onTerminal(lines, world.stdout));
  return exitCodes.done;
};
