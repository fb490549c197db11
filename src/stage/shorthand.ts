/**
 * One patch operation in the AWS CLI's shorthand: `op=replace,path=/description,value=x`. It is read as the AWS CLI reads it,
 * except that braces are text where the AWS CLI fails: no member of a patch operation is a structure.
 *
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html
 */
import { quoteShell } from '../text/quote-shell.js';
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

/** Where an item cannot be read, and what was expected there. */
interface Slip {
  readonly at: number;
  readonly expected: string;
  /** Whether quotes around a value may help. */
  readonly isInValue?: true;
}

interface Value {
  readonly text: string;
  readonly isQuoted: boolean;
  /** The comma after it, or the end of the item. */
  readonly end: number;
}

interface Member extends ShorthandMember, Value {
  readonly key: string;
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
/** A bare value. Where the AWS CLI stops at braces they are text, with commas too if they close before the next member. */
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

const memberForm = 'NAME=VALUE';

const isQuote = (character: string | undefined) => character === "'" || character === '"';

/**
 * Where a value that ends at `from` is followed by the next member. A comma may also start the second text of a list: like the AWS
 * CLI, look for `=` after the next text, and otherwise go back to the comma before.
 */
const endOfValue = (item: string, from: number): number | Slip => {
  const first = skipSpace(item, from);
  if (first === item.length) return first;
  if (item[first] !== ',') return { at: first, expected: 'a comma or the end', isInValue: true };
  for (let comma = first; ; ) {
    const next = skipSpace(item, comma + 1);
    if (next === item.length) return { at: next, expected: memberForm };
    const wordEnd = endOf(isQuote(item[next]) ? quoted : laterWord, item, next);
    const end = wordEnd === next ? next : skipSpace(item, wordEnd);
    const goesOn = wordEnd > next && (end === item.length || item[end] === ',');
    if (!goesOn && comma === first) return item.lastIndexOf(',', end);
    if (!goesOn || end === item.length)
      return { at: skipSpace(item, first + 1), expected: memberForm, isInValue: true };
    comma = end;
  }
};

const readValue = (item: string, start: number): Value | Slip => {
  if (item[start] === '[') return { at: start, expected: 'a text', isInValue: true };
  const isQuoted = isQuote(item[start]);
  const last = endOf(isQuoted ? quoted : firstWord, item, start);
  if (isQuoted && last === start) return { at: item.length, expected: `a closing ${item[start]}`, isInValue: true };
  const written = item.slice(start, last);
  const end = endOfValue(item, last);
  return typeof end === 'number' ? { text: isQuoted ? unquote(written) : unescapeBare(written), isQuoted, end } : end;
};

const readMember = (item: string, at: number): Member | Slip => {
  const keyEnd = endOf(key, item, at);
  const name = item.slice(at, keyEnd);
  const sign = matchAt(equals, item, keyEnd);
  if (!sign)
    return { at: skipSpace(item, keyEnd), expected: name === '' ? memberForm : `"=" after ${JSON.stringify(name)}` };
  const value = readValue(item, keyEnd + sign[0].length);
  return 'expected' in value ? value : { key: name, isReference: sign[1] === '@', ...value };
};

const readMembers = (item: string, isMap: boolean): ReadonlyMap<string, Member> | Slip => {
  const members = new Map<string, Member>();
  let last: Member | undefined;
  for (let at: number | undefined = 0; at !== undefined; ) {
    const member: Member | Slip = readMember(item, at);
    if ('expected' in member) return member;
    // `value=a=1,b=2` is rather one value than a value and an unknown member, which would get lost.
    if (!isMap && last?.key === 'value' && !last.isQuoted && !memberNames.some((name) => name === member.key))
      return { at, expected: 'op, path, value or from', isInValue: true };
    if (members.has(member.key)) return { at, expected: `${member.key} only once`, isInValue: true };
    members.set(member.key, member);
    last = member;
    at = member.end === item.length ? undefined : skipSpace(item, member.end + 1);
  }
  return members;
};

const memberAfterSpace = new RegExp(String.raw`(?<=[^,\s])\s+(?=${startOf(laterMember)})`, 'g');

/** The message for `op=replace path=/x`, where a comma is missing. */
export const missingComma = (item: string): string | undefined => {
  const at = item.search(memberAfterSpace);
  const fixed = item.replace(memberAfterSpace, ',');
  return at < 0 || 'expected' in readMembers(fixed, false)
    ? undefined
    : `expected a comma between members at character ${at + 1}, got a space; write ${quoteShell(fixed)}`;
};

/** Whether a word is a member that a space separates from its operation. */
export const isLoneMember = (word: string): boolean =>
  new RegExp(`^${laterMember}@?=`).test(word) && !/,op@?=/.test(word);

/** The items that spaces split into these words. */
export const joinMembers = (words: readonly string[]): readonly string[] => words.join(',').split(/,(?=op@?=)/);

/**
 * Reads one item: an operation, or with `mapExample` a map with any keys. It reads no files, and does not check whether the
 * members make an operation.
 */
export const parseShorthand = (item: string, mapExample?: string): Shorthand => {
  const read = readMembers(item, mapExample !== undefined);
  if (!('expected' in read)) return { members: read };
  const { at, expected, isInValue } = read;
  const comma = mapExample === undefined && isInValue ? missingComma(item) : undefined;
  const example = mapExample ?? 'an operation looks like op=replace,path=/description,value=x';
  const help = isInValue ? 'a text with commas, quotes or brackets is written like "a,b"' : example;
  const [got] = item.slice(at, at + 2);
  const found = got === undefined ? 'the end' : JSON.stringify(got);
  return { reason: comma ?? `expected ${expected} at character ${at + 1}, got ${found}; ${help}` };
};

const quoteText = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

const writeText = (text: string): string => (/^[\w/.:*~$%+@-]+$/.test(text) ? text : quoteText(text));

/**
 * Writes one operation as an item that the AWS CLI reads back the same. If a text other than the last ends with a backslash,
 * shorthand cannot say it: the item is JSON, which the AWS CLI takes only next to other JSON items.
 */
export const quoteShorthand = (operation: PatchOperation): string => {
  const { op, path, value, from }: { readonly [name in MemberName]?: string } = operation;
  const members = Object.entries({ op, from, path, value }).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, text] as const],
  );
  // To the AWS CLI a backslash before the closing quote is an escape if another quote follows.
  if (members.slice(0, -1).some(([, text]) => text.endsWith('\\'))) return JSON.stringify(Object.fromEntries(members));
  return members.map(([name, text]) => `${name}=${writeText(text)}`).join(',');
};
