import { isLeaf, type Leaf } from './codec.js';
import type { Problem } from './problem.js';
import { everyMethod, httpMethods, type Property, properties } from './properties.js';
import { isObject, type JsonObject, type MethodSetting, type PatchOperation, type Stage } from './stage.js';

/** One place in a stage: a property, and the key that its placeholder stands for. */
export interface Place {
  readonly property: Property;
  /** A variable's name, a method's key (`~1pets/GET`), or empty without a placeholder. */
  readonly key: string;
}

const byName = new Map(properties.map((property) => [property.name, property]));

export const findProperty = (name: string): Property | undefined => byName.get(name);

export const propertyNamed = (name: string): Property => {
  const found = findProperty(name);
  if (found === undefined) throw new RangeError(`there is no property ${name}`);
  return found;
};

/** Whether users choose the name, as for variables, overrides and tags. */
export const isNamed = ({ field }: Property): boolean => field === '{name}';

export const isMethodRow = ({ group, codec }: Property): boolean => group === 'methodSettings' && codec !== undefined;

export const methodRows = properties.filter(isMethodRow);

export const methodEntry = propertyNamed('methodSettings.{method}');

export const leafRows = properties.filter(({ codec }) => codec !== undefined);

export const isKeyed = (property: Property): boolean => property.name.includes('{');

/** The keys that lead to a property; `undefined` is the placeholder. */
const steps = new Map<Property, readonly (string | undefined)[]>(
  properties.map((property) => [
    property,
    property.name.split('.').map((step) => (step.startsWith('{') ? undefined : step)),
  ]),
);

const locationOf = ({ property, key }: Place): readonly string[] =>
  (steps.get(property) ?? []).map((step) => step ?? key);

const exact = new Map(
  properties.filter((property) => !isKeyed(property)).map((property) => [property.path, { property, key: '' }]),
);

/** Rows whose path ends in a key, with the text before it: `/variables/`. */
const byPrefix = properties
  .filter(isNamed)
  .map((property) => ({ property, prefix: property.path.slice(0, -'{name}'.length) }));

/** The part of a setting's path after its method: `/logging/loglevel`. */
export const settingPath = ({ path }: Property): string => path.slice(methodEntry.path.length);

const bySetting = new Map(methodRows.map((property) => [settingPath(property), property]));

/** Whether a text is the key of a method: `*` + `/*`, or a resource path without empty segments and an HTTP method. */
export const isMethodKey = (key: string): boolean => {
  if (key === everyMethod) return true;
  const slash = key.lastIndexOf('/');
  return slash > 0 && httpMethods.includes(key.slice(slash + 1)) && !key.startsWith('/') && !key.includes('//');
};

// API Gateway reads the path of a setting from its end: two segments of the setting, before them the HTTP method.
const settingStart = (path: string): number => path.lastIndexOf('/', path.lastIndexOf('/') - 1);

export const namesMethod = (path: string): boolean => {
  const start = settingStart(path);
  return start > 0 && path.startsWith('/') && isMethodKey(path.slice(1, start));
};

const findKeyed = (path: string): Place | undefined => {
  const found = byPrefix.find(({ prefix }) => path.startsWith(prefix) && !path.includes('/', prefix.length));
  return found && { property: found.property, key: path.slice(found.prefix.length) };
};

const findMethod = (path: string): Place | undefined => {
  // API Gateway treats these as invalid access log paths.
  if (!path.startsWith('/') || path.startsWith('/accessLogSettings/')) return undefined;
  const start = settingStart(path);
  const property = start > 0 ? bySetting.get(path.slice(start)) : undefined;
  const key = path.slice(1, property === undefined ? undefined : start);
  return isMethodKey(key) ? { property: property ?? methodEntry, key } : undefined;
};

export const findPlace = (path: string): Place | undefined => exact.get(path) ?? findKeyed(path) ?? findMethod(path);

/** The parts of a path before and after its key. */
const aroundKey = new Map(
  properties.map((property) => [property, property.path.split(/\{resourcePath\}\/\{httpMethod\}|\{name\}/)]),
);

export const pathOf = ({ property, key }: Place): string => (aroundKey.get(property) ?? []).join(key);

export const replaceAt = (place: Place, leaf: Leaf): PatchOperation => {
  return { op: 'replace', path: pathOf(place), value: String(leaf) };
};

export const removeAt = (place: Place): PatchOperation => ({ op: 'remove', path: pathOf(place) });

/** Decodes a text for a place; undefined if the place holds no value itself. */
export const decodeAt = (place: Place, text: string | undefined): Leaf | Problem | undefined =>
  place.property.codec?.decode(text, { op: 'replace', path: pathOf(place), key: place.key });

/** `methodSettings.~1pets/GET.loggingLevel` */
export const nameOf = (place: Place): string => locationOf(place).join('.');

export const child = (value: unknown, key: string): unknown =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;

export const readPlace = (stage: Stage, { property, key }: Place): unknown => {
  let value: unknown = stage;
  for (const step of steps.get(property) ?? []) value = child(value, step ?? key);
  return value;
};

export const readLeaf = (stage: Stage, place: Place): Leaf | undefined => {
  const value = readPlace(stage, place);
  return isLeaf(value) ? value : undefined;
};

const objectAt = (stage: Stage, way: readonly (string | undefined)[]): JsonObject => {
  const value = way.reduce<unknown>((parent, step) => child(parent, step ?? ''), stage);
  return isObject(value) ? value : {};
};

/** Identical, and not undefined. */
const isSameLeaf = (one: unknown, other: unknown): boolean => one !== undefined && one === other;

const countOf = (map: object): number => {
  let count = 0;
  // The fastest way to count members.
  for (const _ in map) count += 1;
  return count;
};

