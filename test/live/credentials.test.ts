/** Which credentials sign requests, for which region, and the report if there are none. Each in its own process. */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { aStage } from '../stages.js';
import { type Stub, startStub } from '../stub-api-gateway.js';
import { newFolder, removeFolders, wordsOf } from '../world.js';
import { type Ended, type Environment, runProgram } from './processes.js';

jest.setTimeout(60_000);

const restApiId = 'a1b2c3d4e5';
const prod = `${restApiId}/prod`;

const config = `
[default]
region = ap-south-1
[profile work]
region = eu-central-1
[profile bare]
[profile sso]
region = eu-west-1
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 123456789012
sso_role_name = Admin
[profile session]
region = eu-west-1
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Admin
[sso-session corp]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1
`;

const credentials = `
[default]
aws_access_key_id = AKIDEFAULT
aws_secret_access_key = secret-of-default
[work]
aws_access_key_id = AKIDWORK
aws_secret_access_key = secret-of-work
[bare]
aws_access_key_id = AKIDBARE
aws_secret_access_key = secret-of-bare
`;

const stagerc = {
  stages: {
    plain: { restApiId, stageName: 'prod' },
    there: { restApiId, stageName: 'prod', region: 'us-west-2' },
    worked: { restApiId, stageName: 'prod', profile: 'work' },
  },
};

let stub: Stub;

beforeAll(async () => {
  stub = await startStub([{ id: restApiId, name: 'orders-api', stages: { prod: aStage({ description: 'old' }) } }]);
});

afterAll(async () => {
  await stub.close();
  removeFolders();
});

const inHome = async (line: string, env: Environment, rc: object = stagerc, files = { config, credentials }) => {
  const home = newFolder({
    '.aws/config': files.config,
    '.aws/credentials': files.credentials,
    'work/.stagerc': JSON.stringify(rc),
  });
  mkdirSync(join(home, 'work/.git'));
  const before = stub.signers.length;
  const run = await runProgram(
    [...wordsOf(line), '--endpoint-url', stub.url],
    { HOME: home, ...env },
    join(home, 'work'),
  );
  return { ...run, signer: stub.signers[before] };
};

const keys = { AWS_ACCESS_KEY_ID: 'AKIDENV', AWS_SECRET_ACCESS_KEY: 'secret-of-env' };
const region = { AWS_REGION: 'eu-west-1' };

const url = `https://${restApiId}.execute-api.us-east-2.amazonaws.com/prod`;

