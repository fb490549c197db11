/** Splits operations that are too many for one call. */
import { changesBetween } from '../../stage/changes.js';
import type { PatchOperation } from '../../stage/operation.js';
import { applyPatch } from '../../stage/patch.js';
import { findPlace, propertyNamed } from '../../stage/place.js';
import { everyMethod } from '../../stage/properties.js';
import type { Stage } from '../../stage/stage.js';

/** Known to be safe in one call; where API Gateway's limit is, nobody has said. */
export const mostOperations = 80;

type Operations = readonly PatchOperation[];

/** What belongs together: a method's entry by its key, and whatever is no method. */
export const unitOf = ({ path }: PatchOperation): string => {
  const place = findPlace(path);
  return place?.property.group === 'methodSettings' ? place.key : '';
};

type Unit = (operation: PatchOperation, index: number) => string;

export const notMethods = '';

const together = (operations: Operations, unit: Unit): readonly Operations[] => {
  const units = new Map<string, PatchOperation[]>();
  for (const [index, operation] of operations.entries()) {
    const key = unit(operation, index);
    const held = units.get(key);
    if (held === undefined) units.set(key, [operation]);
    else held.push(operation);
  }
  return [...units.values()];
};

/** Takes the removal of an entry that is built again to where it is built. */
const removedLate = (operations: Operations): Operations => {
  const keys = new Set(operations.filter(({ op }) => op !== 'remove').map(unitOf));
  const waits = (operation: PatchOperation): boolean =>
    operation.op === 'remove' && keys.has(unitOf(operation)) && ![notMethods, everyMethod].includes(unitOf(operation));
  const removals = new Map(operations.filter(waits).map((operation) => [unitOf(operation), operation]));
  return operations
    .filter((operation) => !waits(operation))
    .flatMap((operation) => {
      const removal = removals.get(unitOf(operation));
      removals.delete(unitOf(operation));
      return removal ? [removal, operation] : [operation];
    });
};

const chunks = (operations: Operations, size: number): readonly Operations[] =>
  Array.from({ length: Math.ceil(operations.length / size) }, (_, index) =>
    operations.slice(index * size, (index + 1) * size),
  );

/** Fills calls with whole units; only a unit that is too much for one call is cut. */
const pack = (units: readonly Operations[], size: number): readonly Operations[] => {
  const calls: PatchOperation[][] = [];
  for (const unit of units.flatMap((whole) => chunks(whole, size))) {
    const last = calls.at(-1);
    if (last !== undefined && last.length + unit.length <= size) last.push(...unit);
    else calls.push([...unit]);
  }
  return calls;
};

const isSame = (stage: Stage, expected: Stage, calls: readonly Operations[]): boolean => {
  try {
    return changesBetween(applyPatch(stage, calls.flat()), expected).length === 0;
  } catch {
    return false;
  }
};

// Where an entry's own place in the order decides what new entries start from, that of all methods cannot be one unit.
const looseUnit: Unit = (operation, index) =>
  unitOf(operation) === everyMethod ? `${everyMethod}${index}` : unitOf(operation);

const percentTraffic = propertyNamed('canarySettings.percentTraffic');

const isTraffic = ({ path }: PatchOperation): boolean => path === percentTraffic.path;

/** For edits of more than methods than one call can take: each group is a unit, and the share of the canary one by itself. */
const groupUnit: Unit = (operation) => {
  if (isTraffic(operation)) return ` ${percentTraffic.name}`;
  return unitOf(operation) === notMethods ? ` ${findPlace(operation.path)?.property.group}` : unitOf(operation);
};

const isOfStage = ([operation]: Operations): boolean =>
  operation !== undefined && findPlace(operation.path)?.property.group === 'stage';

/** A deployment comes once its variables are there. */
const stageLast = (units: readonly Operations[]): readonly Operations[] => [
  ...units.filter((unit) => !isOfStage(unit)),
  ...units.filter(isOfStage),
];

const trafficOf = ({ canarySettings }: Stage): number => canarySettings?.percentTraffic ?? 0;

/** Requests go to a canary once all of it is there, and are taken from it before any of it changes. */
const trafficAside = (units: readonly Operations[], before: Stage, after: Stage): readonly Operations[] => {
  const rest = units.filter((unit) => !unit.some(isTraffic));
  const traffic = units.filter((unit) => unit.some(isTraffic));
  return trafficOf(after) > trafficOf(before) ? [...rest, ...traffic] : [...traffic, ...rest];
};

const waysFor = (
  operations: Operations,
  size: number,
  before: Stage,
  after: Stage,
): readonly (readonly Operations[])[] => {
  const late = removedLate(operations);
  const isMuch = operations.filter((operation) => unitOf(operation) === notMethods).length > size;
  if (!isMuch) return [together(late, unitOf), together(late, looseUnit)];
  const byGroup = together(late, groupUnit);
  return [trafficAside(stageLast(byGroup), before, after), stageLast(byGroup), byGroup];
};

/**
 * Calls of at most `size` operations that together do what the one call would, in an order in which every stage in between is a
 * sane one: a method's entry is never half built, and what is no method changes in one call where that is possible. `after` is
 * what the one call makes of `stage`; an order that would make something else is not taken.
 */
export const splitIntoCalls = (
  stage: Stage,
  operations: Operations,
  after: Stage,
  size: number = mostOperations,
): readonly Operations[] => {
  if (operations.length <= size) return [operations];
  const tried = waysFor(operations, size, stage, after).map((units) => pack(units, size));
  return tried.find((calls) => isSame(stage, after, calls)) ?? chunks(operations, size);
};

/** Calls in the order that was given, for operations of which nobody may change the order. */
export const splitAsGiven = (operations: Operations, size: number = mostOperations): readonly Operations[] =>
  chunks(operations, size);
