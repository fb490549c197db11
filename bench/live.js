// Measures an edit of a live stage as a whole process: compared with the AWS CLI, both against one moto_server, and
// with a Node process that does nothing, against `stage serve`. Nothing leaves this machine.
const { spawn, spawnSync } = require('node:child_process');
const { cpSync, mkdirSync, mkdtempSync, rmSync } = require('node:fs');
const { createServer } = require('node:net');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { performance } = require('node:perf_hooks');
const { setTimeout: sleep } = require('node:timers/promises');
const { medianOf, ratioOf, takeTurns } = require('./rounds.js');

const rounds = 20;
// The first runs also write the compile caches of Node and Python, which later runs use.
const warmUpRounds = 4;
const patience = 60_000;

const program = join(__dirname, '../bin/stage.js');

/** A minimal environment: no proxies, profiles, pager, endpoints or extra certificates, which Node reads at start. */
const environment = (home) => ({
  PATH: process.env.PATH,
  HOME: home,
  AWS_ACCESS_KEY_ID: 'testing',
  AWS_SECRET_ACCESS_KEY: 'testing',
  AWS_REGION: 'eu-west-1',
  AWS_DEFAULT_REGION: 'eu-west-1',
  AWS_PAGER: '',
  AWS_EC2_METADATA_DISABLED: 'true',
});

const outputOf = (command, words) => {
  const { status, stdout } = spawnSync(command, words, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
};

/** The path of a Python program; undefined if not installed. Avoids pyenv's shim, which takes extra time. */
const findTool = (name, question) =>
  outputOf('pyenv', ['which', name]) ?? (outputOf(name, [question]) === undefined ? undefined : name);

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const servers = new Set();
const stopServers = () => {
  for (const server of servers) server.kill('SIGKILL');
  servers.clear();
};

const startServer = (command, words, options) => {
  const server = spawn(command, words, { stdio: ['ignore', 'pipe', 'ignore'], ...options });
  servers.add(server);
  return server;
};

const isUp = (url) =>
  fetch(url).then(
    () => true,
    () => false,
  );

const startMoto = async (command, options) => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const server = startServer(command, ['-H', '127.0.0.1', '-p', new URL(url).port], { ...options, stdio: 'ignore' });
  const deadline = performance.now() + patience;
  while (!(await isUp(`${url}/moto-api/data.json`))) {
    if (server.exitCode !== null || performance.now() > deadline) throw new Error('moto_server did not start');
    await sleep(100);
  }
  return url;
};

/** Starts `stage serve`. With `isLogging`, its stderr has a line for each request. */
const startServe = async (folder, { isLogging = false, ...options }) => {
  const words = ['serve', folder, '--port', '0', ...(isLogging ? [] : ['--quiet'])];
  const stdio = ['ignore', 'pipe', isLogging ? 'pipe' : 'ignore'];
  const server = startServer(process.execPath, [program, ...words], { ...options, stdio });
  for await (const url of server.stdout.setEncoding('utf8')) return { url: url.trim(), server };
  throw new Error('stage serve did not start');
};

/** Creates an API with a stage in moto_server. Returns its id. */
const makeStage = async (endpoint) => {
  // Keep the SDK's Node version warning out of the results.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const aws = require('@aws-sdk/client-api-gateway');
  const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
  const client = new aws.APIGatewayClient({ endpoint, region: 'eu-west-1', credentials });
  const { id: restApiId } = await client.send(new aws.CreateRestApiCommand({ name: 'pets' }));
  const { items } = await client.send(new aws.GetResourcesCommand({ restApiId }));
  const method = { restApiId, resourceId: items[0].id, httpMethod: 'GET' };
  await client.send(new aws.PutMethodCommand({ ...method, authorizationType: 'NONE' }));
  await client.send(new aws.PutIntegrationCommand({ ...method, type: 'MOCK' }));
  await client.send(new aws.CreateDeploymentCommand({ restApiId, stageName: 'prod' }));
  client.destroy();
  return restApiId;
};

const idle = { name: 'node -e 0', command: process.execPath, wordsOf: () => ['-e', '0'] };

const stageSet = (restApiId, url) => ({
  name: 'stage set API/STAGE',
  command: process.execPath,
  wordsOf: (text) => [program, 'set', `${restApiId}/prod`, '--description', text, '--endpoint-url', url],
  edits: true,
});

