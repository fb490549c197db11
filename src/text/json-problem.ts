/** What is wrong with a JSON text, and where. JSON.parse does not always say, and on each Node in other words. */
import { type JSONPath, printParseErrorCode, visit } from 'jsonc-parser';
import { maxDepth } from './json.js';
import { clipped } from './printable.js';

interface JsonProblem {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** `expected a comma or }, got [` */
  readonly reason: string;
  /** `line 2, column 1: expected a comma or }, got [` */
  readonly sentence: string;
}

/** Thrown to leave `visit` at the first problem. */
class Found {
  readonly problem: JsonProblem;
  constructor(reason: string, line: number, column: number) {
    const sentence = `line ${line + 1}, column ${column + 1}: ${reason}`;
    this.problem = { line: line + 1, column: column + 1, reason, sentence };
  }
}

const stringProblems: { readonly [code: string]: string } = {
  UnexpectedEndOfString: 'this string has no closing quote',
  InvalidUnicode: 'this string needs four hexadecimal digits after \\u',
  InvalidEscapeCharacter: 'this string has an escape that JSON does not have',
  InvalidCharacter: 'this string has a control character that is not escaped',
};

/** A string may be a secret, so it is not shown. */
const shown = (token: string): string =>
  token.startsWith('"') ? 'a string' : clipped(token, 40) || 'the end of the text';

const visitUntilProblem = (text: string, mayRepeat: (path: JSONPath) => boolean): void => {
  let expected = 'a value';
  /** The keys of each object around this place; undefined for an array. */
  const around: (Set<string> | undefined)[] = [];
  const enter = (keys: Set<string> | undefined, line: number, column: number): void => {
    if (around.length === maxDepth) throw new Found(`expected at most ${maxDepth} levels, got one more`, line, column);
    around.push(keys);
    expected = keys ? 'a key in double quotes' : 'a value';
  };
  const afterValue = (): void => {
    if (around.length === 0) expected = 'the end of the text';
    else expected = around.at(-1) ? 'a comma or }' : 'a comma or ]';
  };
  const leave = (_offset: number, length: number): void => {
    // At the end of the text, objects end without a brace.
    if (length === 0) return;
    around.pop();
    afterValue();
  };
  visit(
    text,
    {
      onObjectBegin: (_offset, _length, line, column) => enter(new Set(), line, column),
      onArrayBegin: (_offset, _length, line, column) => enter(undefined, line, column),
      onObjectEnd: leave,
      onArrayEnd: leave,
      onLiteralValue: afterValue,
      onSeparator: (character) => {
        expected = character === ',' && around.at(-1) ? 'a key in double quotes' : 'a value';
      },
      onObjectProperty: (key, offset, length, line, column, pathOf) => {
        const keys = around.at(-1);
        if (keys?.has(key) && !mayRepeat([...pathOf(), key])) {
          const token = clipped(text.slice(offset, offset + length), 60);
          throw new Found(`expected each key once, got ${token} again`, line, column);
        }
        keys?.add(key);
        expected = 'a colon';
      },
      onError: (code, offset, length, line, column) => {
        const got = shown(text.slice(offset, offset + length));
        throw new Found(stringProblems[printParseErrorCode(code)] ?? `expected ${expected}, got ${got}`, line, column);
      },
    },
    { disallowComments: true },
  );
};

/** The first problem of a text. Keys that `mayRepeat` names may be there twice. */
export const jsonProblem = (
  text: string,
  mayRepeat: (path: JSONPath) => boolean = () => false,
): JsonProblem | undefined => {
  try {
    visitUntilProblem(text, mayRepeat);
    return undefined;
  } catch (found) {
    if (found instanceof Found) return found.problem;
    throw found;
  }
};
