/** Stages as JSON text: read strictly, and edited line by line as the text is laid out. */
import { failure } from '../stage/problem.js';
import { isObject, type JsonObject, type Shape } from '../stage/stage.js';
import { parseJson } from '../text/json.js';
import { clipped } from '../text/printable.js';
import { firstMemberOf, type JsonMember, type JsonNode, membersOf, rootOf } from './json-text.js';

/** A way to write a stage down. */
interface TextFormat {
  /** The value of a text. Throws `StageError('input')` where there is none. */
  read(text: string, label: string): Promise<unknown>;
  /** The line, from 1, of the value that these keys lead to, or of the nearest around it. */
  lineOf(text: string, at: readonly string[]): number;
  /** The text once it holds `after` instead of `before`; new members go where `shape` has them. */
  rewrite(text: string, before: unknown, after: unknown, shape: Shape): string;
}

/** A text, and how it is laid out as far as new members need to know. */
interface Layout {
  readonly text: string;
  readonly lineEnd: string;
  /** What a level is indented by. */
  readonly unit: string;
  /** What stands between a key and its value. */
  readonly colon: string;
}

/** A value on its way into the text. */
interface Change {
  readonly before: unknown;
  readonly after: unknown;
  readonly shape: Shape | undefined;
  /** How far the line is indented on which the value starts; undefined where it shares the line with others. */
  readonly indent: string | undefined;
}

/** What stands before the first member of an object, between two, and after the last. */
interface Spacing {
  readonly first: string;
  readonly between: string;
  readonly last: string;
}

/** Whether two values are the same JSON, whatever the order of their keys. */
export const sameValue = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [left, right] = [Object.entries(a), b as JsonObject];
  const isAlike = Array.isArray(a) === Array.isArray(b) && left.length === Object.keys(b).length;
  return isAlike && left.every(([key, value]) => Object.hasOwn(right, key) && sameValue(value, right[key]));
};

/** The members that a shape names, in AWS's order. */
const namedIn = (shape: Shape | undefined): readonly string[] =>
  isObject(shape) ? Object.keys(shape).filter((key) => key !== '*') : [];

const shapeOf = (shape: Shape | undefined, key: string): Shape | undefined => {
  if (!isObject(shape)) return undefined;
  return Object.hasOwn(shape, key) ? shape[key] : shape['*'];
};

const inOrder = (keys: readonly string[], named: readonly string[]): readonly string[] => [
  ...named.filter((key) => keys.includes(key)),
  ...keys.filter((key) => !named.includes(key)),
];

/** Where a new key goes: after the nearest that AWS has before it, else before the nearest that follows, else last. */
const placeOf = (key: string, keys: readonly string[], named: readonly string[]): number => {
  const rank = named.indexOf(key);
  if (rank < 0) return keys.length;
  const earlier = named.slice(0, rank).findLast((other) => keys.includes(other));
  if (earlier !== undefined) return keys.indexOf(earlier) + 1;
  const later = named.slice(rank + 1).find((other) => keys.includes(other));
  return later === undefined ? keys.length : keys.indexOf(later);
};

/** The keys that an object has afterwards: those it had stay in their order, new ones find their places among them. */
const arrange = (had: ReadonlyMap<string, unknown>, after: JsonObject, shape: Shape | undefined): readonly string[] => {
  const has = Object.keys(after);
  const named = namedIn(shape);
  const kept = new Set(has);
  const keys = [...had.keys()].filter((key) => kept.has(key));
  const fresh = has.filter((key) => !had.has(key));
  for (const key of inOrder(fresh, named)) keys.splice(placeOf(key, keys, named), 0, key);
  return keys;
};

const indentOf = (gap: string): string | undefined => /[\r\n]([ \t]*)[^\r\n]*$/.exec(gap)?.[1];

const oneLineComma = ({ colon }: Layout): string => (/\s$/.test(colon) ? ', ' : ',');

// AWS prints a double with its fraction, a whole one too: an edited file is as get-stage would print it.
const writeLeaf = (value: unknown, shape: Shape | undefined): string => {
  const text = JSON.stringify(value);
  return shape === 'decimal' && /^-?\d+$/.test(text) ? `${text}.0` : text;
};

const writeValue = (layout: Layout, value: unknown, shape: Shape | undefined, indent: string | undefined): string => {
  if (!Array.isArray(value) && !isObject(value)) return writeLeaf(value, shape);
  const inner = indent === undefined ? undefined : indent + layout.unit;
  const items = isObject(value)
    ? inOrder(Object.keys(value), namedIn(shape)).map((key) => writeMember(layout, key, value[key], shape, inner))
    : value.map((item) => writeValue(layout, item, undefined, inner));
  const [open, close] = isObject(value) ? '{}' : '[]';
  if (items.length === 0 || indent === undefined) return open + items.join(oneLineComma(layout)) + close;
  const line = layout.lineEnd + indent;
  return open + items.map((item) => line + layout.unit + item).join(',') + line + close;
};

