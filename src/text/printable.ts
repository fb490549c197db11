// Controls, line separators, and invisible or direction-changing characters. Ranges compile faster than \p{Cf}.
const unprintable =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

const escapeOf = (character: string): string =>
  character.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Makes untrusted text safe for one line on a terminal: escapes everything that could act on the terminal. */
export const printable = (text: string): string => text.replace(unprintable, escapeOf);

/** The same for text with several lines, which may contain tabs. */
export const printableLines = (text: string): string =>
  text.replace(/(?:[^\r\n\t]|\r(?!\n))+/g, (part) => printable(part));

/** Removes halves of surrogate pairs from a truncated text. */
export const withoutHalves = (text: string): string => text.replace(/\p{Cs}/gu, '');

export const shortened = (text: string, limit: number): string =>
  text.length > limit ? withoutHalves(`${text.slice(0, limit)}…`) : text;

/** Makes untrusted text safe for a message: printable, and not too long. */
export const clipped = (text: string, limit = 200): string => printable(shortened(text, limit));

/** The first words of a list, and the number of the others. */
export const listed = (words: readonly string[], most: number): string =>
  words.slice(0, most).join(', ') + (words.length > most ? ` and ${words.length - most} more` : '');

/** `canarySettings.percentTraffic`, `methodSettings["~1pets/GET"].loggingLevel`. */
export const memberPath = (at: readonly string[]): string =>
  at.reduce((path, key) => {
    if (!/^[\w$-]+$/.test(key)) return `${path}[${clipped(JSON.stringify(key))}]`;
    return path === '' ? key : `${path}.${key}`;
  }, '');
