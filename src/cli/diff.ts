/** `stage diff`: compares two stages, or a stage with a document. */
import { compareDesired, compareStages } from '../commands/diff.js';
import { diffForms, noticesBeside } from '../render/diff.js';
import type { Comparison } from '../stage/comparison.js';
import type { Stage } from '../stage/stage.js';
import { type Context, exitCodes } from './context.js';
import { desiredFor } from './desired.js';
import { isOn, textOption } from './given-options.js';
import { open } from './open.js';
import { openToRead } from './target-of.js';
import { onTerminal, tellNotices } from './tell.js';

/** The comparison, and the name of the other side. */
const compare = async (stage: Stage, context: Context): Promise<readonly [Comparison, string]> => {
  const { request } = context;
  const input = { ...request, stage };
  const desired = await desiredFor(context);
  if (desired) return [compareDesired(input, desired), textOption(context, 'file') ?? ''];
  const second = await open(request.targets[1], context);
  tellNotices(second.notices, context);
  return [compareStages(input, await second.target.read()), second.address.label];
};

export const runDiff = async (context: Context): Promise<number> => {
  const { world, output, request } = context;
  const { address, target, live } = await openToRead(request.targets[0], context);
  const [comparison, other] = await compare(await target.read(), context);
  const form = output.asked === 'stage' ? 'text' : (output.asked ?? 'text');
  const text = await diffForms[form](comparison, {
    ...output,
    labels: [address.label, other],
    ...(live && { whereabouts: await live.whereabouts() }),
  });
  tellNotices(noticesBeside(form, comparison), context);
  world.stdout.write(form === 'text' ? text : onTerminal(text, world.stdout));
  return comparison.count > 0 && isOn(context, 'detailed-exitcode') ? exitCodes.differences : exitCodes.done;
};
