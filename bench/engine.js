// Compares applyPatch with JSON Patch libraries on the same edits. The libraries get each edit as a JSON Pointer with
// its final value; ours parses API Gateway's path, checks the value and converts its text. Each engine runs in its own
// process and parses its own documents, so that none benefits from what another taught the JIT.
const { deepStrictEqual } = require('node:assert');
const { fork } = require('node:child_process');
const { performance } = require('node:perf_hooks');
const { median } = require('./rounds.js');
const { aStage, methodKey } = require('./stages.js');

const entryCounts = [1, 10, 100, 1000, 2100];
const operationCounts = [1, 10, 100];
const rounds = 11;
const warmUpMs = 60;
const sliceMs = 20;

const settings = [
  ['throttling/rateLimit', 'throttlingRateLimit', (turn) => turn + 0.5],
  ['logging/loglevel', 'loggingLevel', (turn) => ['OFF', 'ERROR', 'INFO'][turn % 3]],
  ['caching/ttlInSeconds', 'cacheTtlInSeconds', (turn) => turn % 3600],
  ['metrics/enabled', 'metricsEnabled', (turn) => turn % 2 === 0],
];

/** An edit: API Gateway's path, the position of the leaf, and its new value. */
const settingEdit = (entries, turn) => {
  const [path, field, leafOf] = settings[turn % settings.length];
  // 37 is coprime to every count, so all entries take turns.
  const key = methodKey((turn * 37) % entries);
  return { path: `/${key}/${path}`, at: ['methodSettings', key, field], value: leafOf(turn) };
};

const variableEdit = (turn) => {
  const name = `variable${turn % 8}`;
  return { path: `/variables/${name}`, at: ['variables', name], value: `changed-${turn}` };
};

const descriptionEdit = (turn) => ({ path: '/description', at: ['description'], value: `after ${turn}` });

// Seven of ten edits change method settings, two change variables and one changes the description.
const editsOf = (entries, count) =>
  Array.from({ length: count }, (_, turn) => {
    if (turn % 10 === 4) return descriptionEdit(turn);
    return turn % 5 === 2 ? variableEdit(turn) : settingEdit(entries, turn);
  });

const pointerOf = (at) => at.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
const keysOf = (pointer) =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));

const patchOf = (edits) => edits.map(({ path, value }) => ({ op: 'replace', path, value: String(value) }));
const jsonPatchOf = (edits) => edits.map(({ at, value }) => ({ op: 'replace', path: pointerOf(at), value }));

/** For each engine: whether it leaves its argument unchanged, and how to call it according to its documentation. */
const engines = {
  stage: {
    pure: true,
    load: () => {
      const { applyPatch } = require('../dist/index.js');
      return applyPatch;
    },
  },
  'mutative, create': {
    pure: true,
    load: () => {
      const { create } = require('mutative');
      const replace = (draft, { path, value }) => {
        const keys = keysOf(path);
        const last = keys.pop();
        keys.reduce((parent, key) => parent[key], draft)[last] = value;
      };
      return (document, patch) =>
        create(document, (draft) => {
          for (const operation of patch) replace(draft, operation);
        });
    },
  },
  'mutative, apply': {
    pure: true,
    load: () => {
      const { apply } = require('mutative');
      return apply;
    },
  },
  'immutable-json-patch': {
    pure: true,
    load: () => {
      const { immutableJSONPatch } = require('immutable-json-patch');
      return immutableJSONPatch;
    },
  },
  'fast-json-patch, safe': {
    pure: true,
    load: () => {
      const { applyPatch } = require('fast-json-patch');
      return (document, patch) => applyPatch(document, patch, true, false).newDocument;
    },
  },
  'fast-json-patch, mutating': {
    pure: false,
    load: () => {
      const { applyPatch } = require('fast-json-patch');
      return (document, patch) => applyPatch(document, patch).newDocument;
    },
  },
  'rfc6902, mutating': {
    pure: false,
    load: () => {
      const { applyPatch } = require('rfc6902');
      return (document, patch) => {
        applyPatch(document, patch);
        return document;
      };
    },
  },
};

const names = Object.keys(engines);
const peers = names.filter((name) => name !== 'stage');
const cells = entryCounts.flatMap((entries) => operationCounts.map((operations) => ({ entries, operations })));

// The code that runs in each engine's own process.

const parsed = (value) => JSON.parse(JSON.stringify(value));

const prepare = (name, apply, { entries, operations }) => {
  const edits = editsOf(entries, operations);
  const patch = parsed(name === 'stage' ? patchOf(edits) : jsonPatchOf(edits));
  const text = JSON.stringify(aStage(entries));
  // Several documents, since no real program patches the same one forever.
  const documents = Array.from({ length: 4 }, () => JSON.parse(text));
  return (turn) => apply(documents[turn % documents.length], patch);
};

