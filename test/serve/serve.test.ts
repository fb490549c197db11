/** The server: which requests it answers, what it reads and writes, and how it ends. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { StageError } from '../../src/stage/problem.js';
import { aStage } from '../stages.js';
import { testIf } from '../tools.js';
import { ask, type Serving, startServing, stopServing } from './serving.js';

afterEach(stopServing);

const api = 'a1b2c3d4e5';
const path = `/restapis/${api}/stages/prod`;
const files = { [`${api}/prod.json`]: aStage({ description: 'old' }) };

const describing = (value: string) => ({ patchOperations: [{ op: 'replace', path: '/description', value }] });

describe('an answer', () => {
  test('is JSON, with its own request id', async () => {
    const server = await startServing(files);
    const { headers } = await ask(server, 'GET', path);
    expect(headers).toMatchObject({ 'content-type': 'application/json' });
    expect(headers['x-amzn-requestid']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect((await ask(server, 'GET', path)).headers['x-amzn-requestid']).not.toBe(headers['x-amzn-requestid']);
  });

  test.each([
    ['GET', '/nothing'],
    ['OPTIONS', path],
    ['GET', `/restapis/${api}/authorizers`],
    ['POST', '/restapis'],
    ['PUT', '/tags/arn:aws:apigateway:eu-west-1::/restapis/a/stages/b'],
  ])('to %s %s says that it is not served, with an error that no client retries', async (method, asked) => {
    const reply = await ask(await startServing(files), method, asked);
    const message = `stage serve does not answer ${method} ${asked}. It answers GetAccount, GetRestApis, `;
    expect(reply).toMatchObject({ status: 400, error: 'NotImplementedException' });
    expect(reply.body['message']).toContain(message);
    expect(reply.headers['x-amzn-errormessage']).toBe(reply.body['message']);
  });

  test.each([
    ['{', 'The body is not a JSON object.'],
    ['[]', 'The body is not a JSON object.'],
    ['"x"', 'The body is not a JSON object.'],
    ['{"patchOperations":{}}', 'patchOperations: expected a list'],
  ])('to the body %s says what is wrong', async (body, message) => {
    const reply = await ask(await startServing(files), 'PATCH', path, body);
    expect(reply).toMatchObject({ status: 400, error: 'SerializationException', body: { message } });
  });

  test('to a body that is not UTF-8 is a refusal, and nothing is written', async () => {
    const server = await startServing(files);
    const body = Buffer.from(JSON.stringify(describing('caf\u00e9')), 'latin1');
    const reply = await fetch(`${server.url}${path}`, { method: 'PATCH', body });
    expect([reply.status, await reply.json()]).toEqual([400, { message: 'The body is not UTF-8.' }]);
    expect(server.file(`${api}/prod.json`)).toEqual(files[`${api}/prod.json`]);
  });

  test('to a whole URL, as sent to proxies, is the same as to its path', async () => {
    const server = await startServing(files);
    expect(await ask(server, 'GET', `${server.url}${path}`)).toMatchObject({
      status: 200,
      body: { description: 'old' },
    });
  });

  test('to GetDeployment covers every deployment that was made, even if no file lists it', async () => {
    const server = await startServing(files);
    const made = await ask(server, 'POST', `/restapis/${api}/deployments`, { description: 'by hand' });
    expect(made).toMatchObject({ status: 201, body: { description: 'by hand' } });
    const found = await ask(server, 'GET', `/restapis/${api}/deployments/${made.body['id']}`);
    expect(found).toMatchObject({ status: 200, body: made.body });
    const { body } = await ask(server, 'GET', `/restapis/${api}/deployments`);
    expect(body['item']).toEqual([{ id: 'dep1', createdDate: expect.anything() }, made.body]);
  });

  test.each<[string, unknown, string]>([
    [
      'a list with an item that is not an operation',
      [null],
      'Operation 1 of the patch cannot be read: expected an object',
    ],
    ['shorthand', ['op=remove,path=/variables/x'], 'Operation 1 of the patch cannot be read: expected an object'],
    ['a test', [{ op: 'test', path: '/description', value: 'old' }], 'test at /description'],
  ])('to %s is a refusal', async (_, patchOperations, sentence) => {
    const reply = await ask(await startServing(files), 'PATCH', path, { patchOperations });
    expect(reply).toMatchObject({ status: 400, error: 'BadRequestException' });
    expect(reply.body['message']).toContain(sentence);
  });

  test('has doubles with a fraction, and integers without', async () => {
    const stage = aStage({
      canarySettings: { percentTraffic: 10, deploymentId: 'dep2' },
      methodSettings: {
        '*/*': { throttlingRateLimit: 5, throttlingBurstLimit: 5 },
        'a/GET': { throttlingRateLimit: 0.5 },
      },
      variables: { percentTraffic: '10' },
    });
    const server = await startServing({ [`${api}/prod.json`]: stage });
    for (const asked of [path, `/restapis/${api}/stages`]) {
      const { text } = await ask(server, 'GET', asked);
      expect(text).toContain('"percentTraffic":10.0');
      expect(text).toContain('"throttlingRateLimit":5.0,"throttlingBurstLimit":5}');
      expect(text).toContain('"throttlingRateLimit":0.5');
      expect(text).toContain('"variables":{"percentTraffic":"10"}');
    }
    expect((await ask(server, 'GET', '/account')).text).toContain('{"burstLimit":5000,"rateLimit":10000.0}');
  });

  test('to more operations than one call accepts is an immediate refusal', async () => {
    const server = await startServing(files);
    const update = (count: number) =>
      ask(server, 'PATCH', path, { patchOperations: Array.from({ length: count }, () => ({ op: 'x' })) });
    expect(await update(1001)).toMatchObject({
      status: 400,
      error: 'BadRequestException',
      body: { message: 'Update size too large. Try updating stage in multiple UpdateStage operations' },
    });
    expect(await update(1000)).toMatchObject({ error: 'ValidationException' });
    const variables = Object.fromEntries(Array.from({ length: 40_000 }, (_, index) => [`v${index}`, 'x']));
    await update(40_000);
    const created = await ask(server, 'POST', `/restapis/${api}/stages`, {
      stageName: 'a',
      deploymentId: 'b',
      variables,
    });
    expect([created.status, created.body['message']]).toEqual([400, expect.stringContaining('Update size too large')]);
  });

  test.each<[object, string]>([
    [{ stageName: 5 }, 'stageName: expected a string, got a number'],
    [{ variables: { color: 1 } }, 'variables.color: expected a string, got a number'],
    [{ canarySettings: [] }, 'canarySettings: expected an object, got an array'],
    [{ tracingEnabled: 'true' }, 'tracingEnabled: expected a boolean, got a string'],
  ])('to a new stage %j says what is wrong', async (members, message) => {
    const body = { stageName: 'dev', deploymentId: 'dep1', ...members };
    const reply = await ask(await startServing(files), 'POST', `/restapis/${api}/stages`, body);
    expect(reply).toMatchObject({ status: 400, error: 'SerializationException', body: { message } });
  });

  test.each(['limit=0', 'limit=x', 'limit=', 'position=nope'])('to a page with %s is a refusal', async (query) => {
    const reply = await ask(await startServing(files), 'GET', `/restapis?${query}`);
    expect(reply).toMatchObject({ status: 400, error: 'BadRequestException' });
  });

  test('keeps the content and the layout of an API file', async () => {
    const text = '{ "name": "orders", "deployments": [ { "id": "dep1" } ], "version": "7" }\n';
    const server = await startServing({ ...files, [`${api}.json`]: text });
    expect((await ask(server, 'GET', `/restapis/${api}`)).body).toMatchObject({
      id: api,
      name: 'orders',
      version: '7',
    });
    const { body } = await ask(server, 'POST', `/restapis/${api}/deployments`, {});
    const written = server.file(`${api}.json`) as object;
    expect(written).toMatchObject({ name: 'orders', version: '7', deployments: [{ id: 'dep1' }, { id: body['id'] }] });
    expect(Object.keys(written)).toEqual(['name', 'deployments', 'version']);
  });

  test('names a broken stage file by its path in the folder', async () => {
    const server = await startServing({
      [`${api}/prod.json`]: '{"description":}',
      'broken.json': '{',
      'odd.json': '{"deployments":[1]}',
      'twice.json': '{"name":"a","name":"b"}',
    });
    const messageOf = async (asked: string) => (await ask(server, 'GET', asked)).body['message'];
    expect(await messageOf(path)).toMatch(`${api}/prod.json: line 1, column 16: expected`);
    expect(await messageOf('/restapis/broken')).toMatch(/^broken\.json: line 1, column 2: expected /);
    expect(await messageOf('/restapis/twice')).toMatch(/^twice\.json: line 1, column 13: .*"name"/);
    expect(await messageOf('/restapis/odd')).toBe(
      'odd.json: deployments: expected a list of objects, each with an id.',
    );
    expect((await ask(server, 'GET', path)).status).toBe(500);
  });

  test('says at the start which files cannot be read, and lists only the others', async () => {
    const server = await startServing({ 'a.json': '{', 'b.json': {}, 'b/prod.json': '[', 'b/dev.json': aStage() });
    expect(server.targets).toEqual(['b/dev']);
    expect(server.lines).toEqual([
      expect.stringMatching(/^a\.json: line 1, column 2: expected /),
      expect.stringMatching(/^b\/prod\.json: line 1, column 2: expected /),
    ]);
  });

  test('lists the stages with valid files, and logs a broken file', async () => {
    const server = await startServing({ ...files, [`${api}/odd.json`]: '{"description":}' });
    const { status, body } = await ask(server, 'GET', `/restapis/${api}/stages`);
    expect([status, body['item']]).toEqual([200, [expect.objectContaining({ stageName: 'prod' })]]);
    expect(server.lines[0]).toMatch(`${api}/odd.json: line 1, column 16: expected`);
    expect((await ask(server, 'GET', `/restapis/${api}/stages/odd`)).status).toBe(500);
  });

  test('lists the APIs with valid files, and logs a broken file', async () => {
    const server = await startServing({ ...files, 'odd.json': '{', 'odd/prod.json': aStage() });
    const { status, body } = await ask(server, 'GET', '/restapis');
    expect([status, body['item']]).toEqual([200, [expect.objectContaining({ id: api })]]);
    expect(server.lines[0]).toMatch('odd.json: line 1, column 2: expected');
    expect((await ask(server, 'GET', '/restapis/odd')).status).toBe(500);
  });

  testIf(process.platform !== 'win32', 'Windows has no FIFOs')('does not wait for FIFOs', async () => {
    const server = await startServing(files);
    execFileSync('mkfifo', [join(server.folder, api, 'pipe.json'), join(server.folder, 'pipe.json')]);
    expect((await ask(server, 'GET', `/restapis/${api}/stages/pipe`)).status).toBe(404);
    expect((await ask(server, 'GET', '/restapis/pipe')).status).toBe(404);
    expect((await ask(server, 'GET', `/restapis/${api}/stages`)).body['item']).toHaveLength(1);
  });

  test('is logged in one line, in which nothing acts on a terminal', async () => {
    const server = await startServing(files);
    await ask(server, 'GET', `${path}?x=secret`);
    await ask(server, 'PATCH', `${path}%1b%5b2J`, describing('x'));
    await ask(server, 'GET', '/restapis/nope');
    expect(server.lines).toEqual([
      expect.stringMatching(/^GET \/restapis\/a1b2c3d4e5\/stages\/prod GetStage 200 \d+ms$/),
      expect.stringMatching(
        /^PATCH \/restapis\/a1b2c3d4e5\/stages\/prod%1b%5b2J UpdateStage 404 NotFoundException \d+ms$/,
      ),
      expect.stringMatching(/^GET \/restapis\/nope GetRestApi 404 NotFoundException \d+ms$/),
    ]);
  });

  test('does not depend on who signed the request', async () => {
    const server = await startServing(files);
    expect((await ask(server, 'GET', path, undefined, { authorization: 'anything' })).status).toBe(200);
  });
});

