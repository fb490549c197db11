/** The number of letters to add, drop, change or swap with a neighbour to turn one word into the other. */
const distance = (left: string, right: string): number => {
  const rows: number[][] = [Array.from({ length: right.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= left.length; row += 1) {
    const line = [row];
    rows.push(line);
    for (let column = 1; column <= right.length; column += 1) {
      const change = left[row - 1] === right[column - 1] ? 0 : 1;
      const isSwap = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      const before = isSwap ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY;
      line.push(Math.min(at(row - 1, column) + 1, at(row, column - 1) + 1, at(row - 1, column - 1) + change, before));
    }
  }
  return at(left.length, right.length);
};

/** The word that was probably meant, if one is near enough. */
export const nearestWord = (given: string, words: readonly string[]): string | undefined => {
  const steps = (word: string): number => distance(given.toLowerCase(), word.toLowerCase());
  const near = words.filter((word) => {
    const most = Math.max(1, Math.floor(word.length / 4));
    // Measuring is slow, especially for a key of a thousand letters.
    return Math.abs(word.length - given.length) <= most && steps(word) <= most;
  });
  return near.sort((left, right) => steps(left) - steps(right))[0];
};
