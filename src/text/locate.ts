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

/** The member of a map, or the item of a list. */
const memberOf = (node: unknown, name: string): Member | undefined => {
  if (isMap(node)) return node.items.find(({ key }) => isScalar(key) && String(key.value) === name);
  const item = isSeq(node) ? node.items[Number(name)] : undefined;
  return item === undefined ? undefined : { key: item, value: item };
};

/**
 * Finds the member that keys, or the indexes of lists, lead to. If missing, finds a merge key that may provide it, or the
 * nearest parent.
 */
export const locatorOf = (text: string): ((at: readonly string[]) => TextPlace) => {
  const lineCounter = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter, schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' });
  return (at) => {
    let node: unknown = contents;
    let offset = contents?.range?.[0] ?? 0;
    for (const key of at) {
      const member = memberOf(node, key) ?? memberOf(node, '<<');
      if (member === undefined) break;
      offset = (isNode(member.key) ? member.key.range?.[0] : undefined) ?? offset;
      node = member.value;
    }
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
};
