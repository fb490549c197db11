// The lower bound for any command: a minimal script that reads, changes and durably replaces a stage file.
const { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } = require('node:fs');

const [file, description] = process.argv.slice(2);
const stage = { ...JSON.parse(readFileSync(file, 'utf8')), description };

const draft = openSync(`${file}.new`, 'wx');
writeSync(draft, `${JSON.stringify(stage, undefined, 4)}\n`);
fsyncSync(draft);
closeSync(draft);
renameSync(`${file}.new`, file);

const folder = openSync('.', 'r');
fsyncSync(folder);
closeSync(folder);
writeSync(1, `${file}\n  description: ${description}\n`);
