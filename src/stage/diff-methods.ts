/** The diff of method settings: entry by entry, since API Gateway removes only whole entries. */

import type { Leaf } from './codec.js';
import {
  findPlace,
  methodEntry,
  methodRows,
  pathOf,
  placesThatMayDiffer,
  propertyNamed,
  readLeaf,
  readPlace,
  removeAt,
  replaceAt,
} from './place.js';
import { defaultMethodSetting, everyMethod, type Property } from './properties.js';
import type { PatchOperation, Stage } from './stage.js';

/** The settings of one method in both stages. */
interface Entry {
  readonly key: string;
  /** An empty entry exists too: API Gateway does not fill it in. */
  readonly isThere: boolean;
  readonly isRemovable: boolean;
  readonly before: Fields;
  readonly after: Fields;
}

type Fields = ReadonlyMap<Property, Leaf>;

const loggingLevel = propertyNamed('methodSettings.{method}.loggingLevel');

const fieldsOf = (stage: Stage, key: string): Fields =>
  new Map(
    methodRows.flatMap((property) => {
      const leaf = readLeaf(stage, { property, key });
      return leaf === undefined ? [] : [[property, leaf] as const];
    }),
  );

const defaults = fieldsOf({ methodSettings: { [everyMethod]: defaultMethodSetting } }, everyMethod);

const isRemoved = ({ isRemovable, before, after }: Entry): boolean =>
  isRemovable && before.size > 0 && after.size === 0;

/** A field is removed by removing the entry and building it again; not needed if it has its default. */
const losesField = ({ isRemovable, before, after }: Entry, seed: Fields): boolean =>
  isRemovable &&
  after.size > 0 &&
  [...before].some(([property, leaf]) => !after.has(property) && seed.get(property) !== leaf);

const isNew = ({ isThere, after }: Entry): boolean => !isThere && after.size > 0;

const writeFields = (key: string, fields: readonly (readonly [Property, Leaf])[]): readonly PatchOperation[] =>
  fields.map(([property, leaf]) => replaceAt({ property, key }, leaf));

const updateEntry = ({ key, before, after }: Entry): readonly PatchOperation[] =>
  writeFields(
    key,
    [...after].filter(([property, leaf]) => before.get(property) !== leaf),
  );

/**
 * Builds an entry that API Gateway starts from `all`, the entry of all methods, or from its defaults. A default that depends on
 * the account is written too, unless `all` tells it.
 */
const buildEntry = ({ key, before, after }: Entry, all: Fields): readonly PatchOperation[] => {
  const seed = new Map([...defaults, ...all]);
  const isSure = (property: Property): boolean => !property.accountDefault || (all.has(property) && before.size === 0);
  const needed = [...after].filter(([property, leaf]) => seed.get(property) !== leaf || !isSure(property));
  return writeFields(key, needed.length > 0 ? needed : [...after].slice(0, 1));
};

/** Whether the path that removes an entry would remove something else: `/variables/GET` may be a variable. */
const isShadowed = (stage: Stage, key: string): boolean => {
  const named = findPlace(pathOf({ property: methodEntry, key }));
  return named !== undefined && named.property.group !== 'methodSettings' && readPlace(stage, named) !== undefined;
};

const entryOf = (before: Stage, after: Stage, key: string): Entry => ({
  key,
  isThere: Object.hasOwn(before.methodSettings ?? {}, key),
  isRemovable: !isShadowed(after, key),
  before: fieldsOf(before, key),
  after: fieldsOf(after, key),
});

/** What happens to which entries. */
interface Work {
  readonly all: Entry;
  readonly others: readonly Entry[];
  /** Removed, some of them to be built again. */
  readonly removed: readonly Entry[];
  /** Built for the first time, or again. */
  readonly built: readonly Entry[];
  /** Built while the entry of all methods has no loggingLevel, which they would copy. */
  readonly early: readonly Entry[];
}

const workOf = (before: Stage, after: Stage): Work => {
  const all = entryOf(before, after, everyMethod);
  const others = placesThatMayDiffer(before, after, methodEntry)
    .filter(({ key }) => key !== everyMethod)
    .map(({ key }) => entryOf(before, after, key));
  // Without loggingLevel: an entry that has none is built early.
  const seed = new Map([...defaults, ...all.after].filter(([property]) => property !== loggingLevel));
  const rebuilt = others.filter((entry) => losesField(entry, seed));
  const built = others.filter((entry) => isNew(entry) || rebuilt.includes(entry));
  const early = all.after.has(loggingLevel) ? built.filter((entry) => !entry.after.has(loggingLevel)) : [];
  const rebuildsAll = losesField(all, defaults) || (early.length > 0 && all.before.has(loggingLevel));
  return {
    all,
    others,
    early,
    removed: [
      ...(rebuildsAll || isRemoved(all) ? [all] : []),
      ...others.filter((entry) => isRemoved(entry) || rebuilt.includes(entry)),
    ],
    built: [...(all.after.size > 0 && (rebuildsAll || isNew(all)) ? [all] : []), ...built],
  };
};

/** The keys of the entries that API Gateway fills in between the two stages. */
export const filledMethods = (before: Stage, after: Stage): readonly string[] =>
  workOf(before, after).built.map(({ key }) => key);

/** The operations that give methods their settings in `after`, in an order that API Gateway accepts. */
export const diffMethods = (before: Stage, after: Stage): readonly PatchOperation[] => {
  const { all, others, removed, built, early } = workOf(before, after);
  const allBefore: Fields = removed.includes(all) ? new Map() : all.before;
  const late = built.filter((entry) => entry !== all && !early.includes(entry));
  return [
    ...removed.map(({ key }) => removeAt({ property: methodEntry, key })),
    ...early.flatMap((entry) => buildEntry(entry, allBefore)),
    ...(built.includes(all) ? buildEntry(all, new Map()) : updateEntry(all)),
    ...late.flatMap((entry) => buildEntry(entry, all.after)),
    ...others.filter((entry) => !built.includes(entry)).flatMap(updateEntry),
  ];
};
