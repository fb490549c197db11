// How everything here is measured: what is compared takes turns, and a ratio is taken within a turn, so that a machine that slows
// down meanwhile slows both.

const median = (numbers) => numbers.toSorted((left, right) => left - right)[numbers.length >> 1];

/** The answers of `rounds` turns, each an array; those of the turns before them, which only warm up, are dropped. */
const takeTurns = (rounds, warmUpRounds, turnOf) => {
  const kept = [];
  for (let turn = -warmUpRounds; turn < rounds; turn++) {
    const answers = turnOf(turn);
    if (turn >= 0) kept.push(answers);
  }
  return kept;
};

/** Of one column of such turns the median; and how many times that of another. */
const medianOf = (turns, column) => median(turns.map((turn) => turn[column]));
const ratioOf = (turns, column, to) => median(turns.map((turn) => turn[column] / turn[to]));

module.exports = { median, takeTurns, medianOf, ratioOf };
