/**
 * One patch operation in the AWS CLI's shorthand: `op=replace,path=/description,value=x`. It is read as the AWS CLI reads it,
 * except that braces are text where the AWS CLI fails: no member of a patch operation is a structure.
 *
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html
 */
import { quoteShell } from '../text/quote-shell.js';
import type { PatchOperation } from './operation.js';

export interface ShorthandMember {
  readonly text: string;
  /** Written with `@=`: a text such as `file://name` means the content of the file. */
  readonly isReference: boolean;
}

/** The members of one item in their order, unknown keys too; or why it cannot be read. */
type Shorthand =
  | { readonly members: ReadonlyMap<string, ShorthandMember> }
  /** Continues "Operation 1 of the patch cannot be read: ". */
  | { readonly reason: string };

type Braces = 'structure' | 'text';

/** Why an item cannot be read, and where; `start` is where the value begins. */
interface Slip {
  readonly slip: 'equals' | 'twice' | 'list' | 'quote' | 'character';
  readonly at: number;
  readonly start: number;
  readonly key: string;
}

interface Value {
  readonly text: string;
  readonly isQuoted: boolean;
  /** The comma after it, or the end of the item. */
  readonly end: number;
}

interface Member extends ShorthandMember, Value {
  readonly key: string;
  readonly start: number;
}

const memberNames = ['op', 'path', 'value', 'from'] as const;

export type MemberName = (typeof memberNames)[number];

const anyMember = `(?:${memberNames.join('|')})`;
const laterMember = `(?:${memberNames.slice(1).join('|')})`;
const startOf = (member: string): string => String.raw`${member}\s*(?:@\s*)?=`;
const memberStart = startOf(anyMember);
const isMember = (key: string) => memberNames.some((name) => name === key);

/** Whether a text contains a member of an operation. */
export const hasMember = (text: string): boolean => new RegExp(String.raw`(?:^|,)\s*${memberStart}`).test(text);

