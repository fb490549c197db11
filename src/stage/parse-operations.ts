/** What users write or send, made into patch operations: JSON, the AWS CLI's shorthand, or values already parsed. */
import { jsonProblem } from '../text/json-problem.js';
import { withoutBom } from '../text/without-bom.js';
import type { PatchOperation } from './operation.js';
import { PatchError } from './problem.js';
import { ours } from './refusals.js';
import { hasMember, type MemberName, missingComma, parseShorthand, type ShorthandMember } from './shorthand.js';
import { isObject, type JsonObject, kindOf } from './stage.js';

export interface ParseProblem {
  readonly code: 'malformed-operation';
  /** Its place among all operations of the input, from 0. */
  readonly index: number;
  /** What came, as it came. */
  readonly operation: unknown;
  /** Goes on from "Operation 1 of the patch cannot be read: ". */
  readonly reason: string;
}

export interface ReadOptions {
  /** The text of a file named after `file://`, or of standard input, named `-`; expanding `~` and `$NAME` is up to it. */
  readonly readFile?: (name: string) => string;
}

export interface ReadOperations {
  readonly operations: readonly PatchOperation[];
  readonly problems: readonly ParseProblem[];
}

/** One place of the input where an operation belongs: what came, and its members or why there are none. */
type Entry =
  | { readonly operation: unknown; readonly members: JsonObject }
  | { readonly operation: unknown; readonly reason: string };

type Text = { readonly text: string } | { readonly reason: string };

const noFiles = (name: string) => ({ reason: `${name} cannot be read here: give the text itself` });

// The AWS CLI opens files as text, which makes every line end with one character.
const readText = (name: string, source: string, { readFile }: ReadOptions): Text =>
  readFile ? { text: readFile(name).replace(/\r\n?/g, '\n') } : noFiles(source);

const resolveMember = ({ text, isReference }: ShorthandMember, options: ReadOptions): Text => {
  if (!isReference) return { text };
  if (text.startsWith('fileb://')) return { reason: `${text} stands for bytes, and a value is text: use file://` };
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
    : { operation, reason: `expected an operation with op and path, came ${kindOf(operation)}` };

const documentEntries = (document: unknown): readonly Entry[] => {
  if (Array.isArray(document)) return Array.from(document, operationEntry);
  if (!isObject(document) || !Object.hasOwn(document, 'patchOperations')) return [operationEntry(document)];
  const list = document['patchOperations'];
  if (Array.isArray(list)) return Array.from(list, operationEntry);
  return [{ operation: document, reason: `patchOperations: expected an array, came ${kindOf(list)}` }];
};

const notJson = (text: string): Entry => {
  const problem = jsonProblem(text);
  return { operation: text, reason: `this is not JSON${problem ? `: ${problem.sentence}` : ''}` };
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
  if (plain.trim() === '') return [{ operation: text, reason: 'expected an operation, came an empty text' }];
  return looksLikeJson(plain) ? jsonEntries(plain) : [shorthandEntry(plain, options)];
};

const wordEntries = (word: string, options: ReadOptions): readonly Entry[] => {
  if (word !== '-' && !word.startsWith('file://')) return textEntries(word, options);
  const file = readText(word.replace('file://', ''), word, options);
  return 'reason' in file ? [{ operation: word, ...file }] : textEntries(file.text, options);
};

/** Whether a word can be meant for operations. `-` can be, but also for a stage. */
export const looksLikeOperations = (word: string): boolean =>
  looksLikeJson(word) || word.startsWith('file://') || hasMember(word);

const inputEntries = (input: unknown, options: ReadOptions): readonly Entry[] => {
  if (typeof input === 'string') return wordEntries(input, options);
  if (!Array.isArray(input)) return documentEntries(input);
  return Array.from(input).flatMap((item) =>
    typeof item === 'string' ? wordEntries(item, options) : [operationEntry(item)],
  );
};

// An `op` that is not here is refused later, in API Gateway's words, which need no more than its path.
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
  // An operation that lacks its value has an answer of API Gateway's own.
  if (typeof value === 'string' || (name === 'value' && value === undefined)) return [];
  const advice = name === 'value' && typeof value === 'object' && value !== null ? '; give its JSON as one text' : '';
  return [`${name}: expected a text, came ${kindOf(value)}${advice}`];
};

type Texts = { readonly [name in MemberName]?: string };

/** The members that the operation uses, where they are texts. */
const usedTexts = (members: JsonObject, names: readonly MemberName[]): Texts =>
  Object.fromEntries(
    names.map((name) => [name, memberOf(members, name)]).filter(([, text]) => typeof text === 'string'),
  );

/** What is wrong with the members; of shorthand, first whether a missing one was swallowed by the one before. */
const reasonsOf = (operation: unknown, members: JsonObject, names: readonly MemberName[]): readonly string[] => {
  const isWhole = names.every((name) => memberOf(members, name) !== undefined);
  const slip = typeof operation === 'string' && !isWhole ? missingComma(operation) : undefined;
  return slip === undefined ? names.flatMap((name) => misfit(name, memberOf(members, name))) : [slip];
};

const narrow = (entry: Entry, index: number): ReadOperations => {
  const { operation } = entry;
  const members = 'members' in entry ? entry.members : {};
  const names = usedNames(memberOf(members, 'op'));
  const reasons = 'reason' in entry ? [entry.reason] : reasonsOf(operation, members, names);
  const problems = reasons.map((reason) => ({ code: 'malformed-operation', index, operation, reason }) as const);
  // An op outside the enum, or a value that is missing, is for the engine to refuse, in API Gateway's words.
  return { operations: problems.length === 0 ? [usedTexts(members, names) as PatchOperation] : [], problems };
};

/**
 * Reads operations from a text (JSON, one shorthand item, `file://name` or `-`), from several such words, from an array of
 * operations, one operation, or `{ patchOperations }`. Members that an operation does not use are dropped. All problems are
 * reported together; only what `readFile` throws is thrown.
 */
export const readOperations = (input: unknown, options: ReadOptions = {}): ReadOperations => {
  const narrowed = inputEntries(input, options).map(narrow);
  return {
    operations: narrowed.flatMap(({ operations }) => operations),
    problems: narrowed.flatMap(({ problems }) => problems),
  };
};

/**
 * The operations that a text or a parsed document holds: a JSON array of them, one object, `{"patchOperations": […]}`, or
 * items of the AWS CLI's shorthand, one in a text, several in an array of texts. Members that an operation does not use are
 * dropped; a number or a boolean as a value is taken as its text. Which paths and values API Gateway takes is not asked here.
 *
 * @throws PatchError with every operation that cannot be read, or else every `move`; and what `options.readFile` throws.
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