describe('the region', () => {
  test.each<[string, Environment, string]>([
    [prod, { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-north-1' }, 'eu-west-1'],
    [prod, { AWS_DEFAULT_REGION: 'eu-north-1' }, 'eu-north-1'],
    [prod, {}, 'ap-south-1'],
    [`${prod} --profile work`, {}, 'eu-central-1'],
    [`${prod} --profile work`, region, 'eu-west-1'],
    ['worked', {}, 'eu-central-1'],
    [`${prod} --region sa-east-1`, region, 'sa-east-1'],
    ['there', region, 'us-west-2'],
    ['plain --region sa-east-1', region, 'sa-east-1'],
    [url, region, 'us-east-2'],
    [`arn:aws:apigateway:us-east-2::/restapis/${restApiId}/stages/prod`, region, 'us-east-2'],
    [prod, { STAGE_REGION: 'ca-central-1', ...region }, 'ca-central-1'],
    [url, { STAGE_REGION: 'ca-central-1', ...region }, 'us-east-2'],
    [`${url} --region us-east-2`, region, 'us-east-2'],
    [prod, { AWS_REGION: '' }, 'ap-south-1'],
    [prod, { AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-north-1' }, 'eu-north-1'],
  ])('of %s with %j is %s', async (words, env, expected) => {
    const run = await inHome(`get ${words} description`, env);
    expect(run).toMatchObject({ code: 0, stdout: 'old\n', stderr: '' });
    expect(run.signer?.split(' ')[1]).toBe(expected);
  });
});

test.each([
  ['there', 'us-west-2'],
  [url, 'us-east-2'],
])('the region of %s overrides --region, with a notice', async (words, expected) => {
  const run = await inHome(`get ${words} --region sa-east-1 description`, region);
  expect(run).toMatchObject({
    code: 0,
    stdout: 'old\n',
    stderr: `notice: --region sa-east-1 is ignored; the address names ${expected}.\n`,
  });
  expect(run.signer?.split(' ')[1]).toBe(expected);
});

describe('the credentials', () => {
  test.each<[string, Environment, string]>([
    [prod, {}, 'AKIDEFAULT'],
    [prod, keys, 'AKIDENV'],
    [prod, { AWS_PROFILE: 'work' }, 'AKIDWORK'],
    [prod, { AWS_PROFILE: 'work', ...keys }, 'AKIDENV'],
    ['worked', {}, 'AKIDWORK'],
    ['worked', keys, 'AKIDENV'],
    ['worked', { AWS_PROFILE: 'bare' }, 'AKIDWORK'],
    [`${prod} --profile work`, keys, 'AKIDWORK'],
    ['worked --profile bare', keys, 'AKIDBARE'],
    [prod, { STAGE_PROFILE: 'work' }, 'AKIDWORK'],
    [prod, { STAGE_PROFILE: 'work', ...keys }, 'AKIDENV'],
  ])('of %s with %j are those of %s', async (words, env, expected) => {
    const run = await inHome(`get ${words} description`, { ...region, ...env });
    expect(run).toMatchObject({ code: 0, stdout: 'old\n', stderr: '' });
    expect(run.signer?.split(' ')[0]).toBe(expected);
  });

  test('come from the profile that .stagerc names for all stages', async () => {
    const rc = { ...stagerc, profile: 'work' };
    expect((await inHome(`get ${prod} description`, region, rc)).signer).toBe('AKIDWORK eu-west-1');
    expect((await inHome(`get ${prod} description`, { ...region, ...keys }, rc)).signer).toBe('AKIDENV eu-west-1');
  });

  test('are one session for reading and editing a stage', async () => {
    const run = await inHome('set worked --description new', {});
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(stub.signers.slice(-2)).toEqual(['AKIDWORK eu-central-1', 'AKIDWORK eu-central-1']);
    await inHome('set worked --description old', {});
  });
});

test('-o aws-cli names the profile that the edit was made with', async () => {
  const line = `set ${prod} --description new -n -o aws-cli --profile work`;
  const first = `aws apigateway update-stage --rest-api-id ${restApiId} --stage-name prod --region eu-central-1 --profile work --endpoint-url ${stub.url} \\\n`;
  expect((await inHome(line, keys)).stdout).toContain(first);
});

describe('a failed sign-in exits 4 with a next step, and sends nothing', () => {
  const none = { config: '', credentials: '' };

  const refused = ({ code, stdout, signer }: Ended & { readonly signer: string | undefined }) => ({
    code,
    stdout,
    signer,
  });

  test.each<[string, string, Environment, { config: string; credentials: string }, string]>([
    [
      'no region',
      prod,
      keys,
      none,
      'Give --region, export AWS_REGION=eu-west-1, or run aws configure set region eu-west-1.',
    ],
    [
      'no region in a profile',
      `${prod} --profile bare`,
      {},
      { config, credentials },
      'or run aws configure set region eu-west-1 --profile bare.',
    ],
    [
      'no credentials',
      prod,
      region,
      none,
      'Run aws configure or aws sso login, export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give --profile.',
    ],
    [
      'an unknown profile',
      `${prod} --profile wrok`,
      { ...keys, ...region },
      { config, credentials },
      'Set the profile up with aws configure --profile wrok, or sign in with aws sso login --profile wrok.',
    ],
    [
      'an unknown profile in the environment',
      prod,
      { AWS_PROFILE: 'wrok', ...region },
      { config, credentials },
      '--profile wrok',
    ],
    [
      'an SSO profile that is not signed in',
      `${prod} --profile sso`,
      region,
      { config, credentials },
      'aws sso login --profile sso',
    ],
    [
      'an SSO session that is not signed in',
      `${prod} --profile session`,
      region,
      { config, credentials },
      'aws sso login --profile session',
    ],
    ['half a pair of keys', prod, { AWS_ACCESS_KEY_ID: 'AKIDHALF', ...region }, none, 'AWS_SECRET_ACCESS_KEY'],
    [
      'an unknown profile and no region',
      `${prod} --profile wrok`,
      {},
      none,
      'Set the profile up with aws configure --profile wrok, or sign in with aws sso login --profile wrok.',
    ],
    [
      'a missing token file',
      prod,
      { AWS_WEB_IDENTITY_TOKEN_FILE: '/nothere', AWS_ROLE_ARN: 'arn:aws:iam::1:role/ci', ...region },
      none,
      `stage: Signing in failed: ENOENT: no such file or directory, open '/nothere'
stage: ${prod}: Check the credentials.
`,
    ],
    [
      'a missing token file of a profile',
      `${prod} --profile web`,
      region,
      {
        config: '[profile web]\nrole_arn = arn:aws:iam::1:role/ci\nweb_identity_token_file = /nothere\n',
        credentials: '',
      },
      `${prod}: Check the credentials of the profile web.`,
    ],
    [
      "a container's address that is none",
      prod,
      { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'nonsense', ...region },
      none,
      `${prod}: Check the credentials.`,
    ],
  ])('%s', async (_what, words, env, files, says) => {
    const run = await inHome(`set ${words} --description new`, env, stagerc, files);
    expect(refused(run)).toEqual({ code: 4, stdout: '', signer: undefined });
    expect(run.stderr).toContain(says);
    expect(run.stderr).not.toMatch(/secret-of|\bat .*\.js:|Warning/);
  });

  test('an expired token', async () => {
    const message = 'The security token included in the request is expired';
    stub.scripts['GetStage'] = [
      { status: 403, body: { message }, headers: { 'x-amzn-errortype': 'ExpiredTokenException' } },
    ];
    const run = await inHome(`set ${prod} --description new --profile work`, {});
    expect(run).toMatchObject({
      code: 4,
      stdout: '',
      stderr: `stage: ${message}\nstage: ${prod}: Set the profile up with aws configure --profile work, or sign in with aws sso login --profile work.\n`,
    });
  });

  test('an expired SSO session', async () => {
    const start = 'https://example.awsapps.com/start';
    const cache = `.aws/sso/cache/${createHash('sha1').update(start).digest('hex')}.json`;
    const token = { startUrl: start, region: 'eu-west-1', accessToken: 'x', expiresAt: '2020-01-01T00:00:00Z' };
    const home = newFolder({ '.aws/config': config, [cache]: JSON.stringify(token) });
    const words = ['set', prod, '--description', 'new', '--profile', 'sso', '--endpoint-url', stub.url];
    const { code, stderr } = await runProgram(words, { HOME: home });
    expect([code, stderr]).toEqual([4, expect.stringMatching(/expired[\s\S]*aws sso login --profile sso/)]);
  });

  test.each([
    ['a program that provides the credentials', 'credential_process = sleep 30'],
    ['a role for which STS does not answer', 'role_arn = arn:aws:iam::123456789012:role/x\nsource_profile = work'],
  ])('%s, which takes too long', async (_what, lines) => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const env = { ...region, AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${port}` };
    const files = { config: `${config}\n[profile slow]\n${lines}\n`, credentials };
    const run = await inHome(`get ${prod} --profile slow --timeout 1`, env, stagerc, files);
    silent.closeAllConnections();
    silent.close();
    expect(run).toMatchObject({
      code: 7,
      stdout: '',
      signer: undefined,
      stderr: expect.stringMatching(
        /^stage: Signing in got no answer within .*\nstage: .*: To wait longer than 1 s, add --timeout\.\n$/,
      ),
    });
  });

  test('a wrong key', async () => {
    const message = 'The security token included in the request is invalid.';
    stub.scripts['GetStage'] = [
      { status: 403, body: { message }, headers: { 'x-amzn-errortype': 'UnrecognizedClientException' } },
    ];
    const run = await inHome(`set ${prod} --description new`, { ...keys, ...region });
    expect(run).toMatchObject({ code: 4, stderr: expect.stringContaining(message) });
    expect(run.stderr).toContain('AWS_ACCESS_KEY_ID');
  });
});
