/** Paths that people send in the place of the one they mean. */

import { nearestWord } from '../text/spelling.js';
import { loggingLevel } from './codec.js';
import { findPlace, isMethodKey, isMethodRow, methodRows, settingPath } from './place.js';
import { everyMethod, httpMethods, type Property, properties } from './properties.js';

const letters = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

const isPlain = ({ path, ops, unproven }: Property): boolean =>
  !path.includes('{') && ops.length + (unproven?.length ?? 0) > 0;

// By its letters alone a row is known under its path, its names and its flag.
const known = new Map<string, string>(
  properties
    .filter((row) => isPlain(row) || isMethodRow(row))
    .flatMap((row) => {
      const path = isPlain(row) ? row.path : settingPath(row);
      return [path, row.field, row.name, row.flag ?? path].map((name) => [letters(name), path] as const);
    })
    .reverse(),
);

const settings = new Set(methodRows.map(settingPath));

const isHttpMethod = (segment: string): boolean => httpMethods.includes(segment.toUpperCase());

/** A key with its resource path as the console writes it: `~1pets/GET`. */
const encoded = (key: string): string => {
  const slash = key.lastIndexOf('/');
  return key === everyMethod ? key : `~1${key.slice(0, slash).replaceAll('/', '~1')}${key.slice(slash)}`;
};

/** The key that segments before a setting stand for. */
const realMethod = ([first = '', ...rest]: readonly string[]): string => {
  if (first === 'methodSettings') return realMethod(rest);
  const given = [first, ...rest];
  // The HTTP method was written as a part of the encoded path.
  if (rest.length === 0 && first.includes('~1')) return encoded(realMethod(first.split('~1').filter(Boolean)));
  if (isMethodKey(given.join('/'))) return given.join('/');
  if (given.every((segment) => segment === '*' || isHttpMethod(segment))) return everyMethod;
  const segments = isHttpMethod(first) && !isHttpMethod(given.at(-1) ?? '') ? [...rest, first] : given;
  const end = segments.at(-1)?.toUpperCase() ?? '';
  const [path, last] = httpMethods.includes(end) ? [segments.slice(0, -1), end] : [segments, 'GET'];
  const resource = (end === 'ANY' ? segments.slice(0, -1) : path).join('/');
  return resource === '' ? everyMethod : `${resource}/${last}`;
};

const inMethod = (segments: readonly string[]): string | undefined => {
  for (const length of [2, 1]) {
    const words = segments.slice(-length);
    const setting = words.every((word) => letters(word) !== '') ? known.get(letters(words.join('/'))) : undefined;
    if (setting && settings.has(setting)) return `/${realMethod(segments.slice(0, -length))}${setting}`;
  }
  return undefined;
};

/** Other names of the maps of variables. */
const variableMaps: readonly { readonly pattern: RegExp; readonly path: string }[] = [
  { pattern: /^\/?(?:stage-?)?var(?:iable)?s?\/(\w*)$/i, path: '/variables/' },
  {
    pattern: /^\/?canary(?:settings)?\/(?:(?:stage-?)?var(?:iable)?s?|(?:stage-?variable-?)?over+ides?)\/(\w*)$/i,
    path: '/canarySettings/stageVariableOverrides/',
  },
];

const inVariables = (path: string): string | undefined => {
  const map = variableMaps.find(({ pattern }) => pattern.test(path));
  return map && path.replace(map.pattern, (_, name) => `${map.path}${name || 'NAME'}`);
};

const inStage = (word: string | undefined): string | undefined => {
  const meant = word === undefined ? undefined : known.get(word);
  return meant && !settings.has(meant) ? meant : undefined;
};

const misspelled = (path: string): string | undefined => inStage(nearestWord(letters(path), [...known.keys()]));

/** A shell on Windows made a file path of the leading slash. */
const rewritten = /^[A-Za-z]:\/.*?\/Git(\/.*)$/;

/** What was probably meant by a path that API Gateway does not know; undefined where nothing comes to mind. */
export const nearMiss = (path: string): string | undefined => {
  const windows = rewritten.exec(path)?.[1];
  if (windows) return `Your shell rewrote ${windows}: set MSYS_NO_PATHCONV=1.`;
  const found = findPlace(path)?.property;
  if (found && found.ops.length + (found.unproven?.length ?? 0) === 0) return found.instead;
  // Of a path that takes operations the name or the value is the slip, unless its name is missing.
  if (found && !path.endsWith('/')) return undefined;
  const segments = path.split('/').filter((segment) => segment !== '');
  const meant = inVariables(path) ?? inStage(letters(path)) ?? inMethod(segments) ?? misspelled(path);
  return meant !== undefined && findPlace(meant)?.property.ops.includes('replace')
    ? `Did you mean ${meant}?`
    : undefined;
};

/** What was probably meant by a value that was refused; undefined where nothing comes to mind, or the refusal says it. */
export const nearValue = (path: string, value: unknown): string | undefined => {
  const codec = findPlace(path)?.property.codec;
  const values: unknown = codec?.schema['enum'];
  if (typeof value !== 'string' || !Array.isArray(values)) return undefined;
  const meant = value.trim().toUpperCase();
  if (values.includes(meant)) return `Did you mean ${meant}?`;
  // API Gateway's own sentence does not say which there are.
  return codec === loggingLevel ? `Expected one of ${values.join(', ')}.` : undefined;
};