const updateStage = (command, restApiId, url) => ({
  name: 'aws apigateway update-stage',
  command,
  wordsOf: (text) => [
    ...['apigateway', 'update-stage', '--rest-api-id', restApiId, '--stage-name', 'prod'],
    ...['--patch-operations', `op=replace,path=/description,value=${text}`, '--endpoint-url', url],
  ],
  edits: true,
});

const run = ({ name, command, wordsOf, edits }, turn, options) => {
  const text = `edit ${turn}`;
  const start = performance.now();
  const child = spawnSync(command, wordsOf(text), { ...options, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const milliseconds = performance.now() - start;
  if (child.status !== 0) throw new Error(`${name} ended with ${child.status}: ${child.stderr}`);
  if (edits && !child.stdout.includes(text)) throw new Error(`${name} did not edit the stage: ${child.stdout}`);
  return milliseconds;
};

const measure = (cases, options) => {
  const times = takeTurns(rounds, warmUpRounds, (turn) => cases.map((each) => run(each, turn, options)));
  const rows = cases.map(({ name }, column) => ({
    name,
    milliseconds: medianOf(times, column),
    ratio: ratioOf(times, column, 0),
  }));
  return { rows, timesOf: (slow, fast) => ratioOf(times, slow, fast) };
};

const report = (title, rows) => {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const lines = rows.map(
    ({ name, milliseconds, ratio }) =>
      `${name.padEnd(width)}  ${ratio.toFixed(2).padStart(5)} x  ${milliseconds.toFixed(1).padStart(6)} ms`,
  );
  console.log(`${title}\n\n${lines.join('\n')}\n`);
};

const benchAgainstMoto = async (options) => {
  const aws = findTool('aws', '--version');
  const moto = findTool('moto_server', '--help');
  const missing = [...(aws ? [] : ['aws']), ...(moto ? [] : ['moto_server'])];
  if (missing.length > 0) {
    console.log(`SKIPPED: the comparison with the AWS CLI, since ${missing.join(' and ')} cannot be run here\n`);
    return [];
  }
  const url = await startMoto(moto, options);
  const restApiId = await makeStage(url);
  const { rows, timesOf } = measure([idle, stageSet(restApiId, url), updateStage(aws, restApiId, url)], options);
  report('a live stage of moto_server: stage asks and edits, which is two calls; the AWS CLI edits', rows);
  const times = timesOf(2, 1);
  const text = `stage set API/STAGE: at least 3.5 times as fast as aws apigateway update-stage (${times.toFixed(2)} times)`;
  return [{ holds: times >= 3.5, onlyOn: 24, text }];
};

const benchAgainstServe = async (folder, options) => {
  const restApiId = 'a1b2c3d4e5';
  mkdirSync(join(folder, 'apis', restApiId), { recursive: true });
  cpSync(join(__dirname, '../examples/prod.json'), join(folder, 'apis', restApiId, 'prod.json'));
  const { url } = await startServe(join(folder, 'apis'), options);
  const { rows } = measure([idle, stageSet(restApiId, url)], options);
  report('a live stage of stage serve', rows);
  const [, { ratio }] = rows;
  const text = `stage set API/STAGE: at most 5 x node -e 0 (${ratio.toFixed(2)} x)`;
  return [{ holds: ratio <= 5, onlyOn: 24, text }];
};

/** Measures, prints, and returns the claims. */
const bench = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stage-bench-'));
  // The search for a configuration ends at the folder that holds .git.
  mkdirSync(join(folder, '.git'));
  const options = { cwd: folder, env: environment(folder) };
  const leave = (signal) => process.exit(signal === 'SIGINT' ? 130 : 143);
  process.once('SIGINT', leave).once('SIGTERM', leave).once('exit', stopServers);
  try {
    console.log(`live edits: whole processes, medians of ${rounds} interleaved runs\n`);
    return [...(await benchAgainstServe(folder, options)), ...(await benchAgainstMoto(options))];
  } finally {
    stopServers();
    process.off('SIGINT', leave).off('SIGTERM', leave).off('exit', stopServers);
    rmSync(folder, { recursive: true, force: true });
  }
};

module.exports = { bench, environment, startServe, stopServers };
