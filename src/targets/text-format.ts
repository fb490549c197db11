/** What the text formats for stages have in common: the result of parsing, and the order of members. */
import type { Notice } from '../stage/plan.js';
import { isObject, type JsonObject, type Shape } from '../stage/stage.js';

/** A parsed text. */
export interface ParsedText {
  readonly value: unknown;
  /** About how the text was read. */
  readonly notices: readonly Notice[];
  /** Edits the text to hold `after`, as far as possible. New members go where `shape` has them. */
  rewrite(after: unknown, shape: Shape): string;
}

/** Parses a text. Throws `StageError('input')` if it cannot be parsed. */
export type ParseText = (text: string, label: string) => Promise<ParsedText>;

/** The members that a shape names, in AWS's order. */
const namedIn = (shape: Shape | undefined): readonly string[] =>
  isObject(shape) ? Object.keys(shape).filter((key) => key !== '*') : [];

export const shapeOf = (shape: Shape | undefined, key: string): Shape | undefined => {
  if (!isObject(shape)) return undefined;
  return Object.hasOwn(shape, key) ? shape[key] : shape['*'];
};

/** Sorts keys: first those that a shape names, in its order. */
export const inOrder = (keys: readonly string[], shape: Shape | undefined): readonly string[] => {
  const named = namedIn(shape);
  return [...named.filter((key) => keys.includes(key)), ...keys.filter((key) => !named.includes(key))];
};

/** The keys of an edited object: old keys keep their order; a new key goes before the first that AWS has after it. */
export const arrange = (
  had: ReadonlyMap<string, unknown>,
  after: JsonObject,
  shape: Shape | undefined,
): readonly string[] => {
  const named = namedIn(shape);
  const keys = [...had.keys()].filter((key) => Object.hasOwn(after, key));
  const fresh = Object.keys(after).filter((key) => !had.has(key));
  for (const key of inOrder(fresh, shape)) {
    const rank = named.indexOf(key);
    const next = rank < 0 ? -1 : keys.findIndex((other) => named.indexOf(other) > rank);
    keys.splice(next < 0 ? keys.length : next, 0, key);
  }
  return keys;
};
