/** Values as YAML text that readers of YAML 1.1 and of 1.2 read alike. */
import { isScalar, type Pair, parse, type Scalar } from 'yaml';
import { isObject, type Shape } from '../stage/stage.js';
import { printable } from '../text/printable.js';
import { inOrder, shapeOf, writeLeaf } from './text-format.js';

/** How a text is laid out as far as new lines need to know. */
export interface YamlLayout {
  readonly lineEnd: string;
  /** What a level is indented by. */
  readonly unit: string;
  /** How a string is written that needs quotes. */
  readonly quotes: Scalar.Type | undefined;
}

// Nothing here ends a plain scalar, be it in braces; `: ` and a colon at the end are left out.
const plainText = /^[\w/.$~](?:[\w /.$~+@%=()-]|:(?=[\w/.$]))*$/;

/** Whether text without quotes is read as that text: not `on`, `1.10`, `12:30`, `0123`, `null`, `2026-01-01`. */
const isPlain = (text: string): boolean =>
  plainText.test(text) &&
  !text.endsWith(' ') &&
  parse(text, { logLevel: 'silent' }) === text &&
  parse(text, { version: '1.1', logLevel: 'silent' }) === text;

const inQuotes = (text: string, quotes: Scalar.Type | undefined): string =>
  quotes === 'QUOTE_SINGLE' && printable(text) === text
    ? `'${text.replaceAll("'", "''")}'`
    : printable(JSON.stringify(text));

/** A string, in quotes where it needs them or where the node `like` has them. */
const writeString = (text: string, { quotes }: YamlLayout, like?: unknown): string => {
  const style = isScalar(like) ? like.type : undefined;
  if (style?.startsWith('QUOTE')) return inQuotes(text, style);
  return isPlain(text) ? text : inQuotes(text, quotes);
};

/** A value in one line. */
export const writeInline = (value: unknown, shape: Shape | undefined, layout: YamlLayout, like?: unknown): string => {
  if (typeof value === 'string') return writeString(value, layout, like);
  if (Array.isArray(value)) return `[${value.map((item) => writeInline(item, undefined, layout)).join(', ')}]`;
  if (!isObject(value)) return writeLeaf(value, shape);
  const members = inOrder(Object.keys(value), shape).map(
    (key) => `${writeString(key, layout)}: ${writeInline(value[key], shapeOf(shape, key), layout)}`,
  );
  return `{${members.join(', ')}}`;
};

/** A member in lines of its own, in the quotes of another; `shape` is that of the value. */
export const writeLines = (
  key: string,
  value: unknown,
  shape: Shape | undefined,
  indent: string,
  layout: YamlLayout,
  like?: Pair,
): string => {
  const head = `${indent}${writeString(key, layout, like?.key)}:`;
  if (!isObject(value) || Object.keys(value).length === 0)
    return `${head} ${writeInline(value, shape, layout, like?.value)}${layout.lineEnd}`;
  return `${head}${layout.lineEnd}${writeMembers(value, shape, indent + layout.unit, layout)}`;
};

/** The members of an object, each in lines of its own. */
export const writeMembers = (value: object, shape: Shape | undefined, indent: string, layout: YamlLayout): string =>
  inOrder(Object.keys(value), shape)
    .map((key) => writeLines(key, (value as Record<string, unknown>)[key], shapeOf(shape, key), indent, layout))
    .join('');