// The AWS CLI's own character sets. They end at U+FFFF, so an emoji needs quotes.
const key = /[\w.#/:-]*/y;
const equals = /[ \t-\r]*(?:(@)[ \t-\r]*)?=[ \t-\r]*/y;
const space = /[ \t-\r]*/y;
const quoted = /'(?:\\'|[^'])*'|"(?:\\"|[^"])*"/y;
const begin = String.raw`(?:\\,|[!#-&(-+\--<>-Z\\-z|-\uffff])`;
const wordStart = new RegExp(begin, 'uy');
const firstWord = new RegExp(String.raw`${begin}(?:\\,|[\t-\r\x1c-!#-&(-+\--\\^-|~-\uffff])*`, 'uy');
const laterWord = new RegExp(String.raw`${begin}(?:\\,|[\t-\r\x1c-!#-&(-+\--<>-\uffff])*`, 'uy');
const untilBrace = /(?:\\,|[\t-\r\x1c-!#-&(-+\--\\^-z|-\uffff])*/uy;
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

/** The end of the braces that open at `open`, if they close before the next member. */
const endOfBraces = (item: string, open: number): number | undefined => {
  const marks = new RegExp(String.raw`"(?:\\.|[^"\\])*"|[{}]|,\s*${memberStart}`, 'gs');
  marks.lastIndex = open;
  let depth = 0;
  for (let mark = marks.exec(item); mark && !mark[0].startsWith(','); mark = marks.exec(item)) {
    if (mark[0] === '{') depth += 1;
    if (mark[0] === '}') depth -= 1;
    if (depth === 0) return marks.lastIndex;
  }
  return undefined;
};

/** The end of a bare value. In braces that close everything is text; once one does not close, braces are plain characters. */
const endOfBare = (item: string, start: number, braces: Braces): number => {
  if (braces === 'structure') return endOf(firstWord, item, start);
  let mayClose = true;
  for (let at = start; ; ) {
    const isOpen: boolean = item[at] === '{';
    const close: number | undefined = isOpen && mayClose ? endOfBraces(item, at) : undefined;
    mayClose &&= !isOpen || close !== undefined;
    const next: number = isOpen ? (close ?? at + 1) : endOf(at === start ? wordStart : untilBrace, item, at);
    if (next === at) return at;
    at = next;
  }
};

const isQuote = (character: string | undefined) => character === "'" || character === '"';

/**
 * Where a value that ends at `from` is followed by the next member. A comma may also start the second text of a list: like the AWS
 * CLI, look for `=` after the next text, and otherwise go back to the comma before.
 */
const endOfValue = (item: string, start: number, from: number): number | Slip => {
  const first = skipSpace(item, from);
  if (item[first] !== ',') return first === item.length ? first : { slip: 'character', at: first, start, key: '' };
  for (let comma = first; ; ) {
    const next = skipSpace(item, comma + 1);
    if (next === item.length) return { slip: 'equals', at: next, start, key: '' };
    const wordEnd = endOf(isQuote(item[next]) ? quoted : laterWord, item, next);
    const end = wordEnd === next ? next : skipSpace(item, wordEnd);
    const goesOn = wordEnd > next && (end === item.length || item[end] === ',');
    if (!goesOn && comma === first) return item.lastIndexOf(',', end);
    if (!goesOn || end === item.length) return { slip: 'list', at: first, start, key: '' };
    comma = end;
  }
};

const readValue = (item: string, start: number, braces: Braces): Value | Slip => {
  if (item[start] === '[') return { slip: 'list', at: start, start, key: '' };
  if (item[start] === '{' && braces === 'structure') return { slip: 'character', at: start, start, key: '' };
  const isQuoted = isQuote(item[start]);
  const last = isQuoted ? endOf(quoted, item, start) : endOfBare(item, start, braces);
  if (isQuoted && last === start) return { slip: 'quote', at: start, start, key: '' };
  const written = item.slice(start, last);
  const end = endOfValue(item, start, last);
  return typeof end === 'number' ? { text: isQuoted ? unquote(written) : unescapeBare(written), isQuoted, end } : end;
};

const readMember = (item: string, at: number, braces: Braces): Member | Slip => {
  const keyEnd = endOf(key, item, at);
  const name = item.slice(at, keyEnd);
  const sign = matchAt(equals, item, keyEnd);
  if (!sign) return { slip: 'equals', at: skipSpace(item, keyEnd), start: at, key: name };
  const start = keyEnd + sign[0].length;
  const value = readValue(item, start, braces);
  return 'slip' in value ? value : { key: name, isReference: sign[1] === '@', start, ...value };
};

// `value=a=1,b=2` is rather one value than a value and an unknown member, which would get lost.
const runsOn = (last: Member | undefined, next: Member): last is Member =>
  last?.key === 'value' && !last.isQuoted && !isMember(next.key);

/** What an item is: an operation, or a map with any keys. */
interface ShorthandKind {
  /** An example for messages. */
  readonly example: string;
  readonly isMap?: true;
}

const readMembers = (item: string, braces: Braces, isMap = false): ReadonlyMap<string, Member> | Slip => {
  const members = new Map<string, Member>();
  let last: Member | undefined;
  for (let at: number | undefined = 0; at !== undefined; ) {
    const member: Member | Slip = readMember(item, at, braces);
    if ('slip' in member) return member;
    if (!isMap && runsOn(last, member)) return { slip: 'list', at: last.end, start: last.start, key: '' };
    if (members.has(member.key)) return { slip: 'twice', at, start: at, key: member.key };
    members.set(member.key, member);
    last = member;
    at = member.end === item.length ? undefined : skipSpace(item, member.end + 1);
  }
  return members;
};

/** An item to paste. */
export const operationExample = 'op=replace,path=/description,value=x';

const operation: ShorthandKind = { example: `an operation looks like ${operationExample}` };

const memberAfterSpace = new RegExp(String.raw`(?<=[^,\s])\s+(?=${startOf(laterMember)})`, 'g');

/** The message for `op=replace path=/x`, where a comma is missing. */
export const missingComma = (item: string): string | undefined => {
  const at = item.search(memberAfterSpace);
  if (at < 0) return undefined;
  const fixed = quoteShell(item.replace(memberAfterSpace, ','));
  return `expected a comma between members at character ${at + 1}, got a space; write ${fixed}`;
};

/** Whether a word is a member that a space separates from its operation. */
export const isLoneMember = (word: string): boolean =>
  new RegExp(`^${laterMember}@?=`).test(word) && !/,op@?=/.test(word);

/** The items that spaces split into these words. */
export const joinMembers = (words: readonly string[]): readonly string[] => words.join(',').split(/,(?=op@?=)/);

const nextMember = new RegExp(String.raw`,\s*${memberStart}`);

/** `; write '…'` with the value at `start` in quotes, if that can be read. */
const quotedInstead = (item: string, start: number): string => {
  const rest = item.slice(start);
  const next = rest.search(nextMember);
  const value = next < 0 ? rest : rest.slice(0, next);
  const fixed = item.slice(0, start) + quoteText(unescapeBare(value)) + rest.slice(value.length);
  return 'slip' in readMembers(fixed, 'text') ? '' : `; write ${quoteShell(fixed)}`;
};

const gotAt = (item: string, at: number): string => {
  const point = item.codePointAt(at);
  return point === undefined ? 'the end' : JSON.stringify(String.fromCodePoint(point));
};

const missingEquals = (item: string, at: number, name: string, example: string): string => {
  const expected = name === '' ? 'a member' : `"=" after ${JSON.stringify(name)}`;
  return `expected ${expected} at character ${at + 1}, got ${gotAt(item, at)}; ${example}`;
};

/** In `op=add,path/x` the second text is not part of a list, but a member without its `=`. A value is rather a text with a comma. */
const unfinishedMember = (item: string, { at, start }: Slip) => {
  const name = new RegExp(String.raw`^,\s*(${anyMember})\b`).exec(item.slice(at));
  if (!name?.[1] || /value[\s@]*=\s*$/.test(item.slice(0, start))) return undefined;
  return missingEquals(item, at + name[0].length, name[1], operation.example);
};

const explainSlip = (item: string, slip: Slip, example: string): string => {
  const { at, start } = slip;
  const where = `${gotAt(item, at)} at character ${at + 1}`;
  switch (slip.slip) {
    case 'equals':
      return missingEquals(item, at, slip.key, example);
    case 'twice':
      return `${slip.key} is given twice, again at character ${at + 1}; if it is part of a value, put quotes around the value`;
    case 'list':
      return (
        unfinishedMember(item, slip) ?? `a value is one text, but ${where} starts a list${quotedInstead(item, start)}`
      );
    case 'quote':
      return `the quote ${where} is not closed${quotedInstead(item, start)}`;
    case 'character':
      return (
        missingComma(item) ??
        `expected a comma or the end at character ${at + 1}, got ${gotAt(item, at)}${quotedInstead(item, start)}`
      );
  }
};

/** Reads one item. It reads no files, and does not check whether the members make an operation. */
export const parseShorthand = (item: string, { example, isMap }: ShorthandKind = operation): Shorthand => {
  const asAws = readMembers(item, 'structure', isMap);
  const read = 'slip' in asAws && /[{}]/.test(item) ? readMembers(item, 'text', isMap) : asAws;
  return 'slip' in read ? { reason: explainSlip(item, read, example) } : { members: read };
};

const quoteText = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

const writeText = (text: string): string => (/^[\w/.:*~$%+@-]+$/.test(text) ? text : quoteText(text));

/**
 * Writes one operation as an item that the AWS CLI reads back the same. If a text other than the last ends with a backslash,
 * shorthand cannot say it: the item is JSON, which the AWS CLI takes only next to other JSON items.
 */
export const quoteShorthand = (operation: PatchOperation): string => {
  const { op, path } = operation;
  const rest = 'value' in operation ? { value: operation.value } : {};
  const members = Object.entries({ op, ...('from' in operation ? { from: operation.from } : {}), path, ...rest });
  // To the AWS CLI a backslash before the closing quote is an escape if another quote follows.
  if (members.slice(0, -1).some(([, text]) => text.endsWith('\\'))) return JSON.stringify(Object.fromEntries(members));
  return members.map(([name, text]) => `${name}=${writeText(text)}`).join(',');
};
