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

/** The stage some months later: a tenth of its method entries have another limit, and a hundredth are gone. */
const later = (stage, entries) => {
  const after = parsed(stage);
  for (let index = 0; index < entries; index += 10) after.methodSettings[methodKey(index)].throttlingRateLimit = 50;
  for (let index = 5; index < entries; index += 100) delete after.methodSettings[methodKey(index)];
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

const measure = (engines, entries) => {
  const before = parsed(aStage(entries));
  const after = later(before, entries);
  for (const [name, { diff, apply }] of Object.entries(engines))
    deepStrictEqual(apply(before, diff(before, after)), after, `the patch of ${name} makes something else`);
  const turns = takeTurns(15, 5, () =>
    Object.values(engines).map(({ diff }) => millisecondsOf(() => diff(before, after))),
  );
  const columns = Object.keys(engines).map((name, column) => ({
    name,
    milliseconds: medianOf(turns, column),
    ratio: ratioOf(turns, column, 0),
  }));
  console.log(`diffStages of two stages with ${entries} method entries\n`);
  for (const { name, milliseconds, ratio } of columns)
    console.log(`${name.padEnd(30)}${milliseconds.toFixed(2).padStart(9)} ms  ${ratio.toFixed(1).padStart(7)} x`);
  console.log();
  return columns;
};

/** Measures whole processes on two files of about 1 MB. */
const measureFiles = () => {
  const folder = mkdtempSync(join(tmpdir(), 'stage-bench-'));
  try {
    const entries = 2400;
    const before = aStage(entries);
    const texts = [before, later(before, entries)].map((stage) => `${JSON.stringify(stage, undefined, 4)}\n`);
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
  const small = measure(engines, 1000);
  const large = measure(engines, 10_000);
  measureFiles();
  const [nearest] = large.slice(1).toSorted((left, right) => left.ratio - right.ratio);
  const growth = large[0].milliseconds / small[0].milliseconds;
  return [
    // Not reached: listing the keys and comparing the entries takes most of a call; the best peer does little more.
    { holds: nearest.ratio >= 2, text: `10,000 entries: at least 2 x ${nearest.name} (${nearest.ratio.toFixed(1)} x)` },
    { holds: growth <= 20, text: `ten times the entries take at most 20 times as long (${growth.toFixed(1)} x)` },
  ];
};

module.exports = { bench };
