/** Stages as JSON text: read strictly, and edited line by line as the text is laid out. */
import { failure } from '../stage/problem.js';
import { isObject, type JsonObject, type Shape } from '../stage/stage.js';
import { parseJson } from '../text/json.js';
import { clipped } from '../text/printable.js';
import { firstMemberOf, type JsonMember, type JsonNode, membersOf, rootOf } from './json-text.js';
import { arrange, inOrder, namedIn, sameValue, shapeOf, type TextFormat, writeLeaf } from './text-format.js';

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

const indentOf = (gap: string): string | undefined => /[\r\n]([ \t]*)[^\r\n]*$/.exec(gap)?.[1];

const oneLineComma = ({ colon }: Layout): string => (/\s$/.test(colon) ? ', ' : ',');

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
    if (value !== undefined) return { value, notices: [] };
    const { dumpFault } = await import('../text/stage-yaml.js');
    const { jsonProblem } = await import('../text/json-problem.js');
    const sentence = dumpFault(text) ?? jsonProblem(text)?.sentence ?? 'this is not JSON';
    throw failure('input', 'broken-json', `${clipped(label)}: ${sentence}`);
  },
  valueOf: (text) => JSON.parse(text),
  lineOf: (text, at) => text.slice(0, nodeAt(text, at).start).split(/\r\n|\n|\r/).length,
  rewrite: (text, before, after, shape) => {
    const root = rootOf(text);
    const edited = rewriteValue(layoutOf(text, root), root, { before, after, shape, indent: undefined });
    return text.slice(0, root.start) + edited + text.slice(root.end);
  },
};
