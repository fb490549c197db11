/** Edits the text of a YAML document to hold another stage. Only the lines that differ change. */
import { type CST, isAlias, isMap, isScalar, type Node, type Pair, type YAMLMap } from 'yaml';
import { isObject, type JsonObject, type Shape } from '../stage/stage.js';
import { sameValue } from '../text/same-value.js';
import { scalarText } from '../text/stage-yaml.js';
import { arrange, shapeOf } from './text-format.js';
import { memberNode, nodeOf, writeInline, writeLines, type YamlSource } from './yaml-value.js';

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;

/** The end of the line in which a value ends. The text must end with a line end. */
const lineEndAfter = (text: string, end: number): number =>
  text[end - 1] === '\n' ? end : text.indexOf('\n', end) + 1;

const rangeOf = (node: unknown) => (node as Node | null)?.range ?? ([0, 0, 0] as const);

const keyTextOf = ({ key }: Pair): string => (isScalar(key) ? scalarText(key) : '');

const isMerge = (pair: Pair): boolean => keyTextOf(pair) === '<<' && !isScalar(pair.value);

const trivia: readonly string[] = ['space', 'newline', 'comment', 'comma'];

/** The tokens that belong to a member, without the space and comments around them. */
const tokensOf = (tokens: readonly CST.SourceToken[] = []) => tokens.filter(({ type }) => !trivia.includes(type));

const startOf = ({ key, srcToken }: Pair): number => tokensOf(srcToken?.start)[0]?.offset ?? rangeOf(key)[0];

/** The end of the colon after a key, or of an anchor or tag after the colon. */
const colonEnd = ({ key, srcToken }: Pair): number => {
  const last = tokensOf(srcToken?.sep).at(-1);
  return last ? last.offset + last.source.length : rangeOf(key)[1];
};

const endOf = (pair: Pair): number => {
  const { value } = pair;
  const last = isMap(value) && !value.flow ? value.items.at(-1) : undefined;
  if (last !== undefined) return endOf(last);
  return Math.max(colonEnd(pair), rangeOf(value)[1]);
};

/** New text instead of `text.slice(start, end)`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A value to write into the text. */
interface Change {
  readonly before: unknown;
  readonly after: unknown;
  readonly shape: Shape | undefined;
  /** The member that holds the value; absent for the outermost value. */
  readonly pair?: Pair;
  /** The indentation of the map that contains it; undefined within braces. */
  readonly indent: string | undefined;
}

type MapChange = Change & {
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly map: YAMLMap.Parsed;
  readonly indent: string;
};

/** Whether the line holds only `text.slice(start, end)`. */
const isAlone = (text: string, start: number, end: number): boolean =>
  text.slice(lineStart(text, start), start).trim() === '' && /^[ \t]*\r?\n/.test(text.slice(end));

/** Adds a member after another one in braces, on its own line if the other one has its own line. */
const addedInBraces = (source: YamlSource, place: Pair, member: string): Splice => {
  const { text, lineEnd } = source;
  const [start, end] = [startOf(place), endOf(place)];
  const comma = text[end] === ',' ? 1 : 0;
  const space = isAlone(text, start, end + comma) ? lineEnd + text.slice(lineStart(text, start), start) : ' ';
  return { start: end, end, text: `,${space}${member}` };
};

/** Removes a member in braces with the comma after it, or else with the comma before it. Comments stay. */
const cutInBraces = (text: string, pair: Pair, previous: Pair | undefined): Splice => {
  const [start, end] = [startOf(pair), endOf(pair)];
  const [after] = /^\s*,[ \t]*/.exec(text.slice(end)) ?? [];
  if (after === undefined) {
    const [before = ''] = (previous && /,\s*$/.exec(text.slice(endOf(previous), start))) || [];
    return { start: start - before.length, end, text: '' };
  }
  const stop = end + after.length;
  if (!isAlone(text, start, stop)) return { start, end: stop, text: '' };
  return { start: lineStart(text, start), end: lineEndAfter(text, stop), text: '' };
};

/**
 * New members go after the member that AWS has before them, or after the first that stays. Adds nothing instead of what
 * a merge key provides.
 */
