/** Finds where a text is no JSON. `JSON.parse` knows as well, but does not always say, and on each Node in other words. */
import { clipped } from './clipped.js';
import { deepest } from './json-depth.js';

/** Where a text is no JSON (line and column from 1), what JSON would have there, and what is there instead. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  readonly expected: string;
  readonly came: string;
}

class BrokenJson extends Error {
  constructor(
    readonly offset: number,
    readonly expected: string,
    readonly came: string,
  ) {
    super(`expected ${expected}, came ${came}`);
  }
}

interface Cursor {
  readonly text: string;
  at: number;
}

const space = /[ \t\n\r]*/y;
const string = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const stringStart = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*/y;
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
const word = /[^\s{}[\],:"]+|./suy;

/** Moves over what the pattern matches here; says whether it matched. */
const skip = (cursor: Cursor, pattern: RegExp): boolean => {
  pattern.lastIndex = cursor.at;
  const matched = pattern.test(cursor.text);
  if (matched) cursor.at = pattern.lastIndex;
  return matched;
};

const cameAt = ({ text, at }: Cursor): string => {
  if (at >= text.length) return 'the end of the text';
  word.lastIndex = at;
  return word.exec(text)?.[0] ?? '';
};

const broken = (cursor: Cursor, expected: string): BrokenJson => new BrokenJson(cursor.at, expected, cameAt(cursor));

/** A string that starts well and ends badly is told where it goes wrong, not where it starts. */
const brokenString = (cursor: Cursor): BrokenJson => {
  skip(cursor, stringStart);
  const next = cursor.text[cursor.at];
  if (next === '\\')
    return new BrokenJson(cursor.at, 'an escape that JSON knows', cursor.text.slice(cursor.at, cursor.at + 2));
  if (next === '\n' || next === '\r') return new BrokenJson(cursor.at, 'a closing quote', 'the end of the line');
  return broken(cursor, next === undefined ? 'a closing quote' : 'an escape in place of a control character');
};

const skipString = (cursor: Cursor, expected: string): void => {
  if (cursor.text[cursor.at] !== '"') throw broken(cursor, expected);
  if (!skip(cursor, string)) throw brokenString(cursor);
};

const skipScalar = (cursor: Cursor): void => {
  if (cursor.text[cursor.at] === '"') skipString(cursor, 'a string');
  else if (!skip(cursor, scalar)) throw broken(cursor, 'a value');
};

/** After a member or an item: whether another follows. */
const skipComma = (cursor: Cursor, close: string): boolean => {
  skip(cursor, space);
  const next = cursor.text[cursor.at];
  if (next !== ',' && next !== close) throw broken(cursor, `a comma or ${close}`);
  cursor.at += 1;
  return next === ',';
};

const skipEmpty = (cursor: Cursor, close: string): boolean => {
  cursor.at += 1;
  const inside = cursor.at;
  skip(cursor, space);
  const empty = cursor.text[cursor.at] === close;
  cursor.at = empty ? cursor.at + 1 : inside;
  return empty;
};

const skipColon = (cursor: Cursor): void => {
  skip(cursor, space);
  if (cursor.text[cursor.at] !== ':') throw broken(cursor, 'a colon');
  cursor.at += 1;
};

const skipMember = (cursor: Cursor, keys: Set<string>, depth: number): void => {
  skip(cursor, space);
  const start = cursor.at;
  skipString(cursor, 'a key in double quotes');
  const token = cursor.text.slice(start, cursor.at);
  const key: string = JSON.parse(token);
  if (keys.has(key)) throw new BrokenJson(start, 'each key once', `${token} again`);
  keys.add(key);
  skipColon(cursor);
  skipValue(cursor, depth);
};

const skipObject = (cursor: Cursor, depth: number): void => {
  if (skipEmpty(cursor, '}')) return;
  const keys = new Set<string>();
  do skipMember(cursor, keys, depth);
  while (skipComma(cursor, '}'));
};

const skipArray = (cursor: Cursor, depth: number): void => {
  if (skipEmpty(cursor, ']')) return;
  do skipValue(cursor, depth);
  while (skipComma(cursor, ']'));
};

const skipNested = (cursor: Cursor, depth: number, skipInside: (cursor: Cursor, depth: number) => void): void => {
  if (depth === deepest) throw new BrokenJson(cursor.at, `at most ${deepest} levels`, 'one more');
  skipInside(cursor, depth + 1);
};

const skipValue = (cursor: Cursor, depth: number): void => {
  skip(cursor, space);
  const first = cursor.text[cursor.at];
  if (first === '{') skipNested(cursor, depth, skipObject);
  else if (first === '[') skipNested(cursor, depth, skipArray);
  else skipScalar(cursor);
};

/** Throws `BrokenJson` at the first place where a text is no JSON, or where an object has a key twice. */
const expectJson = (text: string): void => {
  const cursor: Cursor = { text, at: 0 };
  skipValue(cursor, 0);
  skip(cursor, space);
  if (cursor.at < text.length) throw broken(cursor, 'the end of the text');
};

/** Line and column of an offset, both from 1, as editors count them. */
export const positionOf = (text: string, offset: number): Pick<JsonFault, 'line' | 'column'> => {
  const lines = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
};

/** The first place where a text is no JSON, or where an object has a key twice; undefined where there is none. */
export const findJsonFault = (text: string): JsonFault | undefined => {
  try {
    expectJson(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof BrokenJson)) throw error;
    const { offset, expected, came } = error;
    return { ...positionOf(text, offset), expected, came: clipped(came, 40) };
  }
};

/** `line 2, column 1: expected a comma or }, came "b"`. */
export const jsonFaultSentence = ({ line, column, expected, came }: JsonFault): string =>
  `line ${line}, column ${column}: expected ${expected}, came ${came}`;
