/** Where a member stands in a text, JSON or YAML; line and column from 1. Of one that is not found, what holds it. */
export type Locate = (at: readonly string[]) => { readonly line: number; readonly column: number };

/** Loads the `yaml` package, which reads JSON too. */
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
