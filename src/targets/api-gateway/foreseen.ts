/** What an edit will make of a stage, in which calls, and where the answer was another one. */
import { type Change, changesBetween } from '../../stage/changes.js';
import { readableName } from '../../stage/method.js';
import type { PatchOperation } from '../../stage/operation.js';
import { applyPatch } from '../../stage/patch.js';
import { type Place, pathOf, readLeaf } from '../../stage/place.js';
import type { Calls, Notice } from '../../stage/plan.js';
import { PatchError, type PatchProblem } from '../../stage/problem.js';
import { sent } from '../../stage/result.js';
import type { Stage } from '../../stage/stage.js';
import { splitAsGiven, splitIntoCalls } from './batches.js';
import { thin } from './thin.js';

type Operations = readonly PatchOperation[];
export type Leaf = Change['after'];

/** The value at a place as a notice may show it; a secret's is masked. */
export type ShowLeaf = (place: Place, leaf: Leaf) => string;

/** One call of UpdateStage. */
export interface Step {
  readonly operations: Operations;
  readonly before: Stage;
  /** What the engine says that it makes of `before`. */
  readonly after: Stage;
  /** The leaves that it changes. */
  readonly changes: readonly Change[];
  /** Operations of which nobody has shown what they do, so that `after` does not know either. */
  readonly unproven: readonly PatchProblem[];
  /** It is a call of its own in the plan, to be made once the one before it is confirmed; not a part of a large one. */
  readonly awaitsConfirmation?: true;
}

export interface Foresight {
  readonly steps: readonly Step[];
  /** What must hold before the first call. */
  readonly tests: Operations;
  /** The stage in the end. */
  readonly after: Stage;
}

/** Where nobody knows what API Gateway does: not what it is known to refuse. */
const unknowns: readonly string[] = ['unproven', 'absent'];

const unprovenOf = (error: unknown): readonly PatchProblem[] => {
  if (!(error instanceof PatchError)) throw error;
  const known = error.problems.filter(({ code }) => !unknowns.includes(code));
  if (known.length > 0) throw new PatchError(known);
  return error.problems;
};

const stepAsGiven = (before: Stage, operations: Operations): Step => {
  let unproven: readonly PatchProblem[] = [];
  try {
    applyPatch(before, operations);
  } catch (error) {
    unproven = unprovenOf(error);
  }
  const doubted = unproven.map(({ index }) => index);
  return { ...stepOf(before, operations, (_, index) => !doubted.includes(index)), unproven };
};

const stepOf = (
  before: Stage,
  operations: Operations,
  isKnown: (operation: PatchOperation, index: number) => boolean = () => true,
): Step => {
  const after = applyPatch(before, operations.filter(isKnown));
  return { operations, before, after, changes: changesBetween(before, after), unproven: [] };
};

const callsFor = (stage: Stage, operations: Operations, isVerbatim: boolean): Calls => {
  // The whole call first: it is refused with all that is wrong with it.
  if (isVerbatim) return splitAsGiven(sent(operations));
  const after = applyPatch(stage, operations);
  const needed = thin(stage, sent(operations), after);
  return needed.length === 0 ? [] : splitIntoCalls(stage, needed, after);
};

/**
 * The calls that an edit takes, without `test` operations, which are ours to check, and without what changes nothing, unless the
 * operations are to be sent `isVerbatim`.
 *
 * @throws PatchError with what API Gateway is known to refuse; where the operations are not to be sent as they are, also with
 * what nobody has shown it to accept.
 */
export const foresee = (before: Stage, calls: Calls, isVerbatim = false): Foresight => {
  const steps: Step[] = [];
  let held = before;
  for (const operations of calls) {
    if (isVerbatim) stepAsGiven(held, operations);
    for (const [part, call] of callsFor(held, operations, isVerbatim).entries()) {
      const step = isVerbatim ? stepAsGiven(held, call) : stepOf(held, call);
      steps.push(part === 0 && steps.length > 0 ? { ...step, awaitsConfirmation: true } : step);
      held = step.after;
    }
  }
  return { steps, tests: calls.flat().filter(({ op }) => op === 'test'), after: held };
};

export const showLeaf: ShowLeaf = (_place, leaf) => (leaf === undefined ? 'nothing' : String(leaf));

const differenceNotice = ({ place, before: foreseen, after }: Change, read: Stage, show: ShowLeaf): Notice => {
  const was = readLeaf(read, place);
  const name = readableName(place);
  const [wasText, foreseenText, isText] = [was, foreseen, after].map((leaf) => show(place, leaf));
  return was === foreseen
    ? {
        code: 'changed-meanwhile',
        message: `${name} was ${wasText} when the stage was read, and is ${isText} in API Gateway's answer, which this edit did not ask for.`,
      }
    : {
        code: 'not-as-foreseen',
        message: `${name} was ${wasText} when the stage was read and should be ${foreseenText} by this edit; API Gateway answered ${isText}.`,
      };
};

const unprovenIn = ({ steps }: Pick<Foresight, 'steps'>): readonly PatchOperation[] =>
  steps.flatMap(({ unproven }) => unproven.map(({ operation }) => operation as PatchOperation));

/** A notice for each leaf that API Gateway answered with otherwise than was foreseen. Dates and the cache's status aside. */
export const differences = (
  read: Stage,
  foresight: Pick<Foresight, 'steps' | 'after'>,
  answer: Stage,
  show: ShowLeaf = showLeaf,
): readonly Notice[] => {
  const doubted = unprovenIn(foresight).map(({ path }) => path);
  // What nobody could foresee was asked for all the same.
  const isDoubted = (path: string): boolean => doubted.some((other) => path === other || path.startsWith(`${other}/`));
  return changesBetween(foresight.after, answer)
    .filter(({ place }) => !isDoubted(pathOf(place)))
    .map((change) => differenceNotice(change, read, show));
};

/** A notice for each operation that is sent although nobody knows what it does. */
export const unprovenNotices = (foresight: Foresight): readonly Notice[] =>
  unprovenIn(foresight).map(({ op, path }) => ({
    code: 'unproven',
    message: `Nobody has shown what API Gateway makes of ${op} at ${path}; it is sent as given.`,
  }));