const writeMember = (
  layout: Layout,
  key: string,
  value: unknown,
  /** That of the object. */
  shape: Shape | undefined,
  indent: string | undefined,
): string => JSON.stringify(key) + layout.colon + writeValue(layout, value, shapeOf(shape, key), indent);

const gapOf = (layout: Layout, member: JsonMember): string => layout.text.slice(member.gap, member.start);

/** An empty object opens up into lines where it has a line of its own or is already broken into two. */
const spacingOfEmpty = (layout: Layout, node: JsonNode, indent: string | undefined): Spacing => {
  const broken = /[\r\n]/.test(layout.text.slice(node.start, node.end));
  if (indent === undefined && !broken) return { first: '', between: oneLineComma(layout), last: '' };
  const last = layout.lineEnd + (indent ?? '');
  return { first: last + layout.unit, between: `,${last}${layout.unit}`, last };
};

const spacingOf = (layout: Layout, members: readonly JsonMember[], end: number): Spacing | undefined => {
  const [one, two] = members;
  if (one === undefined) return undefined;
  const first = gapOf(layout, one);
  const inner = indentOf(first);
  const usual = two === undefined ? oneLineComma(layout) : gapOf(layout, two);
  const between = inner === undefined ? usual : `,${layout.lineEnd}${inner}`;
  return { first, between, last: layout.text.slice((members.at(-1) ?? one).value.end, end - 1) };
};

/** What stands before a member: what stood there, unless it is new or has become or ceased to be the first. */
const gapBefore = (layout: Layout, spacing: Spacing, member: JsonMember | undefined, index: number): string => {
  if (index === 0) return spacing.first;
  const gap = member === undefined ? '' : gapOf(layout, member);
  return gap.includes(',') ? gap : spacing.between;
};

const rewriteObject = (
  layout: Layout,
  node: JsonNode,
  before: JsonObject,
  after: JsonObject,
  change: Change,
): string => {
  const had = membersOf(layout.text, node);
  const spacing = spacingOf(layout, [...had.values()], node.end) ?? spacingOfEmpty(layout, node, change.indent);
  const parts = arrange(had, after, change.shape).map((key, index) => {
    const member = had.get(key);
    const gap = gapBefore(layout, spacing, member, index);
    const indent = indentOf(gap);
    if (member === undefined) return gap + writeMember(layout, key, after[key], change.shape, indent);
    const within = { before: before[key], after: after[key], shape: shapeOf(change.shape, key), indent };
    return gap + layout.text.slice(member.start, member.value.start) + rewriteValue(layout, member.value, within);
  });
  return parts.length === 0 ? '{}' : `{${parts.join('')}${spacing.last}}`;
};

const rewriteValue = (layout: Layout, node: JsonNode, change: Change): string => {
  const { before, after } = change;
  if (sameValue(before, after)) return layout.text.slice(node.start, node.end);
  if (isObject(before) && isObject(after)) return rewriteObject(layout, node, before, after, change);
  return writeValue(layout, after, change.shape, change.indent);
};

// What a text does not show is written as `aws` prints it.
const usual = { lineEnd: '\n', unit: '    ', colon: ': ' };

/** The layout of a text, read off its first line break and the first member of its outermost object. */
const layoutOf = (text: string, root: JsonNode): Layout => {
  const lineEnd = /\r\n|\n|\r/.exec(text)?.[0] ?? usual.lineEnd;
  const first = firstMemberOf(text, root);
  if (first === undefined) return { ...usual, text, lineEnd };
  const outer = /[ \t]*$/.exec(text.slice(0, root.start))?.[0] ?? '';
  const inner = indentOf(text.slice(first.gap, first.start));
  const colon = text.slice(first.keyEnd, first.value.start);
  const unit = inner?.startsWith(outer) ? inner.slice(outer.length) : usual.unit;
  return { text, lineEnd, unit, colon: /[\r\n]/.test(colon) ? usual.colon : colon };
};

const nodeAt = (text: string, at: readonly string[]): JsonNode =>
  at.reduce((node, key) => membersOf(text, node).get(key)?.value ?? node, rootOf(text));

export const jsonFormat: TextFormat = {
  read: async (text, label) => {
    const value = parseJson(text);
    if (value !== undefined) return value;
    const { jsonProblem } = await import('../text/json-problem.js');
    throw failure('input', 'broken-json', `${clipped(label)}: ${jsonProblem(text)?.sentence ?? 'this is not JSON'}`);
  },
  lineOf: (text, at) => text.slice(0, nodeAt(text, at).start).split(/\r\n|\n|\r/).length,
  rewrite: (text, before, after, shape) => {
    const root = rootOf(text);
    const edited = rewriteValue(layoutOf(text, root), root, { before, after, shape, indent: undefined });
    return text.slice(0, root.start) + edited + text.slice(root.end);
  },
};
