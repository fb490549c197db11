// Compares diffStages with libraries that create a JSON Patch from two trees, and `stage diff` with `diff -u` on files.
const { deepStrictEqual } = require('node:assert');
const { spawnSync } = require('node:child_process');
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { performance } = require('node:perf_hooks');
const fastJsonPatch = require('fast-json-patch');
const rfc6902 = require('rfc6902');
const { applyPatch, diffStages } = require('../dist/index.js');
const { medianOf, ratioOf, takeTurns } = require('./rounds.js');
const { aStage, methodKey } = require('./stages.js');

const program = join(__dirname, '../bin/stage.js');
const parsed = (value) => JSON.parse(JSON.stringify(value));

/** The stage some months later: one in `every` of its method entries has another limit, and a tenth as many are gone. */
const later = (stage, entries, every) => {
  const after = parsed(stage);
  for (let index = 0; index < entries; index += every) after.methodSettings[methodKey(index)].throttlingRateLimit = 50;
  for (let index = 5; index < entries; index += 10 * every) delete after.methodSettings[methodKey(index)];
  return { ...after, description: 'after', variables: { ...after.variables, added: 'yes' } };
};

const byPointer = (before, patch) => fastJsonPatch.applyPatch(parsed(before), patch).newDocument;

/** How each engine creates a patch from two trees, and how the patch is applied. */
const enginesWith = ({ create }, { format }) => {
  const differ = create();
  return {
    stage: { diff: (before, after) => diffStages(before, after).operations, apply: applyPatch },
    'fast-json-patch, compare': { diff: (before, after) => fastJsonPatch.compare(before, after), apply: byPointer },
    'rfc6902, createPatch': { diff: (before, after) => rfc6902.createPatch(before, after), apply: byPointer },
    'jsondiffpatch, as JSON Patch': {
      diff: (before, after) => format(differ.diff(before, after), before),
      apply: byPointer,
    },
  };
};

const millisecondsOf = (work) => {
  const start = performance.now();
  work();
  return performance.now() - start;
};

const measure = (engines, entries, every) => {
  const before = parsed(aStage(entries));
  const after = later(before, entries, every);
  for (const [name, { diff, apply }] of Object.entries(engines))
    deepStrictEqual(apply(before, diff(before, after)), after, `the patch of ${name} makes something else`);
  // As many entries in each turn, so that V8 has compiled the code, and each engine collects its own garbage.
  const calls = 50_000 / entries;
  const repeat = (diff) => {
    for (let call = 0; call < calls; call++) diff(before, after);
  };
  const turns = takeTurns(15, 5, () =>
    Object.values(engines).map(({ diff }) => millisecondsOf(() => repeat(diff)) / calls),
  );
  const columns = Object.keys(engines).map((name, column) => ({
    name,
    milliseconds: medianOf(turns, column),
    ratio: ratioOf(turns, column, 0),
  }));
  console.log(`diffStages of two stages with ${entries} method entries, one in ${every} changed\n`);
  for (const { name, milliseconds, ratio } of columns)
    console.log(`${name.padEnd(30)}${milliseconds.toFixed(2).padStart(9)} ms  ${ratio.toFixed(1).padStart(7)} x`);
  console.log();
  const [nearest] = columns.slice(1).toSorted((left, right) => left.ratio - right.ratio);
  return { milliseconds: columns[0].milliseconds, nearest, what: `${entries} entries, one in ${every} changed` };
};

/** Measures whole processes on two files of about 1 MB. */
const measureFiles = () => {
  const folder = mkdtempSync(join(tmpdir(), 'stage-bench-'));
  try {
    const entries = 2400;
    const before = aStage(entries);
    const texts = [before, later(before, entries, 10)].map((stage) => `${JSON.stringify(stage, undefined, 4)}\n`);
    for (const [index, text] of texts.entries()) writeFileSync(join(folder, `${index}.json`), text);
    const run = (command, ...words) =>
      millisecondsOf(() =>
        spawnSync(command, words, { cwd: folder, maxBuffer: 1e9, env: { ...process.env, HOME: folder } }),
      );
    const turns = takeTurns(11, 3, () => [
      run('diff', '-u', '0.json', '1.json'),
      run(process.execPath, program, 'diff', '0.json', '1.json'),
    ]);
    const [theirs, ours] = [medianOf(turns, 0), medianOf(turns, 1)];
    const size = (texts[0].length / 1e6).toFixed(1);
    console.log(
      `two files of ${size} MB: stage diff ${ours.toFixed(0)} ms, diff -u ${theirs.toFixed(0)} ms, ${ratioOf(turns, 1, 0).toFixed(1)} x\n`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Measures, prints, and returns the claims. */
const bench = async () => {
  const engines = enginesWith(await import('jsondiffpatch'), await import('jsondiffpatch/formatters/jsonpatch'));
  const few = [1000, 10_000].map((entries) => measure(engines, entries, 100));
  const many = [1000, 10_000].map((entries) => measure(engines, entries, 10));
  measureFiles();
  const claim = (times, { nearest, what }) => ({
    holds: nearest.ratio >= times,
    text: `${what}: at least ${times} x ${nearest.name} (${nearest.ratio.toFixed(1)} x)`,
  });
  const growth = many[1].milliseconds / many[0].milliseconds;
  return [
    ...few.map((measured) => claim(2, measured)),
    // Not reached: here most of the time goes to a thousand operations, each planned, applied and compared again.
    ...many.map((measured) => claim(2, measured)),
    { holds: growth <= 20, text: `ten times the entries take at most 20 times as long (${growth.toFixed(1)} x)` },
  ];
};

module.exports = { bench };
