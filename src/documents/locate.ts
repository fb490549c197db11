/** Where in a text a member stands. Loads the `yaml` package, which reads JSON too. */
import { StageError } from '../stage/problem.js';
import { printable } from '../text/printable.js';
import type { Locate } from './tree.js';

const locatorOf = async (text: string): Promise<Locate> => {
  const { parseDocument, LineCounter, isMap, isPair, isScalar } = await import('yaml');
  const lineCounter = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter, schema: 'failsafe' });
  return (at) => {
    let node: unknown = contents;
    let offset = contents?.range?.[0] ?? 0;
    for (const key of at) {
      const pair = isMap(node)
        ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
        : undefined;
      if (!isPair(pair)) break;
      offset = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
      node = pair.value;
    }
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col };
  };
};

/** What a reading answers; if it fails, it is done again with the lines at hand. */
export const withPlaces = async <T>(text: string, read: (locate?: Locate) => T): Promise<T> => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof StageError)) throw error;
    return read(await locatorOf(text));
  }
};

/** A failure at one place of a text. */
export const faultAt = (
  label: string,
  { line, column }: NonNullable<ReturnType<Locate>>,
  sentence: string,
): StageError => {
  const message = printable(`${label}: line ${line}, column ${column}: ${sentence}`);
  return new StageError('input', [{ code: 'broken-document', message, ...{ line, column } }]);
};
