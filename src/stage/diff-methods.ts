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

type Fields = ReadonlyMap<Property, Leaf>;

interface Entry {
  readonly key: string;
  readonly before: Fields;
  readonly after: Fields;
  /** Whether the path that removes it means it: `/variables/GET` may be a variable. */
  readonly isRemovable: boolean;
  readonly isRemoved: boolean;
  /** An empty entry is not new: API Gateway does not fill it in. */
  readonly isNew: boolean;
}

const loggingLevel = propertyNamed('methodSettings.{method}.loggingLevel');

const fieldsOf = (stage: Stage, key: string): Fields =>
  new Map(
    methodRows.flatMap((property) => {
      const leaf = readLeaf(stage, { property, key });
      return leaf === undefined ? [] : [[property, leaf] as const];
    }),
  );

const defaults = fieldsOf({ methodSettings: { [everyMethod]: defaultMethodSetting } }, everyMethod);

const entryOf = (beforeStage: Stage, afterStage: Stage, key: string): Entry => {
  const [before, after] = [fieldsOf(beforeStage, key), fieldsOf(afterStage, key)];
  const named = findPlace(pathOf({ property: methodEntry, key }));
  const isRemovable =
    named === undefined || named.property.group === 'methodSettings' || readPlace(afterStage, named) === undefined;
  return {
    key,
    before,
    after,
    isRemovable,
    isRemoved: isRemovable && before.size > 0 && after.size === 0,
    isNew: after.size > 0 && !Object.hasOwn(beforeStage.methodSettings ?? {}, key),
  };
};

/** A field is removed by removing the entry and building it again; not needed if it has its default. */
const losesField = ({ isRemovable, before, after }: Entry, seed: Fields): boolean =>
  isRemovable &&
  after.size > 0 &&
  [...before].some(([property, leaf]) => !after.has(property) && seed.get(property) !== leaf);

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

/** Which entries are removed, and which are built for the first time or again. */
const workOf = (before: Stage, after: Stage) => {
  const all = entryOf(before, after, everyMethod);
  const others = placesThatMayDiffer(
    before,
    after,
  )(methodEntry)
    .filter(({ key }) => key !== everyMethod)
    .map(({ key }) => entryOf(before, after, key));
  // Without loggingLevel: an entry that has none is built while the entry of all methods has none, which it would copy.
  const seed = new Map([...defaults, ...all.after].filter(([property]) => property !== loggingLevel));
  const rebuilt = new Set(others.filter((entry) => losesField(entry, seed)));
  const built = others.filter((entry) => entry.isNew || rebuilt.has(entry));
  const early = new Set(all.after.has(loggingLevel) ? built.filter((entry) => !entry.after.has(loggingLevel)) : []);
  const rebuildsAll = losesField(all, defaults) || (early.size > 0 && all.before.has(loggingLevel));
  return {
    all,
    others,
    early,
    removed: new Set([
      ...(rebuildsAll || all.isRemoved ? [all] : []),
      ...others.filter((entry) => entry.isRemoved || rebuilt.has(entry)),
    ]),
    built: new Set([...(all.after.size > 0 && (rebuildsAll || all.isNew) ? [all] : []), ...built]),
  };
};

/** The keys of the entries that API Gateway fills in between the two stages. */
export const filledMethods = (before: Stage, after: Stage): readonly string[] =>
  [...workOf(before, after).built].map(({ key }) => key);

/** The operations that give methods their settings in `after`, in an order that API Gateway accepts. */
export const diffMethods = (before: Stage, after: Stage): readonly PatchOperation[] => {
  const { all, others, removed, built, early } = workOf(before, after);
  return [
    ...[...removed].map(({ key }) => removeAt({ property: methodEntry, key })),
    ...[...early].flatMap((entry) => buildEntry(entry, removed.has(all) ? new Map() : all.before)),
    ...(built.has(all) ? buildEntry(all, new Map()) : updateEntry(all)),
    ...[...built].flatMap((entry) => (entry === all || early.has(entry) ? [] : buildEntry(entry, all.after))),
    ...others.flatMap((entry) => (built.has(entry) ? [] : updateEntry(entry))),
  ];
};
