/** Where members stand in a text, JSON or YAML; line and column from 1. Loads the `yaml` package, which reads both. */
export const locatorOf = async (text: string) => {
  const { parseDocument, LineCounter, isMap, isPair, isScalar } = await import('yaml');
  const lineCounter = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter, schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' });
  /** Of a member that is not found, where that is which should hold it. */
  return (at: readonly string[]) => {
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
