/** Real processes: the server, its clients, and its shutdown. */
import { spawnSync } from 'node:child_process';
import { EventEmitter, on } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { folderOf } from '../serve/serving.js';
import { aStage } from '../stages.js';
import { removeFolders } from '../targets/processes.js';
import { testWith } from '../tools.js';
import { cleanEnvironment, type Ended, keysOfTest, program, runProgram, type Started, start } from './processes.js';

jest.setTimeout(240_000);

const restApiId = 'a1b2c3d4e5';
const prod = `${restApiId}/prod`;
const prodFile = `${prod}.json`;

interface Server extends Started {
  readonly url: string;
  readonly folder: string;
}

const servers: Started[] = [];

/** Starts `stage serve` in its own process. Resolves when it listens. */
const serve = async (...flags: readonly string[]): Promise<Server> => {
  const folder = folderOf({
    [`${restApiId}.json`]: { name: 'orders-api' },
    [prodFile]: aStage({ description: 'old', variables: { apiKey: 'hunter2' } }),
  });
  const started = start([process.execPath, program, 'serve', folder, '--port', '0', ...flags], cleanEnvironment);
  servers.push(started);
  const [url] = await started.told(/^http:\/\/127\.0\.0\.1:\d+$/m);
  return { ...started, url, folder };
};

afterEach(async () => {
  for (const { child } of servers) child.kill('SIGKILL');
  await Promise.all(servers.splice(0).map(({ ended }) => ended));
  for (const way of ways.splice(0)) way.close();
});

afterAll(removeFolders);

/** A proxy to a server. `passed` resolves when it has forwarded matching bytes. */
interface Way {
  readonly url: string;
  passed(pattern: RegExp): Promise<void>;
}

const ways: TcpServer[] = [];

const wayTo = async (url: string): Promise<Way> => {
  const passing = new EventEmitter();
  const way = createTcpServer((client) => {
    const server = connect(Number(new URL(url).port), '127.0.0.1');
    for (const socket of [client, server]) socket.on('error', () => undefined);
    client.on('data', (bytes) => server.write(bytes, () => passing.emit('passed', bytes.toString())));
    server.pipe(client);
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  });
  ways.push(way);
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(way.address() as AddressInfo).port}`,
    passed: async (pattern) => {
      for await (const [text] of on(passing, 'passed')) if (pattern.test(text)) return;
    },
  };
};

const held = ({ folder }: Server) => JSON.parse(readFileSync(join(folder, prodFile), 'utf8'));

const isFree = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => resolve(true));
    socket.on('connect', () => {
      socket.destroy();
      resolve(false);
    });
  });

test.each([
  ['SIGTERM', 0],
  ['SIGINT', 0],
] as const)('stage serve says where it is, is edited, and ends on %s', async (signal, code) => {
  const server = await serve();
  const edited = await runProgram(['set', prod, '--description', 'new', '--endpoint-url', server.url]);
  expect(edited).toEqual({
    code: 0,
    stdout: `${prod}\n  ~ description: old → new\nupdated ${prod}: 1 change\n`,
    stderr: '',
  });
  server.child.kill(signal);
  const { stdout, stderr, ...end } = await server.ended;
  expect(end).toEqual({ code });
  expect(stdout).toBe(`${server.url}\n`);
  expect(stderr).toMatch(
    /^Serves a1b2c3d4e5\/prod\.\naws apigateway get-stages --endpoint-url http:.*\nGET .*GetStage 200 .*\nPATCH .*UpdateStage 200 .*\n$/,
  );
  expect(await isFree(server.url)).toBe(true);
  expect(held(server).description).toBe('new');
});

test('stage serve ends while a client waits for it, and gives that client no wrong answer', async () => {
  const server = await serve('--fault', 'UpdateStage:hang', '--quiet');
  const way = await wayTo(server.url);
  const edit = runProgram(['set', prod, '--description', 'new', '--endpoint-url', way.url, '--timeout', '2']);
  await way.passed(/^PATCH /);
  // When a later request is answered, the server has started with the earlier ones.
  await fetch(`${server.url}/restapis`);
  server.child.kill('SIGTERM');
  expect(await server.ended).toEqual({ code: 0, stdout: `${server.url}\n`, stderr: '' });
  const { code, stderr } = await edit;
  expect([code, stderr]).toEqual([7, expect.stringContaining('unclear whether the update was applied')]);
  expect(held(server).description).toBe('old');
});

test.each([
  [['serve'], 'serve needs a folder'],
  [['serve', '/no/such/folder'], '/no/such/folder'],
  [['serve', '.', '--port', 'x'], '--port: expected a port from 0 to 65535, got x.'],
  [['serve', '.', '--port', '70000'], '--port: expected a port'],
  [['serve', '.', '--fault', 'Frob:409'], 'Frob is not served'],
  [['serve', '.', '--burst', '4'], '--burst needs --rate.'],
  [['serve', '.', '--rate', '0', '--port', '0'], '--rate: expected a number above 0'],
  [['serve', '.', '--cache-delay', 'x'], '--cache-delay: expected a time'],
])('stage %j is refused with 3', async (words, says) => {
  const { code, stdout, stderr } = await runProgram(words);
  expect({ code, stdout, stderr }).toEqual({ code: 3, stdout: '', stderr: expect.stringContaining(says) });
});

test('stage serve says that stages directly in its folder are not served', async () => {
  const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
  // As written in a URL.
  const host = hasIpv6 ? '[::1]' : '127.0.0.1';
  const server = start(
    [process.execPath, program, 'serve', 'examples', '--host', host, '--port', '0'],
    cleanEnvironment,
  );
  const [, url] = await server.told(/^(http.*)$/m);
  await server.told(/get-stages/);
  server.child.kill();
  const { stderr } = await server.ended;
  expect(url).toContain(`http://${host}:`);
  expect(stderr).toMatch(/^prod\.json: this is a stage; put it in the folder of its API: API\/STAGE\.json\.\n/);
  expect(stderr).toMatch(/^There are no stages in examples: they are read from examples\/API\/STAGE\.json\.\n/m);
});

