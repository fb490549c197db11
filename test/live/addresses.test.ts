/** Every way to address a live stage. */
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { stopServing } from '../serve/serving.js';
import { aStage } from '../stages.js';
import { removeFolders } from '../world.js';
import { anApi, goLive, keys, prod, prodFile, restApiId } from './live.js';

afterEach(async () => {
  await stopServing();
  removeFolders();
});

const served = {
  [`${restApiId}.json`]: anApi,
  [prodFile]: aStage({ description: 'here' }),
  'slashes000.json': { name: 'team/pets/v1' },
  'slashes000/prod.json': aStage({ description: 'slashes' }),
  'equals0000.json': { name: 'team=pets' },
  'equals0000/prod.json': aStage({ description: 'equals' }),
  'twin000001.json': { name: 'twin' },
  'twin000001/prod.json': aStage(),
  'twin000002.json': { name: 'twin' },
  'twin000002/prod.json': aStage(),
  'petstore/dev.json': aStage({ stageName: 'dev', description: 'short' }),
};

describe('with an endpoint', () => {
  test.each([
    [prod, 'here', 1],
    ['petstore/dev', 'short', 1],
    ['name:orders-api/prod', 'here', 2],
    ['name:team/pets/v1/prod', 'slashes', 2],
    ['name:team=pets/prod', 'equals', 2],
    [`https://${restApiId}.execute-api.us-east-1.amazonaws.com/prod`, 'here', 1],
    [`https://${restApiId}.execute-api.us-east-1.amazonaws.com/prod/`, 'here', 1],
    [`HTTPS://${restApiId.toUpperCase()}.Execute-API.us-east-1.amazonaws.com/prod`, 'here', 1],
    [`https://${restApiId}.execute-api.us-east-1.amazonaws.com/prod/pets?id=1`, 'here', 1],
    [`https://${restApiId}-vpce-0a1b2c3d.execute-api.us-east-1.amazonaws.com/prod/pets`, 'here', 1],
    [`https://${restApiId}.execute-api.cn-north-1.amazonaws.com.cn/prod`, 'here', 1],
    [`arn:aws:apigateway:eu-west-1::/restapis/${restApiId}/stages/prod`, 'here', 1],
    [`arn:aws-us-gov:apigateway:us-gov-west-1::/restapis/${restApiId}/stages/prod`, 'here', 1],
    [`--rest-api-id ${restApiId} --stage-name prod`, 'here', 1],
    ['--rest-api-id petstore --stage-name dev', 'short', 1],
    ['production', 'here', 1],
    ['', 'here', 1],
  ])('%s', async (words, description, count) => {
    const stagerc = { default: prod, stages: { production: { restApiId, stageName: 'prod' } } };
    const { stage, calls } = await goLive(served, {}, { '.stagerc': stagerc });
    const { code, stdout } = await stage(`get ${words} description`);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${description}\n` });
    expect(calls()).toHaveLength(count);
  });

  test.each([
    ['name:orders-api/prod', '--region eu-west-1'],
    [`arn:aws:apigateway:us-east-2::/restapis/${restApiId}/stages/prod`, '--region us-east-2'],
    [`${prod} --region sa-east-1`, '--region sa-east-1'],
  ])('-o aws-cli of %s is a command for the same stage', async (words, region) => {
    const { stage, server } = await goLive(served);
    const { stdout } = await stage(`set ${words} --description new -n -o aws-cli`);
    expect(
      stdout,
    ).toBe(`aws apigateway update-stage --rest-api-id ${restApiId} --stage-name prod ${region} --endpoint-url ${server.url} \\
  --patch-operations \\
    op=replace,path=/description,value=new
`);
  });

  test('an entry of .stagerc brings its own endpoint', async () => {
    const { stage, server, cwd } = await goLive(served);
    const entry = { restApiId: 'petstore', stageName: 'dev', endpointUrl: server.url };
    writeFileSync(join(cwd, '.stagerc'), JSON.stringify({ stages: { emulator: entry } }));
    const at = `emulator at ${server.url}`;
    const { code, stdout } = await stage('set emulator --description new', { isBare: true });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `${at}\n  ~ description: short → new\nupdated ${at}: 1 change\n`,
    });
  });

  test.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_API_GATEWAY'])('an endpoint can come from %s', async (variable) => {
    const { stage, server } = await goLive(served);
    const { code, stdout } = await stage('get petstore/dev description', {
      isBare: true,
      env: { [variable]: server.url },
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'short\n' });
  });

  test.each([
    ['name:twin/prod', '2 APIs in eu-west-1 are called twin: twin000001, twin000002. Give the id of the one you mean.'],
    ['name:/prod', 'expected name:API/STAGE'],
    ['name:orders-api', 'expected name:API/STAGE'],
    ['name:orders-api/', 'expected name:API/STAGE'],
    [`${restApiId}/`, `${restApiId}/: expected API/STAGE, such as ${restApiId}/prod.`],
    [`${restApiId}/prod/`, `${restApiId}/prod/: expected API/STAGE, such as ${restApiId}/prod.`],
    [`${restApiId}//prod`, `${restApiId}//prod: expected API/STAGE, such as ${restApiId}/prod.`],
    [
      `${restApiId}/prod/x`,
      `${restApiId}/prod/x: expected API/STAGE, such as ${restApiId}/prod. For a file of that name, write ./${restApiId}/prod/x.`,
    ],
    ['name:orders-api/..', 'name:orders-api/..: expected name:API/STAGE, such as name:orders-api/prod.'],
    ["'name:orders-api/pr od'", 'expected name:API/STAGE, such as name:orders-api/prod.'],
    ['--rest-api-id .. --stage-name prod', '../prod is not an API/STAGE'],
    [restApiId, `For a stage of the API ${restApiId}, write ${restApiId}/STAGE.`],
    ['/prod', '/prod: the API id is empty'],
    ['None/prod', 'None/prod: the API id is empty'],
    ['null/prod', 'null/prod: the API id is empty'],
    ['undefined/prod', 'undefined/prod: the API id is empty'],
    ['--rest-api-id None --stage-name prod', 'None/prod: the API id is empty'],
    [`--rest-api-id ${restApiId} --stage-name a/b`, `${restApiId}/a/b: expected API/STAGE, such as ${restApiId}/prod.`],
    [`--rest-api-id ${restApiId}`, '--rest-api-id needs --stage-name.'],
    ['--stage-name prod', '--stage-name needs --rest-api-id.'],
    [`${prod} --rest-api-id ${restApiId} --stage-name staging`, `are used instead of TARGET; got ${prod} too.`],
    ['arn:aws:apigateway:eu-west-1::/restapis/None/stages/prod', '/restapis/None/stages/prod: the API id is empty'],
    ['https://None.execute-api.eu-west-1.amazonaws.com/prod', 'amazonaws.com/prod: the API id is empty'],
    ['https://api.example.com/prod', 'expected an invoke URL'],
    [`https://${restApiId}.execute-api.eu-west-1.amazonaws.com/`, 'expected an invoke URL'],
    [`arn:aws:execute-api:eu-west-1:123456789012:${restApiId}/prod`, 'expected the ARN of a stage'],
  ])('%s is refused with 3', async (words, says) => {
    const { stage, calls } = await goLive(served);
    const { code, stdout, stderr } = await stage(`set ${words} --description new`);
    expect({ code, stdout, stderr }).toEqual({ code: 3, stdout: '', stderr: expect.stringContaining(says) });
    expect(calls()).not.toContain('GetStage');
  });

  test.each([
    [{ restApiId: 'None', stageName: 'prod' }, 'stages.x: None/prod: the API id is empty (unset shell variable?).'],
    [{ restApiId: '../x', stageName: 'prod' }, 'stages.x: ../x/prod is not an API/STAGE: '],
    [{ restApiId, stageName: 'a/b' }, `stages.x: ${restApiId}/a/b: expected API/STAGE, such as ${restApiId}/prod.`],
  ])('an entry %j of .stagerc is refused with 4', async (entry, says) => {
    const { stage, calls } = await goLive(served, {}, { '.stagerc': { stages: { x: entry } } });
    const { code, stderr } = await stage('set x --description new');
    expect([code, stderr]).toEqual([4, expect.stringContaining(`stage: .stagerc: ${says}`)]);
    expect(calls()).toEqual([]);
  });

  test.each([
    [`${restApiId}/prd`, 'there is no such stage. Did you mean prod? Available: prod.'],
    ['nosuchapi0/prod', 'stage list shows the APIs in eu-west-1.'],
    ['name:orders/prod', 'No API in eu-west-1 is called orders. '],
  ])('%s, which does not exist, is refused with 6', async (word, says) => {
    const { stage } = await goLive(served);
    const { code, stderr } = await stage(`set ${word} --description new`);
    expect([code, stderr]).toEqual([6, expect.stringContaining(says)]);
  });
});

