/** The UpdateStage calls that an edit takes, and what they will make of the stage. */
import { changesBetween } from '../../stage/diff.js';
import { applyPatch } from '../../stage/patch.js';
import {
  findPlace,
  leafRows,
  methodEntry,
  methodRows,
  nameOf,
  type Place,
  placesFor,
  readLeaf,
} from '../../stage/place.js';
import type { Calls } from '../../stage/plan.js';
import { PatchError, type PatchProblem } from '../../stage/problem.js';
import { sent } from '../../stage/result.js';
import type { PatchOperation, Stage } from '../../stage/stage.js';

type Operations = readonly PatchOperation[];

/** One call of UpdateStage. */
export interface Step {
  readonly operations: Operations;
  /** The stage that the engine foresees after it. */
  readonly after: Stage;
  /** Operations with an unknown effect: `after` does not have it. */
  readonly unproven: Operations;
}

export interface Foresight {
  /** The stage as it was read. */
  readonly before: Stage;
  readonly steps: readonly Step[];
  /** What must hold before the first call. */
  readonly tests: Operations;
  readonly after: Stage;
  /** The operations in the order in which they are counted. */
  readonly listed: Operations;
}

/** The leaves at a place in any of the stages. */
const leavesAt = ({ property, key }: Place, stages: readonly Stage[]): readonly Place[] => {
  if (property.codec) return [{ property, key }];
  if (property === methodEntry) return methodRows.map((row) => ({ property: row, key }));
  const rows = leafRows.filter(({ name }) => name.startsWith(`${property.name}.`));
  return rows.flatMap((row) => stages.flatMap((stage) => placesFor(stage, row)));
};

/** The leaves that operations name, where they name a group all that it holds in one of the stages. */
export const namedLeaves = (operations: Operations, stages: readonly Stage[]): ReadonlyMap<string, Place> => {
  const places = operations.flatMap(({ path }) => findPlace(path) ?? []);
  return new Map(places.flatMap((place) => leavesAt(place, stages)).map((place) => [nameOf(place), place]));
};

/** Known to be accepted in one call. AWS does not document its limit. */
export const mostOperations = 80;

/** What is not split: the entry of a method; everything else, as far as it fits. */
const unitOf = ({ path }: PatchOperation): string => {
  const place = findPlace(path);
  return place?.property.group === 'methodSettings' ? place.key : '';
};

const grouped = (operations: Operations, isLast: boolean): readonly Operations[] => {
  const units = new Map<string, PatchOperation[]>();
  for (const operation of operations) {
    const key = unitOf(operation);
    const unit = units.get(key) ?? [];
    // A unit stands where its first operation stands, or its last.
    if (isLast) units.delete(key);
    unit.push(operation);
    units.set(key, unit);
  }
  return [...units.values()];
};

const chunks = (operations: Operations, size: number): readonly Operations[] =>
  Array.from({ length: Math.ceil(operations.length / size) }, (_, index) =>
    operations.slice(index * size, (index + 1) * size),
  );

/** Fills calls with whole units; only a unit that is too large for one call is cut. */
const pack = (units: readonly Operations[], size: number): readonly Operations[] => {
  const calls: PatchOperation[][] = [];
  for (const unit of units.flatMap((whole) => chunks(whole, size))) {
    const last = calls.at(-1);
    if (last !== undefined && last.length + unit.length <= size) last.push(...unit);
    else calls.push([...unit]);
  }
  return calls;
};

const makes = (stage: Stage, operations: Operations, after: Stage): boolean => {
  try {
    return changesBetween(applyPatch(stage, operations), after).length === 0;
  } catch {
    return false;
  }
};

/** Calls of at most `size` operations that make `after` together, as the one call would; a method's entry whole, if that is possible. */
export const splitIntoCalls = (
  stage: Stage,
  operations: Operations,
  after: Stage,
  size: number = mostOperations,
): readonly Operations[] => {
  if (operations.length <= size) return [operations];
  const ways = [false, true].map((isLast) => pack(grouped(operations, isLast), size));
  return ways.find((calls) => makes(stage, calls.flat(), after)) ?? chunks(operations, size);
};

/** The operations without those that change nothing. A call that copies is sent whole: it copies what is there by then. */
export const dropNoOps = (stage: Stage, operations: Operations, after: Stage): Operations => {
  const changes = changesBetween(stage, after);
  if (changes.length === 0 || operations.some(({ op }) => op === 'copy')) return changes.length === 0 ? [] : operations;
  const unit = ({ property: { group }, key }: Place): string => (group === 'methodSettings' ? key : ` ${group}`);
  const changed = new Set(changes.map(({ place }) => nameOf(place)));
  const changedUnits = new Set(changes.map(({ place }) => unit(place)));
  const places = operations.map(({ path }) => findPlace(path));
  // What is removed is built again by the operations after it, all of them.
  const rebuilt = new Set(
    places.flatMap((place, index) => (place && operations[index]?.op === 'remove' ? unit(place) : [])),
  );
  const needed = operations.filter((_, index) => {
    const place = places[index];
    if (place === undefined) return true;
    return changedUnits.has(unit(place)) && (rebuilt.has(unit(place)) || changed.has(nameOf(place)));
  });
  return makes(stage, needed, after) ? needed : operations;
};

/** Not what API Gateway is known to refuse. */
const isUnproven = ({ code }: PatchProblem): boolean => code === 'unproven' || code === 'absent';

const stepAsGiven = (before: Stage, operations: Operations): Step => {
  try {
    return { operations, after: applyPatch(before, operations), unproven: [] };
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    const known = error.problems.filter((problem) => !isUnproven(problem));
    if (known.length > 0) throw new PatchError(known);
    const unproven = error.problems.flatMap(({ index }) => operations[index] ?? []);
    const proven = operations.filter((operation) => !unproven.includes(operation));
    return { operations, after: applyPatch(before, proven), unproven };
  }
};

const splitCall = (stage: Stage, operations: Operations): readonly Operations[] => {
  const after = applyPatch(stage, operations);
  const needed = dropNoOps(stage, sent(operations), after);
  return needed.length === 0 ? [] : splitIntoCalls(stage, needed, after);
};

/**
 * The calls that an edit takes: without `test` operations, which are ours to check, and without no-ops, unless the operations are to be
 * sent `isVerbatim`.
 *
 * @throws PatchError for what API Gateway is known to refuse; unless verbatim, also for what is undocumented.
 */
export const foreseeCalls = (before: Stage, calls: Calls, isVerbatim = false): Foresight => {
  const steps: Step[] = [];
  let held = before;
  for (const operations of calls) {
    // The whole call first: all that is wrong with it is told at once.
    if (isVerbatim) stepAsGiven(held, operations);
    for (const part of isVerbatim ? chunks(sent(operations), mostOperations) : splitCall(held, operations)) {
      const step = isVerbatim
        ? stepAsGiven(held, part)
        : { operations: part, after: applyPatch(held, part), unproven: [] };
      steps.push(step);
      held = step.after;
    }
  }
  const tests = calls.flat().filter(({ op }) => op === 'test');
  const listed = isVerbatim ? calls.flat() : [...tests, ...steps.flatMap(({ operations }) => operations)];
  return { before, steps, tests, after: held, listed };
};

/** What stands at a place. A text that clears its property stands for nothing. */
export const valueAt = (stage: Stage, place: Place): ReturnType<typeof readLeaf> => {
  const leaf = readLeaf(stage, place);
  return leaf === '' && place.property.clear === '' ? undefined : leaf;
};