test('a port in use is reported', async () => {
  const { url } = await serve();
  const { code, stderr } = await runProgram(['serve', '.', '--port', new URL(url).port]);
  expect([code, stderr]).toEqual([3, expect.stringContaining('the address is already in use.')]);
});

test('two hundred edits from eight processes are all applied', async () => {
  const server = await serve('--quiet');
  const names = Array.from({ length: 8 }, (_, writer) =>
    Array.from({ length: 25 }, (_, edit) => `/~1w${writer}~1e${edit}/GET/throttling/burstLimit`),
  );
  const flags = ['--endpoint-url', server.url, '--output', 'text', '--timeout', '230'];
  const write = async (paths: readonly string[]): Promise<readonly Ended[]> => {
    const runs: Ended[] = [];
    for (const path of paths)
      runs.push(await runProgram(['patch', prod, '--patch-operations', `op=replace,path=${path},value=7`, ...flags]));
    return runs;
  };
  const runs = (await Promise.all(names.map(write))).flat();
  expect(runs).toHaveLength(200);
  for (const { code } of runs) expect(code).toBe(0);
  expect(Object.keys(held(server).methodSettings)).toHaveLength(200);
});

test.each([
  [['get', prod, 'description'], 0],
  [['set', prod, '--description', 'new'], 0],
  [['set', prod, '--description', 'new', '--profile', 'none'], 4],
  [['promote-canary', prod], 5],
  [['list'], 0],
  [['set', `${restApiId}/none`, '--description', 'new'], 6],
] as const)('stage %j says nothing but our own words on stderr', async (words, code) => {
  const { url } = await serve('--quiet');
  const run = await runProgram([...words, '--endpoint-url', url], {
    ...keysOfTest,
    NODE_OPTIONS: '--trace-deprecation --trace-warnings',
  });
  expect(run.code).toBe(code);
  expect(run.stderr.replace(/^stage: .*\n/gm, '')).toBe('');
});

