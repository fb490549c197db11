/** Patch operations from JSON, the AWS CLI's shorthand, or parsed values. */
import { parseJson, withoutBom } from '../text/json.js';
import { jsonProblem } from '../text/json-problem.js';
import { PatchError, type PatchProblem } from './problem.js';
import { ours } from './refusals.js';
import { hasMember, type MemberName, missingComma, parseShorthand } from './shorthand.js';
import { isObject, type JsonObject, kindOf, type PatchOperation } from './stage.js';

export interface ReadOptions {
  /** Returns the text of a file (the name after `file://`) or of standard input (`-`). It expands `~` and `$NAME` itself. */
  readonly readFile?: (name: string) => string;
}

interface ReadOperations {
  readonly operations: readonly PatchOperation[];
  readonly problems: readonly PatchProblem[];
}

type Entry =
  | { readonly operation: unknown; readonly members: JsonObject }
  | { readonly operation: unknown; readonly reason: string };

const cannotRead = (name: string): string => `${name} cannot be read here; give the text itself`;

// Like the AWS CLI, which opens files in text mode.
const readText = (word: string, { readFile }: ReadOptions): string | undefined =>
  readFile?.(word.replace('file://', '')).replace(/\r\n?/g, '\n');

const itemEntry = (item: string, options: ReadOptions): Entry => {
  const shorthand = parseShorthand(item);
  if ('reason' in shorthand) return { operation: item, reason: shorthand.reason };
  const members: [string, string][] = [];
  for (const [key, { text, isReference }] of shorthand.members) {
    if (isReference && text.startsWith('fileb://'))
      return { operation: item, reason: `${key}: a value is text, but ${text} means bytes; use file://` };
    const value = isReference && text.startsWith('file://') ? readText(text, options) : text;
    if (value === undefined) return { operation: item, reason: `${key}: ${cannotRead(text)}` };
    members.push([key, value]);
  }
  return { operation: item, members: Object.fromEntries(members) };
};

const operationEntry = (operation: unknown): Entry =>
  isObject(operation)
    ? { operation, members: operation }
    : { operation, reason: `expected an operation with op and path, got ${kindOf(operation)}` };

const documentEntries = (document: unknown): readonly Entry[] => {
  const isBody = isObject(document) && Object.hasOwn(document, 'patchOperations');
  const list = isBody ? document['patchOperations'] : document;
  if (Array.isArray(list)) return Array.from(list, operationEntry);
  if (!isBody) return [operationEntry(document)];
  return [{ operation: document, reason: `patchOperations: expected an array, got ${kindOf(list)}` }];
};

const looksLikeJson = (text: string): boolean => /^\s*[[{]/.test(text);

const textEntries = (text: string, options: ReadOptions): readonly Entry[] => {
  const plain = withoutBom(text);
  if (plain.trim() === '') return [{ operation: text, reason: 'expected an operation, got an empty text' }];
  if (!looksLikeJson(plain)) return [itemEntry(plain, options)];
  const document = parseJson(plain);
  if (document !== undefined) return documentEntries(document);
  return [{ operation: plain, reason: `not valid JSON: ${jsonProblem(plain)?.sentence}` }];
};

const wordEntries = (word: string, options: ReadOptions): readonly Entry[] => {
  const text = word === '-' || word.startsWith('file://') ? readText(word, options) : word;
  return text === undefined ? [{ operation: word, reason: cannotRead(word) }] : textEntries(text, options);
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

/** The members that an operation uses. API Gateway refuses any other `op` by its path alone. */
const usedNames = (op: unknown): readonly MemberName[] => {
  if (op === 'copy') return ['op', 'from', 'path'];
  return op === 'add' || op === 'replace' || op === 'test' ? ['op', 'path', 'value'] : ['op', 'path'];
};

const memberOf = (members: JsonObject, name: MemberName): unknown => {
  const value = Object.hasOwn(members, name) ? members[name] : undefined;
  return name === 'value' && (typeof value === 'number' || typeof value === 'boolean') ? String(value) : value;
};

const toOperation = (entry: Entry, index: number): ReadOperations => {
  const { operation } = entry;
  const fail = (reasons: readonly string[]): ReadOperations => ({
    operations: [],
    problems: reasons.map((reason) => ({ ...ours.malformedOperation(index, reason), operation, index })),
  });
  if ('reason' in entry) return fail([entry.reason]);
  const used = usedNames(memberOf(entry.members, 'op')).map((name) => [name, memberOf(entry.members, name)] as const);
  // A space instead of a comma hides a member in the one before.
  const isWhole = used.every(([, value]) => value !== undefined);
  const comma = typeof operation === 'string' && !isWhole ? missingComma(operation) : undefined;
  if (comma !== undefined) return fail([comma]);
  // The engine refuses an unknown op and a missing value, in API Gateway's words.
  const texts = used.filter(([name, value]) => name !== 'value' || value !== undefined);
  const wrong = texts.filter(([, value]) => typeof value !== 'string');
  if (wrong.length === 0) return { operations: [Object.fromEntries(texts) as PatchOperation], problems: [] };
  return fail(
    wrong.map(([name, value]) => {
      const advice = name === 'value' && value !== null ? '; give its JSON as one string' : '';
      return `${name}: expected a string, got ${kindOf(value)}${advice}`;
    }),
  );
};

/**
 * Reads operations from a text (JSON, one shorthand item, `file://name` or `-`), several such words, an array of operations, one
 * operation, or `{ patchOperations }`. Unused members are dropped. Throws only what `readFile` throws.
 */
export const readOperations = (input: unknown, options: ReadOptions = {}): ReadOperations => {
  const read = inputEntries(input, options).map(toOperation);
  return {
    operations: read.flatMap(({ operations }) => operations),
    problems: read.flatMap(({ problems }) => problems),
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
  const moves = operations.flatMap((operation: { op: string; path: string }, index) =>
    operation.op === 'move' ? [{ ...ours.move(operation.path), operation, index }] : [],
  );
  if (problems.length > 0) throw new PatchError(problems);
  if (moves.length > 0) throw new PatchError(moves);
  return operations;
};
