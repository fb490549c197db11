import { printable } from '../stage/printable.js';

/** Text from outside as it may stand in a message: nothing in it acts on the terminal, and it is not endless. */
export const clipped = (text: string, limit = 200): string =>
  printable(text.length > limit ? `${text.slice(0, limit)}…` : text);