const callsPerSecond = (run, milliseconds) => {
  const start = performance.now();
  let calls = 0;
  let elapsed = 0;
  for (let batch = 1; elapsed < milliseconds; batch = Math.min(batch * 2, 64)) {
    for (let turn = 0; turn < batch; turn++) run(calls + turn);
    calls += batch;
    elapsed = performance.now() - start;
  }
  return (calls / elapsed) * 1000;
};

const serve = (name) => {
  const apply = engines[name].load();
  let run;
  const answers = {
    prepare: (cell) => {
      run = prepare(name, apply, cell);
      const result = run(0);
      callsPerSecond(run, warmUpMs);
      return result;
    },
    measure: () => callsPerSecond(run, sliceMs),
  };
  process.on('message', ({ ask, cell }) => process.send({ answer: answers[ask](cell) }));
};

// The code that runs in the parent process.

const ask = (child, question) =>
  new Promise((resolve, reject) => {
    const fail = (code) => reject(new Error(`an engine's process ended with ${code}`));
    child.once('exit', fail);
    child.once('message', ({ answer }) => {
      child.off('exit', fail);
      resolve(answer);
    });
    child.send(question);
  });

const startAll = () => new Map(names.map((name) => [name, fork(__filename, ['--engine', name])]));

const checkEqual = (results) => {
  for (const [name, result] of results) {
    deepStrictEqual(result, results.get('stage'), `${name} makes something else of the edits than stage does`);
  }
};

const askAll = async (children, question) => {
  const answers = new Map();
  for (const [name, child] of children) answers.set(name, await ask(child, question));
  return answers;
};

const measureCell = async (children, cell) => {
  checkEqual(await askAll(children, { ask: 'prepare', cell }));
  const measured = [];
  while (measured.length < rounds) measured.push(await askAll(children, { ask: 'measure' }));
  // Take each ratio within a round: if the machine slows down, it slows both.
  const ratioTo = (name) => median(measured.map((rates) => rates.get('stage') / rates.get(name)));
  return {
    ...cell,
    rate: median(measured.map((rates) => rates.get('stage'))),
    ratios: new Map(peers.map((name) => [name, ratioTo(name)])),
  };
};

const safe = 'fast-json-patch, safe';
const purePeers = peers.filter((name) => engines[name].pure);

/** Our claims for ten operations. */
const claims = [
  { entries: 1, times: 2, peers: purePeers },
  { entries: 10, times: 2, peers: purePeers },
  { entries: 100, times: 3, peers: purePeers },
  { entries: 1000, times: 1, peers: purePeers },
  { entries: 2100, times: 1, peers: purePeers },
  { entries: 100, times: 20, peers: [safe] },
  // Not reached: to copy a map this large, V8 sorts the keys of a hash table and fills another: most of a call.
  { entries: 1000, times: 20, peers: [safe] },
  { entries: 2100, times: 20, peers: [safe] },
];

const check = (measured, { entries, times, peers: others }) => {
  const { ratios } = measured.find((cell) => cell.entries === entries && cell.operations === 10);
  const nearest = others.toSorted((left, right) => ratios.get(left) - ratios.get(right))[0];
  const ratio = ratios.get(nearest);
  const among = others.length > 1 ? ', the fastest that leaves its argument alone' : '';
  const size = entries === 1 ? '1 entry' : `${entries} entries`;
  const holds = ratio >= times;
  const text = `10 operations on ${size}: at least ${times} x ${nearest}${among} (${ratio.toFixed(1)} x)`;
  return { holds, text };
};

const table = (rows) => {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => row.map((text, column) => text.padStart(widths[column])).join('  ')).join('\n');
};

const report = (measured) => {
  const rows = measured.map(({ entries, operations, rate, ratios }) => [
    String(entries),
    String(operations),
    Math.round(rate).toLocaleString('en'),
    ...peers.map((name) => `${ratios.get(name).toFixed(ratios.get(name) < 1 ? 2 : 1)} x`),
  ]);
  return table([['entries', 'operations', 'calls/s', ...peers], ...rows]);
};

/** Measures, prints, and returns the claims. */
const bench = async () => {
  const children = startAll();
  const measured = [];
  try {
    for (const cell of cells) measured.push(await measureCell(children, cell));
  } finally {
    for (const child of children.values()) child.kill();
  }
  console.log('applyPatch: calls a second, and how many times as many as each peer makes\n');
  console.log(`${report(measured)}\n`);
  return claims.map((claim) => check(measured, claim));
};

module.exports = { bench };

if (process.argv[2] === '--engine') serve(process.argv[3]);
