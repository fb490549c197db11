/** Adds lines to document errors. */
import { StageError } from '../stage/problem.js';
import { type Locate, locatorOf, type TextPlace } from '../text/locate.js';
import { printable } from '../text/printable.js';

/** Calls `read`. If that fails, calls it again with a locator, so that its errors have lines. */
export const withPlaces = async <T>(text: string, read: (locate?: Locate) => T): Promise<T> => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof StageError)) throw error;
    return read(await locatorOf(text));
  }
};

/** An error at a line and column. */
export const faultAt = (label: string, { line, column }: TextPlace, sentence: string): StageError => {
  const message = printable(`${label}: line ${line}, column ${column}: ${sentence}`);
  return new StageError('input', [{ code: 'broken-document', message, ...{ line, column } }]);
};
