/**
 * One patch operation in the AWS CLI's shorthand: `op=replace,path=/description,value=x`. It is read as the AWS CLI
 * reads it, except that braces are text where the AWS CLI fails: no member of a patch operation is a structure.
 *
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html
 */
import type { PatchOperation } from './stage.js';

interface ShorthandMember {
  readonly text: string;
  /** Written with `@=`: a text such as `file://name` means the content of the file. */
  readonly isReference: boolean;
}

/** The members of one item in their order, unknown keys too; or why it cannot be read. */
type Shorthand =
  | { readonly members: ReadonlyMap<string, ShorthandMember> }
  /** Continues "Operation 1 of the patch cannot be read: ". */
  | { readonly reason: string };

class Slip extends Error {
  constructor(item: string, at: number, expected: string) {
    const [got] = item.slice(at, at + 2);
    super(`expected ${expected} at character ${at + 1}, got ${got === undefined ? 'the end' : JSON.stringify(got)}`);
  }
}

const memberNames = ['op', 'path', 'value', 'from'] as const;

export type MemberName = (typeof memberNames)[number];

const anyMember = `(?:${memberNames.join('|')})`;
const laterMember = `(?:${memberNames.slice(1).join('|')})`;
const startOf = (member: string): string => String.raw`${member}\s*(?:@\s*)?=`;
const memberStart = startOf(anyMember);

export const hasMember = (text: string): boolean => new RegExp(String.raw`(?:^|,)\s*${memberStart}`).test(text);