/**
 * Whether both have the ten fields of a method setting, no others, and identical values. By name, not in a loop: V8
 * compares them twice as fast, and a stage may have 20,000 entries. A field that is missing here costs only time.
 */
const isSameSetting = (one: MethodSetting, other: MethodSetting): boolean =>
  isSameLeaf(one.metricsEnabled, other.metricsEnabled) &&
  isSameLeaf(one.loggingLevel, other.loggingLevel) &&
  isSameLeaf(one.dataTraceEnabled, other.dataTraceEnabled) &&
  isSameLeaf(one.throttlingBurstLimit, other.throttlingBurstLimit) &&
  isSameLeaf(one.throttlingRateLimit, other.throttlingRateLimit) &&
  isSameLeaf(one.cachingEnabled, other.cachingEnabled) &&
  isSameLeaf(one.cacheTtlInSeconds, other.cacheTtlInSeconds) &&
  isSameLeaf(one.cacheDataEncrypted, other.cacheDataEncrypted) &&
  isSameLeaf(one.requireAuthorizationForCacheControl, other.requireAuthorizationForCacheControl) &&
  isSameLeaf(one.unauthorizedCacheControlHeaderStrategy, other.unauthorizedCacheControlHeaderStrategy) &&
  countOf(one) === 10 &&
  countOf(other) === 10;

/** Whether two values are identical, or objects with identical members. */
export const isAlike = (one: unknown, other: unknown): boolean => {
  if (one === other) return one !== undefined;
  if (!isObject(one) || !isObject(other)) return false;
  if (isSameSetting(one, other)) return true;
  const count = countOf(one);
  // Never two empty objects: `after['__proto__']` is an inherited one.
  if (count === 0 || count !== countOf(other)) return false;
  for (const key in one) if (!isSameLeaf(one[key], other[key])) return false;
  return true;
};

/** The keys at which two maps may differ. */
export const differingKeys = (before: JsonObject, after: JsonObject): readonly string[] => {
  if (before === after) return [];
  const [keys, keysAfter] = [Object.keys(before), Object.keys(after)];
  const differing = keys.filter((key) => !isAlike(before[key], after[key]));
  const removed = differing.filter((key) => !Object.hasOwn(after, key));
  // Counted first: looking up every key takes longer.
  const isMore = keysAfter.length > keys.length - removed.length;
  return isMore ? [...differing, ...keysAfter.filter((key) => !Object.hasOwn(before, key))] : differing;
};

/** Finds the places of a property at which two stages may differ: shared objects are skipped. */
export const placesThatMayDiffer = (before: Stage, after: Stage): ((property: Property) => readonly Place[]) => {
  // All method settings share the same keys.
  const known = new Map<string, readonly string[]>();
  const keysAt = (way: readonly (string | undefined)[]): readonly string[] => {
    const keys = known.get(way.join('.')) ?? differingKeys(objectAt(before, way), objectAt(after, way));
    known.set(way.join('.'), keys);
    return keys;
  };
  return (property) => {
    if (!isKeyed(property)) return [{ property, key: '' }];
    const way = steps.get(property) ?? [];
    return keysAt(way.slice(0, way.indexOf(undefined))).map((key) => ({ property, key }));
  };
};

export const placesFor = (stage: Stage, property: Property): readonly Place[] =>
  placesThatMayDiffer({}, stage)(property);

export const leavesOf = (stage: Stage): readonly Place[] =>
  leafRows.flatMap(placesThatMayDiffer({}, stage)).filter((place) => readLeaf(stage, place) !== undefined);

export const coveredBy = (places: readonly Place[]): ((place: Place) => boolean) => {
  const locations = new Set(places.map((place) => JSON.stringify(locationOf(place))));
  return (place) => {
    const steps = locationOf(place);
    return steps.some((_, index) => locations.has(JSON.stringify(steps.slice(0, index + 1))));
  };
};

/** Not by assignment: assigning `__proto__` would replace the prototype. */
const define = (object: object, key: string, value: unknown): object =>
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });

const writeAt = (object: JsonObject, [key = '', ...rest]: readonly string[], leaf: Leaf | undefined): void => {
  if (rest.length === 0 && leaf === undefined) Reflect.deleteProperty(object, key);
  else if (rest.length === 0) define(object, key, leaf);
  else {
    if (!Object.hasOwn(object, key)) define(object, key, {});
    const member = object[key];
    if (isObject(member)) writeAt(member, rest, leaf);
  }
};

/** The keys that lead to the group or entry that is removed with its last leaf. */
export const wholeOf = ({ property: { group }, key }: Place): readonly string[] => {
  if (group === 'methodSettings') return [group, key];
  return group === 'canarySettings' || group === 'accessLogSettings' ? [group] : [];
};

/**
 * The stage with some leaves replaced, or removed if undefined, as the goal of a diff. A group or an entry that loses
 * its last leaf is removed, with its unknown members.
 */
export const withLeaves = (
  stage: Stage,
  leaves: readonly { readonly place: Place; readonly leaf: Leaf | undefined }[],
): Stage => {
  // Not structuredClone: the library uses only the language itself.
  const goal: Stage & JsonObject = JSON.parse(JSON.stringify(stage));
  for (const { place, leaf } of leaves) writeAt(goal, locationOf(place), leaf);
  const held = new Set(leavesOf(goal).map((place) => wholeOf(place).join('.')));
  for (const { place, leaf } of leaves) {
    const whole = wholeOf(place);
    if (leaf === undefined && whole.length > 0 && !held.has(whole.join('.'))) writeAt(goal, whole, undefined);
  }
  return goal;
};
