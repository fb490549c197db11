// Measures what we claim about speed. With --check, a claim that does not hold is a failure. Names choose among the benches.
const { availableParallelism, cpus } = require('node:os');
const { parseArgs } = require('node:util');

const { values, positionals } = parseArgs({ options: { check: { type: 'boolean' } }, allowPositionals: true });

const main = async () => {
  console.log(`Node ${process.version}, ${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'})\n`);
  let holds = true;
  for (const name of positionals.length > 0 ? positionals : ['engine', 'cli', 'live']) {
    const { bench } = require(`./${name}.js`);
    holds = (await bench()) && holds;
    console.log();
  }
  if (values.check && !holds) process.exitCode = 1;
};

main();
