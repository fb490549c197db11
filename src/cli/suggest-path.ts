/** Suggests the intended patch path for a wrong one. */

import { isDeadKey, keyOf, parseMethods } from '../stage/method.js';
import { findPlace, isMethodRow, methodRows, type Place, settingPath } from '../stage/place.js';
import { everyMethod, httpMethods, type Property, properties } from '../stage/properties.js';
import { nearestWord } from '../text/spelling.js';

/** The letters and digits of a word: `rateLimit`, `rate-limit` and `rate limit` give the same. */
export const lettersOf = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/** All names of a property. */
export const namesOf = (property: Property): readonly string[] => {
  const { name, field, flag = name, alias = name, path, also = [] } = property;
  const setting = isMethodRow(property) ? [settingPath(property)] : [];
  return [name, field, flag, alias, path, ...setting, ...also].filter((word) => !word.startsWith('{'));
};

/** Paths by the letters of their names. If two rows share a name, the first one wins. */
const pathsOf = (rows: readonly Property[], pathIn: (row: Property) => string): ReadonlyMap<string, string> =>
  new Map(rows.flatMap((row) => namesOf(row).map((name) => [lettersOf(name), pathIn(row)] as const)).reverse());

const settable = properties.filter(({ path, ops }) => !path.includes('{') && ops.length > 0);
const stagePaths = pathsOf(settable, ({ path }) => path);
const settingPaths = pathsOf(methodRows, settingPath);

const inVariables = (path: string): string | undefined => {
  const [, map = '', name = ''] = /^\/*(.+)\/(\w*)$/.exec(path) ?? [];
  const letters = lettersOf(map);
  if (/^canary.*(?:var|override)/.test(letters)) return `/canarySettings/stageVariableOverrides/${name || 'NAME'}`;
  const isMap = /^(?:stage)?var[iables]*$/.test(letters) || nearestWord(letters, ['variables', 'stagevariables']);
  return isMap ? `/variables/${name || 'NAME'}` : undefined;
};

/** Prefixes that users put before a method, although API Gateway has none there. */
const prefixes = ['methodsettings', 'methods', 'resources', 'resource', 'defaultroutesettings', 'routesettings'];
const isPrefix = (segment = ''): boolean => prefixes.includes(lettersOf(segment)) && !segment.includes('~1');

/** Spellings of the first part of a setting. */
const settingGroups = ['metrics', 'logging', 'log', 'logs', 'throttling', 'throttle', 'caching', 'cache'];

const httpMethodMeant = (word = ''): string | undefined =>
  [...httpMethods, 'ANY'].find((known) => known === word.toUpperCase()) ??
  (/^[A-Z]+$/.test(word) ? nearestWord(word, httpMethods) : undefined);

/** The method key in the segments before a setting. The HTTP method is last, as in API Gateway, or else first. */
const keyMeant = (segments: readonly string[], isRoot: boolean): string | undefined => {
  if (isPrefix(segments[0])) return keyMeant(segments.slice(1), isRoot);
  const words = segments.join('/').replaceAll('~1', '/').split('/').filter(Boolean);
  if (words.every((word) => word === '*')) return everyMethod;
  const at = [words.length - 1, 0].find((index) => httpMethodMeant(words[index])) ?? words.length;
  const httpMethod = httpMethodMeant(words[at]) ?? 'GET';
  const resource = words.toSpliced(at, 1).join('/');
  if (resource === '' && !isRoot) return '~1RESOURCE/GET';
  const parsed = parseMethods(`${httpMethod} /${resource}`);
  return 'methods' in parsed && parsed.methods[0] ? keyOf(parsed.methods[0]) : undefined;
};

/** A setting is the last two segments, or the last one. */
const inMethod = (path: string): string | undefined => {
  const segments = path.split('/').filter(Boolean);
  for (const length of [2, 1]) {
    const setting = settingPaths.get(lettersOf(segments.slice(-length).join('')));
    const before = segments.slice(0, -length);
    if (setting === undefined) continue;
    const [group = '', method] = before.toReversed();
    // The segment between a method and a setting is the setting's group, however it is spelled.
    const isGroup = settingGroups.includes(lettersOf(group)) || (before.length > 2 && httpMethodMeant(method));
    if (length === 1 && isGroup) before.pop();
    // Users write two slashes before the HTTP method of the root resource.
    const key = keyMeant(before, path.startsWith('//') || path.startsWith('/~1/'));
    return key && `/${key}${setting}`;
  }
  return undefined;
};

const meantBy = (path: string): string | undefined =>
  inVariables(path) ??
  stagePaths.get(lettersOf(path)) ??
  inMethod(path) ??
  stagePaths.get(nearestWord(lettersOf(path), [...stagePaths.keys()]) ?? '');

/** Whether API Gateway would store the setting under a key that no method has. */
const isDead = ({ property, key }: Place): boolean =>
  property.group === 'methodSettings' && (isDeadKey(key) || isPrefix(key.split('/')[0]));

/** The likely intended path for a path that an operation cannot have; undefined without a suggestion. */
export const suggestPath = (path: string, op = 'replace'): string | undefined => {
  // Git Bash on Windows expands the leading slash to its installation folder.
  const windows = /^[A-Za-z]:\/.*?\/Git(\/.*)$/.exec(path)?.[1];
  if (windows) return `Your shell rewrote ${windows}: set MSYS_NO_PATHCONV=1.`;
  const found = findPlace(path);
  if (found && found.property.ops.length + (found.property.unproven?.length ?? 0) === 0) return found.property.instead;
  // The path is known and complete: only its value or a name in it can be wrong.
  if (found && !path.endsWith('/') && !isDead(found)) return undefined;
  const meant = meantBy(path);
  const isAccepted = meant !== undefined && findPlace(meant)?.property.ops.some((known) => known === op);
  return isAccepted && meant !== path ? `Did you mean ${meant}?` : undefined;
};
