/** What an edit will make of a stage, in which calls, and where the answer was another one. */
import { type Change, changesBetween } from '../../stage/changes.js';
import { readableName } from '../../stage/method.js';
import type { PatchOperation } from '../../stage/operation.js';
import { applyPatch } from '../../stage/patch.js';
import {
  coveredBy,
  findPlace,
  isMethodRow,
  nameOf,
  type Place,
  pathOf,
  readLeaf,
  settingPath,
  withLeaves,
} from '../../stage/place.js';
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
  /** Those that its operations name: by them it is told whether it was made. What else a new entry holds differs by account. */
  readonly asked: readonly Change[];
  /** Operations of which nobody has shown what they do, so that `after` does not know either. */
  readonly unproven: readonly PatchProblem[];
  /** It is a call of its own in the plan, to be made once the one before it is confirmed; not a part of a large one. */
  readonly awaitsConfirmation?: true;
}

export interface Foresight {
  /** The stage as it was read. */
  readonly before: Stage;
  readonly steps: readonly Step[];
  /** What must hold before the first call. */
  readonly tests: Operations;
  /** The stage in the end. */
  readonly after: Stage;
  /** All operations as they were given; where they are not sent as they are, as they go. The same objects as in the steps. */
  readonly listed: Operations;
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
  const changes = changesBetween(before, after);
  const isAsked = coveredBy(operations.flatMap(({ path }) => findPlace(path) ?? []));
  return { operations, before, after, changes, asked: changes.filter(({ place }) => isAsked(place)), unproven: [] };
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
export const foreseeCalls = (before: Stage, calls: Calls, isVerbatim = false): Foresight => {
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
  const tests = calls.flat().filter(({ op }) => op === 'test');
  const listed = isVerbatim ? calls.flat() : [...tests, ...steps.flatMap(({ operations }) => operations)];
  return { before, steps, tests, after: held, listed };
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

/** Whether it is one of these operations, whose effect nobody knows, that a change comes from. */
const doubtedBy = (unproven: Operations): ((change: Change) => boolean) => {
  const doubted = unproven.map(({ path }) => path);
  return ({ place }) => doubted.some((path) => pathOf(place) === path || pathOf(place).startsWith(`${path}/`));
};

/** A call that was made. */
export interface Made {
  readonly step: Step;
  /** The stage as API Gateway answered with it before the call, and after it. */
  readonly held: Stage;
  readonly answer: Stage;
}

/** What stands after a call where it changed something. */
const ownLeaves = ({ step, held, answer }: Made): readonly { readonly place: Place; readonly leaf: Leaf }[] => {
  const isDoubted = doubtedBy(unprovenIn({ steps: [step] }));
  const unforeseen = step.unproven.length > 0 ? changesBetween(held, answer).filter(isDoubted) : [];
  return [...step.changes, ...unforeseen].map(({ place }) => ({ place, leaf: readLeaf(answer, place) }));
};

/** What calls made of a stage by API Gateway's answers, without what somebody else did meanwhile. */
export const ownOf = (before: Stage, made: readonly Made[]): Stage => {
  const foreseen = made.at(-1)?.step.after ?? before;
  // Of a place that several calls changed, the last counts.
  const leaves = [...new Map(made.flatMap(ownLeaves).map((own) => [nameOf(own.place), own])).values()];
  const isAsForeseen = leaves.every(({ place, leaf }) => readLeaf(foreseen, place) === leaf);
  return isAsForeseen ? foreseen : withLeaves(foreseen, leaves);
};

const isThrottle = ({ property }: Place): boolean =>
  isMethodRow(property) && settingPath(property).startsWith('/throttling/');

/** Whether a throttle came with the new entry of a method, and nobody named it: what it starts from differs by account and region. */
const comesWithEntry = ({ steps }: Foresight): ((change: Change) => boolean) => {
  const asked = new Set(steps.flatMap((step) => step.asked));
  const came = steps
    .flatMap(({ changes }) => changes)
    .filter((change) => !asked.has(change) && change.before === undefined && isThrottle(change.place));
  const names = new Set(came.map(({ place }) => nameOf(place)));
  return ({ place }) => names.has(nameOf(place));
};

/** A notice for each leaf that API Gateway answered with otherwise than was foreseen. Dates and the cache's status aside. */
export const differences = (foresight: Foresight, answer: Stage, show: ShowLeaf): readonly Notice[] => {
  // What nobody could foresee was asked for all the same.
  const isDoubted = doubtedBy(unprovenIn(foresight));
  const isStart = comesWithEntry(foresight);
  return changesBetween(foresight.after, answer)
    .filter((change) => !isDoubted(change) && !isStart(change))
    .map((change) => differenceNotice(change, foresight.before, show));
};

/** A notice for each operation that is sent although nobody knows what it does. */
export const unprovenNotices = (foresight: Foresight): readonly Notice[] =>
  unprovenIn(foresight).map(({ op, path }) => ({
    code: 'unproven',
    message: `Nobody has shown what API Gateway makes of ${op} at ${path}; it is sent as given.`,
  }));
