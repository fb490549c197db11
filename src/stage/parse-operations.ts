/** Patch operations from JSON, the AWS CLI's shorthand, or parsed values. */

import { withoutBom } from '../text/json.js';
import { jsonProblem } from '../text/json-problem.js';
import type { PatchOperation } from './operation.js';
import { PatchError } from './problem.js';
import { ours } from './refusals.js';
import { hasMember, type MemberName, missingComma, parseShorthand, type ShorthandMember } from './shorthand.js';
import { isObject, type JsonObject, kindOf } from './stage.js';

interface ParseProblem {
  readonly code: 'malformed-operation';
  /** Its position in the input, from 0. */
  readonly index: number;
  /** As given. */
  readonly operation: unknown;
  /** Continues "Operation 1 of the patch cannot be read: ". */
  readonly reason: string;
}

export interface ReadOptions {
  /** Returns the text of a file (the name after `file://`) or of standard input (`-`). It expands `~` and `$NAME` itself. */
  readonly readFile?: (name: string) => string;
}

interface ReadOperations {
  readonly operations: readonly PatchOperation[];
  readonly problems: readonly ParseProblem[];
}

/** One operation as given, with its members or the reason why it has none. */
type Entry =
  | { readonly operation: unknown; readonly members: JsonObject }
  | { readonly operation: unknown; readonly reason: string };

type Text = { readonly text: string } | { readonly reason: string };

const noFiles = (name: string) => ({ reason: `${name} cannot be read here; give the text itself` });

// Like the AWS CLI, which opens files in text mode.
const readText = (name: string, source: string, { readFile }: ReadOptions): Text =>
  readFile ? { text: readFile(name).replace(/\r\n?/g, '\n') } : noFiles(source);

const resolveMember = ({ text, isReference }: ShorthandMember, options: ReadOptions): Text => {
  if (!isReference) return { text };
  if (text.startsWith('fileb://')) return { reason: `a value is text, but ${text} means bytes; use file://` };
  return text.startsWith('file://') ? readText(text.slice('file://'.length), text, options) : { text };
};

const shorthandEntry = (item: string, options: ReadOptions): Entry => {
  const shorthand = parseShorthand(item);
  if ('reason' in shorthand) return { operation: item, reason: shorthand.reason };
  const members: [string, string][] = [];
  for (const [key, member] of shorthand.members) {
    const resolved = resolveMember(member, options);
    if ('reason' in resolved) return { operation: item, reason: `${key}: ${resolved.reason}` };
    members.push([key, resolved.text]);
  }
  return { operation: item, members: Object.fromEntries(members) };
};

const operationEntry = (operation: unknown): Entry =>
  isObject(operation)
    ? { operation, members: operation }
    : { operation, reason: `expected an operation with op and path, got ${kindOf(operation)}` };

const documentEntries = (document: unknown): readonly Entry[] => {
  if (Array.isArray(document)) return Array.from(document, operationEntry);
  if (!isObject(document) || !Object.hasOwn(document, 'patchOperations')) return [operationEntry(document)];
  const list = document['patchOperations'];
  if (Array.isArray(list)) return Array.from(list, operationEntry);
  return [{ operation: document, reason: `patchOperations: expected an array, got ${kindOf(list)}` }];
};

const notJson = (text: string): Entry => {
  const problem = jsonProblem(text);
  return { operation: text, reason: `not valid JSON${problem ? `: ${problem.sentence}` : ''}` };
};

const jsonEntries = (text: string): readonly Entry[] => {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return [notJson(text)];
  }
  return documentEntries(document);
};

