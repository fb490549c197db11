/** Guards a patch that is applied later: `test` operations first check the values that it overwrites. */
import { changesBetween } from './diff.js';
import {
  coveredBy,
  findPlace,
  findProperty,
  methodEntry,
  nameOf,
  type Place,
  pathOf,
  propertyNamed,
  readPlace,
} from './place.js';
import type { Outcome } from './plan.js';
import { everyMethod } from './properties.js';
import { makesCall, operationsOf } from './result.js';
import { isObject, type PatchOperation, type Stage } from './stage.js';

/** The entry or group that contains a leaf, if the stage does not have it. */
const absentWhole = (stage: Stage, { property: { group }, key }: Place): Place | undefined => {
  const property = group === 'methodSettings' ? methodEntry : findProperty(group);
  const whole = property?.ops.includes('remove') && { property, key: property === methodEntry ? key : '' };
  return whole && readPlace(stage, whole) === undefined ? whole : undefined;
};

/** Whether the path means this place: `/variables/GET` is a variable, not a method of a resource called variables. */
const isTestable = (place: Place): boolean => {
  const found = findPlace(pathOf(place));
  return found !== undefined && nameOf(found) === nameOf(place);
};

/** The groups and entries that operations remove, with all that they hold. */
const removedWholes = (before: Stage, operations: readonly PatchOperation[]): readonly Place[] =>
  operations
    .flatMap(({ op, path }) => (op === 'remove' ? (findPlace(path) ?? []) : []))
    .filter((place) => place.property.codec === undefined && readPlace(before, place) !== undefined);

/** What API Gateway fills a new entry or canary from. */
const sourceOf = ({ property: { group } }: Place): Place =>
  group === 'methodSettings'
    ? { property: methodEntry, key: everyMethod }
    : { property: propertyNamed('deploymentId'), key: '' };

const textAt = (stage: Stage, place: Place): string => {
  const value = readPlace(stage, place) ?? '';
  return isObject(value) ? JSON.stringify(value) : String(value);
};

/**
 * Tests that each place that an edit changes still has its old value, that a group that goes holds nothing else, and that
 * a new one is filled with the same values.
 */
const guardsOf = (before: Stage, after: Stage, operations: readonly PatchOperation[]): readonly PatchOperation[] => {
  const removed = removedWholes(before, operations);
  const isRemoved = coveredBy(removed);
  const changed = changesBetween(before, after)
    .filter(({ place }) => !isRemoved(place))
    .map(({ place }) => absentWhole(before, place) ?? place);
  const isFilled = (place: Place): boolean =>
    place.property.codec === undefined &&
    place.property.group !== 'accessLogSettings' &&
    (!removed.includes(place) || readPlace(after, place) !== undefined);
  const tested = [...removed, ...changed];
  const tests = [...tested, ...tested.filter(isFilled).map(sourceOf)]
    .filter(isTestable)
    .map((place) => ({ op: 'test', path: pathOf(place), value: textAt(before, place) }) as const);
  return [...new Map(tests.map((test) => [test.path, test])).values()];
};

/** The operations of an edit that was not made, preceded by tests. A new stage needs none: nothing is overwritten. */
export const guardedOperations = (outcome: Outcome): readonly PatchOperation[] => {
  const operations = operationsOf(outcome);
  if (operations.length === 0 || makesCall(outcome, 'CreateStage')) return operations;
  return [...guardsOf(outcome.before, outcome.own ?? outcome.after, operations), ...operations];
};
