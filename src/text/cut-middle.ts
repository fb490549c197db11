import { withoutHalves } from './printable.js';

/** A text of at most `most` characters. A longer text keeps its beginning and its end. */
export const cutMiddle = (text: string, most: number): string => {
  if (text.length <= most) return text;
  const head = Math.max(1, Math.ceil((most - 1) / 2));
  const tail = Math.max(0, most - 1 - head);
  return withoutHalves(`${text.slice(0, head)}…${tail === 0 ? '' : text.slice(-tail)}`);
};
