/** Characters that a terminal obeys instead of showing: controls, line separators, changes of writing direction. */
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

const escapeOf = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Text from outside as it may stand in a message: nothing in it acts on the terminal, and it is not endless. */
export const printable = (text: string, limit = 200): string => {
  const shown = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return shown.replace(unprintable, escapeOf);
};
