/** Failures of documents, with the lines that they are about. */
import { StageError } from '../stage/problem.js';
import { type Locate, locatorOf, type TextPlace } from '../text/locate.js';
import { printable } from '../text/printable.js';

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
export const faultAt = (label: string, { line, column }: TextPlace, sentence: string): StageError => {
  const message = printable(`${label}: line ${line}, column ${column}: ${sentence}`);
  return new StageError('input', [{ code: 'broken-document', message, ...{ line, column } }]);
};
