/** The diff of method settings: entry by entry, since API Gateway removes only whole entries. */

import { isLeaf, type Leaf } from './codec.js';
import {
  differingKeys,
  findPlace,
  methodEntry,
  methodRows,
  pathOf,
  propertyNamed,
  readPlace,
  removeAt,
  replaceAt,
} from './place.js';
import { defaultMethodSetting, everyMethod, type Property } from './properties.js';
import { isObject, type JsonObject, type PatchOperation, type Stage } from './stage.js';

interface Entry {
  readonly key: string;
  /** Empty if the stage has no such entry. */
  readonly before: JsonObject;
  readonly after: JsonObject;
  /** The fields whose values differ. */
  readonly changed: readonly Property[];
  readonly isRemoved: boolean;
  /** Whether API Gateway creates the entry, with initial values: a new one, or one that was removed. */
  readonly isBuilt: boolean;
}

const loggingLevel = propertyNamed('methodSettings.{method}.loggingLevel');

const has = (fields: JsonObject, { field }: Property): boolean => isLeaf(fields[field]);

const isEmpty = (fields: JsonObject): boolean => !methodRows.some((row) => has(fields, row));

// An inherited member such as `constructor` counts as an empty entry: it has none of the fields.
const fieldsOf = ({ methodSettings }: Stage, key: string): JsonObject => {
  const entry: unknown = methodSettings?.[key];
  return isObject(entry) ? entry : {};
};

/** Whether its path removes an entry: `/variables/GET` may be a variable instead. */
const isRemovable = (key: string, stage: Stage): boolean => {
  const named = findPlace(pathOf({ property: methodEntry, key }));
  return named === undefined || named.property.group === 'methodSettings' || readPlace(stage, named) === undefined;
};

/** @param seed The initial values of an entry. */
const entryOf = (from: Stage, to: Stage, key: string, seed: JsonObject): Entry => {
  const [before, after] = [fieldsOf(from, key), fieldsOf(to, key)];
  const changed = methodRows.filter(({ field }) => before[field] !== after[field]);
  const isGone = isEmpty(after);
  // To remove a field, the entry is removed and built again. Not needed if the field has its initial value.
  const losesField = (row: Property) => has(before, row) && !has(after, row) && seed[row.field] !== before[row.field];
  const isRemoved = (isGone ? !isEmpty(before) : changed.some(losesField)) && isRemovable(key, to);
  // An empty entry is not new: API Gateway does not fill it in.
  const isBuilt = !isGone && (isRemoved || !Object.hasOwn(from.methodSettings ?? {}, key));
  return { key, before, after, changed, isRemoved, isBuilt };
};

/** The initial values of a new entry: those of `all`, the entry for all methods, over API Gateway's defaults. */
const seedOf = (all: JsonObject): JsonObject => ({
  ...defaultMethodSetting,
  ...Object.fromEntries(methodRows.filter((row) => has(all, row)).map(({ field }) => [field, all[field]])),
});

const entriesOf = (before: Stage, after: Stage) => {
  const all = entryOf(before, after, everyMethod, defaultMethodSetting);
  const hasLevel = has(all.after, loggingLevel);
  // Without loggingLevel: an entry without one is built while the entry for all methods has none that it would copy.
  const seed = { ...seedOf(all.after), loggingLevel: undefined };
  const others = differingKeys(before.methodSettings ?? {}, after.methodSettings ?? {})
    .filter((key) => key !== everyMethod)
    .map((key) => entryOf(before, after, key, seed));
  const early = others.filter((entry) => hasLevel && entry.isBuilt && !has(entry.after, loggingLevel));
  const isInWay = early.length > 0 && has(all.before, loggingLevel);
  return { all: isInWay ? { ...all, isRemoved: true, isBuilt: true } : all, others, early: new Set(early) };
};

/** The keys of the entries that API Gateway fills with initial values on the way from `before` to `after`. */
export const filledMethods = (before: Stage, after: Stage): readonly string[] => {
  const { all, others } = entriesOf(before, after);
  return [all, ...others].filter(({ isBuilt }) => isBuilt).map(({ key }) => key);
};

const writeFields = ({ key, after }: Entry, rows: readonly Property[]): readonly PatchOperation[] =>
  rows.map((property) => replaceAt({ property, key }, after[property.field] as Leaf));

const updateEntry = (entry: Entry): readonly PatchOperation[] =>
  writeFields(
    entry,
    entry.changed.filter((row) => has(entry.after, row)),
  );

/** Builds entries that start from `all`. A default that depends on the account is written too, unless `all` has it. */
const builderFrom = (all: JsonObject): ((entry: Entry) => readonly PatchOperation[]) => {
  const seed = seedOf(all);
  return (entry) => {
    const { before, after } = entry;
    const isSure = (row: Property): boolean => !row.accountDefault || (has(all, row) && isEmpty(before));
    const rows = methodRows.filter((row) => has(after, row));
    const needed = rows.filter((row) => seed[row.field] !== after[row.field] || !isSure(row));
    return writeFields(entry, needed.length > 0 ? needed : rows.slice(0, 1));
  };
};

export const diffMethods = (before: Stage, after: Stage): readonly PatchOperation[] => {
  const { all, others, early } = entriesOf(before, after);
  return [
    ...[all, ...others].filter(({ isRemoved }) => isRemoved).map(({ key }) => removeAt({ property: methodEntry, key })),
    ...[...early].flatMap(builderFrom(all.isRemoved ? {} : all.before)),
    ...(all.isBuilt ? builderFrom({})(all) : updateEntry(all)),
    ...others.filter((entry) => entry.isBuilt && !early.has(entry)).flatMap(builderFrom(all.after)),
    ...others.filter(({ isBuilt }) => !isBuilt).flatMap(updateEntry),
  ];
};
