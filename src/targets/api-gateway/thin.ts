/** Leaves out of a call what changes nothing. */
import { changesBetween } from '../../stage/changes.js';
import type { PatchOperation } from '../../stage/operation.js';
import { applyPatch } from '../../stage/patch.js';
import { findPlace, readLeaf } from '../../stage/place.js';
import { everyMethod } from '../../stage/properties.js';
import type { MethodSetting, Stage } from '../../stage/stage.js';
import { notMethods, unitOf } from './batches.js';

type Operations = readonly PatchOperation[];

const isIdle = (before: Stage, after: Stage, { op, path }: PatchOperation): boolean => {
  const place = findPlace(path);
  if (op === 'remove') return place?.property.name === 'accessLogSettings' && before.accessLogSettings === undefined;
  return place !== undefined && readLeaf(before, place) === readLeaf(after, place);
};

/** What an operation on a method sees: its entry, and that of all methods, which a new entry is made from. */
const entriesFor = (key: string, entries: ReadonlyMap<string, MethodSetting>): Stage => ({
  methodSettings: Object.fromEntries(
    [everyMethod, key].flatMap((name) => {
      const entry = entries.get(name);
      return entry === undefined ? [] : [[name, entry] as const];
    }),
  ),
});

/** Whether an operation is idle, asked of one after the other. A copy of thousands of entries for each would take seconds. */
const idleness = (stage: Stage): ((operation: PatchOperation) => boolean) => {
  const entries = new Map(Object.entries(stage.methodSettings ?? {}));
  let rest = stage;
  return (operation) => {
    const key = unitOf(operation);
    const before = key === notMethods ? rest : entriesFor(key, entries);
    const after = applyPatch(before, [operation]);
    const entry = after.methodSettings?.[key];
    if (key === notMethods) rest = after;
    else if (entry === undefined) entries.delete(key);
    else entries.set(key, entry);
    return isIdle(before, after, operation);
  };
};

/** The operations that change something. A call that copies goes whole: what is copied is what is there by then. */
export const thin = (stage: Stage, operations: Operations, after: Stage): Operations => {
  if (operations.some(({ op }) => op === 'copy')) return changesBetween(stage, after).length > 0 ? operations : [];
  const isIdleNow = idleness(stage);
  return operations.filter((operation) => !isIdleNow(operation));
};
