// Measures one run of the command as a whole process, compared with a Node process that does nothing.
const { spawnSync } = require('node:child_process');
const { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { performance } = require('node:perf_hooks');
const { medianOf, ratioOf, takeTurns } = require('./rounds.js');

const rounds = 40;
// The first runs also write the compile cache, which later runs use.
const warmUpRounds = 4;

const program = join(__dirname, '../bin/stage.js');
const floor = join(__dirname, 'floor.js');

const methodSetting = (index) => ({
  metricsEnabled: index % 2 === 0,
  loggingLevel: ['OFF', 'ERROR', 'INFO'][index % 3],
  dataTraceEnabled: false,
  throttlingBurstLimit: 100 + index,
  throttlingRateLimit: 50.5 + index,
  cachingEnabled: index % 5 === 0,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
});

const verbs = ['GET', 'POST', 'PUT', 'DELETE'];

/** The stage of an API with 25 resources, each with settings for four methods, as `get-stage` prints it. */
const aStage = {
  deploymentId: 'dp7k2m',
  stageName: 'prod',
  description: 'before',
  cacheClusterEnabled: true,
  cacheClusterSize: '0.5',
  cacheClusterStatus: 'AVAILABLE',
  methodSettings: Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [
      `~1shops~1{shop}~1pets${index >> 2}/${verbs[index % verbs.length]}`,
      methodSetting(index),
    ]),
  ),
  variables: Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [`backend${index}`, `pets-${index}.internal`]),
  ),
  accessLogSettings: {
    format: '{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","status":"$context.status"}',
    destinationArn: 'arn:aws:logs:eu-west-1:123456789012:log-group:pets-prod',
  },
  canarySettings: {
    percentTraffic: 10,
    deploymentId: 'dp9x4q',
    stageVariableOverrides: { backend0: 'pets-0-next.internal' },
    useStageCache: false,
  },
  tracingEnabled: true,
  tags: { team: 'pets', cost: '4711' },
  createdDate: '2024-05-02T10:11:12+02:00',
  lastUpdatedDate: '2025-01-20T08:30:00+01:00',
};

const makeFolder = (parent, name, stagerc) => {
  const folder = join(parent, name);
  // The search for a configuration ends at the folder that holds .git.
  mkdirSync(join(folder, '.git'), { recursive: true });
  writeFileSync(join(folder, 'prod.json'), `${JSON.stringify(aStage, undefined, 4)}\n`);
  if (stagerc !== undefined) writeFileSync(join(folder, '.stagerc'), stagerc);
  return folder;
};

// Without extra certificates, which Node reads at every start, and without the user's configuration.
const environment = (home) => {
  const unwanted = /^(NODE_|STAGE_|XDG_|FORCE_COLOR$|NO_COLOR$)/;
  const kept = Object.entries(process.env).filter(([name]) => !unwanted.test(name));
  return { ...Object.fromEntries(kept), HOME: home };
};

const casesIn = (parent) => {
  const plain = makeFolder(parent, 'plain');
  const configured = makeFolder(parent, 'configured', 'stages:\n  prod:\n    file: prod.json\noutput: text\n');
  const edit = (turn) => [program, 'set', 'prod.json', '--description', `edit ${turn}`];
  return [
    { name: 'node -e 0', cwd: plain, wordsOf: () => ['-e', '0'] },
    {
      name: 'a script for this edit',
      cwd: plain,
      wordsOf: (turn) => [floor, 'prod.json', `edit ${turn}`],
      edits: true,
    },
    { name: 'stage set FILE', cwd: plain, wordsOf: edit, edits: true, times: 2 },
    { name: 'stage set FILE, first run', cwd: plain, wordsOf: edit, edits: true, isFirst: true, times: 2.5 },
    { name: 'stage set FILE, with a .stagerc', cwd: configured, wordsOf: edit, edits: true },
    { name: 'stage --help', cwd: plain, wordsOf: () => [program, '--help'] },
    { name: 'stage --version', cwd: plain, wordsOf: () => [program, '--version'] },
  ];
};

/** Returns the milliseconds that one run takes. */
const run = ({ name, cwd, wordsOf, edits, isFirst }, turn, env) => {
  const cache = join(env.HOME, isFirst ? 'first' : 'cache');
  if (isFirst) rmSync(cache, { recursive: true, force: true });
  const start = performance.now();
  const child = spawnSync(process.execPath, wordsOf(turn), {
    cwd,
    env: { ...env, XDG_CACHE_HOME: cache },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const milliseconds = performance.now() - start;
  if (child.status !== 0) throw new Error(`${name} ended with ${child.status}: ${child.stderr}`);
  if (edits && JSON.parse(readFileSync(join(cwd, 'prod.json'), 'utf8')).description !== `edit ${turn}`) {
    throw new Error(`${name} did not edit the file`);
  }
  return milliseconds;
};

const measure = (cases, env) => {
  const times = takeTurns(rounds, warmUpRounds, (turn) => cases.map((each) => run(each, turn, env)));
  return cases.map((each, column) => ({
    ...each,
    milliseconds: medianOf(times, column),
    ratio: ratioOf(times, column, 0),
  }));
};

const report = (measured) => {
  const width = Math.max(...measured.map(({ name }) => name.length));
  const lines = measured.map(
    ({ name, milliseconds, ratio }) =>
      `${name.padEnd(width)}  ${ratio.toFixed(2)} x  ${milliseconds.toFixed(1).padStart(6)} ms`,
  );
  return lines.join('\n');
};

const check = ({ name, times, ratio }) =>
  times === undefined
    ? []
    : [{ holds: ratio <= times, onlyOn: 24, text: `${name}: at most ${times} x node -e 0 (${ratio.toFixed(2)} x)` }];

/** Measures, prints, and returns the claims. */
const bench = async () => {
  const parent = mkdtempSync(join(tmpdir(), 'stage-bench-'));
  try {
    const measured = measure(casesIn(parent), environment(parent));
    console.log(`the command: whole processes, medians of ${rounds} interleaved runs\n`);
    console.log(`${report(measured)}\n`);
    return measured.flatMap(check);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
};

module.exports = { bench };
