/** How the settings of methods become others: entry by entry, since API Gateway removes only whole entries. */

import type { Leaf } from './codec.js';
import type { PatchOperation } from './operation.js';
import {
  findPlace,
  methodEntry,
  methodRows,
  pathOf,
  placesThatMayDiffer,
  propertyNamed,
  readLeaf,
  removeAt,
  replaceAt,
} from './place.js';
import { defaultMethodSetting, everyMethod, type Property } from './properties.js';
import type { Stage } from './stage.js';

/** The settings of one method in both stages. */
interface Entry {
  readonly key: string;
  /** An entry without any field is there too: API Gateway would not fill it in. */
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

/** A field can be taken from an entry only by removing the entry and building it again. */
const losesField = ({ isRemovable, before, after }: Entry): boolean =>
  isRemovable && after.size > 0 && [...before.keys()].some((property) => !after.has(property));

const isNew = ({ isThere, after }: Entry): boolean => !isThere && after.size > 0;

const writeFields = (key: string, fields: readonly (readonly [Property, Leaf])[]): readonly PatchOperation[] =>
  fields.map(([property, leaf]) => replaceAt({ property, key }, leaf));

const updateEntry = ({ key, before, after }: Entry): readonly PatchOperation[] =>
  writeFields(
    key,
    [...after].filter(([property, leaf]) => before.get(property) !== leaf),
  );

/**
 * Builds an entry that API Gateway starts from `all`, the entry of all methods, or from its defaults where that is empty.
 * A default that is the account's is written whatever it is, unless it is known from `all`.
 */
const buildEntry = ({ key, before, after }: Entry, all: Fields): readonly PatchOperation[] => {
  const seed = new Map([...defaults, ...all]);
  const isSure = (property: Property): boolean => !property.accountDefault || (all.has(property) && before.size === 0);
  const needed = [...after].filter(([property, leaf]) => seed.get(property) !== leaf || !isSure(property));
  return writeFields(key, needed.length > 0 ? needed : [...after].slice(0, 1));
};

/** Whether the path that removes an entry names another place, with something there: `/variables/GET` is a variable too. */
const isShadowed = (stage: Stage, key: string): boolean => {
  const named = findPlace(pathOf({ property: methodEntry, key }));
  return named !== undefined && named.property.group !== 'methodSettings' && readLeaf(stage, named) !== undefined;
};

const entryOf = (before: Stage, after: Stage, key: string): Entry => ({
  key,
  isThere: Object.hasOwn(before.methodSettings ?? {}, key),
  isRemovable: !isShadowed(after, key),
  before: fieldsOf(before, key),
  after: fieldsOf(after, key),
});

/** The operations that give methods the settings that they have in `after`, in an order that API Gateway accepts. */
export const diffMethods = (before: Stage, after: Stage): readonly PatchOperation[] => {
  const all = entryOf(before, after, everyMethod);
  const others = placesThatMayDiffer(before, after, methodEntry)
    .filter(({ key }) => key !== everyMethod)
    .map(({ key }) => entryOf(before, after, key));
  const built = others.filter((entry) => isNew(entry) || losesField(entry));
  // A new entry takes loggingLevel from the entry of all methods; one that is to have none is built while that has none.
  const early = all.after.has(loggingLevel) ? built.filter((entry) => !entry.after.has(loggingLevel)) : [];
  const rebuildsAll = losesField(all) || (early.length > 0 && all.before.has(loggingLevel));
  const removed = [
    ...(rebuildsAll || isRemoved(all) ? [all] : []),
    ...others.filter((entry) => isRemoved(entry) || losesField(entry)),
  ];
  const allBefore: Fields = removed.includes(all) ? new Map() : all.before;
  const writesAll = all.after.size > 0 && (rebuildsAll || isNew(all));
  return [
    ...removed.map(({ key }) => removeAt({ property: methodEntry, key })),
    ...early.flatMap((entry) => buildEntry(entry, allBefore)),
    ...(writesAll ? buildEntry(all, new Map()) : updateEntry(all)),
    ...built.filter((entry) => !early.includes(entry)).flatMap((entry) => buildEntry(entry, all.after)),
    ...others.filter((entry) => !built.includes(entry)).flatMap(updateEntry),
  ];
};