const looksLikeJson = (text: string): boolean => /^\s*[[{]/.test(text);

const textEntries = (text: string, options: ReadOptions): readonly Entry[] => {
  const plain = withoutBom(text);
  if (plain.trim() === '') return [{ operation: text, reason: 'expected an operation, got an empty text' }];
  return looksLikeJson(plain) ? jsonEntries(plain) : [shorthandEntry(plain, options)];
};

const wordEntries = (word: string, options: ReadOptions): readonly Entry[] => {
  if (word !== '-' && !word.startsWith('file://')) return textEntries(word, options);
  const file = readText(word.replace('file://', ''), word, options);
  return 'reason' in file ? [{ operation: word, ...file }] : textEntries(file.text, options);
};

/** Whether a word looks like operations. `-` does not: it may be a stage too. */
export const looksLikeOperations = (word: string): boolean =>
  looksLikeJson(word) || word.startsWith('file://') || hasMember(word);

const inputEntries = (input: unknown, options: ReadOptions): readonly Entry[] => {
  if (typeof input === 'string') return wordEntries(input, options);
  if (!Array.isArray(input)) return documentEntries(input);
  return Array.from(input).flatMap((item) =>
    typeof item === 'string' ? wordEntries(item, options) : [operationEntry(item)],
  );
};

// API Gateway refuses any other `op` by its path alone.
const usedBy: ReadonlyMap<string, readonly MemberName[]> = new Map([
  ['add', ['path', 'value']],
  ['replace', ['path', 'value']],
  ['test', ['path', 'value']],
  ['copy', ['from', 'path']],
]);

const usedNames = (op: unknown): readonly MemberName[] => [
  'op',
  ...((typeof op === 'string' ? usedBy.get(op) : undefined) ?? (['path'] as const)),
];

const memberOf = (members: JsonObject, name: MemberName): unknown => {
  const value = Object.hasOwn(members, name) ? members[name] : undefined;
  return name === 'value' && (typeof value === 'number' || typeof value === 'boolean') ? String(value) : value;
};

const misfit = (name: MemberName, value: unknown): readonly string[] => {
  // The engine refuses a missing value itself.
  if (typeof value === 'string' || (name === 'value' && value === undefined)) return [];
  const advice = name === 'value' && typeof value === 'object' && value !== null ? '; give its JSON as one string' : '';
  return [`${name}: expected a string, got ${kindOf(value)}${advice}`];
};

type Texts = { readonly [name in MemberName]?: string };

/** The members that the operation uses, if they are strings. */
const usedTexts = (members: JsonObject, names: readonly MemberName[]): Texts =>
  Object.fromEntries(
    names.map((name) => [name, memberOf(members, name)]).filter(([, text]) => typeof text === 'string'),
  );

/** What is wrong with the members. In shorthand, a space instead of a comma hides a member in the one before. */
const reasonsOf = (operation: unknown, members: JsonObject, names: readonly MemberName[]): readonly string[] => {
  const isWhole = names.every((name) => memberOf(members, name) !== undefined);
  const comma = typeof operation === 'string' && !isWhole ? missingComma(operation) : undefined;
  return comma === undefined ? names.flatMap((name) => misfit(name, memberOf(members, name))) : [comma];
};

const narrow = (entry: Entry, index: number): ReadOperations => {
  const { operation } = entry;
  const members = 'members' in entry ? entry.members : {};
  const names = usedNames(memberOf(members, 'op'));
  const reasons = 'reason' in entry ? [entry.reason] : reasonsOf(operation, members, names);
  const problems = reasons.map((reason) => ({ code: 'malformed-operation', index, operation, reason }) as const);
  // The engine refuses an unknown op and a missing value, in API Gateway's words.
  return { operations: problems.length === 0 ? [usedTexts(members, names) as PatchOperation] : [], problems };
};

/**
 * Reads operations from a text (JSON, one shorthand item, `file://name` or `-`), several such words, an array of operations, one
 * operation, or `{ patchOperations }`. Unused members are dropped. Throws only what `readFile` throws.
 */
export const readOperations = (input: unknown, options: ReadOptions = {}): ReadOperations => {
  const narrowed = inputEntries(input, options).map(narrow);
  return {
    operations: narrowed.flatMap(({ operations }) => operations),
    problems: narrowed.flatMap(({ problems }) => problems),
  };
};

/**
 * The operations in a text or a parsed document: a JSON array, one object, `{"patchOperations": […]}`, or items of the AWS
 * CLI's shorthand, one in a text, several in an array of texts. Unused members are dropped; a number or boolean as a value
 * becomes its text. Paths and values are not checked here.
 *
 * @throws PatchError with every operation that cannot be read, or every `move`; and what `options.readFile` throws.
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html
 *
 * @example
 * parseOperations('op=remove,path=/variables/color'); // [{ op: 'remove', path: '/variables/color' }]
 */
export const parseOperations = (input: unknown, options: ReadOptions = {}): readonly PatchOperation[] => {
  const { operations, problems } = readOperations(input, options);
  if (problems.length > 0) {
    throw new PatchError(
      problems.map(({ index, operation, reason }) => ({ ...ours.malformed(index, reason), operation, index })),
    );
  }
  const moves = operations.flatMap((operation: { op: string; path: string }, index) =>
    operation.op === 'move' ? [{ ...ours.move(operation.path), operation, index }] : [],
  );
  if (moves.length > 0) throw new PatchError(moves);
  return operations;
};
