import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { awsCli } from '../../../src/render/aws-cli.js';
import { stageOnApiGateway } from '../../../src/targets/api-gateway.js';
import { closeStubs, describedAs, failureOf, goLive, sentences } from './live.js';

// The SDK itself retries STS calls, with waits in between.
jest.setTimeout(30_000);

const assumed = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey><SessionToken>role-token</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
const denied = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code>
<Message>User: arn:aws:iam::1:user/x is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::1:role/editor</Message></Error></ErrorResponse>`;

const asked: string[] = [];
let answer = { status: 200, body: assumed };
const sts = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  asked.push(body);
  response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.body);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => sts.listen(0, '127.0.0.1', resolve));
  process.env['AWS_ENDPOINT_URL_STS'] = `http://127.0.0.1:${(sts.address() as AddressInfo).port}`;
});
afterAll(() => {
  delete process.env['AWS_ENDPOINT_URL_STS'];
  sts.closeAllConnections();
  sts.close();
});
afterEach(closeStubs);

const at = { api: { id: 'a1b2c3d4e5' }, stageName: 'prod', label: 'a1b2c3d4e5/prod' };
const roleArn = 'arn:aws:iam::1:role/editor';

test('a role is assumed through STS once', async () => {
  answer = { status: 200, body: assumed };
  const { stub, options } = await goLive();
  await stageOnApiGateway(at, { ...options, roleArn }).edit(() => describedAs('by the role'));
  expect(stub.stage.description).toBe('by the role');
  expect(asked).toEqual([expect.stringContaining(`RoleArn=${encodeURIComponent(roleArn)}`)]);
});

const refusal = (code: string, message: string) =>
  `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
const check = 'a1b2c3d4e5/prod: Check the credentials.';

test.each<[string, number, string, kind: string, first: unknown, second: unknown]>([
  ['does not know the role', 400, refusal('ValidationError', 'Invalid ARN'), 'config', 'Invalid ARN', check],
  [
    'does not say why',
    403,
    refusal('AccessDenied', 'Not authorized to perform sts:AssumeRole'),
    'config',
    /^Not auth/,
    check,
  ],
  [
    'is down',
    503,
    '<html>nope</html>',
    'unavailable',
    'STS answered AssumeRole with 503 and no message.',
    'a1b2c3d4e5/prod: Run the command again later.',
  ],
  [
    'fails',
    500,
    refusal('InternalFailure', 'oops'),
    'unavailable',
    'oops',
    'a1b2c3d4e5/prod: AssumeRole failed (500). Run the command again later.',
  ],
])(
  'if STS %s, the report names STS or its operation, and a next step',
  async (_what, status, body, kind, first, second) => {
    answer = { status, body };
    const { stub, options } = await goLive();
    const world = {
      ...options.world,
      env: { ...options.world.env, AWS_ENDPOINT_URL_STS: process.env['AWS_ENDPOINT_URL_STS'] },
    };
    const error = await failureOf(stageOnApiGateway(at, { ...options, world, roleArn }).read());
    expect(error.kind).toBe(kind);
    const matching = (text: unknown) => (text instanceof RegExp ? expect.stringMatching(text) : text);
    expect(sentences(error)).toEqual([matching(first), matching(second)]);
    expect(stub.asked).toEqual([]);
  },
);

test('an interruption while signing in is reported', async () => {
  const { options } = await goLive();
  const controller = new AbortController();
  const world = { ...options.world, signal: controller.signal };
  answer = { status: 200, body: assumed };
  const reading = failureOf(stageOnApiGateway(at, { ...options, world, roleArn }).read());
  controller.abort('SIGINT');
  const error = await reading;
  expect(error.kind).toBe('interrupted');
  expect(sentences(error)).toEqual(['a1b2c3d4e5/prod: interrupted by SIGINT; nothing was changed.']);
});

test('-o aws-cli names the role of an edit in a comment, since the AWS CLI has no flag for it', async () => {
  answer = { status: 200, body: assumed };
  const { stub, options } = await goLive();
  const target = stageOnApiGateway(at, { ...options, roleArn });
  const outcome = await target.edit(() => describedAs('new'));
  const whereabouts = await target.whereabouts();
  const text = awsCli({ ...outcome, whereabouts });
  expect(text.split('\n').slice(0, 2)).toEqual([
    `# with the credentials of the role ${roleArn}`,
    `aws apigateway update-stage --rest-api-id a1b2c3d4e5 --stage-name prod --region eu-west-1 --endpoint-url ${stub.url} \\`,
  ]);
});

test('a role that may not be assumed is a configuration error', async () => {
  answer = { status: 403, body: denied };
  const { stub, options } = await goLive();
  const error = await failureOf(stageOnApiGateway(at, { ...options, roleArn }).read());
  expect(error.kind).toBe('config');
  expect(sentences(error)).toEqual([
    expect.stringMatching(/^User: arn:aws:iam::1:user\/x is not authorized/),
    'a1b2c3d4e5/prod: Allow sts:AssumeRole on arn:aws:iam::1:role/editor.',
  ]);
  expect(stub.asked).toEqual([]);
});
