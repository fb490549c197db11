/** The patch path that was probably meant by a wrong one. Loaded only on the way to an error. */

import { keyOf, parseMethods } from '../stage/method.js';
import { findPlace, methodRows, type Place, settingPath } from '../stage/place.js';
import { everyMethod, httpMethods, type Property, properties } from '../stage/properties.js';
import { nearestWord } from '../text/spelling.js';

/** The letters and digits of a word: the same for `rateLimit`, `rate-limit` and `rate limit`. */
export const lettersOf = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

type Words = ReadonlyMap<string, string>;

/** Rows by the letters of all that they are called. Of two rows with one name the first counts. */
const wordsOf = (rows: readonly Property[], pathIn: (row: Property) => string): Words =>
  new Map(
    rows
      .flatMap((row) =>
        [pathIn(row), row.name, row.field, row.flag ?? '', ...(row.also ?? [])].map(
          (name) => [lettersOf(name), pathIn(row)] as const,
        ),
      )
      .reverse(),
  );

const stagePaths = wordsOf(
  properties.filter(({ path, ops }) => !path.includes('{') && ops.length > 0),
  ({ path }) => path,
);
const settingPaths = wordsOf(methodRows, settingPath);

const maps = ['variables', 'variable', 'stageVariables', 'stageVariable', 'vars', 'var'];
const overrides = [...maps, 'overrides', 'variableOverrides', 'stageVariableOverrides'];
const variablePaths: Words = new Map([
  ...maps.map((map) => [lettersOf(map), '/variables/'] as const),
  ...['canary', 'canarySettings']
    .flatMap((canary) => overrides.map((map) => lettersOf(`${canary}${map}`)))
    .map((map) => [map, '/canarySettings/stageVariableOverrides/'] as const),
]);

const nearIn = (words: Words, word: string): string | undefined =>
  words.get(nearestWord(word, [...words.keys()]) ?? '');

const inVariables = (path: string, find: (map: string) => string | undefined): string | undefined => {
  const [, map = '', name = ''] = /^\/*(.+)\/(\w*)$/.exec(path) ?? [];
  const meant = find(lettersOf(map));
  return meant && `${meant}${name || 'NAME'}`;
};

// Short words are near to too much, and what has other members is not a map.
const nearMap = (map: string): string | undefined =>
  map.length < 8 || map.endsWith('settings') ? undefined : nearIn(variablePaths, map);

/** What people write before a method, and API Gateway does not. */
const prefixes = ['methodsettings', 'methods', 'resources', 'resource', 'defaultroutesettings', 'routesettings'];
const isPrefix = (segment = ''): boolean => prefixes.includes(lettersOf(segment)) && !segment.includes('~1');

/** Whether a segment is the first part of a setting: `throttling`, or how else people write it. */
const isSettingGroup = (segment = ''): boolean =>
  ['metric', 'log', 'logs', 'throttle', 'cache'].includes(lettersOf(segment)) ||
  nearestWord(segment, ['metrics', 'logging', 'throttling', 'caching']) !== undefined;

const httpMethodMeant = (word = ''): string | undefined =>
  [...httpMethods, 'ANY'].find((known) => known === word.toUpperCase()) ??
  (/^[A-Z]+$/.test(word) ? nearestWord(word, httpMethods) : undefined);

/** The key that the segments before a setting stand for. An HTTP method counts at the end first, as for API Gateway. */
const keyMeant = (segments: readonly string[], isRoot: boolean): string | undefined => {
  if (isPrefix(segments[0])) return keyMeant(segments.slice(1), isRoot);
  const words = segments.join('/').replaceAll('~1', '/').split('/').filter(Boolean);
  if (words.every((word) => word === '*')) return everyMethod;
  const at = [words.length - 1, 0].find((index) => httpMethodMeant(words[index])) ?? words.length;
  const httpMethod = httpMethodMeant(words[at]) ?? 'GET';
  const resource = words.toSpliced(at, 1).join('/');
  if (resource === '' && !isRoot) return `~1RESOURCE/${httpMethod === 'ANY' ? 'GET' : httpMethod}`;
  const parsed = parseMethods(`${httpMethod} /${resource}`);
  return 'methods' in parsed && parsed.methods[0] ? keyOf(parsed.methods[0]) : undefined;
};

type Setting = readonly [path: string, segmentsBefore: readonly string[]];

const settingIn = (segments: readonly string[], find: (word: string) => string | undefined): Setting | undefined => {
  for (const length of [2, 1]) {
    const words = segments.slice(-length);
    const path = words.every((word) => lettersOf(word) !== '') ? find(lettersOf(words.join(''))) : undefined;
    const before = segments.slice(0, -length);
    if (path) return [path, length === 1 && isSettingGroup(before.at(-1)) ? before.slice(0, -1) : before];
  }
  return undefined;
};

const inMethod = (path: string, find: (word: string) => string | undefined): string | undefined => {
  const [setting, before] = settingIn(path.split('/').filter(Boolean), find) ?? [];
  // Two slashes before an HTTP method are how people write that of the root.
  const key = before && keyMeant(before, path.startsWith('//') || path.startsWith('/~1/'));
  return key && `/${key}${setting}`;
};

/** Whether API Gateway stores the settings of a method under a key that no method has. */
const isDead = ({ property, key }: Place): boolean => {
  if (property.group !== 'methodSettings' || key === everyMethod) return false;
  const resource = key.slice(0, key.lastIndexOf('/'));
  return resource.includes('/') || isPrefix(resource);
};

const meantBy = (path: string): string | undefined =>
  inVariables(path, (map) => variablePaths.get(map)) ??
  stagePaths.get(lettersOf(path)) ??
  inMethod(path, (word) => settingPaths.get(word)) ??
  nearIn(stagePaths, lettersOf(path)) ??
  inVariables(path, nearMap) ??
  inMethod(path, (word) => nearIn(settingPaths, word));

/** A shell on Windows turned the leading slash into a folder. */
const rewritten = /^[A-Za-z]:\/.*?\/Git(\/.*)$/;

/** What was probably meant by a path that an operation cannot have; undefined where nothing comes to mind. */
export const suggestPath = (path: string, op = 'replace'): string | undefined => {
  const windows = rewritten.exec(path)?.[1];
  if (windows) return `Your shell rewrote ${windows}: set MSYS_NO_PATHCONV=1.`;
  const found = findPlace(path);
  if (found && found.property.ops.length + (found.property.unproven?.length ?? 0) === 0) return found.property.instead;
  // Otherwise its value is wrong, or its name, unless that is missing.
  if (found && !path.endsWith('/') && !isDead(found)) return undefined;
  const meant = meantBy(path);
  const isAccepted = meant !== undefined && findPlace(meant)?.property.ops.some((known) => known === op);
  return isAccepted && meant !== path ? `Did you mean ${meant}?` : undefined;
};
