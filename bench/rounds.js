// How all benches measure: candidates take turns, and a ratio is computed within a turn, so that a machine that slows
// down slows both.

const median = (numbers) => numbers.toSorted((left, right) => left - right)[numbers.length >> 1];

/** The results of `rounds` turns, one array per turn. Drops the results of the warm-up turns. */
const takeTurns = (rounds, warmUpRounds, turnOf) => {
  const kept = [];
  for (let turn = -warmUpRounds; turn < rounds; turn++) {
    const answers = turnOf(turn);
    if (turn >= 0) kept.push(answers);
  }
  return kept;
};

/** The median of one column; and the median ratio of one column to another. */
const medianOf = (turns, column) => median(turns.map((turn) => turn[column]));
const ratioOf = (turns, column, to) => median(turns.map((turn) => turn[column] / turn[to]));

module.exports = { median, takeTurns, medianOf, ratioOf };
