/** Writes new values for the text of a YAML document. */
import { isScalar, type Pair, Scalar } from 'yaml';
import { isObject, type Shape } from '../stage/stage.js';
import { writeYaml } from '../text/yaml-text.js';
import { inOrder, shapeOf } from './text-format.js';

/** The parts of a text's layout that new lines follow. */
export interface YamlLayout {
  readonly lineEnd: string;
  /** The indentation of one level. */
  readonly unit: string;
  /** The style for strings that need quotes. */
  readonly quotes: Scalar.Type | undefined;
}

/** A value with its members in the order of the shape, or a leaf in the quotes of `like`. */
const nodeOf = (value: unknown, shape: Shape | undefined, like?: unknown): unknown => {
  if (isObject(value)) {
    const keys = inOrder(Object.keys(value), shape);
    return new Map(keys.map((key) => [key, nodeOf(value[key], shapeOf(shape, key))]));
  }
  const scalar = new Scalar(value);
  if (isScalar(like) && like.type?.startsWith('QUOTE') && typeof value === 'string') scalar.type = like.type;
  // The AWS CLI prints whole doubles with a fraction too.
  if (shape === 'decimal') scalar.minFractionDigits = 1;
  return scalar;
};

const memberOf = (key: string, value: unknown, shape: Shape | undefined, like?: Pair) =>
  new Map([[nodeOf(key, undefined, like?.key), nodeOf(value, shape, like?.value)]]);

/** A value on one line, valid within braces too. */
export const writeInline = (value: unknown, shape: Shape | undefined, layout: YamlLayout, like?: unknown): string =>
  writeYaml([nodeOf(value, shape, like)], { quotes: layout.quotes, isInline: true })
    .trim()
    .slice(1, -1);

/** A member valid within braces, in the quotes of another one. `shape` is the shape of the value. */
export const writeMember = (
  key: string,
  value: unknown,
  shape: Shape | undefined,
  layout: YamlLayout,
  like?: Pair,
): string =>
  writeYaml([memberOf(key, value, shape, like)], { quotes: layout.quotes, isInline: true })
    .trim()
    .slice(2, -2);

const linesOf = (node: unknown, indent: string, { unit, quotes, lineEnd }: YamlLayout): string =>
  writeYaml(node, { indent: unit.length, quotes })
    .replace(/^(?=.)/gm, indent)
    .replaceAll('\n', lineEnd);

/** A member on its own lines, in the quotes of another one. `shape` is the shape of the value. */
export const writeLines = (
  key: string,
  value: unknown,
  shape: Shape | undefined,
  indent: string,
  layout: YamlLayout,
  like?: Pair,
): string => linesOf(memberOf(key, value, shape, like), indent, layout);

/** The members of an object, each on its own lines. */
export const writeMembers = (value: object, shape: Shape | undefined, indent: string, layout: YamlLayout): string =>
  linesOf(nodeOf(value, shape), indent, layout);
