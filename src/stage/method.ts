/** Methods as people write them, and the keys that API Gateway stores for them. */

import { nameOf, type Place } from './place.js';
import type { Notice } from './plan.js';
import { everyMethod, httpMethods } from './properties.js';
import type { Stage } from './stage.js';

/** A method that can have settings, or the key of an entry as stored. */
export type Method =
  | { readonly key: string }
  | {
      readonly httpMethod: string;
      readonly resourcePath: string;
      /** The text as typed, if it may be the exact key of an entry. */
      readonly typed?: string;
      /** Written as ANY, which means only the HTTP methods that the resource has, if they are known. */
      readonly isAny?: true;
    };

type ParsedMethods =
  | { readonly methods: readonly Method[]; readonly notices: readonly Notice[] }
  | { readonly problem: string };

export const allMethods: Method = { key: everyMethod };

const wildcards: readonly string[] = ['ANY', '*'];

const httpMethodsIn = (text: string): readonly string[] | undefined => {
  const words = text.toUpperCase().split(',');
  return words.every((word) => httpMethods.includes(word) || wildcards.includes(word)) ? words : undefined;
};

/** The HTTP methods as written, and the path. Like API Gateway, looks at the end first: /get/POST is POST /get. */
const partsOf = (text: string): { readonly words: readonly string[]; readonly path: string } | undefined => {
  const forms = text.includes(' ')
    ? [/^(?<methods>[^ ]+) (?<path>.+)$/s]
    : [/^(?<path>.+)\/(?<methods>[^/]+)$/s, /^(?<methods>[^/]+)\/(?<path>.+)$/s];
  for (const form of forms) {
    const { methods = '', path = '' } = form.exec(text)?.groups ?? {};
    const words = httpMethodsIn(methods);
    if (words) return { words, path: path.trim() };
  }
  return undefined;
};

const decode = (path: string): string => path.replaceAll('~1', '/').replaceAll('~0', '~');
const encode = (path: string): string => path.replaceAll('~', '~0').replaceAll('/', '~1');

const resourcePathOf = (path: string): string => {
  const plain = decode(path);
  const rooted = plain.startsWith('/') ? plain : `/${plain}`;
  return rooted.length > 1 ? rooted.replace(/\/$/, '') : rooted;
};

const isResourcePath = (path: string): boolean => !/[\s*?#]|\/\//.test(path);

const example = "write 'GET /pets', or '*/*' for all methods";

const whyNot = (text: string): string => {
  if (text === '') return `it is empty; ${example}`;
  if (httpMethodsIn(text)) return `${text} is an HTTP method without a path; ${example}`;
  const [, word] = /^([A-Za-z]+)[\s:]/.exec(text) ?? [];
  if (word !== undefined && httpMethodsIn(word) === undefined)
    return `${word} is not an HTTP method of API Gateway (${httpMethods.join(', ')}, or ANY); ${example}`;
  if (isResourcePath(text) && text.startsWith('/'))
    return `${text} has no HTTP method; write 'GET ${resourcePathOf(text)}'`;
  return `${text} is not a method; ${example}`;
};

/**
 * Reads a method as people write it: `GET /pets/{id}`, `GET,POST /pets`, `/pets/GET`, `GET/pets`, `~1pets/GET` or
 * `/~1pets/GET`, and `*` + `/*` or `* *` for all. ANY, and `* /pets`, become the seven HTTP methods, with a notice.
 */
export const parseMethods = (given: string): ParsedMethods => {
  const text = given.trim().replace(/^\/(?=~1)/, '');
  if (text === everyMethod || /^\*\s+\*$/.test(text)) return { methods: [allMethods], notices: [] };
  const parts = partsOf(text);
  if (parts === undefined) return { problem: whyNot(text) };
  const resourcePath = resourcePathOf(parts.path);
  if (!isResourcePath(resourcePath)) return { problem: `${parts.path} is not a resource path; ${example}` };
  const any = parts.words.find((word) => wildcards.includes(word));
  if (any === undefined) {
    const meant = [...new Set(parts.words)];
    const exactly = meant.length === 1 ? { typed: text } : {};
    return { methods: meant.map((httpMethod) => ({ httpMethod, resourcePath, ...exactly })), notices: [] };
  }
  const message = `${any} ${resourcePath} means all seven HTTP methods, since each has its own settings: ${httpMethods.join(', ')}.`;
  return {
    methods: httpMethods.map((httpMethod) => ({ httpMethod, resourcePath, isAny: true })),
    notices: [{ code: 'any-method', message }],
  };
};

/** The key that the console writes and shows: `~1pets~1{id}/GET`. */
export const keyOf = (method: Method): string =>
  'key' in method ? method.key : `${encode(method.resourcePath)}/${method.httpMethod}`;

/** The readable form of a key in any spelling: `GET /pets`. */
export const readableKey = (key: string): string => {
  const slash = key.lastIndexOf('/');
  return key === everyMethod || slash < 1 ? key : `${key.slice(slash + 1)} ${resourcePathOf(key.slice(0, slash))}`;
};

/** Whether API Gateway stores settings under this key and ignores them. Unknown for a single plain segment. */
export const isDeadKey = (key: string): boolean => key !== everyMethod && key.indexOf('/') !== key.lastIndexOf('/');

/** The keys of each method, by its readable form. Each spelling has its own entry. */
export const spellingsOf = (keys: Iterable<string>): ReadonlyMap<string, readonly string[]> => {
  const spellings = new Map<string, string[]>();
  for (const key of new Set(keys)) spellings.set(readableKey(key), [...(spellings.get(readableKey(key)) ?? []), key]);
  return spellings;
};

export const methodNamesIn = (...stages: readonly Stage[]): ((key: string) => string) => {
  const spellings = spellingsOf(stages.flatMap(({ methodSettings = {} }) => Object.keys(methodSettings)));
  return (key) => ((spellings.get(readableKey(key))?.length ?? 0) > 1 ? key : readableKey(key));
};

export const readableName = ({ property, key }: Place, methodName = readableKey): string =>
  nameOf({ property, key: property.group === 'methodSettings' ? methodName(key) : key });

/** The spellings that need no notice: the one that the user typed, and the one that stage writes. */
const ownSpellings = (method: Method): readonly string[] =>
  'typed' in method && method.typed !== undefined ? [method.typed, keyOf(method)] : [keyOf(method)];

/** The key of the entry that a stage has for a method, in any spelling that `isUsable` accepts. */
export const findKey = (
  { methodSettings = {} }: Stage,
  method: Method,
  isUsable: (key: string) => boolean = () => true,
): string | undefined => {
  const readable = readableKey(keyOf(method));
  return (
    ownSpellings(method).find((key) => Object.hasOwn(methodSettings, key) && isUsable(key)) ??
    Object.keys(methodSettings).find((other) => readableKey(other) === readable && isUsable(other))
  );
};

export const spellingNotice = (method: Method, key: string): readonly Notice[] => {
  const message = `This stage stores ${readableKey(key)} under the key ${key}; that entry is used.`;
  return ownSpellings(method).includes(key) ? [] : [{ code: 'method-spelling', message }];
};
