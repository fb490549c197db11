/** Finds members in a JSON or YAML text. Loads the `yaml` package, which reads both. */
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';

/** A position in a text, counted from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

interface Member {
  readonly key: unknown;
  readonly value: unknown;
}

/** The members of a map by name, or the items of a list by index. */
const membersOf = (node: unknown): ReadonlyMap<string, Member> => {
  if (isSeq(node)) return new Map(node.items.map((item, index) => [String(index), { key: item, value: item }]));
  return new Map(isMap(node) ? node.items.map((pair) => [isScalar(pair.key) ? String(pair.key.value) : '', pair]) : []);
};

/**
 * Finds the member that keys, or the indexes of lists, lead to. If missing, finds a merge key that may provide it, or the
 * nearest parent.
 */
export const locatorOf = (text: string): ((at: readonly string[]) => TextPlace) => {
  const lineCounter = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter, schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' });
  const known = new Map<unknown, ReadonlyMap<string, Member>>();
  return (at) => {
    let node: unknown = contents;
    let offset = contents?.range?.[0] ?? 0;
    for (const key of at) {
      const members = known.get(node) ?? membersOf(node);
      known.set(node, members);
      const member = members.get(key) ?? members.get('<<');
      if (member === undefined) break;
      offset = (isNode(member.key) ? member.key.range?.[0] : undefined) ?? offset;
      node = member.value;
    }
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
};
