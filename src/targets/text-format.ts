/** What the ways to write a stage down have in common: what they are asked, and where members go. */
import type { Notice } from '../stage/plan.js';
import { isObject, type JsonObject, type Shape } from '../stage/stage.js';
import type { TextPlace } from '../text/locate.js';

/** A way to write a stage down. */
export interface TextFormat {
  /** The value of a text, and what is worth saying of how it is read. Throws `StageError('input')` where there is no value. */
  read(text: string, label: string): Promise<{ readonly value: unknown; readonly notices: readonly Notice[] }>;
  /** The value of a text that was edited. */
  valueOf(text: string): unknown;
  /** The text once it holds `after` instead of `before`, as far as that can be; new members go where `shape` has them. */
  rewrite(text: string, before: unknown, after: unknown, shape: Shape): string;
  /** Where keys lead to in a text that may not take an edit. */
  locate?(text: string, at: readonly string[]): TextPlace;
}

/** The members that a shape names, in AWS's order. */
const namedIn = (shape: Shape | undefined): readonly string[] =>
  isObject(shape) ? Object.keys(shape).filter((key) => key !== '*') : [];

export const shapeOf = (shape: Shape | undefined, key: string): Shape | undefined => {
  if (!isObject(shape)) return undefined;
  return Object.hasOwn(shape, key) ? shape[key] : shape['*'];
};

/** The keys that a shape names first, in its order. */
export const inOrder = (keys: readonly string[], shape: Shape | undefined): readonly string[] => {
  const named = namedIn(shape);
  return [...named.filter((key) => keys.includes(key)), ...keys.filter((key) => !named.includes(key))];
};

/** The keys that an object has afterwards: those it had stay in their order; a new one goes before the first that AWS has after it. */
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
