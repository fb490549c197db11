/** Gives CloudFormation properties the structure of a stage: methods by key, and tags by name. */
import { everyMethod } from '../stage/properties.js';
import { isObject, type JsonObject, kindOf } from '../stage/stage.js';
import { isPlain, membersAt, methodKeys } from './members.js';
import { Unknown, Wrong } from './tree.js';

/** The method keys of a MethodSettings item. */
const keysOf = (item: unknown, index: number): readonly string[] | Unknown | Wrong => {
  const { ResourcePath: path, HttpMethod: httpMethod } = membersAt(item);
  const unknown = [item, path, httpMethod].find((value) => value instanceof Unknown);
  if (unknown instanceof Unknown) return unknown;
  if (typeof path !== 'string' || typeof httpMethod !== 'string')
    return new Wrong(`expected ResourcePath and HttpMethod in each item; item ${index} lacks one`);
  const keys = methodKeys(path, httpMethod);
  if (keys.length > 0) return keys;
  return new Wrong(`expected an HTTP method of API Gateway, or *, got ${JSON.stringify(httpMethod)} in item ${index}`);
};

/** The entries of the methods, by key. */
const readMethods = (properties: JsonObject): unknown => {
  const { MethodSettings: list = [] } = properties;
  const items: unknown = list instanceof Unknown ? [list] : list;
  if (!Array.isArray(items)) return new Wrong(`expected a list, got ${kindOf(items)}`);
  // Settings of StageDescription outside the list apply to all methods.
  const methods = new Map([[everyMethod, properties]]);
  const unknown: Unknown[] = [];
  for (const [index, item] of items.entries()) {
    const keys = keysOf(item, index);
    if (keys instanceof Wrong) return keys;
    if (keys instanceof Unknown) unknown.push(keys);
    else for (const key of keys) methods.set(key, { ...methods.get(key), ...item });
  }
  return unknown.reduceRight((known: unknown, { why }) => new Unknown(why, known), Object.fromEntries(methods));
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
export const treeOf = (properties: unknown): unknown =>
  isPlain(properties)
    ? { ...properties, MethodSettings: readMethods(properties), Tags: readTags(properties['Tags']) }
    : properties;
