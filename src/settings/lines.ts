/** Where in a configuration file a fault is. It is imported only when there is one to report: its parser is big. */
import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml';

/** The keys that lead to a value. */
type Path = readonly string[];

interface Step {
  readonly start: unknown;
  readonly value: unknown;
}

const keyOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key);

const stepInto = (node: unknown, key: string): Step | undefined => {
  const pair = isMap(node) ? node.items.find((item) => keyOf(item) === key) : undefined;
  return pair && { start: pair.key, value: pair.value };
};

const offsetOf = (start: unknown): number => (start as Node | undefined)?.range?.[0] ?? 0;

interface ParsedText {
  readonly root: unknown;
  lineOf(start: unknown): number;
}

// YAML is near enough to JSON to find the lines of both.
const parse = (text: string): ParsedText => {
  const lineCounter = new LineCounter();
  const root = parseDocument(text, { lineCounter, uniqueKeys: false, merge: true, logLevel: 'silent' }).contents;
  return { root, lineOf: (start) => Math.max(1, lineCounter.linePos(offsetOf(start)).line) };
};

/** Answers with the line of a member, or of the nearest thing around it that has one. */
export const makeLineFinder = (text: string): ((at: Path) => number) => {
  const { root, lineOf } = parse(text);
  return (at) => {
    let step: Step = { start: root, value: root };
    for (const key of at) {
      const next = stepInto(step.value, key);
      if (next === undefined) break;
      step = next;
    }
    return lineOf(step.start);
  };
};

export interface RepeatedKey {
  readonly at: Path;
  readonly line: number;
}

/** Each key that its map already had. */
export const findRepeatedKeys = (text: string): readonly RepeatedKey[] => {
  const { root, lineOf } = parse(text);
  const within = (node: unknown, at: Path): readonly RepeatedKey[] => {
    if (isSeq(node)) return node.items.flatMap((item, index) => within(item, [...at, String(index)]));
    if (!isMap(node)) return [];
    const seen = new Set<string>();
    return node.items.flatMap((pair) => {
      const path = [...at, keyOf(pair)];
      const isRepeated = seen.has(keyOf(pair));
      seen.add(keyOf(pair));
      return [...(isRepeated ? [{ at: path, line: lineOf(pair.key) }] : []), ...within(pair.value, path)];
    });
  };
  return within(root, []);
};
