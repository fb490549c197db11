/** Gives CloudFormation properties the structure of a stage: methods by key, and tags by name. */
import { everyMethod } from '../stage/properties.js';
import { isObject, type JsonObject, kindOf } from '../stage/stage.js';
import { isPlain, membersAt, methodKeys } from './members.js';
import { Unknown, Wrong } from './tree.js';

/** The method keys of a MethodSettings item. */
const keysOf = (item: unknown): readonly string[] | Unknown | Wrong => {
  const { ResourcePath: path, HttpMethod: httpMethod } = membersAt(item);
  const unknown = [item, path, httpMethod].find((value) => value instanceof Unknown);
  if (unknown instanceof Unknown) return unknown;
  if (typeof path !== 'string' || typeof httpMethod !== 'string')
    return new Wrong('expected ResourcePath and HttpMethod; one is missing');
  const keys = methodKeys(path, httpMethod);
  if (keys.length > 0) return keys;
  return new Wrong(`expected an HTTP method of API Gateway, or *, got ${JSON.stringify(httpMethod)}`);
};

/** The entries of the methods, by key; wrong items, by index. `items` gets the index of each key. */
const readMethods = (properties: JsonObject, items: Map<string, number>): unknown => {
  const { MethodSettings: list = [] } = properties;
  const all: unknown = list instanceof Unknown ? [list] : list;
  if (!Array.isArray(all)) return new Wrong(`expected a list, got ${kindOf(all)}`);
  // Settings of StageDescription outside the list apply to all methods.
  const methods = new Map<string, object>([[everyMethod, properties]]);
  const unknown: Unknown[] = [];
  for (const [index, item] of all.entries()) {
    const keys = keysOf(item);
    if (keys instanceof Wrong) methods.set(String(index), keys);
    else if (keys instanceof Unknown) unknown.push(keys);
    else
      for (const key of keys) {
        methods.set(key, { ...methods.get(key), ...item });
        items.set(key, index);
      }
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

/** The tree from properties, and the index of each method in MethodSettings. */
export const treeOf = (properties: unknown) => {
  const items = new Map<string, number>();
  if (!isPlain(properties)) return { tree: properties, items };
  const [MethodSettings, Tags] = [readMethods(properties, items), readTags(properties['Tags'])];
  return { tree: { ...properties, MethodSettings, Tags }, items };
};
