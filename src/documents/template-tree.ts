/** Gives CloudFormation properties the structure of a stage: methods by key, and tags by name. */
import { everyMethod } from '../stage/properties.js';
import { isObject, type JsonObject, kindOf } from '../stage/stage.js';
import { isPlain, methodKeys } from './members.js';
import { Unknown, Wrong } from './tree.js';

type Methods = Readonly<Record<string, JsonObject>>;

/** A MethodSettings item, by method key. */
const readItem = (item: unknown, index: number): Methods | Unknown | Wrong => {
  const { ResourcePath: path, HttpMethod: httpMethod } = isPlain(item) ? item : {};
  const unknown = [item, path, httpMethod].find((value) => value instanceof Unknown);
  if (unknown instanceof Unknown) return unknown;
  if (!isPlain(item) || typeof path !== 'string' || typeof httpMethod !== 'string')
    return new Wrong(`expected ResourcePath and HttpMethod in each item; item ${index} lacks one`);
  const keys = methodKeys(path, httpMethod);
  if (keys.length > 0) return Object.fromEntries(keys.map((key) => [key, item]));
  return new Wrong(`expected an HTTP method of API Gateway, or *, got ${JSON.stringify(httpMethod)} in item ${index}`);
};

const readItems = (list: unknown = []): readonly (Methods | Unknown | Wrong)[] => {
  if (list instanceof Unknown) return [list];
  return Array.isArray(list) ? list.map(readItem) : [new Wrong(`expected a list, got ${kindOf(list)}`)];
};

const joined = (items: readonly Methods[]): Methods => {
  const methods = new Map<string, JsonObject>();
  for (const [key, settings] of items.flatMap(Object.entries)) methods.set(key, { ...methods.get(key), ...settings });
  return Object.fromEntries(methods);
};

/** Tags are a list in CloudFormation and a map in SAM. */
const readTags = (tags: unknown): unknown => {
  if (!Array.isArray(tags)) return tags;
  const isKnown = tags.every((tag) => isObject(tag) && typeof tag['Key'] === 'string');
  return isKnown
    ? Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))
    : new Unknown('an intrinsic in a key');
};

/** The tree from properties. */
export const treeOf = (properties: unknown): unknown => {
  if (!isPlain(properties)) return properties;
  const items = readItems(properties['MethodSettings']);
  const methods = items.filter((item): item is Methods => !(item instanceof Unknown || item instanceof Wrong));
  // Settings of StageDescription outside the list apply to all methods.
  const settings = items.find((item) => item instanceof Wrong) ?? joined([{ [everyMethod]: properties }, ...methods]);
  const unknown = items.filter((item) => item instanceof Unknown);
  const MethodSettings = unknown.reduceRight((known: unknown, { why }) => new Unknown(why, known), settings);
  return { ...properties, MethodSettings, Tags: readTags(properties['Tags']) };
};
