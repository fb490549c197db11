/** Finds stage members in documents that spell them differently. */
import { keyOf } from '../stage/method.js';
import { StageError } from '../stage/problem.js';
import { everyMethod, httpMethods } from '../stage/properties.js';
import { isObject, type JsonObject } from '../stage/stage.js';
import { printable } from '../text/printable.js';
import { nearestWord } from '../text/spelling.js';
import type { DesiredOptions } from './tree.js';

/** A plain object from a document, not an Unknown or other class. */
export const isPlain = (value: unknown): value is JsonObject =>
  isObject(value) && Object.getPrototypeOf(value) === Object.prototype;

/** The members of the object at a path of keys; none if there is no object. */
export const membersAt = (value: unknown, ...keys: readonly string[]): JsonObject => {
  const members = isPlain(value) ? value : {};
  const [key, ...rest] = keys;
  return key === undefined ? members : membersAt(members[key], ...rest);
};

/**
 * API Gateway's method keys for a resource path, encoded (`/~1a`) or not (`/a`); empty for an invalid HTTP method. `*`
 * and ANY give all seven HTTP methods, since each has its own settings.
 */
export const methodKeys = (path: string, httpMethod: string): readonly string[] => {
  const plain = path.replaceAll('~1', '/').replaceAll('~0', '~');
  const resourcePath = `/${plain.replace(/^\/+|(?<=[^/])\/+$/g, '')}`;
  if (resourcePath === '/*' && httpMethod === '*') return [everyMethod];
  const words = ['*', 'ANY'].includes(httpMethod.toUpperCase()) ? httpMethods : [httpMethod.toUpperCase()];
  return words.filter((word) => httpMethods.includes(word)).map((word) => keyOf({ httpMethod: word, resourcePath }));
};

/** The stage named by the options, or the only stage in a document. */
export const pickNamed = (names: readonly string[], { label, name }: DesiredOptions, what: string): string => {
  const [only] = names;
  if (name === undefined && only !== undefined && names.length === 1) return only;
  if (name !== undefined && names.includes(name)) return name;
  const near = name === undefined ? undefined : nearestWord(name, names);
  const there = names.length === 0 ? `it has no ${what}` : `it has ${names.join(', ')}`;
  const wanted = name === undefined ? `expected one ${what}, or FILE#NAME` : `there is no ${what} called ${name}`;
  const message = `${label}: ${wanted}; ${there}${near === undefined ? '.' : `. Did you mean ${near}?`}`;
  throw new StageError('input', [{ code: 'no-such-stage', message: printable(message), ...{ names } }]);
};
