// Controls, line separators, and characters that are not seen or that turn the direction of writing. By their ranges: to know
// what \p{Cf} is costs a third of a millisecond.
const unprintable =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

const escapeOf = (character: string): string =>
  character.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Text from outside as it may stand in a line that a terminal shows: nothing in it acts on the terminal. */
export const printable = (text: string): string => text.replace(unprintable, escapeOf);

/** The same for text of several lines, indented perhaps by tabs. */
export const printableLines = (text: string): string =>
  text
    .split(/(\r?\n|\t)/)
    .map((part, index) => (index % 2 === 0 ? printable(part) : part))
    .join('');
