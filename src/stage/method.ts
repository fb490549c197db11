/** How people write the key of a method, and how API Gateway stores it. */

import { nameOf, type Place } from './place.js';
import type { Notice } from './plan.js';
import { everyMethod, httpMethods } from './properties.js';
import type { Stage } from './stage.js';

/** A method that settings may be for, or the key of an entry as it is stored. */
export type Method =
  | { readonly key: string }
  | {
      readonly httpMethod: string;
      readonly resourcePath: string;
      /** It was written as ANY, which is as many HTTP methods as the resource has, where that is known. */
      readonly isAny?: true;
    };

/** The entry that every method falls back to. */
export const allMethods: Method = { key: everyMethod };

export type ParsedMethods =
  | { readonly methods: readonly Method[]; readonly notices: readonly Notice[] }
  | { readonly problem: string };

const wildcards: readonly string[] = ['ANY', '*'];

const httpMethodsIn = (text: string): readonly string[] | undefined => {
  const words = text.toUpperCase().split(',');
  return words.every((word) => httpMethods.includes(word) || wildcards.includes(word)) ? words : undefined;
};

interface Parts {
  /** As they were written, ANY and `*` too. */
  readonly httpMethods: readonly string[];
  readonly path: string;
}

const httpMethodFirst = (text: string, separator: ' ' | '/'): Parts | undefined => {
  const end = text.indexOf(separator);
  const found = end > 0 ? httpMethodsIn(text.slice(0, end)) : undefined;
  return found && { httpMethods: found, path: text.slice(end + 1).trim() };
};

const httpMethodLast = (text: string): Parts | undefined => {
  const slash = text.lastIndexOf('/');
  const found = slash > 0 ? httpMethodsIn(text.slice(slash + 1)) : undefined;
  return found && { httpMethods: found, path: text.slice(0, slash) };
};

// An HTTP method at the end counts before one at the start, as API Gateway reads it: /get/POST is POST /get.
const partsOf = (text: string): Parts | undefined =>
  text.includes(' ') ? httpMethodFirst(text, ' ') : (httpMethodLast(text) ?? httpMethodFirst(text, '/'));

const decode = (path: string): string => path.replaceAll('~1', '/').replaceAll('~0', '~');
const encode = (path: string): string => path.replaceAll('~', '~0').replaceAll('/', '~1');

/** A resource path as API Gateway shows it: `/pets/{id}`. */
const resourcePathOf = (path: string): string => {
  const plain = decode(path);
  const rooted = plain.startsWith('/') ? plain : `/${plain}`;
  return rooted.length > 1 ? rooted.replace(/\/$/, '') : rooted;
};

const anyNotice = (path: string): Notice => ({
  code: 'any-method',
  message: `ANY is no HTTP method that a setting can be for: ${path} is set for all seven, ${httpMethods.join(', ')}.`,
});

const withoutPath = (text: string): string | undefined =>
  httpMethodsIn(text) && `${text.toUpperCase()} is an HTTP method without a path; write 'GET /pets'`;

const why = (text: string): string => {
  if (text.trim() === '') return "it is empty; write 'GET /pets', or '*/*' for all methods";
  const isResource = /^(?:\/|~1)\S*$/.test(text.trim());
  const path = isResource ? resourcePathOf(text.trim()) : '/pets';
  return withoutPath(text.trim()) ?? `there is no HTTP method in ${text}; write 'GET ${path}'`;
};

/**
 * Reads a method as people write it: `GET /pets/{id}`, `GET,POST /pets`, `/pets/GET`, `GET/pets`, `~1pets/GET`, and
 * `*` + `/*` or `* *` for all. ANY, and `* /pets`, become the seven HTTP methods, with a notice.
 */
export const parseMethods = (given: string): ParsedMethods => {
  const text = given.trim();
  if (text === everyMethod || /^\*\s+\*$/.test(text)) return { methods: [allMethods], notices: [] };
  const parts = partsOf(text);
  if (parts === undefined || parts.path === '') return { problem: why(given) };
  const resourcePath = resourcePathOf(parts.path);
  if (/\s|\/\/|^\/\*$/.test(resourcePath)) {
    return { problem: `${parts.path} is no resource path; write 'GET /pets', or '*/*' for all methods` };
  }
  const isAny = parts.httpMethods.some((word) => wildcards.includes(word));
  const meant = isAny ? httpMethods : [...new Set(parts.httpMethods)];
  return {
    methods: meant.map((httpMethod) => ({ httpMethod, resourcePath, ...(isAny && { isAny }) })),
    notices: isAny ? [anyNotice(resourcePath)] : [],
  };
};

/** The key that the console writes and shows: `~1pets~1{id}/GET`. */
export const keyOf = (method: Method): string =>
  'key' in method ? method.key : `${encode(method.resourcePath)}/${method.httpMethod}`;

/** What a method key stands for, whatever its spelling: `GET /pets`. Equal for two spellings of one method. */
export const readableKey = (key: string): string => {
  const slash = key.lastIndexOf('/');
  return key === everyMethod || slash < 1 ? key : `${key.slice(slash + 1)} ${resourcePathOf(key.slice(0, slash))}`;
};

/** What people call a place: `methodSettings.GET /pets.loggingLevel`. */
export const readableName = ({ property, key }: Place): string =>
  nameOf({ property, key: property.group === 'methodSettings' ? readableKey(key) : key });

/** The key of the entry that a stage holds for a method, in whatever spelling; undefined where there is none. */
export const findKey = (stage: Stage, method: Method): string | undefined => {
  const key = keyOf(method);
  const keys = Object.keys(stage.methodSettings ?? {});
  return keys.includes(key) ? key : keys.find((other) => readableKey(other) === readableKey(key));
};

/** A notice that an entry which is there is used as it is spelled, where that is not the spelling we write. */
export const spellingNotice = (method: Method, key: string): readonly Notice[] =>
  key === keyOf(method)
    ? []
    : [
        {
          code: 'method-spelling',
          message: `${readableKey(key)} is spelled ${key} in this stage; that entry is used.`,
        },
      ];
