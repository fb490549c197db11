/** Stages as JSON text: parsed strictly, and edited in place in the layout of the text. */
import { failure } from '../stage/problem.js';
import { isObject, type Shape } from '../stage/stage.js';
import { parseJson } from '../text/json.js';
import { clipped } from '../text/printable.js';
import { sameValue } from '../text/same-value.js';
import { arrange, inOrder, type ParseText, shapeOf } from './text-format.js';

/** The position of a value: `text.slice(start, end)`. */
interface Span {
  readonly start: number;
  readonly end: number;
}

interface Member extends Span {
  /** The end of the previous member or the opening brace. Between it and `key` are only space and perhaps a comma. */
  readonly gap: number;
  /** The start of its key. */
  readonly key: number;
}

// Each pattern matches as much as it can: a step of the regex engine costs a hundredth of a step of our code.
const throughBracket = /[^{}[\]"]*(?:"[^"\\]*(?:\\.[^"\\]*)*"[^{}[\]"]*)*[{}[\]]/y;
const scalar = /"[^"\\]*(?:\\.[^"\\]*)*"|[^\s,}\]]+/y;
const throughColon = /([\s,]*)("[^"\\]*(?:\\.[^"\\]*)*")\s*:\s*/y;

/** The end of the value that starts here. Skips its contents. The text must be valid JSON. */
const endOfValue = (text: string, start: number): number => {
  const isOpening = (at: number): boolean => text[at] === '{' || text[at] === '[';
  const pattern = isOpening(start) ? throughBracket : scalar;
  pattern.lastIndex = start;
  let depth = 0;
  do {
    pattern.test(text);
    if (pattern === throughBracket) depth += isOpening(pattern.lastIndex - 1) ? 1 : -1;
  } while (depth > 0);
  return pattern.lastIndex;
};

/** The members of a value, in the order of the text. */
const membersOf = (text: string, { start }: Span): ReadonlyMap<string, Member> => {
  const members = new Map<string, Member>();
  for (let gap = start + 1; text[start] === '{'; ) {
    throughColon.lastIndex = gap;
    const [all, space = '', key] = throughColon.exec(text) ?? [];
    if (all === undefined || key === undefined) break;
    const value = gap + all.length;
    const end = endOfValue(text, value);
    members.set(JSON.parse(key), { gap, key: gap + space.length, start: value, end });
    gap = end;
  }
  return members;
};

const indentOf = (gap: string): string | undefined => /[\r\n]([ \t]*)[^\r\n]*$/.exec(gap)?.[1];

/** The layout of a text, taken from its first line break and first member, and else from the AWS CLI's output. */
const layoutOf = (text: string) => {
  const [, gap = '', colon = ': '] = /^\s*\{(\s*)"[^"\\]*(?:\\.[^"\\]*)*"([ \t]*:[ \t]*)/.exec(text) ?? [];
  return {
    text,
    lineEnd: /\r\n|\n|\r/.exec(text)?.[0] ?? '\n',
    unit: indentOf(gap) ?? '    ',
    colon,
    comma: /\s$/.test(colon) ? ', ' : ',',
  };
};

type Layout = ReturnType<typeof layoutOf>;

// As get-stage prints it: the AWS CLI prints whole doubles with a fraction too.
const writeLeaf = (value: unknown, shape: Shape | undefined): string => {
  const text = JSON.stringify(value);
  return shape === 'decimal' && /^-?\d+$/.test(text) ? `${text}.0` : text;
};

/** Writes a new value on lines with this indentation; `indent` is undefined if it shares its line with other values. */
const writeValue = (layout: Layout, value: unknown, shape: Shape | undefined, indent: string | undefined): string => {
  if (!Array.isArray(value) && !isObject(value)) return writeLeaf(value, shape);
  const inner = indent === undefined ? undefined : indent + layout.unit;
  const items = isObject(value)
    ? inOrder(Object.keys(value), shape).map((key) => writeMember(layout, key, value[key], shape, inner))
    : value.map((item) => writeValue(layout, item, undefined, inner));
  const [open, close] = isObject(value) ? '{}' : '[]';
  if (items.length === 0 || inner === undefined) return open + items.join(layout.comma) + close;
  const line = layout.lineEnd + inner;
  return open + line + items.join(`,${line}`) + layout.lineEnd + indent + close;
};

/** `shape` is the shape of the object. */
const writeMember = (layout: Layout, key: string, value: unknown, shape: Shape | undefined, indent?: string): string =>
  JSON.stringify(key) + layout.colon + writeValue(layout, value, shapeOf(shape, key), indent);

const rewriteValue = (
  layout: Layout,
  span: Span,
  before: unknown,
  after: unknown,
  shape: Shape | undefined,
  indent?: string,
): string => {
  const { text, lineEnd } = layout;
  if (sameValue(before, after)) return text.slice(span.start, span.end);
  if (!isObject(before) || !isObject(after)) return writeValue(layout, after, shape, indent);
  const had = membersOf(text, span);
  const members = [...had.values()];
  const gapOf = (member?: Member): string => (member ? text.slice(member.gap, member.key) : '');
  const line = indent === undefined ? '' : lineEnd + indent;
  const first = members[0] ? gapOf(members[0]) : line && line + layout.unit;
  const inner = indentOf(first);
  const between = inner === undefined ? layout.comma : `,${lineEnd}${inner}`;
  const parts = arrange(had, after, shape).map((key, index) => {
    const member = had.get(key);
    const gap = index === 0 ? first : gapOf(member).includes(',') ? gapOf(member) : between;
    if (!member) return gap + writeMember(layout, key, after[key], shape, indentOf(gap));
    const value = rewriteValue(layout, member, before[key], after[key], shapeOf(shape, key), indentOf(gap));
    return gap + text.slice(member.key, member.start) + value;
  });
  const last = members.at(-1);
  return parts.length === 0 ? '{}' : `{${parts.join('')}${last ? text.slice(last.end, span.end - 1) : line}}`;
};

export const parseJsonStage: ParseText = async (text, label) => {
  const value = parseJson(text);
  if (value === undefined) {
    const { jsonProblem } = await import('../text/json-problem.js');
    const sentence = jsonProblem(text)?.sentence ?? 'this is not JSON';
    throw failure('input', 'broken-json', `${clipped(label)}: ${sentence}`);
  }
  const root = { start: text.search(/\S/), end: text.trimEnd().length };
  const rewrite = (after: unknown, shape: Shape): string =>
    text.slice(0, root.start) + rewriteValue(layoutOf(text), root, value, after, shape) + text.slice(root.end);
  return { value, notices: [], rewrite };
};