// The AWS CLI's own character sets. They end at U+FFFF, so an emoji needs quotes.
const key = /[\w.#/:-]*/y;
const equals = /[ \t-\r]*(?:(@)[ \t-\r]*)?=[ \t-\r]*/y;
const space = /[ \t-\r]*/y;
const quoted = /'(?:\\'|[^'])*'|"(?:\\"|[^"])*"/y;
const begin = String.raw`(?:\\,|[!#-&(-+\--<>-Z\\-z|-\uffff])`;
const laterWord = new RegExp(String.raw`${begin}(?:\\,|[\t-\r\x1c-!#-&(-+\--<>-\uffff])*`, 'uy');
/** A bare value. Braces, where the AWS CLI stops, are text; so are commas inside a pair within one member. */
const firstWord = new RegExp(
  String.raw`(?:${begin}|(?=\{))(?:\{(?:(?!,\s*${memberStart})[^{}])*\}|\\,|[\t-\r\x1c-!#-&(-+\--\\^-\uffff])*`,
  'uy',
);
const trailingSpace = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

/** The end of a match that begins at `at`; `at` itself if nothing matches. */
const endOf = (pattern: RegExp, text: string, at: number): number => at + (matchAt(pattern, text, at)?.[0].length ?? 0);

const skipSpace = (item: string, at: number) => endOf(space, item, at);

// In the AWS CLI's order: quotes first.
const unquote = (text: string): string =>
  text
    .slice(1, -1)
    .replaceAll(`\\${text[0]}`, text[0] ?? '')
    .replaceAll('\\\\', '\\');

const unescapeBare = (text: string): string => {
  let end = text.length;
  while (end > 0 && trailingSpace.test(text[end - 1] ?? '')) end -= 1;
  return text.slice(0, end).replaceAll('\\,', ',');
};

const isQuote = (character: string | undefined) => character === "'" || character === '"';

/**
 * The comma after a value that ends at `from`, or the end of the item. A comma may also start the second text of a
 * list: like the AWS CLI, look for `=` after the next text, or else go back to the comma before it.
 */
const endOfValue = (item: string, from: number): number => {
  const first = skipSpace(item, from);
  if (first === item.length) return first;
  if (item[first] !== ',') throw new Slip(item, first, 'a comma or the end');
  for (let comma = first; ; ) {
    const next = skipSpace(item, comma + 1);
    const wordEnd = endOf(isQuote(item[next]) ? quoted : laterWord, item, next);
    const end = wordEnd === next ? next : skipSpace(item, wordEnd);
    const goesOn = wordEnd > next && (end === item.length || item[end] === ',');
    if (!goesOn && comma === first && next < item.length) return item.lastIndexOf(',', end);
    if (!goesOn || end === item.length) throw new Slip(item, skipSpace(item, first + 1), 'NAME=VALUE');
    comma = end;
  }
};

const readMembers = (item: string, isMap: boolean): ReadonlyMap<string, ShorthandMember> => {
  const members = new Map<string, ShorthandMember>();
  let isBareValue = false;
  for (let at = 0; ; ) {
    const keyEnd = endOf(key, item, at);
    const name = item.slice(at, keyEnd);
    // `value=a=1,b=2` is more likely one value than a value and an unknown member, which would be dropped.
    if (!isMap && isBareValue && !memberNames.some((member) => member === name))
      throw new Slip(item, at, 'op, path, value or from');
    if (members.has(name)) throw new Slip(item, at, `${name} only once`);
    const sign = matchAt(equals, item, keyEnd);
    if (!sign)
      throw new Slip(item, skipSpace(item, keyEnd), name === '' ? 'NAME=VALUE' : `"=" after ${JSON.stringify(name)}`);
    const start = keyEnd + sign[0].length;
    if (item[start] === '[') throw new Slip(item, start, 'a text');
    const isQuoted = isQuote(item[start]);
    const last = endOf(isQuoted ? quoted : firstWord, item, start);
    if (isQuoted && last === start) throw new Slip(item, item.length, `a closing ${item[start]}`);
    const written = item.slice(start, last);
    const end = endOfValue(item, last);
    members.set(name, { text: isQuoted ? unquote(written) : unescapeBare(written), isReference: sign[1] === '@' });
    if (end === item.length) return members;
    isBareValue = name === 'value' && !isQuoted;
    at = skipSpace(item, end + 1);
  }
};

const memberAfterSpace = new RegExp(String.raw`(?<=[^,\s])\s+(?=${startOf(laterMember)})`);

export const missingComma = (item: string): string | undefined => {
  const at = item.search(memberAfterSpace);
  return at < 0 ? undefined : `expected a comma between members at character ${at + 1}, got a space`;
};

/** Whether a word is a member separated from its operation by a space. */
export const isLoneMember = (word: string): boolean =>
  new RegExp(`^${laterMember}@?=`).test(word) && !/,op@?=/.test(word);

export const joinMembers = (words: readonly string[]): readonly string[] => words.join(',').split(/,(?=op@?=)/);

/** Parses an operation, or with `mapExample` a map with any keys. Reads no files. */
export const parseShorthand = (item: string, mapExample?: string): Shorthand => {
  try {
    return { members: readMembers(item, mapExample !== undefined) };
  } catch (slip) {
    if (!(slip instanceof Slip)) throw slip;
    const comma = mapExample === undefined ? missingComma(item) : undefined;
    if (comma !== undefined) return { reason: comma };
    const example = mapExample ?? 'an operation looks like op=replace,path=/description,value=x';
    return { reason: `${slip.message}; ${example}; a text with commas, quotes or brackets is written like "a,b"` };
  }
};

const writeText = (text: string): string =>
  /^[\w/.:*~$%+@-]+$/.test(text) ? text : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** Writes an operation for the AWS CLI: as shorthand, or if need be as JSON, which it accepts only next to JSON. */
export const quoteShorthand = (operation: PatchOperation): string => {
  const { op, path, value, from }: { readonly [name in MemberName]?: string } = operation;
  const members = Object.entries({ op, from, path, value }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  // To the AWS CLI, a backslash before the closing quote is an escape if another quote follows.
  if (members.slice(0, -1).some(([, text]) => text.endsWith('\\'))) return JSON.stringify(Object.fromEntries(members));
  return members.map(([name, text]) => `${name}=${writeText(text)}`).join(',');
};
