// Measures what we claim about speed. With --check, a claim that does not hold is a failure. Names choose among the benches.
const { availableParallelism, cpus } = require('node:os');
const { parseArgs } = require('node:util');

const { values, positionals } = parseArgs({ options: { check: { type: 'boolean' } }, allowPositionals: true });

const main = async () => {
  console.log(`Node ${process.version}, ${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'})\n`);
  let allHold = true;
  for (const name of positionals.length > 0 ? positionals : ['engine', 'cli', 'live']) {
    const { bench } = require(`./${name}.js`);
    for (const { holds, text } of await bench()) {
      console.log(`${holds ? 'holds' : 'FAILS'}  ${text}`);
      allHold &&= holds;
    }
    console.log();
  }
  if (values.check && !allHold) process.exitCode = 1;
};

main();
