/** New values in the text of a YAML document. */
import { isScalar, type Pair, Scalar } from 'yaml';
import { isObject, type Shape } from '../stage/stage.js';
import { writeYaml } from '../text/yaml-text.js';
import { inOrder, shapeOf } from './text-format.js';

/** How a text is laid out as far as new lines need to know. */
export interface YamlLayout {
  readonly lineEnd: string;
  /** What a level is indented by. */
  readonly unit: string;
  /** How a string is written that needs quotes. */
  readonly quotes: Scalar.Type | undefined;
}

/** A value with its members in the order of the shape, and a leaf in the quotes of `like`. */
const nodeOf = (value: unknown, shape: Shape | undefined, like?: unknown): unknown => {
  if (isObject(value)) {
    const keys = inOrder(Object.keys(value), shape);
    return new Map(keys.map((key) => [key, nodeOf(value[key], shapeOf(shape, key))]));
  }
  const scalar = new Scalar(value);
  if (isScalar(like) && like.type?.startsWith('QUOTE') && typeof value === 'string') scalar.type = like.type;
  // AWS prints a double with its fraction, a whole one too.
  if (shape === 'decimal') scalar.minFractionDigits = 1;
  return scalar;
};

const memberOf = (key: string, value: unknown, shape: Shape | undefined, like?: Pair) =>
  new Map([[nodeOf(key, undefined, like?.key), nodeOf(value, shape, like?.value)]]);

/** A value in one line, as it may stand in braces too. */
export const writeInline = (value: unknown, shape: Shape | undefined, layout: YamlLayout, like?: unknown): string =>
  writeYaml([nodeOf(value, shape, like)], { quotes: layout.quotes, isInline: true })
    .trim()
    .slice(1, -1);

/** A member as it may stand in braces, in the quotes of another; `shape` is that of the value. */
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

/** A member in lines of its own, in the quotes of another; `shape` is that of the value. */
export const writeLines = (
  key: string,
  value: unknown,
  shape: Shape | undefined,
  indent: string,
  layout: YamlLayout,
  like?: Pair,
): string => linesOf(memberOf(key, value, shape, like), indent, layout);

/** The members of an object, each in lines of its own. */
export const writeMembers = (value: object, shape: Shape | undefined, indent: string, layout: YamlLayout): string =>
  linesOf(nodeOf(value, shape), indent, layout);
