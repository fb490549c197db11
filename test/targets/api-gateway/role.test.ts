import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stageOnApiGateway } from '../../../src/targets/api-gateway.js';
import { closeStubs, describedAs, failureOf, goLive, sentences } from './live.js';

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

const at = { api: { id: 'a1b2c3d4e5' }, stageName: 'prod' };
const roleArn = 'arn:aws:iam::1:role/editor';

test('a role is taken on through STS, once', async () => {
  answer = { status: 200, body: assumed };
  const { stub, options } = await goLive();
  await stageOnApiGateway(at, { ...options, roleArn }).edit(() => describedAs('by the role'));
  expect(stub.stage.description).toBe('by the role');
  expect(asked).toEqual([expect.stringContaining(`RoleArn=${encodeURIComponent(roleArn)}`)]);
});

test('a role that may not be taken on is a matter of configuration', async () => {
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
