/**
 * One patch operation as the AWS CLI's shorthand: `op=replace,path=/description,value=x`. What the AWS CLI reads is read the
 * same, its oddities included; beyond that, braces are text, since no member of a patch operation is a structure.
 *
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html
 */
import { quoteShell } from '../text/quote-shell.js';
import type { PatchOperation } from './operation.js';

export interface ShorthandMember {
  readonly text: string;
  /** Written with `@=`: a text such as `file://name` stands for what the file holds. */
  readonly isReference: boolean;
}

/** What one item holds, by key and in the order written, keys that are no member of an operation too; or why it cannot be read. */
export type Shorthand =
  | { readonly members: ReadonlyMap<string, ShorthandMember> }
  /** Goes on from "Operation 1 of the patch cannot be read: ". */
  | { readonly reason: string };

type Braces = 'structure' | 'text';

/** What kept an item from being read, and where; `start` is where the value at fault begins. */
type Slip =
  | { readonly slip: 'equals' | 'twice'; readonly at: number; readonly key: string }
  | { readonly slip: 'list' | 'brace' | 'quote' | 'character'; readonly at: number; readonly start: number };

interface Member extends ShorthandMember {
  readonly key: string;
  readonly start: number;
  readonly isQuoted: boolean;
  /** The comma after it, or the end of the item. */
  readonly end: number;
}

const memberNames = ['op', 'path', 'value', 'from'] as const;

/** What an operation may have as a member. */
export type MemberName = (typeof memberNames)[number];

const anyMember = `(?:${memberNames.join('|')})`;
const laterMember = `(?:${memberNames.slice(1).join('|')})`;
const memberStart = String.raw`${anyMember}\s*@?\s*=`;
const isMember = (key: string) => memberNames.some((name) => name === key);

/** Whether a text has a member of an operation in it. */
export const hasMember = (text: string): boolean => new RegExp(String.raw`(?:^|,)\s*${memberStart}`).test(text);

