/** JSON as a person may have written it: with a byte-order mark before it, broken, or with a key twice. */
import { StageError } from '../stage/problem.js';
import { isObject } from '../stage/stage.js';
import { clipped } from './clipped.js';
import { BrokenJson, expectJson, positionOf } from './json-fault.js';

const byteOrderMark = '\uFEFF';

/** The text behind its byte-order mark. */
export const jsonOf = (text: string): string => (text.startsWith(byteOrderMark) ? text.slice(1) : text);

/** A string, and the colon behind it where it is a key. */
const stringInText = /"[^"\\]*(?:\\.[^"\\]*)*"(?:\s*:)?/g;

const keysInText = (json: string): number => {
  let count = 0;
  // By positions: to take the strings out of the text would leave more behind than the whole edit.
  stringInText.lastIndex = 0;
  while (stringInText.test(json)) count += json[stringInText.lastIndex - 1] === ':' ? 1 : 0;
  return count;
};

const keysInValue = (value: unknown): number => {
  if (Array.isArray(value)) return value.reduce((count: number, item) => count + keysInValue(item), 0);
  if (!isObject(value)) return 0;
  const keys = Object.keys(value);
  return keys.reduce((count, key) => count + keysInValue(value[key]), keys.length);
};

/** Undefined, which is no JSON value, where the text is none. */
const parseIfJson = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

/** Says where JSON.parse failed, or took the last of two members with one key. */
const refuseBroken = (json: string, label: string): void => {
  try {
    expectJson(json);
  } catch (error) {
    if (!(error instanceof BrokenJson)) throw error;
    const { line, column } = positionOf(json, error.offset);
    const sentence = `line ${line}, column ${column}: expected ${error.expected}, came ${clipped(error.came, 40)}`;
    throw new StageError('input', [{ code: 'broken-json', message: `${clipped(label)}: ${sentence}` }]);
  }
};

/** What a JSON text holds. Throws `StageError('input')` where it is none, or an object has a key twice. */
export const parseJson = (json: string, label: string): unknown => {
  const value = parseIfJson(json);
  if (value === undefined || keysInText(json) !== keysInValue(value)) refuseBroken(json, label);
  return value;
};
