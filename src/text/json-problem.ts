/** Finds the error in a JSON text. JSON.parse does not always locate it, and its wording depends on Node's version. */
import { printParseErrorCode, visit } from 'jsonc-parser';
import { maxDepth, pythonFault } from './json.js';
import { clipped } from './printable.js';

const stringProblems: { readonly [code: string]: string } = {
  UnexpectedEndOfString: 'this string has no closing quote',
  InvalidUnicode: 'this string needs four hexadecimal digits after \\u',
  InvalidEscapeCharacter: 'this string has an escape that JSON does not have',
  InvalidCharacter: 'this string has a control character that is not escaped',
};

/** The first problem of a text, its position from 1, and a sentence: `line 2, column 1: expected a colon, got 1`. */
export const jsonProblem = (text: string) => {
  let problem:
    | { readonly line: number; readonly column: number; readonly reason: string; readonly sentence: string }
    | undefined;
  let expected = 'a value';
  /** The keys of each enclosing object; undefined for an array. */
  const around: (Set<string> | undefined)[] = [];
  const stop = (reason: string, line: number, column: number): never => {
    const sentence = `line ${line + 1}, column ${column + 1}: ${reason}`;
    problem = { line: line + 1, column: column + 1, reason, sentence };
    throw problem;
  };
  const enter = (keys: Set<string> | undefined, line: number, column: number): void => {
    if (around.length === maxDepth) stop(`expected at most ${maxDepth} levels, got one more`, line, column);
    around.push(keys);
    expected = keys ? 'a key in double quotes' : 'a value';
  };
  const afterValue = (): void => {
    expected = around.length === 0 ? 'the end of the text' : `a comma or ${around.at(-1) ? '}' : ']'}`;
  };
  const leave = (_offset: number, length: number): void => {
    // Zero length: the text ended before the closing brace.
    if (length === 0) return;
    around.pop();
    afterValue();
  };
  const visitor: Parameters<typeof visit>[1] = {
    onObjectBegin: (_offset, _length, line, column) => enter(new Set(), line, column),
    onArrayBegin: (_offset, _length, line, column) => enter(undefined, line, column),
    onObjectEnd: leave,
    onArrayEnd: leave,
    onLiteralValue: afterValue,
    onSeparator: (character) => {
      expected = character === ',' && around.at(-1) ? 'a key in double quotes' : 'a value';
    },
    onObjectProperty: (key, offset, length, line, column) => {
      if (around.at(-1)?.has(key))
        stop(`expected each key once, got ${clipped(text.slice(offset, offset + length), 60)} again`, line, column);
      around.at(-1)?.add(key);
      expected = 'a colon';
    },
    onError: (code, offset, length, line, column) => {
      const token = clipped(text.slice(offset, offset + length), 40) || 'the end of the text';
      // Do not show strings: they may be secret.
      const got = token.startsWith('"') ? 'a string' : token;
      const reason = stringProblems[printParseErrorCode(code)] ?? `expected ${expected}, got ${got}`;
      stop(pythonFault(text) ?? reason, line, column);
    },
  };
  try {
    visit(text, visitor, { disallowComments: true });
  } catch (error) {
    if (error !== problem) throw error;
  }
  return problem;
};