describe('no path leads out of the folder', () => {
  const serving = async (): Promise<Serving> => {
    const server = await startServing({ ...files, 'served/api/inner.json': aStage() });
    const outside = join(dirname(server.folder), `outside-${process.pid}`);
    mkdirSync(outside, { recursive: true });
    writeFileSync(join(outside, 'prod.json'), '{"description":"secret"}');
    writeFileSync(`${outside}.json`, '{"name":"secret"}');
    symlinkSync(outside, join(server.folder, 'linked'));
    symlinkSync(`${outside}.json`, join(server.folder, 'linkedapi.json'));
    symlinkSync(join(outside, 'prod.json'), join(server.folder, api, 'linked.json'));
    symlinkSync('loop.json', join(server.folder, api, 'loop.json'));
    symlinkSync('nowhere.json', join(server.folder, api, 'dangling.json'));
    return server;
  };

  const name = `outside-${process.pid}`;
  test.each([
    `/restapis/..%2f${name}/stages/prod`,
    `/restapis/../${name}/stages/prod`,
    `/restapis/%2e%2e/stages/${name}`,
    `/restapis/${api}/stages/..%2F..%2F${name}%2Fprod`,
    `/restapis/${api}/stages/..%5c..%5c${name}%5cprod`,
    `/restapis/${api}/stages/prod%00`,
    `/restapis/${api}/stages/prod.json`,
    `/restapis/${api}/stages/%70rod%`,
    `/restapis/${api}/stages/PROD`,
    `/restapis/${api}/stages/${'a'.repeat(200)}`,
    `/restapis/${api}/stages/.prod`,
    `/restapis/${api}/stages/__proto__`,
    `/restapis/${api}/stages/linked`,
    `/restapis/${api}/stages/loop`,
    `/restapis/${api}/stages/dangling`,
    '/restapis/linked/stages/prod',
    '/restapis/linkedapi',
    '/restapis/served%2Fapi/stages/inner',
    '/restapis/served/api/stages/inner',
    '/restapis//stages/prod',
    `//restapis/${api}/stages/prod`,
    `http://127.0.0.1/restapis/../${name}/stages/prod`,
    `http://127.0.0.1/restapis/linked/stages/prod`,
    `file:///restapis/${api}/stages/prod`,
  ])('%s', async (attack) => {
    const server = await serving();
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const reply = await ask(server, method, attack, method === 'PATCH' ? describing('x') : undefined);
      // 400 if the path is that of an operation that is not served.
      expect([400, 404]).toContain(reply.status);
      expect(reply.text).not.toContain('secret');
    }
  });

  test('not even to create a file, and no link is replaced', async () => {
    const server = await serving();
    const create = (id: string, stageName: string) =>
      ask(server, 'POST', `/restapis/${id}/stages`, { stageName, deploymentId: 'dep1' });
    expect((await create('linked', 'evil')).status).toBe(404);
    expect((await create(api, '../evil')).status).toBe(400);
    expect((await create(api, 'dangling')).status).toBe(409);
    expect((await create(api, 'linked')).status).toBe(409);
    expect((await ask(server, 'GET', '/restapis')).text).not.toContain('linked');
    expect((await ask(server, 'GET', `/restapis/${api}/stages`)).body['item']).toHaveLength(1);
  });

  test('a link that stays inside is followed', async () => {
    const server = await startServing(files);
    symlinkSync('prod.json', join(server.folder, api, 'live.json'));
    const reply = await ask(server, 'PATCH', `/restapis/${api}/stages/live`, describing('new'));
    expect(reply.body).toMatchObject({ stageName: 'live', description: 'new' });
    expect(server.file(`${api}/prod.json`)).toMatchObject({ description: 'new' });
  });
});

