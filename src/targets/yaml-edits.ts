/** What to change in the text of a YAML document so that it holds another stage: lines of what differs, and no others. */
import { isAlias, isMap, type Node, type Pair, type YAMLMap } from 'yaml';
import { isObject, type JsonObject, type Shape } from '../stage/stage.js';
import { arrange, sameValue, shapeOf } from './text-format.js';
import {
  aliasRefusal,
  colonRefusal,
  expectFree,
  expectFreeWithin,
  mergeRefusal,
  type YamlSource,
} from './yaml-anchors.js';
import { colonEnd, endOf, isMerge, keyTextOf, lineEndAfter, lineStart, rangeOf, startOf } from './yaml-nodes.js';
import { writeInline, writeLines, writeMembers, writeString } from './yaml-value.js';

/** New text instead of `text.slice(start, end)`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A value on its way into the text. */
interface Change {
  readonly before: unknown;
  readonly after: unknown;
  readonly shape: Shape | undefined;
  /** The member that holds the value; none holds the outermost. */
  readonly pair?: Pair;
  /** How far the lines of the map around it are indented; undefined within braces. */
  readonly indent: string | undefined;
}

type MapChange = Change & { readonly before: JsonObject; readonly after: JsonObject; readonly map: YAMLMap.Parsed };

/** Writes a new member as the first one beside it is written. */
const memberWriter = (source: YamlSource, { map, after, shape, indent }: MapChange): ((key: string) => string) => {
  const first = map.items[0] as Pair;
  if (indent !== undefined) return (key) => writeLines(key, after[key], shapeOf(shape, key), indent, source, first);
  const gap = /\n([ \t]*)$/.exec(source.text.slice(rangeOf(map)[0], startOf(first)));
  const between = gap ? `,${source.lineEnd}${gap[1]}` : ', ';
  return (key) => {
    const value = writeInline(after[key], shapeOf(shape, key), source, first.value);
    return `${between}${writeString(key, source, first.key)}: ${value}`;
  };
};

/** New members go after the member that AWS has before them, or after the first that stays. */
const additions = (source: YamlSource, change: MapChange, own: ReadonlyMap<string, Pair>): readonly Splice[] => {
  const { map, before, after, shape } = change;
  const had = new Map<string, unknown>([...own, ...Object.entries(before)]);
  const kept = (key: string): Pair | undefined => (Object.hasOwn(after, key) ? own.get(key) : undefined);
  let place = map.items.find((pair) => kept(keyTextOf(pair))) ?? (map.items[0] as Pair);
  const write = memberWriter(source, change);
  return arrange(had, after, shape).flatMap((key) => {
    place = kept(key) ?? place;
    if (Object.hasOwn(before, key)) return [];
    const at = map.flow ? endOf(place) : lineEndAfter(source.text, endOf(place));
    return [{ start: at, end: at, text: write(key) }];
  });
};

const blockRemovals = ({ text, lineEnd }: YamlSource, { map, pair, after }: MapChange, gone: ReadonlySet<Pair>) => {
  const removals = [...gone].map(
    (each): Splice => ({ start: lineStart(text, startOf(each)), end: lineEndAfter(text, endOf(each)), text: '' }),
  );
  if (Object.keys(after).length > 0) return removals;
  const at = pair ? colonEnd(pair) : lineStart(text, startOf(map.items[0] as Pair));
  return [{ start: at, end: at, text: pair ? ' {}' : `{}${lineEnd}` }, ...removals];
};

/** The members before the first that stays go with what follows them, the others with what precedes them. */
const flowRemovals = ({ map }: MapChange, gone: ReadonlySet<Pair>): readonly Splice[] => {
  const items = map.items as Pair[];
  const first = items.findIndex((pair) => !gone.has(pair));
  return items.flatMap((pair, index): readonly Splice[] => {
    if (!gone.has(pair)) return [];
    if (index < first) return [{ start: startOf(pair), end: startOf(items[index + 1] as Pair), text: '' }];
    return [{ start: endOf(items[index - 1] as Pair), end: endOf(pair), text: '' }];
  });
};

const editsOfMap = (source: YamlSource, change: MapChange): readonly Splice[] => {
  const { map, before, after, shape, indent } = change;
  const items = map.items as Pair[];
  const own = new Map(items.filter((pair) => !isMerge(pair)).map((pair) => [keyTextOf(pair), pair]));
  const of = (key: string) => ({ before: before[key], after: after[key], shape: shapeOf(shape, key) });
  const changed = Object.keys(before).filter((key) => !sameValue(before[key], after[key]));
  const gone = new Set<Pair>();
  const within = changed.flatMap((key) => {
    const pair = own.get(key);
    const isKept = Object.hasOwn(after, key);
    if (!pair || (!isKept && own.size < items.length)) throw mergeRefusal(source, map, key);
    if (isKept) return editsOf(source, pair.value as Node | null, { ...of(key), pair, indent });
    expectFreeWithin(source, pair);
    gone.add(pair);
    return [];
  });
  if (map.flow && gone.size === items.length) return [replacing(source, map, after, shape)];
  const removals = map.flow ? flowRemovals(change, gone) : blockRemovals(source, change, gone);
  return [...within, ...removals, ...additions(source, change, own)];
};

/** A value instead of another, in one line. */
const replacing = ({ text, ...layout }: YamlSource, node: Node, after: unknown, shape: Shape | undefined): Splice => {
  const [start, end] = rangeOf(node);
  // A block scalar ends after its last line end, which stays.
  const size = text.slice(start, end).trimEnd().length;
  return { start, end: start + size, text: writeInline(after, shape, layout, node) };
};

/** Gives members to what has none yet: `{}`, `null`, or nothing. */
const filling = (source: YamlSource, node: Node, { after, shape, pair, indent }: Change): readonly Splice[] => {
  const [start, end] = rangeOf(node);
  if (pair === undefined || indent === undefined) {
    const space = start === end ? ' ' : '';
    return [{ start, end, text: space + writeInline(after, shape, source) }];
  }
  const before = source.text.slice(0, start).trimEnd().length;
  const at = lineEndAfter(source.text, Math.max(colonEnd(pair), end));
  const lines = writeMembers(after as JsonObject, shape, indent + source.unit, source);
  const emptied = start === end ? [] : [{ start: before, end, text: '' }];
  return [...emptied, { start: at, end: at, text: lines }];
};

export const editsOf = (source: YamlSource, node: Node | null, change: Change): readonly Splice[] => {
  const { before, after, shape } = change;
  if (sameValue(before, after)) return [];
  if (isAlias(node)) throw aliasRefusal(source, node);
  if (node === null) throw colonRefusal(source, change.pair?.key);
  expectFree(source, node);
  if (!isObject(before) || !isObject(after)) return [replacing(source, node, after, shape)];
  if (!isMap(node) || node.items.length === 0) return filling(source, node, change);
  const map = node as YAMLMap.Parsed;
  const first = startOf(map.items[0] as Pair);
  const indent = map.flow ? undefined : source.text.slice(lineStart(source.text, first), first);
  return editsOfMap(source, { ...change, before, after, map, indent });
};
