import { printable } from './printable.js';

/** At most so much of a text. */
export const shortened = (text: string, limit: number): string =>
  text.length > limit ? `${text.slice(0, limit)}…` : text;

/** Text from outside as it may stand in a message: nothing in it acts on the terminal, and it is not endless. */
export const clipped = (text: string, limit = 200): string => printable(shortened(text, limit));
