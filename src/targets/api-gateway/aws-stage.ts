/** What GetStage and UpdateStage answer, as a stage file holds it. */
import { dateOf } from '../../stage/read-only.js';
import { isObject, type JsonObject, type Shape, type Stage, stageShape } from '../../stage/stage.js';

const isPresent = (value: unknown): boolean => value !== undefined && value !== null;

/** Members in the order of the shape; a map's as they came. */
const keysOf = (value: JsonObject, shape: { readonly [member: string]: Shape }): readonly string[] =>
  (Object.hasOwn(shape, '*') ? Object.keys(value) : Object.keys(shape)).filter((key) => isPresent(value[key]));

const toJson = (value: unknown, shape: Shape | undefined): unknown => {
  if (value instanceof Date) return dateOf(value.getTime());
  if (shape === undefined || typeof shape === 'string' || !isObject(value)) return value;
  return Object.fromEntries(
    keysOf(value, shape).map((key) => [key, toJson(value[key], shape['*'] ?? shape[key])] as const),
  );
};

/** The stage in an answer of the SDK: dates as text, members in the order of AWS's model, what is not set left out. */
export const toStage = (answer: object): Stage => toJson(answer, stageShape) as Stage;