describe('without an endpoint', () => {
  test.each(['abc/prod', 'A1B2C3D4E5/prod', 'a1b2c3d4e5f/prod', 'stages/prod', 'a/b/c'])(
    '%s is not an API/STAGE',
    async (word) => {
      const { stage } = await goLive(served);
      const { code, stderr } = await stage(`get ${word}`, { isBare: true });
      const says = `${word} is not an API/STAGE: an API's id is ten lower-case letters and digits. Did you mean name:${word}? A stage file is ./${word} or ${word}.json.`;
      expect([code, stderr]).toEqual([3, `stage: ${says}\n`]);
    },
  );

  test('--rest-api-id needs such an id too', async () => {
    const { stage } = await goLive(served);
    const { code, stderr } = await stage('get --rest-api-id ../x --stage-name prod', { isBare: true });
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining("../x/prod is not an API/STAGE: an API's id is ten lower-case letters and digits."),
    ]);
  });
});

describe('the endpoint', () => {
  test.each([
    [
      '--endpoint-url localhost:4566',
      {},
      3,
      '--endpoint-url: expected an http or https address, got the text "localhost:4566".',
    ],
    ['--endpoint-url nowhere', {}, 3, '--endpoint-url: expected an http or https address'],
    ['--region "eu west"', {}, 3, '--region: expected a region such as eu-west-1, got the text "eu west"'],
    ['', { AWS_REGION: 'eu west' }, 4, 'Region not accepted'],
    ['', { AWS_ENDPOINT_URL: 'nowhere' }, 4, 'AWS_ENDPOINT_URL: expected an http or https address'],
    ['--ca-bundle /nowhere.pem', {}, 4, '--ca-bundle: the CA bundle cannot be read'],
    ['--endpoint-url http://127.0.0.1:1', {}, 7, 'Is anything listening at http://127.0.0.1:1?'],
  ])('%s %j', async (flags, env, code, says) => {
    const { stage } = await goLive(served);
    const run = await stage(`set ${prod} --description new ${flags}`, { isBare: true, env: { ...keys, ...env } });
    expect(run).toEqual({ code, stdout: '', stderr: expect.stringContaining(says) });
  });

  test('an https address that does not speak TLS is reported', async () => {
    const { stage, server } = await goLive(served);
    const url = server.url.replace('http:', 'https:');
    const { code, stderr } = await stage(`get ${prod} --endpoint-url ${url}`, { isBare: true });
    expect([code, stderr]).toEqual([7, expect.stringContaining('Is it http:// instead?')]);
  });

  test('an https address that hangs up before TLS starts is reported too', async () => {
    const { stage } = await goLive(served);
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, stderr } = await stage(`get ${prod} --endpoint-url ${url}`, { isBare: true });
    server.close();
    expect([code, stderr]).toEqual([7, expect.stringContaining('Is it http:// instead?')]);
  });
});