test('a folder with thousands of other files is served promptly', async () => {
  const others = Object.fromEntries(Array.from({ length: 4000 }, (_, index) => [`file${index}`, '']));
  const started = Date.now();
  const server = await startServing({ ...others, ...files });
  expect(server.targets).toEqual([`${api}/prod`]);
  expect((await ask(server, 'GET', '/restapis')).body['item']).toHaveLength(1);
  // It took 15 seconds while the folder was listed for every name in it.
  expect(Date.now() - started).toBeLessThan(6000);
});

describe('only programs on this machine are answered', () => {
  test.each<[string, number]>([
    ['localhost', 200],
    ['LOCALHOST:1', 200],
    ['127.0.0.1:4568', 200],
    ['[::1]:4568', 200],
    ['evil.example', 403],
    ['localhost.evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['0.0.0.0', 403],
  ])('a request to the host %j is answered with %d', async (host, status) => {
    const reply = await ask(await startServing(files), 'GET', path, undefined, { host });
    expect(reply.status).toBe(status);
    if (status === 403) expect(reply.error).toBe('AccessDeniedException');
  });

  test('the refusal lists each allowed address once', async () => {
    const reply = await ask(await startServing(files), 'GET', path, undefined, { host: 'evil.example' });
    expect(reply.body['message']).toBe(
      'Host: expected one of localhost, 127.0.0.1, [::1]. Start with --allow-host NAME to allow another.',
    );
  });

  test('and clients that use an allowed name', async () => {
    const server = await startServing(files, { allowedHosts: ['Stages'] });
    expect((await ask(server, 'GET', path, undefined, { host: 'stages:4568' })).status).toBe(200);
    expect((await ask(server, 'GET', path, undefined, { host: 'other:4568' })).status).toBe(403);
  });

  test('but no page in a browser', async () => {
    const server = await startServing(files);
    const headers = { origin: 'http://127.0.0.1:8080', 'content-type': 'text/plain' };
    const reply = await ask(server, 'POST', `/restapis/${api}/deployments`, { stageName: 'prod' }, headers);
    expect(reply).toMatchObject({ status: 403, error: 'AccessDeniedException' });
    expect(server.file(`${api}/prod.json`)).toEqual(files[`${api}/prod.json`]);
  });

  const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
  testIf(hasIpv6, 'the machine has no IPv6')('an IPv6 client too', async () => {
    const server = await startServing(files, { host: '::1' });
    expect(server.url).toBe(`http://[::1]:${server.port}`);
    expect((await fetch(`${server.url}${path}`)).status).toBe(200);
  });

  test('and clients at the address that it was bound to', async () => {
    const server = await startServing(files, { host: '0.0.0.0' });
    const url = `0.0.0.0:${server.port}`;
    expect(server.url).toBe(`http://${url}`);
    expect((await ask(server, 'GET', path, undefined, { host: url })).status).toBe(200);
    expect((await ask(server, 'GET', path, undefined, { host: 'evil.example' })).status).toBe(403);
  });
});

/** Sends raw bytes, and resolves to everything received until the connection ends. */
const sendRaw = (server: Serving, text: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
    let all = '';
    socket.on('data', (chunk: Buffer) => {
      all += chunk.toString();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(all));
  });

describe('a client that exceeds a limit', () => {
  test('of the body size is told so, and nothing is kept', async () => {
    const server = await startServing(files);
    const reply = await ask(server, 'PATCH', path, describing('x'.repeat(2_000_000)));
    expect(reply).toMatchObject({ status: 413, error: 'RequestEntityTooLargeException' });
    expect(reply.body['message']).toMatch(/^The body has 2000\d\d\d bytes; the limit is 1048576\.$/);
    expect((await ask(server, 'PATCH', path, describing('x'))).status).toBe(200);
  });

  test.each([
    ['headers', `GET ${path} HTTP/1.1\r\nHost: localhost\r\nX-Slow: `],
    ['body', `PATCH ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"patch`],
  ])('of time for its %s is disconnected', async (_, text) => {
    const server = await startServing(files, { timeouts: { headersTimeout: 300, requestTimeout: 600 } });
    expect(await sendRaw(server, text)).toMatch(/^HTTP\/1\.1 408 |^$/);
    expect((await ask(server, 'GET', path)).status).toBe(200);
  });

  test('of the protocol is refused', async () => {
    const server = await startServing(files);
    expect(await sendRaw(server, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    const closing = `GET ${path} HTTP/1.1\r\nConnection: close\r\n`;
    expect(await sendRaw(server, `${closing}\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
    expect(await sendRaw(server, `${closing}Host:\r\n\r\n`)).toMatch(/^HTTP\/1\.1 403 /);
  });
});

describe('many at once', () => {
  const setOver = (server: Serving, agent: Agent, index: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: server.port, method: 'PATCH', path, agent }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      });
      sent.on('error', reject);
      const operation = { op: 'replace', path: `/~1r${index}/GET/throttling/burstLimit`, value: String(index) };
      sent.end(JSON.stringify({ patchOperations: [operation] }));
    });

  test('two hundred edits of one stage from eight connections are all applied', async () => {
    const server = await startServing(files);
    const agents = Array.from({ length: 8 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    const edits = Array.from({ length: 25 }, (_, round) =>
      agents.map((agent, index) => setOver(server, agent, round * agents.length + index)),
    ).flat();
    expect(new Set(await Promise.all(edits))).toEqual(new Set([200]));
    for (const agent of agents) agent.destroy();
    const { methodSettings } = server.file(`${api}/prod.json`) as { methodSettings: object };
    expect(methodSettings).toMatchObject(
      Object.fromEntries(
        Array.from({ length: 200 }, (_, index) => [`~1r${index}/GET`, { throttlingBurstLimit: index }]),
      ),
    );
  }, 60_000);
});

describe('the shutdown', () => {
  test('follows the signal, after writes in progress are finished', async () => {
    const interrupted = new AbortController();
    const server = await startServing(files, {
      faults: 'UpdateStage:slow=9000',
      world: { signal: interrupted.signal },
    });
    const reply = ask(server, 'PATCH', path, describing('new'));
    const stuck = sendRaw(server, `PATCH ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{`);
    // When this request is answered, the server has started to handle the other two.
    await ask(server, 'GET', path);
    interrupted.abort('SIGTERM');
    await server.closed;
    expect((await reply).status).toBe(200);
    expect(await stuck).toBe('');
    expect(server.file(`${api}/prod.json`)).toMatchObject({ description: 'new' });
    await expect(ask(server, 'GET', path)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('is immediate if the signal was given before the start', async () => {
    const server = await startServing(files, { world: { signal: AbortSignal.abort('SIGINT') } });
    await server.closed;
    await expect(ask(server, 'GET', path)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('can be repeated, and does not wait for a keep-alive connection', async () => {
    const server = await startServing(files);
    const agent = new Agent({ keepAlive: true });
    await new Promise((resolve) =>
      request({ host: '127.0.0.1', port: server.port, path, agent }, (response) => {
        response.resume().on('end', resolve);
      }).end(),
    );
    await Promise.all([server.close(), server.close()]);
    agent.destroy();
  });
});

describe('the start', () => {
  test('reports which stages are served', async () => {
    const { targets } = await startServing({ ...files, 'prod.json': aStage(), 'abc.json': { name: 'x' } });
    expect(targets).toEqual([`${api}/prod`]);
  });

  const failureOf = async (start: Promise<unknown>): Promise<StageError> => {
    const error: unknown = await start.then(
      () => new Error('it started'),
      (reason: unknown) => reason,
    );
    if (error instanceof StageError) return error;
    throw error;
  };

  test('is refused if the folder is missing or a file', async () => {
    const missing = await failureOf(startServing(files, { folder: 'nope' }));
    expect(missing).toMatchObject({ kind: 'file', message: 'nope: no such folder.' });
    const file = await failureOf(startServing(files, { folder: `${api}/prod.json` }));
    expect(file).toMatchObject({ kind: 'file', message: `${api}/prod.json: is a file; expected a folder.` });
  });

  test('is refused if another program uses the port', async () => {
    const { port } = await startServing(files);
    const failure = await failureOf(startServing(files, { port }));
    expect(failure).toMatchObject({
      kind: 'usage',
      message: `127.0.0.1:${port}: the address is already in use. Choose another port with --port.`,
    });
  });
});
