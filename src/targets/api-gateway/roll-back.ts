/** Takes back the calls of an edit of which a later one failed for good. */
import { type Change, changesBetween } from '../../stage/changes.js';
import { diffStages } from '../../stage/diff.js';
import { readableName } from '../../stage/method.js';
import { nameOf, readLeaf } from '../../stage/place.js';
import type { Problem } from '../../stage/problem.js';
import type { Stage } from '../../stage/stage.js';
import { foreseeCalls, ownOf, type Step } from './foreseen.js';
import { makeCalls, type Progress } from './make-calls.js';
import { readStage } from './read-stage.js';
import type { Edited } from './write-step.js';

export interface Rollback {
  /** The stage as it was. */
  readonly before: Stage;
  /** What the edit made of it. */
  readonly own: Stage;
  /** The calls that take back, and how far they came. */
  readonly steps: readonly Step[];
  readonly back: Progress;
  /** What no operation can take back. */
  readonly problems: readonly Problem[];
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Takes back what still is as the edit made it. */
export const rollBack = async (before: Stage, own: Stage, edited: Edited): Promise<Rollback> => {
  const fresh = await readStage(edited);
  const theirs = new Set(changesBetween(own, fresh).map(({ place }) => nameOf(place)));
  const { operations, problems } = diffStages(fresh, before, (place) => !theirs.has(nameOf(place)));
  const { steps } = foreseeCalls(fresh, [operations]);
  return { before, own, steps, back: await makeCalls(steps, fresh, edited), problems };
};

/** Why not all of it was taken back: a call failed, or something cannot be taken back, or was answered otherwise. */
export const whyNotBack = ({ back, problems }: Rollback, show: Edited['show']): string | undefined => {
  if (back.failed) return messageOf(back.failed.error);
  if (problems[0]) return problems[0].message;
  const meant = back.made.at(-1)?.step.after ?? back.stage;
  const [missed] = changesBetween(meant, ownOf(meant, back.made));
  if (missed === undefined) return undefined;
  const { place, before, after } = missed;
  return `${readableName(place)} should be ${show(place, before)} again, and API Gateway answered ${show(place, after)}`;
};

/** A problem for each property that is not as it was, and that is not of this edit either. */
export const leftToOthers = (
  { before, own, steps, back }: Rollback,
  doubted: readonly Change[],
  show: Edited['show'],
): readonly Problem[] => {
  const ours = new Set([...steps.flatMap(({ changes }) => changes), ...doubted].map(({ place }) => nameOf(place)));
  return changesBetween(before, back.stage)
    .filter(({ place, after }) => readLeaf(own, place) !== after && !ours.has(nameOf(place)))
    .map(({ place, before: was, after: is }) => {
      const made = readLeaf(own, place);
      const meant = made === was ? '' : `, was made ${show(place, made)} by this edit`;
      const message = `${readableName(place)} was ${show(place, was)} when the stage was read${meant}, and is ${show(place, is)} now, which this edit did not ask for: it was left.`;
      return { code: 'changed-meanwhile', message };
    });
};
