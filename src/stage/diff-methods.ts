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
  /** Whether its path removes this entry: `/variables/GET` may be a variable instead. */
  isRemovable(): boolean;
  /** An empty entry is not new: API Gateway does not fill it in. */
  readonly isNew: boolean;
}

const loggingLevel = propertyNamed('methodSettings.{method}.loggingLevel');

const fieldsOf = ({ methodSettings = {} }: Stage, key: string): JsonObject => {
  const entry: unknown = Object.hasOwn(methodSettings, key) ? methodSettings[key] : undefined;
  return isObject(entry) ? entry : {};
};

const has = (fields: JsonObject, { field }: Property): boolean => isLeaf(fields[field]);

const isEmpty = (fields: JsonObject): boolean => !methodRows.some((row) => has(fields, row));

const entryOf = (beforeStage: Stage, afterStage: Stage, key: string): Entry => {
  const after = fieldsOf(afterStage, key);
  return {
    key,
    before: fieldsOf(beforeStage, key),
    after,
    isRemovable: () => {
      const named = findPlace(pathOf({ property: methodEntry, key })) ?? { property: methodEntry, key };
      return named.property.group === 'methodSettings' || readPlace(afterStage, named) === undefined;
    },
    isNew: !isEmpty(after) && !Object.hasOwn(beforeStage.methodSettings ?? {}, key),
  };
};

const isRemoved = ({ isRemovable, before, after }: Entry): boolean =>
  isEmpty(after) && !isEmpty(before) && isRemovable();

/** To remove a field, the entry is removed and rebuilt. Not needed if the field has its default. */
const losesField = ({ isRemovable, before, after }: Entry, seed: JsonObject): boolean =>
  methodRows.some((row) => has(before, row) && !has(after, row) && seed[row.field] !== before[row.field]) &&
  !isEmpty(after) &&
  isRemovable();

const writeFields = ({ key, after }: Entry, rows: readonly Property[]): readonly PatchOperation[] =>
  rows.map((property) => replaceAt({ property, key }, after[property.field] as Leaf));

const updateEntry = (entry: Entry): readonly PatchOperation[] =>
  writeFields(
    entry,
    methodRows.filter((row) => has(entry.after, row) && entry.before[row.field] !== entry.after[row.field]),
  );

/** The initial values of a new entry: those of `all`, the entry for all methods, over API Gateway's defaults. */
const seedOf = (all: JsonObject): JsonObject => ({
  ...defaultMethodSetting,
  ...Object.fromEntries(methodRows.filter((row) => has(all, row)).map(({ field }) => [field, all[field]])),
});

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

const workOf = (before: Stage, after: Stage) => {
  const all = entryOf(before, after, everyMethod);
  const others = differingKeys(before.methodSettings ?? {}, after.methodSettings ?? {})
    .filter((key) => key !== everyMethod)
    .map((key) => entryOf(before, after, key));
  // Without loggingLevel: an entry without one is built while the entry for all methods has none that it would copy.
  const seed = { ...seedOf(all.after), loggingLevel: undefined };
  const rebuilt = new Set(others.filter((entry) => losesField(entry, seed)));
  const built = others.filter((entry) => entry.isNew || rebuilt.has(entry));
  const early = new Set(has(all.after, loggingLevel) ? built.filter(({ after }) => !has(after, loggingLevel)) : []);
  const rebuildsAll = losesField(all, defaultMethodSetting) || (early.size > 0 && has(all.before, loggingLevel));
  return {
    all,
    others,
    early,
    removed: new Set([
      ...(rebuildsAll || isRemoved(all) ? [all] : []),
      ...others.filter((entry) => isRemoved(entry) || rebuilt.has(entry)),
    ]),
    built: new Set([...(all.isNew || (rebuildsAll && !isEmpty(all.after)) ? [all] : []), ...built]),
  };
};

/** The keys of the entries that API Gateway fills with initial values on the way from `before` to `after`. */
export const filledMethods = (before: Stage, after: Stage): readonly string[] =>
  [...workOf(before, after).built].map(({ key }) => key);

export const diffMethods = (before: Stage, after: Stage): readonly PatchOperation[] => {
  const { all, others, removed, built, early } = workOf(before, after);
  return [
    ...[...removed].map(({ key }) => removeAt({ property: methodEntry, key })),
    ...[...early].flatMap(builderFrom(removed.has(all) ? {} : all.before)),
    ...(built.has(all) ? builderFrom({})(all) : updateEntry(all)),
    ...[...built].filter((entry) => entry !== all && !early.has(entry)).flatMap(builderFrom(all.after)),
    ...others.filter((entry) => !built.has(entry)).flatMap(updateEntry),
  ];
};
