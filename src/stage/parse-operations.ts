/** Patch operations from JSON, the AWS CLI's shorthand, or parsed values. */
import { parseJson, withoutBom } from '../text/json.js';
import { jsonProblem } from '../text/json-problem.js';
import { PatchError, type PatchProblem } from './problem.js';
import { ours } from './refusals.js';
import { hasMember, type MemberName, missingComma, parseShorthand } from './shorthand.js';
import { isObject, type JsonObject, kindOf, misreadOperation, type PatchOperation } from './stage.js';

export interface ReadOptions {
  /** Returns the text of a file (the name after `file://`) or of stdin (`-`). Expands `~` and `$NAME` itself. */
  readonly readFile?: (name: string) => string;
}

/** An operation as given, and its members or the reason why it has none. */
type Entry = { readonly operation: unknown } & ({ readonly members: unknown } | { readonly reason: string });

const cannotRead = (name: string): string => `${name} cannot be read here; give the text itself`;

// Like the AWS CLI, which opens files in text mode.
const readText = (word: string, { readFile }: ReadOptions): string | undefined =>
  readFile?.(word.replace('file://', '')).replace(/\r\n?/g, '\n');

const itemEntry = (item: string, options: ReadOptions): Entry => {
  const shorthand = parseShorthand(item);
  if ('reason' in shorthand) return { operation: item, reason: shorthand.reason };
  const members: [string, string][] = [];
  for (const [key, { text, isReference }] of shorthand.members) {
    // The AWS CLI reads fileb:// as bytes, which no member accepts.
    const isFile = isReference && /^fileb?:/.test(text);
    const value = !isFile ? text : text.startsWith('file:') ? readText(text, options) : undefined;
    if (value === undefined) return { operation: item, reason: `${key}: ${cannotRead(text)}` };
    members.push([key, value]);
  }
  return { operation: item, members: Object.fromEntries(members) };
};

const operationEntry = (operation: unknown): Entry => ({ operation, members: operation });

const documentEntries = (document: unknown): readonly Entry[] => {
  const isBody = isObject(document) && Object.hasOwn(document, 'patchOperations');
  const list = isBody ? document['patchOperations'] : document;
  if (Array.isArray(list)) return Array.from(list, operationEntry);
  const reason = `patchOperations: expected an array, got ${kindOf(list)}`;
  return [isBody ? { operation: document, reason } : operationEntry(document)];
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
  if (typeof input !== 'string' && !Array.isArray(input)) return documentEntries(input);
  const items: readonly unknown[] = typeof input === 'string' ? [input] : Array.from(input);
  return items.flatMap((item) => (typeof item === 'string' ? wordEntries(item, options) : [operationEntry(item)]));
};

/** The members that an operation uses. API Gateway refuses any other `op` by its path alone. */
const usedNames = (op: unknown): readonly MemberName[] => {
  if (op === 'copy') return ['op', 'from', 'path'];
  return op === 'add' || op === 'replace' || op === 'test' ? ['op', 'path', 'value'] : ['op', 'path'];
};

const usedMembers = (given: JsonObject): JsonObject => {
  const members: JsonObject = { ...given };
  const used = usedNames(members['op']).flatMap((name): [string, unknown][] => {
    const member = members[name];
    if (member === undefined) return [];
    return [[name, name === 'value' && /number|boolean/.test(typeof member) ? String(member) : member]];
  });
  return Object.fromEntries(used);
};

const readEntry = (entry: Entry): PatchOperation | string => {
  if ('reason' in entry) return entry.reason;
  const operation = isObject(entry.members) ? usedMembers(entry.members) : entry.members;
  const reason = misreadOperation(operation);
  const read = operation as PatchOperation;
  // With a space instead of a comma, a member becomes part of the previous one.
  const isWhole = reason === undefined && usedNames(read.op).every((name) => name in read);
  return (
    (typeof entry.operation === 'string' && !isWhole ? missingComma(entry.operation) : undefined) ?? reason ?? read
  );
};

/** Throws only what `readFile` throws. */
export const readOperations = (input: unknown, options: ReadOptions = {}) => {
  const operations: PatchOperation[] = [];
  const problems: PatchProblem[] = [];
  for (const [index, entry] of inputEntries(input, options).entries()) {
    const read = readEntry(entry);
    if (typeof read !== 'string') operations.push(read);
    else problems.push({ ...ours.malformedOperation(index, read), operation: entry.operation, index });
  }
  return { operations, problems };
};

/**
 * The operations in a text or a parsed document: a JSON array, one object, `{"patchOperations": […]}`, or items of the
 * AWS CLI's shorthand, one in a text, several in an array of texts. Unused members are dropped; a number or boolean as
 * a value becomes its text. Paths and values are not checked here.
 *
 * @throws PatchError with every operation that cannot be read, or else every `move`; also what `options.readFile`
 * throws.
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
  if (problems.length + moves.length > 0) throw new PatchError(problems.length > 0 ? problems : moves);
  return operations;
};
