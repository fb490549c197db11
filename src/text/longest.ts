/** The length of the longest text. Unlike Math.max(...), takes any number of texts. */
export const longest = (texts: readonly string[]): number =>
  texts.reduce((most, { length }) => Math.max(most, length), 0);
