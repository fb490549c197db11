/** How the members of a stage are found in documents that spell them otherwise. */
import { keyOf } from '../stage/method.js';
import { StageError } from '../stage/problem.js';
import { everyMethod, httpMethods } from '../stage/properties.js';
import { isObject, type JsonObject, type Shape, stageShape } from '../stage/stage.js';
import { printable } from '../text/printable.js';
import { nearestWord } from '../text/spelling.js';
import type { DesiredOptions } from './tree.js';

/** An object of a document, not a value that stands for something else. */
export const isPlain = (value: unknown): value is JsonObject =>
  isObject(value) && Object.getPrototypeOf(value) === Object.prototype;

/** What keys lead to; undefined where nothing is. */
export const memberAt = (value: unknown, ...keys: readonly string[]): unknown =>
  keys.reduce<unknown>((inner, key) => (isPlain(inner) ? inner[key] : undefined), value);

/** The members of a stage that an object has under other names; what users name keeps its name. */
export const pickMembers = (
  source: JsonObject,
  spell: (member: string) => string,
  shape: Shape = stageShape,
): JsonObject =>
  Object.fromEntries(
    Object.entries(shape)
      .map(([member, inner]: [string, Shape]) => {
        const value = source[spell(member)];
        const isGroup = typeof inner === 'object' && !Object.hasOwn(inner, '*') && isPlain(value);
        return [member, isGroup ? pickMembers(value, spell, inner) : value] as const;
      })
      .filter(([, value]) => value !== undefined),
  );

/** The shape of one method's settings. */
export const settingShape = (stageShape['methodSettings'] as { readonly '*': Shape })['*'];

/**
 * The keys that API Gateway has for the methods of a resource path, which may be encoded (`/~1a`) or not (`/a`); none where the
 * HTTP method is not one. `*` and ANY are all seven, since each has settings of its own.
 */
export const methodKeys = (path: string, httpMethod: string): readonly string[] => {
  const plain = path.replaceAll('~1', '/').replaceAll('~0', '~');
  const resourcePath = `/${plain.replace(/^\/+|(?<=[^/])\/+$/g, '')}`;
  if (resourcePath === '/*' && httpMethod === '*') return [everyMethod];
  const words = ['*', 'ANY'].includes(httpMethod.toUpperCase()) ? httpMethods : [httpMethod.toUpperCase()];
  return words.filter((word) => httpMethods.includes(word)).map((word) => keyOf({ httpMethod: word, resourcePath }));
};

/** The one of several stages in a document that is named, or the only one. */
export const pickNamed = (names: readonly string[], { label, name }: DesiredOptions, what: string): string => {
  const [only] = names;
  if (name === undefined && only !== undefined && names.length === 1) return only;
  if (name !== undefined && names.includes(name)) return name;
  const near = name === undefined ? undefined : nearestWord(name, names);
  const there = names.length === 0 ? `it has no ${what}` : `it has ${names.join(', ')}`;
  const wanted = name === undefined ? `expected one ${what}, or FILE#NAME` : `there is no ${what} ${name}`;
  const message = `${label}: ${wanted}; ${there}${near === undefined ? '.' : `. Did you mean ${near}?`}`;
  throw new StageError('input', [{ code: 'no-such-stage', message: printable(message), ...{ names } }]);
};
