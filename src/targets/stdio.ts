/** A stage that is read from stdin; an edit writes it, edited, to stdout. */
import type { Notice } from '../stage/plan.js';
import { applyCalls, withState } from '../stage/result.js';
import { printableLines } from '../text/printable.js';
import type { World } from '../world.js';
import { editDocument, readDocument, type StageDocument } from './document.js';
import { maxTextSize } from './read-file.js';
import type { StageTarget } from './target.js';

/** An edit that changes nothing writes the stage too, as a filter does. Nothing is written when the edit is refused. */
export const stageOnStdio = (world: Pick<World, 'stdin' | 'stdout'>): StageTarget => {
  // stdin can be read once only.
  let document: Promise<StageDocument> | undefined;
  let notices: readonly Notice[] = [];
  const read = async (): Promise<StageDocument> => {
    document ??= world.stdin.read(maxTextSize).then((bytes) => readDocument(bytes, 'stdin'));
    notices = (await document).notices;
    return document;
  };
  return {
    label: '-',
    notices: () => notices,
    read: async () => (await read()).stage,
    edit: async (decide) => {
      const document = await read();
      const { stage } = document;
      const calls = decide(stage);
      const after = applyCalls(stage, calls);
      const edited = editDocument(document, after);
      world.stdout.write(world.stdout.isTTY ? printableLines(edited) : edited);
      return { before: stage, after, calls: withState(calls, 'made') };
    },
  };
};
