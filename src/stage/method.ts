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
      /** As it was typed, where that may be the very key of an entry. */
      readonly typed?: string;
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

const isResourcePath = (path: string): boolean => !/[\s*?#]|\/\//.test(path);

const anyNotice = (word: string, path: string): Notice => ({
  code: 'any-method',
  message: `${word} ${path} stands for all seven HTTP methods, as a setting is for one: ${httpMethods.join(', ')}.`,
});

/** What is in a text of a method, in the order in which we read it; an example of what is not. */
const rearranged = (text: string): string => {
  const words = text.split(/[\s,]+|(?<=^[A-Za-z]+):/);
  const given = words.filter((word) => httpMethodsIn(word) !== undefined);
  const path = words.filter((word) => /^(?:\/|~1)/.test(word)).map(resourcePathOf)[0] ?? '';
  return `'${given.join(',').toUpperCase() || 'GET'} ${path !== '' && isResourcePath(path) ? path : '/pets'}'`;
};

const whatIsWrong = (text: string): string => {
  const [, word] = /^([A-Za-z]+)[\s:]/.exec(text) ?? [];
  if (word !== undefined && httpMethodsIn(word) === undefined)
    return `API Gateway has no HTTP method ${word}; expected ${httpMethods.join(', ')}, or ANY`;
  return text.split(/[\s,:]+/).some(httpMethodsIn) ? `${text} cannot be read` : `there is no HTTP method in ${text}`;
};

const why = (text: string): string => {
  if (text === '') return "it is empty; write 'GET /pets', or '*/*' for all methods";
  if (httpMethodsIn(text)) return `${text.toUpperCase()} is an HTTP method without a path; write 'GET /pets'`;
  return `${whatIsWrong(text)}; write ${/^[*/]+$/.test(text) ? "'*/*' for all methods" : rearranged(text)}`;
};

const whyNoPath = ({ path, httpMethods: given }: Parts): string => {
  const plain = path.replace(/[?#].*$/s, '');
  const example = plain !== path && isResourcePath(plain) ? `${given.join(',')} ${plain}` : 'GET /pets';
  return `${path} is no resource path; write '${example}', or '*/*' for all methods`;
};

/**
 * Reads a method as people write it: `GET /pets/{id}`, `GET,POST /pets`, `/pets/GET`, `GET/pets`, `~1pets/GET`, also with the
 * slash of a patch path before it, and `*` + `/*` or `* *` for all. ANY, and `* /pets`, become the seven HTTP methods, with a
 * notice.
 */
export const parseMethods = (given: string): ParsedMethods => {
  const text = given.trim().replace(/^\/(?=~1)/, '');
  if (text === everyMethod || /^\*\s+\*$/.test(text)) return { methods: [allMethods], notices: [] };
  const parts = partsOf(text);
  if (parts === undefined || parts.path === '') return { problem: why(text) };
  const resourcePath = resourcePathOf(parts.path);
  if (!isResourcePath(resourcePath)) return { problem: whyNoPath(parts) };
  const any = parts.httpMethods.find((word) => wildcards.includes(word));
  if (any !== undefined)
    return {
      methods: httpMethods.map((httpMethod) => ({ httpMethod, resourcePath, isAny: true })),
      notices: [anyNotice(any, resourcePath)],
    };
  const meant = [...new Set(parts.httpMethods)];
  const exactly = meant.length === 1 ? { typed: text } : {};
  return { methods: meant.map((httpMethod) => ({ httpMethod, resourcePath, ...exactly })), notices: [] };
};

/** The key that the console writes and shows: `~1pets~1{id}/GET`. */
export const keyOf = (method: Method): string =>
  'key' in method ? method.key : `${encode(method.resourcePath)}/${method.httpMethod}`;

/** What a method key stands for, whatever its spelling: `GET /pets`. Equal for two spellings of one method. */
export const readableKey = (key: string): string => {
  const slash = key.lastIndexOf('/');
  return key === everyMethod || slash < 1 ? key : `${key.slice(slash + 1)} ${resourcePathOf(key.slice(0, slash))}`;
};

/** The keys of each method, by what they stand for: of two the entries are different ones. */
export const spellingsOf = (keys: Iterable<string>): ReadonlyMap<string, readonly string[]> => {
  const spellings = new Map<string, string[]>();
  for (const key of new Set(keys)) spellings.set(readableKey(key), [...(spellings.get(readableKey(key)) ?? []), key]);
  return spellings;
};

/** What reports call the methods of some stages: readably, save where a method has entries that have to be told apart. */
export const methodNamesIn = (...stages: readonly Stage[]): ((key: string) => string) => {
  let spellings: ReadonlyMap<string, readonly string[]> | undefined;
  return (key) => {
    // Most reports are about no method.
    spellings ??= spellingsOf(stages.flatMap(({ methodSettings = {} }) => Object.keys(methodSettings)));
    const readable = readableKey(key);
    return (spellings.get(readable)?.length ?? 0) > 1 ? key : readable;
  };
};

/** What people call a place: `methodSettings.GET /pets.loggingLevel`. */
export const readableName = ({ property, key }: Place, methodName = readableKey): string =>
  nameOf({ property, key: property.group === 'methodSettings' ? methodName(key) : key });

/** The spellings of a key that mean the entry that is spelled so, and no other: the one typed, and the one we write. */
const ownSpellings = (method: Method): readonly string[] =>
  'typed' in method && method.typed !== undefined ? [method.typed, keyOf(method)] : [keyOf(method)];

/** The key of the entry that a stage holds for a method, in whatever spelling; undefined where there is none. */
export const findKey = ({ methodSettings = {} }: Stage, method: Method): string | undefined => {
  const readable = readableKey(keyOf(method));
  return (
    ownSpellings(method).find((key) => Object.hasOwn(methodSettings, key)) ??
    Object.keys(methodSettings).find((other) => readableKey(other) === readable)
  );
};

/** A notice that an entry which is there is used as it is spelled, where that is neither what was typed nor what we write. */
export const spellingNotice = (method: Method, key: string): readonly Notice[] =>
  ownSpellings(method).includes(key)
    ? []
    : [
        {
          code: 'method-spelling',
          message: `${readableKey(key)} is spelled ${key} in this stage; that entry is used.`,
        },
      ];
