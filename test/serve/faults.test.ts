import { type FaultRule, newStrike, parseFaults } from '../../src/serve/faults.js';
import { aStage } from '../stages.js';
import { runStage } from '../world.js';
import { ask, type Serving, type ServingOptions, startServing, stopServing } from './serving.js';

afterEach(stopServing);

describe('the grammar', () => {
  test('is explained in the help, with every kind', async () => {
    const { stdout } = await runStage('serve --help');
    for (const kind of [
      'OPERATION:KIND[xN][@WHEN]',
      'slow=MILLISECONDS',
      '403',
      'expired',
      '409',
      '429',
      '500',
      '503',
      'reset',
      'reset-after',
      'truncate',
      'hang',
    ])
      expect(stdout).toContain(kind);
  });

  const rule: FaultRule = { operation: '*', kind: 'hang', milliseconds: 0, from: 1, percent: 100, times: Infinity };
  test.each<[string, Partial<FaultRule>]>([
    ['UpdateStage:409', { operation: 'UpdateStage', kind: '409' }],
    ['UpdateStage:409x3', { operation: 'UpdateStage', kind: '409', times: 3 }],
    ['GetStage:429@10%', { operation: 'GetStage', kind: '429', percent: 10 }],
    ['*:reset@1', { kind: 'reset', times: 1 }],
    ['*:reset-afterx2@3', { kind: 'reset-after', from: 3, times: 2 }],
    ['*:truncate@0.5%', { kind: 'truncate', percent: 0.5 }],
    ['*:slow=250x2', { kind: 'slow', milliseconds: 250, times: 2 }],
    ['*:hang', {}],
    [' *:expired ', { kind: 'expired' }],
  ])('%s is parsed', (text, members) => expect(parseFaults(text)).toEqual([{ ...rule, ...members }]));

  test('reads several rules in order', () => {
    expect(parseFaults('UpdateStage:409x3,GetStage:429@10%,UpdateStage:reset@1')).toHaveLength(3);
  });

  const expected = 'expected OPERATION:KIND[xN][@N or @P%], such as UpdateStage:409x3; KIND is 403, 409, ';
  test.each([
    ...['', '409', ':409', '*:404', '*:slow', '*:409@0', '*:409@101%', '*:409@x', '*:409x0'].map((text) => [
      text,
      expected,
    ]),
    ['updatestage:409', 'updatestage is not served; expected * or one of GetAccount, GetRestApis, '],
    ['GetAuthorizers:409', 'GetAuthorizers is not served; expected * or one of GetAccount, GetRestApis, '],
  ])('%j is refused', (text, sentence) => expect(() => parseFaults(text)).toThrow(`--fault ${text}: ${sentence}`));

  test('reports all errors together', () => {
    const refused = () => parseFaults('Frob:409,*:409,*:nope');
    expect(refused).toThrow(
      expect.objectContaining({ kind: 'usage', problems: [expect.anything(), expect.anything()] }),
    );
  });
});

describe('rules', () => {
  const hits = (text: string, requests: readonly string[], random = () => 0) => {
    const strike = newStrike(parseFaults(text), random);
    return requests.map((operation) => strike(operation)?.kind ?? '-').join(' ');
  };
  const five = Array.from({ length: 5 }, () => 'GetStage');

  test.each([
    ['GetStage:hang', 'hang hang hang hang hang'],
    ['GetStage:hangx2', 'hang hang - - -'],
    ['GetStage:hang@2', '- hang - - -'],
    ['GetStage:hangx2@3', '- - hang hang -'],
    ['UpdateStage:hang', '- - - - -'],
    ['*:hangx1,GetStage:resetx2', 'hang reset reset - -'],
    ['GetStage:hangx1,GetStage:resetx1', 'hang reset - - -'],
    ['GetStage:hang@1,GetStage:reset@2', 'hang reset - - -'],
  ])('%s', (text, expected) => {
    // A later rule has counted the request as seen, but not as a hit.
    const kinds = hits(text, five);
    expect(kinds).toBe(expected);
  });

  test('a percentage hits that share of the requests', () => {
    const randoms = [0.05, 0.5, 0.0999, 0.1, 0.99];
    expect(hits('GetStage:hang@10%', five, () => randoms.shift() ?? 1)).toBe('hang - hang - -');
  });
});

const path = '/restapis/a1b2c3d4e5/stages/prod';
const edit = { patchOperations: [{ op: 'replace', path: '/description', value: 'new' }] };

const serving = (faults: string, options: ServingOptions = {}) =>
  startServing({ 'a1b2c3d4e5/prod.json': aStage({ description: 'old' }) }, { faults, ...options });

