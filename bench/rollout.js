// Measures a rollout against `stage serve`: its calls, as counted by the server, and its time compared with the same
// number of edits in separate processes. The tests count CloudWatch calls, since nothing here simulates CloudWatch.
const { spawnSync } = require('node:child_process');
const { cpSync, mkdirSync, mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { performance } = require('node:perf_hooks');
const { environment, startServe, stopServers } = require('./live.js');
const { medianOf, ratioOf, takeTurns } = require('./rounds.js');

const program = join(__dirname, '../bin/stage.js');
const apis = join(__dirname, '../examples/canary/apis');
const target = 'a1b2c3d4e5/prod';
const percents = [5, 25, 50, 75];

const rollout = [
  ...['rollout-canary', target, '--deployment-id', 'q4m8w1', '--state', 'rollout.json'],
  ...['--steps', percents.join(), '--interval', '0s'],
];

const setDescription = (percent) => ['set', target, '--description', `${percent} percent`];

const run = (words, options) => {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [program, ...words], { ...options, encoding: 'utf8' });
  if (status !== 0) throw new Error(`stage ${words.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - start;
};

/** Resets the stage: no canary and no rollout. */
const reset = ({ cwd }) => {
  cpSync(apis, join(cwd, 'apis'), { recursive: true });
  rmSync(join(cwd, 'rollout.json'), { force: true });
};

const timeRollout = (options) => {
  reset(options);
  return run(rollout, options);
};

const timeEdits = (options) =>
  percents.map((percent) => run(setDescription(percent), options)).reduce((sum, each) => sum + each, 0);

/** Counts the calls of each operation during one rollout. */
const countCalls = async (server, options) => {
  let log = '';
  server.stderr.setEncoding('utf8').on('data', (text) => {
    log += text;
  });
  reset(options);
  run(rollout, options);
  server.kill();
  await new Promise((resolve) => server.once('close', resolve));
  const counts = {};
  for (const [, operation] of log.matchAll(/^[A-Z]+ \/\S+ (\w+) \d/gm))
    counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
};

/** Measures, prints, and returns the claims. */
const bench = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stage-bench-'));
  mkdirSync(join(folder, '.git'));
  const options = { cwd: folder, env: environment(folder) };
  const at = ({ url }) => ({ ...options, env: { ...options.env, AWS_ENDPOINT_URL: url } });
  process.once('exit', stopServers);
  try {
    reset(options);
    const quiet = at(await startServe(join(folder, 'apis'), options));
    const turns = takeTurns(11, 3, () => [timeRollout(quiet), timeEdits(quiet)]);
    const logging = await startServe(join(folder, 'apis'), { ...options, isLogging: true });
    const calls = await countCalls(logging.server, at(logging));
    const counts = Object.entries(calls).map(([operation, count]) => `${count} ${operation}`);
    const ratio = ratioOf(turns, 0, 1);
    console.log(
      `a rollout of four steps with zero intervals, and its promotion: ${medianOf(turns, 0).toFixed(0)} ms, ${counts.join(', ')}`,
    );
    console.log(`four stage set processes: ${medianOf(turns, 1).toFixed(0)} ms\n`);
    const { GetStage: reads = 0, UpdateStage: writes = 0 } = calls;
    const edits = percents.length + 1;
    return [
      // One more read, at the beginning.
      {
        holds: reads <= edits + 1 && writes === edits,
        text: `at most one GetStage and one UpdateStage per step, and one GetStage before them (${reads} and ${writes} for ${edits})`,
      },
      {
        holds: ratio <= 1,
        text: `a rollout of four steps: at most 1.0 x four stage set processes (${ratio.toFixed(2)} x)`,
      },
    ];
  } finally {
    stopServers();
    process.off('exit', stopServers);
    rmSync(folder, { recursive: true, force: true });
  }
};

module.exports = { bench };
