/** The properties that CloudFormation has for a stage, as the members of a stage. */
import { everyMethod } from '../stage/properties.js';
import { isObject, type JsonObject, kindOf } from '../stage/stage.js';
import { isPlain, methodKeys, pickMembers, settingShape } from './members.js';
import { input, Unknown, type UnknownNames } from './tree.js';

const renamed: Readonly<Record<string, string>> = {
  accessLogSettings: 'AccessLogSetting',
  canarySettings: 'CanarySetting',
};

/** What CloudFormation calls a member of a stage: `percentTraffic` is PercentTraffic. */
export const spellMember = (member: string): string =>
  renamed[member] ?? `${member.slice(0, 1).toUpperCase()}${member.slice(1)}`;

type Methods = Readonly<Record<string, JsonObject>>;

/** The settings of an item of MethodSettings by method, or why they cannot be known. */
const readItem = (item: unknown, label: string): Methods | Unknown => {
  if (item instanceof Unknown) return item;
  if (!isPlain(item)) throw input('misfit', `${label}: expected an object, got ${kindOf(item)}`);
  const { ResourcePath: path, HttpMethod: httpMethod } = item;
  const unknown = [path, httpMethod].find((value) => value instanceof Unknown);
  if (unknown instanceof Unknown) return unknown;
  if (typeof path !== 'string' || typeof httpMethod !== 'string')
    throw input('misfit', `${label}: expected ResourcePath and HttpMethod, which say what method the settings are for`);
  const settings = pickMembers(item, spellMember, settingShape);
  return Object.fromEntries(methodKeys(path, httpMethod, label).map((key) => [key, settings]));
};

const readItems = (list: unknown, label: string): readonly (Methods | Unknown)[] => {
  if (list === undefined || list instanceof Unknown) return list === undefined ? [] : [list];
  if (!Array.isArray(list)) throw input('misfit', `${label}: MethodSettings: expected a list, got ${kindOf(list)}`);
  return list.map((item, index) => readItem(item, `${label}: MethodSettings[${index}]`));
};

const joined = (items: readonly Methods[]): Methods => {
  const methods = new Map<string, JsonObject>();
  for (const [key, settings] of items.flatMap(Object.entries)) methods.set(key, { ...methods.get(key), ...settings });
  return Object.fromEntries(methods);
};

/** Tags, which CloudFormation has as a list and SAM as a map. */
const readTags = (tags: unknown): unknown => {
  if (!Array.isArray(tags)) return tags;
  const isKnown = tags.every((tag) => isObject(tag) && typeof tag['Key'] === 'string');
  return isKnown
    ? Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))
    : new Unknown('an intrinsic in a key');
};

/** The stage that properties describe, and names that are unknown beside what the tree says. */
export const treeOf = (properties: unknown, label: string): readonly [tree: unknown, unknown: UnknownNames] => {
  if (properties instanceof Unknown) return [properties, []];
  if (!isPlain(properties)) throw input('misfit', `${label}: expected properties, got ${kindOf(properties)}`);
  // The settings that StageDescription has beside the list are those of all methods.
  const shared = { [everyMethod]: pickMembers(properties, spellMember, settingShape) };
  const items = readItems(properties['MethodSettings'], label);
  const methods = joined([shared, ...items.filter((item): item is Methods => !(item instanceof Unknown))]);
  const unknown = items.flatMap((item) => (item instanceof Unknown ? [['methodSettings', item.why] as const] : []));
  const tree = { ...pickMembers(properties, spellMember), methodSettings: methods, tags: readTags(properties['Tags']) };
  return [tree, unknown];
};
