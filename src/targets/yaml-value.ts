/** Writes new values for the text of a YAML document. */
import { isScalar, type Pair, Scalar } from 'yaml';
import { isObject, type Shape } from '../stage/stage.js';
import { writeYaml } from '../text/yaml-text.js';
import { inOrder, shapeOf } from './text-format.js';

/** A text to edit, and the parts of its layout that new lines follow. */
export interface YamlSource {
  readonly text: string;
  readonly lineEnd: string;
  /** The indentation of one level. */
  readonly unit: string;
}

/** A value with its members in the order of the shape, or a leaf in the quotes of `like`. */
export const nodeOf = (value: unknown, shape: Shape | undefined, like?: unknown): unknown => {
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

/** A member in the quotes of another one. `shape` is the shape of the value. */
export const memberNode = (key: string, value: unknown, shape: Shape | undefined, like: Pair): unknown =>
  new Map([[nodeOf(key, undefined, like.key), nodeOf(value, shape, like.value)]]);

/** A node on one line, valid within braces too. */
export const writeInline = (node: unknown): string => writeYaml([node], { isInline: true }).trim().slice(1, -1);

/** The members of a map, each on its own lines. */
export const writeLines = (map: unknown, indent: string, { unit, lineEnd }: YamlSource): string =>
  writeYaml(map, { indent: unit.length })
    .replace(/^(?=.)/gm, indent)
    .replaceAll('\n', lineEnd);