test('an interrupted edit reports what is known about it', async () => {
  const server = await serve('--fault', 'UpdateStage:hang', '--quiet');
  const way = await wayTo(server.url);
  const words = [process.execPath, program, 'set', prod, '--description', 'new', '--endpoint-url', way.url] as const;
  const edit = start(words, { ...cleanEnvironment, ...keysOfTest });
  await way.passed(/^PATCH /);
  edit.child.kill('SIGINT');
  const { code, stderr } = await edit.ended;
  expect([code, stderr]).toEqual([130, expect.stringContaining('unclear whether the update was applied')]);
});

test('an https address that does not speak TLS is reported', async () => {
  const { url } = await serve('--quiet');
  const https = url.replace('http:', 'https:');
  const { code, stderr } = await runProgram(['get', prod, '--endpoint-url', https]);
  expect([code, stderr]).toEqual([
    7,
    `stage: ${https} does not speak HTTPS.\nstage: ${prod}: Is it http:// instead?\n`,
  ]);
});

const works = (command: string, ...words: readonly string[]): boolean =>
  spawnSync(command, words, { env: cleanEnvironment as NodeJS.ProcessEnv }).status === 0;

const testWithOpenssl = testWith(
  'openssl',
  works('openssl', 'version'),
  'stage over https',
  'openssl is not to be found',
);

testWithOpenssl('over https, --ca-bundle and AWS_CA_BUNDLE say whom to trust, and nobody else is', async () => {
  const folder = folderOf({});
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2'];
  expect(works('openssl', ...request, '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1')).toBe(true);
  const body = JSON.stringify({ stageName: 'prod', description: 'over https' });
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) =>
    response.end(body),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = ['--endpoint-url', `https://127.0.0.1:${(server.address() as AddressInfo).port}`];
  const get = ['get', prod, 'description', ...endpoint];
  const trusted = { code: 0, stdout: 'over https\n', stderr: '' };
  expect(await runProgram([...get, '--ca-bundle', cert])).toEqual(trusted);
  expect(await runProgram(get, { ...keysOfTest, AWS_CA_BUNDLE: cert })).toEqual(trusted);
  const refused = await runProgram(get);
  expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('give that with --ca-bundle.')]);
  server.closeAllConnections();
  server.close();
});

const what = 'the AWS CLI and boto3 beside stage on one served stage';
const testWithAws = testWith('awscli', works('aws', '--version'), what, 'aws is not to be found (pip install awscli)');
const testWithBoto3 = testWith(
  'awscli',
  works('python3', '-c', 'import boto3'),
  what,
  'python3 finds no module boto3 (pip install boto3)',
);

const environment = { ...cleanEnvironment, ...keysOfTest };

testWithAws('the AWS CLI reads what stage wrote, and stage what the AWS CLI wrote', async () => {
  const { url } = await serve('--quiet');
  const named = ['--rest-api-id', restApiId, '--stage-name', 'prod', '--endpoint-url', url];
  const aws = (...words: readonly string[]) =>
    start(['aws', 'apigateway', ...words, ...named, '--output', 'json'], environment).ended;
  expect(await runProgram(['set', prod, '--variable', 'color=blue', '--endpoint-url', url])).toMatchObject({ code: 0 });
  expect(JSON.parse((await aws('get-stage')).stdout)).toMatchObject({ variables: { color: 'blue' } });
  const operation = 'op=replace,path=/description,value=theirs';
  expect(await aws('update-stage', '--patch-operations', operation)).toMatchObject({ code: 0 });
  expect(await runProgram(['get', 'description', ...named])).toMatchObject({ code: 0, stdout: 'theirs\n' });
  const same = ['patch', ...named, '--patch-operations', 'op=replace,path=/description,value=ours', '--no-cli-pager'];
  expect(await runProgram(same)).toMatchObject({ code: 0, stdout: expect.stringContaining('"ours"') });
});

testWithBoto3('boto3 reads what stage wrote', async () => {
  const { url } = await serve('--quiet');
  expect(await runProgram(['set', prod, '--tracing-enabled', '--endpoint-url', url])).toMatchObject({ code: 0 });
  const script = `import boto3, sys
client = boto3.client("apigateway", endpoint_url=sys.argv[1])
print(client.get_stage(restApiId="${restApiId}", stageName="prod")["tracingEnabled"])`;
  expect(await start(['python3', '-c', script, url], environment).ended).toMatchObject({ code: 0, stdout: 'True\n' });
});