const additions = (source: YamlSource, change: MapChange, kept: readonly Pair[]): readonly Splice[] => {
  const { map, before, after, shape, indent } = change;
  const first = map.items[0] as Pair;
  const own = new Map(kept.map((pair) => [keyTextOf(pair), pair]));
  let place = kept[0] ?? first;
  return arrange(new Map([...own, ...Object.entries(before)]), after, shape).flatMap((key) => {
    place = own.get(key) ?? place;
    if (Object.hasOwn(before, key)) return [];
    const member = memberNode(key, after[key], shapeOf(shape, key), first);
    if (map.flow) return [addedInBraces(source, place, writeInline(member).slice(1, -1))];
    const at = lineEndAfter(source.text, endOf(place));
    return [{ start: at, end: at, text: writeLines(member, indent, source) }];
  });
};

const removals = (source: YamlSource, { map, pair, after }: MapChange, isGone: (pair: Pair) => boolean) => {
  const { text, lineEnd } = source;
  const lines = (map.items as readonly Pair[]).flatMap((each, index, all): readonly Splice[] => {
    if (!isGone(each)) return [];
    if (map.flow) return [cutInBraces(text, each, all[index - 1])];
    return [{ start: lineStart(text, startOf(each)), end: lineEndAfter(text, endOf(each)), text: '' }];
  });
  if (map.flow || Object.keys(after).length > 0) return lines;
  const at = pair ? colonEnd(pair) : lineStart(text, startOf(map.items[0] as Pair));
  return [{ start: at, end: at, text: pair ? ' {}' : `{}${lineEnd}` }, ...lines];
};

/** Skips what cannot be edited separately, such as a merged member: the result then differs from the stage. */
const editsOfMap = (source: YamlSource, change: MapChange): readonly Splice[] => {
  const { map, before, after, shape, indent } = change;
  const pairs: readonly Pair[] = map.items;
  const stays = (pair: Pair): boolean => isMerge(pair) || Object.hasOwn(after, keyTextOf(pair));
  const kept = pairs.filter(stays);
  if (map.flow && kept.length === 0) return [replacing(source, map, after, shape)];
  const within = kept.flatMap((pair) => {
    const key = keyTextOf(pair);
    const inner = { before: before[key], after: after[key], shape: shapeOf(shape, key), pair };
    return editsOf(source, pair.value as Node | null, { ...inner, indent: map.flow ? undefined : indent });
  });
  const gone = removals(source, change, (pair) => !stays(pair));
  return [...within, ...gone, ...additions(source, change, kept)];
};

/** Replaces a value with another one, on one line. */
const replacing = ({ text }: YamlSource, node: Node, after: unknown, shape: Shape | undefined): Splice => {
  const [start, end] = rangeOf(node);
  // A block scalar includes its last line end, which stays.
  const size = text.slice(start, end).trimEnd().length;
  return { start, end: start + size, text: writeInline(nodeOf(after, shape, node)) };
};

/** Adds members to a value without any: `{}`, `null`, or nothing. */
const filling = (source: YamlSource, node: Node, { after, shape, pair, indent }: Change): readonly Splice[] => {
  const [start, end] = rangeOf(node);
  const filled = nodeOf(after, shape);
  if (pair === undefined || indent === undefined) {
    const space = start === end ? ' ' : '';
    return [{ start, end, text: space + writeInline(filled) }];
  }
  const before = source.text.slice(0, start).trimEnd().length;
  const at = lineEndAfter(source.text, Math.max(colonEnd(pair), end));
  const lines = writeLines(filled, indent + source.unit, source);
  const emptied = start === end ? [] : [{ start: before, end, text: '' }];
  return [...emptied, { start: at, end: at, text: lines }];
};

export const editsOf = (source: YamlSource, node: Node | null, change: Change): readonly Splice[] => {
  const { before, after, shape } = change;
  // The value of an alias is written elsewhere, for others too.
  if (sameValue(before, after) || node === null || isAlias(node)) return [];
  if (!isObject(before) || !isObject(after)) return [replacing(source, node, after, shape)];
  if (!isMap(node) || node.items.length === 0) return filling(source, node, change);
  const map = node as YAMLMap.Parsed;
  const first = startOf(map.items[0] as Pair);
  const indent = source.text.slice(lineStart(source.text, first), first);
  return editsOfMap(source, { ...change, before, after, map, indent });
};
