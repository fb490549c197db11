/** A stage that is read from stdin. An edit writes the edited stage to stdout. */
import { applyCalls, withState } from '../stage/result.js';
import { printableLines } from '../text/printable.js';
import type { World } from '../world.js';
import { editDocument, readDocument, type StageDocument } from './document.js';
import { maxTextSize } from './read-file.js';
import type { StageTarget } from './target.js';

/** Works as a filter: an edit that changes nothing still writes the stage. A refused edit writes nothing. */
export const stageOnStdio = (world: Pick<World, 'stdin' | 'stdout'>): StageTarget => {
  // stdin can be read only once.
  let document: StageDocument | undefined;
  const read = async (): Promise<StageDocument> => {
    document ??= await readDocument(await world.stdin.read(maxTextSize), 'stdin');
    return document;
  };
  return {
    label: '-',
    notices: () => document?.notices ?? [],
    check: async (after) => document && editDocument(document, after),
    read: async () => (await read()).stage,
    edit: async (decide) => {
      const whole = await read();
      const { stage } = whole;
      const calls = decide(stage);
      const after = applyCalls(stage, calls);
      const edited = await editDocument(whole, after);
      world.stdout.write(world.stdout.isTTY ? printableLines(edited) : edited);
      return { before: stage, after, calls: withState(calls, 'made') };
    },
  };
};
