/** The length of the longest of some texts, of which there may be more than a function takes arguments. */
export const longest = (texts: readonly string[]): number =>
  texts.reduce((most, { length }) => Math.max(most, length), 0);
