/** `stage diff`: two stages, or a stage and a document. */
import { compareDesired, compareStages } from '../commands/diff.js';
import { type DiffOptions, diffForms } from '../render/diff.js';
import type { Comparison } from '../stage/comparison.js';
import { type Context, exitCodes } from './context.js';
import { desiredFor } from './desired.js';
import { isOn, textOption } from './given-options.js';
import { type OpenedStage, open } from './open.js';
import { targetOf } from './target-of.js';
import { onTerminal, tellNotices } from './tell.js';

interface Compared {
  readonly comparison: Comparison;
  readonly other: string;
}

const compare = async ({ target }: OpenedStage, context: Context): Promise<Compared> => {
  const { request } = context;
  const desired = await desiredFor(context);
  const input = { ...request, stage: await target.read() };
  if (desired !== undefined)
    return { comparison: compareDesired(input, desired), other: textOption(context, 'file') ?? '' };
  const second = await open(request.targets[1], context);
  tellNotices(second.notices, context);
  return { comparison: compareStages(input, await second.target.read()), other: second.address.label };
};

export const runDiff = async (context: Context): Promise<number> => {
  const { world, output } = context;
  const opened = await open(await targetOf(context.request.targets[0], context), context);
  tellNotices(opened.notices, context);
  const { comparison, other } = await compare(opened, context);
  const form = output.asked === 'stage' ? 'text' : (output.asked ?? 'text');
  const options: DiffOptions = {
    ...output,
    labels: [opened.address.label, other],
    ...(opened.live && { whereabouts: await opened.live.whereabouts() }),
  };
  const { text, notices } = await diffForms[form](comparison, options);
  tellNotices(notices, context);
  world.stdout.write(form === 'text' ? text : onTerminal(text, world.stdout));
  return comparison.differs && isOn(context, 'detailed-exitcode') ? exitCodes.differences : exitCodes.done;
};