// The AWS CLI's own sets of characters. They end at U+FFFF, so that it refuses an emoji outside of quotes, and so do we.
const key = /[\w.#/:-]*/y;
const equals = /[ \t-\r]*(@?)[ \t-\r]*=[ \t-\r]*/y;
const space = /[ \t-\r]*/y;
const quoted = /'(?:\\'|[^'])*'|"(?:\\"|[^"])*"/y;
const begin = String.raw`(?:\\,|[!#-&(-+\--<>-Z\\-z|-\uffff])`;
const wordStart = new RegExp(begin, 'uy');
const firstWord = new RegExp(String.raw`${begin}(?:\\,|[\t-\r\x1c-!#-&(-+\--\\^-|~-\uffff])*`, 'uy');
const laterWord = new RegExp(String.raw`${begin}(?:\\,|[\t-\r\x1c-!#-&(-+\--<>-\uffff])*`, 'uy');
const untilBrace = /(?:\\,|[\t-\r\x1c-!#-&(-+\--\\^-z|-\uffff])*/uy;
const trailingSpace = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/;

const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

/** Where a match that begins at `at` ends; `at` itself when nothing matches. */
const endOf = (pattern: RegExp, text: string, at: number): number => at + (matchAt(pattern, text, at)?.[0].length ?? 0);

const skipSpace = (item: string, at: number) => endOf(space, item, at);

// As the AWS CLI undoes them, quotes first, which is not how a reader of escapes would.
const unquote = (text: string): string =>
  text
    .slice(1, -1)
    .replaceAll(`\\${text[0]}`, text[0] ?? '')
    .replaceAll('\\\\', '\\');

const unescapeBare = (text: string): string => text.replaceAll('\\,', ',').replace(trailingSpace, '');

/** Where the braces that open at `open` close; the character after `open` when they do not before the next member. */
const endOfBraces = (item: string, open: number): number => {
  const marks = new RegExp(String.raw`"(?:\\.|[^"\\])*"|[{}]|,\s*${memberStart}`, 'gs');
  marks.lastIndex = open;
  let depth = 0;
  for (let mark = marks.exec(item); mark && !mark[0].startsWith(','); mark = marks.exec(item)) {
    if (mark[0] === '{') depth += 1;
    if (mark[0] === '}') depth -= 1;
    if (depth === 0) return marks.lastIndex;
  }
  return open + 1;
};

/** The end of a bare value in which braces are text; outside of them the AWS CLI's rules hold. */
const endOfPlain = (item: string, start: number): number => {
  let at = start;
  for (;;) {
    const next = item[at] === '{' ? endOfBraces(item, at) : endOf(at === start ? wordStart : untilBrace, item, at);
    if (next === at) return at;
    at = next;
  }
};

const endOfBare = (item: string, start: number, braces: Braces) =>
  braces === 'text' ? endOfPlain(item, start) : endOf(firstWord, item, start);

const isQuote = (character: string | undefined) => character === "'" || character === '"';

/**
 * Where a value that ends at `from` is followed by the next member. A comma may also begin the second text of a list; like
 * the AWS CLI we only know when the text after it is not followed by `=`, and go back to the comma before.
 */
const endOfValue = (item: string, start: number, from: number): number | Slip => {
  const first = skipSpace(item, from);
  if (item[first] !== ',') return first === item.length ? first : { slip: 'character', at: first, start };
  for (let comma = first; ; ) {
    const next = skipSpace(item, comma + 1);
    if (next === item.length) return { slip: 'equals', at: next, key: '' };
    const wordEnd = endOf(isQuote(item[next]) ? quoted : laterWord, item, next);
    const end = wordEnd === next ? next : skipSpace(item, wordEnd);
    const goesOn = wordEnd > next && (end === item.length || item[end] === ',');
    if (!goesOn && comma === first) return item.lastIndexOf(',', end);
    if (!goesOn || end === item.length) return { slip: 'list', at: first, start };
    comma = end;
  }
};

interface Value {
  readonly text: string;
  readonly isQuoted: boolean;
  readonly end: number;
}

const readValue = (item: string, start: number, braces: Braces): Value | Slip => {
  if (item[start] === '[') return { slip: 'list', at: start, start };
  if (item[start] === '{' && braces === 'structure') return { slip: 'brace', at: start, start };
  const isQuoted = isQuote(item[start]);
  const last = isQuoted ? endOf(quoted, item, start) : endOfBare(item, start, braces);
  if (isQuoted && last === start) return { slip: 'quote', at: start, start };
  const written = item.slice(start, last);
  const end = endOfValue(item, start, last);
  return typeof end === 'number' ? { text: isQuoted ? unquote(written) : unescapeBare(written), isQuoted, end } : end;
};

const readMember = (item: string, at: number, braces: Braces): Member | Slip => {
  const keyEnd = endOf(key, item, at);
  const name = item.slice(at, keyEnd);
  const sign = matchAt(equals, item, keyEnd);
  if (!sign) return { slip: 'equals', at: skipSpace(item, keyEnd), key: name };
  const start = keyEnd + sign[0].length;
  const value = readValue(item, start, braces);
  return 'slip' in value ? value : { key: name, isReference: sign[1] === '@', start, ...value };
};

// In `value=a=1,b=2` the end is more likely a part of the value than a member of its own, and must not get lost.
const runsOn = (last: Member | undefined, next: Member): last is Member =>
  last?.key === 'value' && !last.isQuoted && !isMember(next.key);

/** What an item is: an operation, or a map whose keys may be any. */
export interface ShorthandKind {
  /** What a reason says of an item that does not look like one. */
  readonly example: string;
  readonly isMap?: true;
}

const readMembers = (item: string, braces: Braces, isMap = false): ReadonlyMap<string, Member> | Slip => {
  const members = new Map<string, Member>();
  let last: Member | undefined;
  for (let at: number | undefined = 0; at !== undefined; ) {
    const member: Member | Slip = readMember(item, at, braces);
    if ('slip' in member) return member;
    if (!isMap && runsOn(last, member)) return { slip: 'list', at: last.end, start: last.start };
    if (members.has(member.key)) return { slip: 'twice', at, key: member.key };
    members.set(member.key, member);
    last = member;
    at = member.end === item.length ? undefined : skipSpace(item, member.end + 1);
  }
  return members;
};

/** An item that can be pasted. */
export const operationExample = 'op=replace,path=/description,value=x';

const operation: ShorthandKind = { example: `an operation looks like ${operationExample}` };

const memberAfterSpace = new RegExp(String.raw`(?<=[^,\s])\s+(?=${laterMember}\s*@?=)`, 'g');

/** The sentence for `op=replace path=/x`, where commas belong; nothing when no space stands before a member. */
export const missingComma = (item: string): string | undefined => {
  const at = item.search(memberAfterSpace);
  if (at < 0) return undefined;
  const fixed = quoteShell(item.replace(memberAfterSpace, ','));
  return `expected a comma between members at character ${at + 1}, came a space; write ${fixed}`;
};

/** Whether a word is a member that spaces took from its operation, where commas belong. */
export const isLoneMember = (word: string): boolean =>
  new RegExp(`^${laterMember}@?=`).test(word) && !/,op@?=/.test(word);

/** The items that words were meant for which spaces took apart. */
export const joinMembers = (words: readonly string[]): readonly string[] => words.join(',').split(/,(?=op@?=)/);

/** `; write '…'` with the value that begins at `start` in quotes, when that can be read. */
const quotedInstead = (item: string, start: number): string => {
  const rest = item.slice(start);
  const length = rest.search(new RegExp(String.raw`\s*,\s*${memberStart}|\s*$`));
  const fixed = item.slice(0, start) + quoteText(unescapeBare(rest.slice(0, length))) + rest.slice(length);
  return 'slip' in readMembers(fixed, 'text') ? '' : `; write ${quoteShell(fixed)}`;
};

const came = (item: string, at: number): string => {
  const point = item.codePointAt(at);
  return point === undefined ? 'the end' : JSON.stringify(String.fromCodePoint(point));
};

const missingEquals = (
  item: string,
  { at, key: name }: { readonly at: number; readonly key: string },
  example: string,
): string => {
  const place = name === '' ? 'a member' : `"=" after ${JSON.stringify(name)}`;
  return `expected ${place} at character ${at + 1}, came ${came(item, at)}; ${example}`;
};

/** The sentence for `op=add,path/x`: what looks like a list is a member without its `=`. In a value it is likelier a text. */
const unfinishedMember = (item: string, { at, start }: { readonly at: number; readonly start: number }) => {
  const name = new RegExp(String.raw`^,\s*(${anyMember})\b`).exec(item.slice(at));
  if (!name?.[1] || /value[\s@]*=\s*$/.test(item.slice(0, start))) return undefined;
  return missingEquals(item, { at: at + name[0].length, key: name[1] }, operation.example);
};

const explainSlip = (item: string, slip: Slip, example: string): string => {
  switch (slip.slip) {
    case 'equals':
      return missingEquals(item, slip, example);
    case 'twice':
      return `${slip.key} is given twice, again at character ${slip.at + 1}; where it is part of a value, put quotes around the value`;
    case 'list':
      return (
        unfinishedMember(item, slip) ??
        `a value is one text, and ${came(item, slip.at)} at character ${slip.at + 1} makes a list of it${quotedInstead(item, slip.start)}`
      );
    case 'quote':
      return `the quote ${came(item, slip.at)} at character ${slip.at + 1} is not closed${quotedInstead(item, slip.start)}`;
    case 'brace':
    case 'character':
      return (
        missingComma(item) ??
        `expected a comma or the end at character ${slip.at + 1}, came ${came(item, slip.at)}${quotedInstead(item, slip.start)}`
      );
  }
};

/** Reads one item. Files are not read, and whether an operation comes of the members is not asked. */
export const parseShorthand = (item: string, { example, isMap }: ShorthandKind = operation): Shorthand => {
  const asAws = readMembers(item, 'structure', isMap);
  const read = 'slip' in asAws && /[{}]/.test(item) ? readMembers(item, 'text', isMap) : asAws;
  return 'slip' in read ? { reason: explainSlip(item, read, example) } : { members: read };
};

const quoteText = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

const writeText = (text: string): string => (/^[\w/.:*~$%+@-]+$/.test(text) ? text : quoteText(text));

/**
 * Writes one operation as an item that the AWS CLI reads back the same. An operation that shorthand has no words for, since a
 * text before its last one ends with a backslash, becomes a JSON item, which the AWS CLI takes only beside other JSON items.
 */
export const quoteShorthand = (operation: PatchOperation): string => {
  const { op, path } = operation;
  const rest = 'value' in operation ? { value: operation.value } : {};
  const members = Object.entries({ op, ...('from' in operation ? { from: operation.from } : {}), path, ...rest });
  // The AWS CLI takes a backslash before the closing quote for an escape, unless no further quote follows.
  if (members.slice(0, -1).some(([, text]) => text.endsWith('\\'))) return JSON.stringify(Object.fromEntries(members));
  return members.map(([name, text]) => `${name}=${writeText(text)}`).join(',');
};
