import { shortened } from '../text/printable.js';

/** A kind of value: how a message names it, what fits, and how the text of an option or a variable becomes one. */
export interface Kind<Value> {
  /** What a message says was expected: `true or false`. */
  readonly hint: string;
  fits(value: unknown): value is Value;
  fromText(text: string): unknown;
  /** What it got, where the value alone does not tell: a list, and what in it is wrong. */
  got?(value: unknown): string | undefined;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

export const textLike = (hint: string, pattern = /^/): Kind<string> => ({
  hint,
  fits: (value): value is string => isText(value) && pattern.test(value),
  fromText: (given) => given,
});

export const wordOf = <Word extends string>(words: readonly Word[]): Kind<Word> => ({
  hint: `one of ${words.join(', ')}`,
  fits: (value): value is Word => words.some((word) => word === value),
  fromText: (given) => given,
});

export const trueOrFalse: Kind<boolean> = {
  hint: 'true or false',
  fits: (value) => typeof value === 'boolean',
  fromText: (given) => ({ true: true, false: false })[given],
};

/** In an option or a variable, words are separated by commas. */
export const words: Kind<readonly string[]> = {
  hint: 'a list of words',
  fits: (value): value is readonly string[] => Array.isArray(value) && value.every(isText),
  fromText: (given) =>
    given
      .split(',')
      .map((word) => word.trim())
      .filter(isText),
  got: (value) =>
    Array.isArray(value) ? `a list with ${describe(value.find((item) => !isText(item)))} in it` : undefined,
};

const hasUser = (address: string): boolean => {
  const { username, password } = new URL(address);
  return username !== '' || password !== '';
};

/** Reports name the address, so it may not hold a password; nor is one shown that was given. */
export const webAddress: Kind<string> = {
  hint: 'an http or https address',
  fits: (value): value is string =>
    isText(value) && /^https?:\/\//i.test(value) && URL.canParse(value) && !hasUser(value),
  fromText: (given) => given,
  got: (value) => (isText(value) && value.includes('@') ? 'one with a user name or a password in it' : undefined),
};

export type Mapping = { readonly [key: string]: unknown };

/** Keys with values, which the rows of the members check. */
export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** What a value is, in words for a message. */
export const describe = (value: unknown): string => {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string')
    return value === '' ? 'an empty text' : `the text ${JSON.stringify(shortened(value, 60))}`;
  if (typeof value !== 'object') return `the ${typeof value} ${value}`;
  if (Array.isArray(value)) return 'a list';
  return value instanceof Date ? 'a date' : 'keys with values';
};

/** The sentence for a value that does not fit. */
export const refusal = (kind: Kind<unknown>, value: unknown): string => {
  // In YAML, an id of digits is a number and `no` may be a switch: quotes make text of them.
  const isBare = (typeof value === 'number' || typeof value === 'boolean') && kind.fits(String(value));
  return `expected ${kind.hint}, got ${kind.got?.(value) ?? describe(value)}${isBare ? '; put it in quotes' : ''}`;
};

export const misfit = (kind: Kind<unknown>, value: unknown): string | undefined =>
  kind.fits(value) ? undefined : refusal(kind, value);
