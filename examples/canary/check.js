// A gate of stage rollout-canary, on canned measurements: node check.js good
// It exits with 0 if the canary is fine, with 1 if it is not, and with 2 if nobody knows.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const { production, canary } = JSON.parse(
  readFileSync(join(__dirname, 'measurements', `${process.argv[2]}.json`), 'utf8'),
);
const measured = canary[process.env.STAGE_PERCENT];

const rate = ({ requests, errors }) => (100 * errors) / requests;
const text = (measurement) => `${rate(measurement).toFixed(2)}%`;

if (measured === undefined) {
  console.log(`no measurement at ${process.env.STAGE_PERCENT} percent`);
  process.exit(2);
}
console.log(`errors: ${text(measured)} of the canary's requests, ${text(production)} of production's`);
process.exit(rate(measured) > rate(production) + 0.5 ? 1 : 0);