const update = (server: Serving) => ask(server, 'PATCH', path, edit);
const descriptionIn = (server: Serving) => (server.file('a1b2c3d4e5/prod.json') as { description: string }).description;
const failureOf = (answer: Promise<unknown>) =>
  answer.then(
    () => 'answered',
    ({ code }: NodeJS.ErrnoException) => code,
  );

describe('a fault on the wire', () => {
  test.each([
    [
      '409',
      409,
      'ConflictException',
      'Unable to complete operation due to concurrent modification. Please try again later.',
    ],
    ['429', 429, 'TooManyRequestsException', 'Too Many Requests'],
    ['500', 500, 'InternalServerErrorException', 'Internal server error'],
    ['503', 503, 'ServiceUnavailableException', 'Service Unavailable'],
    ['expired', 403, 'ExpiredTokenException', 'The security token included in the request is expired'],
    [
      '403',
      403,
      'AccessDeniedException',
      'User: arn:aws:iam::000000000000:user/stage is not authorized to perform: apigateway:PATCH on resource: ' +
        `arn:aws:apigateway:us-east-1::${path} because no identity-based policy allows the apigateway:PATCH action`,
    ],
  ])('%s is an error, once', async (kind, code, error, message) => {
    const server = await serving(`UpdateStage:${kind}@1`);
    const refused = await update(server);
    expect(refused.headers['x-amzn-errormessage']).toBe(message);
    expect(refused).toMatchObject({ status: code, error, body: { message } });
    expect(refused.headers['retry-after']).toBe(code === 429 || code === 503 ? '1' : undefined);
    expect(descriptionIn(server)).toBe('old');
    expect((await update(server)).status).toBe(200);
    expect(descriptionIn(server)).toBe('new');
    expect(server.lines[0]).toMatch(new RegExp(`${code} ${error} \\(fault: ${kind}\\) \\d+ms$`));
    expect(server.lines[1]).not.toContain('fault');
  });

  test('403 names the region that the request was signed for', async () => {
    const server = await serving('*:403');
    const authorization =
      'AWS4-HMAC-SHA256 Credential=AKID/20260131/eu-west-1/apigateway/aws4_request, SignedHeaders=host';
    const { body } = await ask(server, 'GET', path, undefined, { authorization });
    expect(body['message']).toContain(` on resource: arn:aws:apigateway:eu-west-1::${path} because`);
  });

  test.each([
    ['reset', 'old'],
    ['reset-after', 'new'],
    ['truncate', 'new'],
  ])('%s breaks the connection, and leaves the description %s', async (kind, description) => {
    const server = await serving(`UpdateStage:${kind}@1`);
    expect(await failureOf(update(server))).toBe('ECONNRESET');
    expect(descriptionIn(server)).toBe(description);
    expect((await update(server)).status).toBe(200);
    expect(server.lines[0]).toContain(`(fault: ${kind})`);
  });

  test('hang does not answer or act until the server stops', async () => {
    const server = await serving('UpdateStage:hang@1');
    const failure = failureOf(update(server));
    expect((await ask(server, 'GET', path)).status).toBe(200);
    await server.close();
    expect(await failure).toBe('ECONNRESET');
    expect(descriptionIn(server)).toBe('old');
  });

  test('slow answers later', async () => {
    const server = await serving('UpdateStage:slow=150@1');
    const started = performance.now();
    expect((await update(server)).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThan(140);
  });
});

describe('the quota', () => {
  test('is refused if its burst would never reach one request', async () => {
    const { code, stderr } = await runStage('serve . --rate 10 --burst 0.5');
    expect([code, stderr]).toEqual([3, expect.stringContaining('--burst: expected a number from 1')]);
  });

  test('allows a burst, then a rate, and says when to retry', async () => {
    let time = 1_800_000_000_000;
    const server = await serving('GetStages:500', { quota: { rate: 10, burst: 4 }, world: { now: () => time } });
    const statuses = async (count: number) => {
      const answers = [];
      for (let index = 0; index < count; index++) answers.push(await ask(server, 'GET', path));
      return answers.map(({ status: code }) => code).join(' ');
    };
    expect(await statuses(6)).toBe('200 200 200 200 429 429');
    time += 200;
    expect(await statuses(3)).toBe('200 200 429');
    const refused = await ask(server, 'GET', path);
    expect(refused).toMatchObject({ error: 'TooManyRequestsException', body: { message: 'Too Many Requests' } });
    expect(refused.headers['retry-after']).toBe('1');
    time += 60_000;
    expect(await statuses(5)).toBe('200 200 200 200 429');
  });
});
