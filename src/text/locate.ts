/** Finds members in a JSON or YAML text. Loads the `yaml` package, which reads both. */
import { isMap, isPair, isScalar, LineCounter, parseDocument } from 'yaml';

/** A position in a text, counted from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** Finds the member that keys lead to. If missing, finds a merge key that may provide it, or the nearest parent. */
export const locatorOf = (text: string): ((at: readonly string[]) => TextPlace) => {
  const lineCounter = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter, schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' });
  const memberOf = (node: unknown, name: string): unknown =>
    isMap(node) && node.items.find(({ key }) => isScalar(key) && String(key.value) === name);
  return (at) => {
    let node: unknown = contents;
    let offset = contents?.range?.[0] ?? 0;
    for (const key of at) {
      const pair = memberOf(node, key) ?? memberOf(node, '<<');
      if (!isPair(pair)) break;
      offset = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
      node = pair.value;
    }
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
};
