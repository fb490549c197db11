/** What somebody else changes of a stage between our read and our write. */
import type { Change } from '../../stage/changes.js';
import { readableName } from '../../stage/method.js';
import type { PatchOperation } from '../../stage/operation.js';
import { applyPatch } from '../../stage/patch.js';
import { readLeaf } from '../../stage/place.js';
import type { Notice } from '../../stage/plan.js';
import { PatchError, type Problem } from '../../stage/problem.js';
import type { Stage } from '../../stage/stage.js';
import type { ShowLeaf, Step } from './foreseen.js';

/** A stage that was read again. */
export interface Look {
  readonly step: Step;
  /** As API Gateway last answered with it, and as it is now. */
  readonly held: Stage;
  readonly fresh: Stage;
  readonly show: ShowLeaf;
}

/** What a call asks for, and somebody else has changed. */
const movedIn = ({ step, held, fresh }: Look): readonly Change[] =>
  step.asked.filter(({ place }) => readLeaf(fresh, place) !== readLeaf(held, place));

export const isMoved = (look: Look): boolean => movedIn(look).length > 0;

const valuesOf = ({ place, after }: Change, { held, fresh, show }: Look): readonly string[] => [
  readableName(place),
  ...[readLeaf(held, place), readLeaf(fresh, place), after].map((leaf) => show(place, leaf)),
];

const threeValues = (change: Change, look: Look): string => {
  const [name, was, is, wanted] = valuesOf(change, look);
  return `${name} was ${was} when the stage was read, and is ${is} now; this edit would make it ${wanted}.`;
};

const problemOf = (message: string): Problem => ({ code: 'changed-meanwhile', message });

/** Of that, what is not as the call would make it either. */
const strayedIn = (look: Look): readonly Change[] =>
  movedIn(look).filter(({ place, after }) => readLeaf(look.fresh, place) !== after);

/** A problem for each property that is neither as it was nor as the call would make it. */
export const strayed = (look: Look): readonly Problem[] =>
  strayedIn(look).map((change) => problemOf(threeValues(change, look)));

/** A notice for each property over whose change by somebody else a call went. */
export const overwritten = (look: Look): readonly Notice[] =>
  strayedIn(look).map((change) => {
    const [name, was, theirs, ours] = valuesOf(change, look);
    const message = `${name} was ${was} when the stage was read; somebody else made it ${theirs}, and then this edit made it ${ours}.`;
    return { code: 'changed-meanwhile', message };
  });

const failedTests = (stage: Stage, tests: readonly PatchOperation[]): readonly Problem[] => {
  try {
    applyPatch(stage, tests);
    return [];
  } catch (error) {
    if (error instanceof PatchError) return error.problems;
    throw error;
  }
};

/**
 * A problem for each thing that a call asks for and that was changed, and for what was expected and no longer holds. `state`: what
 * became of the stage.
 */
export const movedProblems = (
  look: Look,
  tests: readonly PatchOperation[],
  label: string,
  state: string,
): readonly Problem[] => {
  const failed = failedTests(look.fresh, tests);
  const moved = movedIn(look).map((change) => threeValues(change, look));
  if (failed.length === 0 && moved.length === 0) return [];
  const said = moved.length > 0 ? moved : ['Somebody else changed that after the stage was first read.'];
  return [...failed, ...said.map((text) => problemOf(`${label}: ${text} ${state}`))];
};
