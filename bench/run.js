// Measures our claims about speed. With --check, a claim that does not hold is a failure. Arguments select benches.
const { availableParallelism, cpus } = require('node:os');
const { parseArgs } = require('node:util');

const major = Number(process.versions.node.split('.')[0]);

/** The bounds for the program's start hold for one Node version: others compile and start at a different speed. */
const verdictOn = ({ holds, onlyOn = major }) => {
  if (holds) return 'holds';
  return onlyOn === major ? 'FAILS' : `above the bound for Node ${onlyOn}`;
};

const runBenches = async (names, isChecked = false) => {
  console.log(`Node ${process.version}, ${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'})\n`);
  for (const name of names) {
    const { bench } = require(`./${name}.js`);
    for (const claim of await bench()) {
      const verdict = verdictOn(claim);
      console.log(`${verdict}  ${claim.text}`);
      if (isChecked && verdict === 'FAILS') process.exitCode = 1;
    }
    console.log();
  }
};

module.exports = { runBenches };

if (require.main === module) {
  const { values, positionals } = parseArgs({ options: { check: { type: 'boolean' } }, allowPositionals: true });
  runBenches(positionals.length > 0 ? positionals : ['engine', 'diff', 'cli', 'live', 'rollout'], values.check);
}
