// Measures our claims about speed. With --check, a claim that does not hold is a failure. Arguments select benches.
const { spawnSync } = require('node:child_process');
const { availableParallelism, cpus } = require('node:os');
const { parseArgs } = require('node:util');

const major = Number(process.versions.node.split('.')[0]);

/** The bounds for the program's start hold for one Node version: others compile and start at a different speed. */
const verdictOn = ({ holds, onlyOn = major }) => {
  if (holds) return 'holds';
  return onlyOn === major ? 'FAILS' : `above the bound for Node ${onlyOn}`;
};

const runBench = async (name, isChecked) => {
  const { bench } = require(`./${name}.js`);
  for (const claim of await bench()) {
    const verdict = verdictOn(claim);
    console.log(`${verdict}  ${claim.text}`);
    if (isChecked && verdict === 'FAILS') process.exitCode = 1;
  }
  console.log();
};

/** Each bench runs in a process of its own: V8 compiles code for the data that it has seen. */
const runBenches = (names, options) => {
  console.log(`Node ${process.version}, ${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'})\n`);
  for (const name of names) {
    const { status } = spawnSync(process.execPath, [__filename, '--one', name, ...options], { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
};

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean' }, one: { type: 'string' } },
  allowPositionals: true,
});
if (values.one) runBench(values.one, values.check);
else
  runBenches(
    positionals.length > 0 ? positionals : ['engine', 'diff', 'cli', 'live', 'rollout'],
    values.check ? ['--check'] : [],
  );
