/** Where members stand in a text, JSON or YAML. Loads the `yaml` package, which reads both. */

/** A place in a text, counted from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** Finds the member that keys lead to; of one that is not there, the member that should hold it. */
export type Locate = (at: readonly string[]) => TextPlace;

export const locatorOf = async (text: string): Promise<Locate> => {
  const { parseDocument, LineCounter, isMap, isPair, isScalar } = await import('yaml');
  const lineCounter = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter, schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' });
  return (at) => {
    let node: unknown = contents;
    let offset = contents?.range?.[0] ?? 0;
    for (const key of at) {
      const pair = isMap(node) && node.items.find(({ key: name }) => isScalar(name) && String(name.value) === key);
      if (!isPair(pair)) break;
      offset = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
      node = pair.value;
    }
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
};
