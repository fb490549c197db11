/** Runs status, diff, apply, export and validate as a whole program. */
import { goLive, prod } from '../live/live.js';
import { runInFolder } from '../runs.js';
import { stopServing } from '../serve/serving.js';
import { aCanary, aMethod, aStage } from '../stages.js';
import { removeFolders } from '../world.js';

afterEach(stopServing);
afterAll(removeFolders);

const stage = aStage({ description: 'old', variables: { color: 'blue', size: '1' }, tracingEnabled: true });

const template = `Parameters:
  Color: {Type: String, Default: green}
Resources:
  Blue:
    Type: AWS::ApiGateway::Stage
    Properties: {StageName: prod, Description: blue}
  Prod:
    Type: AWS::ApiGateway::Stage
    Properties:
      StageName: prod
      DeploymentId: !Ref Deployment
      Description: new
      Variables: {color: !Ref Color}
`;

const files = { 's.json': stage, 'other.json': aStage({ variables: { color: 'red' } }), 't.yaml': template };

const run = (line: string, more: object = {}) => runInFolder(line, { files, ...more });

describe('diff', () => {
  test.each<[line: string, code: number, expected: readonly string[]]>([
    [
      'diff s.json other.json',
      0,
      ['- description: old', '~ tracingEnabled: true → false', '~ variables.color: blue → red', '- variables.size: 1'],
    ],
    ['diff s.json s.json --detailed-exitcode', 0, []],
    ['diff s.json other.json --only variables.color --detailed-exitcode', 2, ['~ variables.color: blue → red']],
    ['diff s.json other.json --exclude variables,description', 0, ['~ tracingEnabled: true → false']],
    ['diff s.json -f t.yaml#Prod', 0, ['~ description: old → new', '~ variables.color: blue → green']],
    ['diff s.json -f t.yaml#Prod --parameter Color=red --only variables', 0, ['~ variables.color: blue → red']],
    [
      'diff s.json --file=t.yaml#Prod --prune --only variables',
      0,
      ['~ variables.color: blue → green', '- variables.size: 1'],
    ],
  ])('%s', async (line, code, expected) => {
    const { stdout, code: got } = await run(line);
    const lines = stdout
      .split('\n')
      .slice(0, -2)
      .map((text) => text.trim());
    expect([got, lines]).toEqual([code, expected]);
  });

  test('a document can come from standard input', async () => {
    const { stdout } = await run('diff s.json -f -', { stdin: 'description: new # why\n' });
    expect(stdout).toBe('  ~ description: old → new\ns.json → -: 1 difference\n');
    expect(await run('diff - -f -')).toMatchObject({ code: 3 });
  });

  test.each([
    ['diff s.json -f t.yaml', 3, /t\.yaml: expected one stage of a REST API, or FILE#NAME; it has Blue, Prod/],
    ['diff s.json -f t.yaml#prod', 3, /Did you mean Prod\?/],
    ['diff s.json -f no.json', 3, /no\.json/],
    ['diff s.json -f t.yaml#Prod --parameter Color', 3, /--parameter: expected NAME=VALUE, got Color/],
    [
      'diff s.json other.json --only variables.colour',
      3,
      /neither of the two stages has it\. Did you mean variables\.color\?/,
    ],
  ])('%s → %i', async (line, code, says) => {
    expect(await run(line)).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(says) });
  });
});

describe('apply', () => {
  test('changes a file to match a template, and changes nothing else', async () => {
    const line = 'apply s.json -f t.yaml#Prod --prune';
    const { code, files: after } = await run(line);
    expect(code).toBe(0);
    const held = JSON.parse(after['s.json'] ?? '');
    expect(held).toMatchObject({
      description: 'new',
      variables: { color: 'green' },
      tracingEnabled: false,
      deploymentId: 'dep1',
    });
    const again = await runInFolder(line, { files: { ...files, 's.json': held } });
    expect(again.stdout).toMatch(/nothing to change/);
  });

  test('a saved plan makes the same edit, and is refused with 5 if the stage has changed since', async () => {
    const direct = await run('apply s.json -f t.yaml#Prod');
    const { stdout: plan, files: unchanged } = await run('apply s.json -f t.yaml#Prod -n -o patch');
    expect(unchanged['s.json']).toBe(`${JSON.stringify(stage, null, 4)}\n`);
    expect(JSON.parse(plan)[0]).toEqual({ op: 'test', path: '/description', value: 'old' });
    const carried = await run('patch s.json --patch-operations file://plan.json', {
      files: { ...files, 'plan.json': plan },
    });
    expect(carried.files['s.json']).toBe(direct.files['s.json']);
    const moved = { ...files, 's.json': { ...stage, description: 'moved' }, 'plan.json': plan };
    expect(await runInFolder('patch s.json --patch-operations file://plan.json', { files: moved })).toMatchObject({
      code: 5,
    });
  });

  test('a plan whose canary holds a secret says what changed, without the secret', async () => {
    const canarySettings = {
      deploymentId: 'dep2',
      percentTraffic: 5,
      stageVariableOverrides: { dbPassword: 'hunter2' },
    };
    const held = { ...stage, canarySettings };
    const given = { 's.json': held, 'd.json': { canarySettings: null } };
    const { stdout: plan } = await runInFolder('apply s.json -f d.json -n -o patch', { files: given });
    const moved = { ...held, canarySettings: { ...canarySettings, percentTraffic: 9 } };
    const refused = await runInFolder('patch s.json --patch-operations file://plan.json', {
      files: { 's.json': moved, 'plan.json': plan },
    });
    expect(refused).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('canarySettings.percentTraffic differs'),
    });
    expect(refused.stderr).not.toContain('hunter2');
  });

  test('a created stage with another name than the document can be applied to again with --strict', async () => {
    const line = 'apply new.json -f d.json --create --strict';
    const document = { 'd.json': { stageName: 'prod', description: 'x' } };
    const first = await runInFolder(line, { files: document });
    expect(first.code).toBe(0);
    const made = { ...JSON.parse(first.files['new.json'] ?? ''), stageName: 'other' };
    expect((await runInFolder(line, { files: { ...document, 'new.json': made } })).code).toBe(0);
  });

  test('a plan that creates the stage has no tests, and names the call that it cannot contain', async () => {
    const { stdout, stderr } = await run('apply new.json -f whole.json --create -n -o patch', {
      files: { 'whole.json': { description: 'x', methodSettings: { '*/*': { metricsEnabled: true } } } },
    });
    expect(JSON.parse(stdout)[0]).toEqual({ op: 'replace', path: '/*/*/metrics/enabled', value: 'true' });
    expect(stdout).not.toContain('test');
    expect(stderr).toContain('only operations of UpdateStage, without CreateStage; -o aws-cli prints every call.');
  });

  test('other dry runs print no tests', async () => {
    const { stdout } = await run('set s.json --description new -n -o patch');
    expect(JSON.parse(stdout)).toEqual([{ op: 'replace', path: '/description', value: 'new' }]);
  });

  test('--strict changes nothing if the document has values that cannot be applied', async () => {
    const { code, stderr, files: after } = await run('apply s.json -f t.yaml#Prod --strict');
    expect({ code, stderr, after: after['s.json'] }).toEqual({
      code: 3,
      stderr: expect.stringMatching(
        /does not have the value: deploymentId \(Ref Deployment\)\.\n.*Nothing was changed: with --strict/,
      ),
      after: `${JSON.stringify(stage, null, 4)}\n`,
    });
  });

  test('the output of get for another stage can be applied', async () => {
    const { code, stderr } = await run('apply s.json -f other.json --dry-run --detailed-exitcode');
    expect([code, stderr]).toEqual([2, '']);
  });

  test('as Markdown, the plan is a pull request comment', async () => {
    const { stdout } = await run('apply s.json -f t.yaml#Prod -n -o markdown');
    expect(stdout).toMatch(
      /^### s\.json\n\n\| Property \| Before \| After \|\n\| --- \| --- \| --- \|\n\| description \| old \| new \|\n/,
    );
    expect(stdout).toMatch(/\ndry run: nothing was changed\n\n> Left alone/);
  });
});

describe('export', () => {
  test.each(['', ' --show-values'])('diff finds no difference to the export%s', async () => {
    const whole = aStage({
      ...stage,
      canarySettings: aCanary({ stageVariableOverrides: { color: 'green' } }),
      methodSettings: { '*/*': aMethod({ loggingLevel: 'INFO' }), 'pets/GET': aMethod({ throttlingRateLimit: 1.5 }) },
    });
    const { stdout, code } = await runInFolder('export s.json --to cloudformation', { files: { 's.json': whole } });
    expect(code).toBe(0);
    const diff = await runInFolder('diff s.json -f t.yaml --prune --detailed-exitcode', {
      files: { 's.json': whole, 't.yaml': stdout },
    });
    expect(diff).toMatchObject({ code: 0, stdout: 's.json → t.yaml: no differences\n' });
  });

  test('exports HCL for Terraform', async () => {
    expect((await run('export s.json --to terraform')).stdout).toMatch(/^resource "aws_api_gateway_stage"/);
  });
});

test('diff exits with 2 if only an unknown member differs', async () => {
  const given = { 'a.json': { ...stage, newMember: 1 }, 'b.json': { ...stage, newMember: 2 } };
  const { code, stdout, stderr } = await runInFolder('diff a.json b.json --detailed-exitcode', { files: given });
  expect({ code, stdout }).toEqual({ code: 2, stdout: 'a.json → b.json: 1 difference\n' });
  expect(stderr).toContain('newMember');
});

test('an edit as Markdown counts its changes once', async () => {
  const entry = { methodSettings: { '*/*': { metricsEnabled: true } } };
  const { stdout, stderr } = await runInFolder('apply s.json -f entry.json -o markdown', {
    files: { 's.json': {}, 'entry.json': entry },
  });
  expect(stdout).toContain(`\n${stderr}`);
  expect(stderr).toMatch(/^updated s\.json: 9 changes\n$/);
});

describe('status', () => {
  test('prints notices of the rules with the stage', async () => {
    const odd = aStage({ methodSettings: { '*/*': aMethod({ cachingEnabled: true }) } });
    const files = { 's.json': { ...odd, description: 'a\u202eb' } };
    const { stdout, stderr } = await runInFolder('show s.json', { files });
    expect(stdout).toMatch(/^s\.json\n {2}Serves {10}dep1\n/);
    const notice = /Caching is on for \*\/\*, but the cache cluster is off/;
    expect(stderr).toMatch(notice);
    const document = await runInFolder('show s.json -o json', { files, isTTY: true });
    expect(document).toMatchObject({ stdout: expect.stringMatching(notice), stderr: '' });
    expect(document.stdout).not.toContain('\u202e');
    const signal = AbortSignal.timeout(300);
    expect((await runInFolder('show s.json --watch', { files, isTTY: true, signal })).stdout).toMatch(notice);
  });

  test('--watch refreshes until it is interrupted, and reads the stage each time', async () => {
    const ending = new AbortController();
    setTimeout(() => ending.abort('SIGINT'), 300);
    const { code, stdout } = await run('status s.json --watch', { isTTY: true, columns: 40, signal: ending.signal });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\u001b\[H\u001b\[2Js\.json\n[\s\S]*every 5 seconds; Ctrl-C ends it/);
    expect(
      Math.max(...stdout.split('\n').map((line) => line.replace(/\u001b\[[\dHJm]+/g, '').length)),
    ).toBeLessThanOrEqual(40);
  });

  test('--watch reads a live stage with one GetStage each time, and its deployment once', async () => {
    const { stage: stageCommand, calls } = await goLive(stage);
    const ending = new AbortController();
    setTimeout(() => ending.abort('SIGINT'), 400);
    expect(await stageCommand(`status ${prod} --watch`, { isTTY: true, signal: ending.signal })).toMatchObject({
      code: 0,
    });
    expect(calls()).toEqual(['GetStage', 'GetDeployment']);
  });

  test('--watch adapts to the width of the terminal, and continues if API Gateway is unreachable', async () => {
    const served = aStage({ description: 'long '.repeat(20) });
    const { stage: stageCommand, calls } = await goLive(served, { faults: 'GetStage:reset@2' });
    const ending = new AbortController();
    const screens: string[] = [];
    const stdout = { isTTY: true, columns: 0, write: (text: string) => void screens.push(text) };
    setTimeout(() => {
      stdout.columns = 40;
    }, 3000);
    setTimeout(() => ending.abort('SIGINT'), 10_500);
    const line = `status ${prod} --watch --max-attempts 1`;
    expect(await stageCommand(line, { world: { stdout, signal: ending.signal } })).toMatchObject({ code: 0 });
    const [first = '', failure, last = ''] = screens;
    const widths = [first, last].map((text) => Math.max(...text.split('\n').map((each) => each.length)));
    expect(widths.map((width) => width > 70)).toEqual([true, false]);
    expect(failure).toMatch(/^The connection was lost before GetStage was answered/);
    expect(calls().filter((name) => name === 'GetDeployment')).toHaveLength(1);
  }, 20_000);

  test('shows the deployments of a live stage, and omits them if access is denied', async () => {
    const live = aStage({ variables: { color: 'blue' }, canarySettings: aCanary() });
    const { stage: stageCommand } = await goLive(live);
    const shown = await stageCommand(`status ${prod} -o json`);
    const [report] = JSON.parse(shown.stdout).stages;
    expect(report).toMatchObject({
      target: prod,
      deployments: [{ id: 'dep1', createdDate: expect.any(String) }, { id: 'dep2' }],
    });
    await stopServing();
    const denied = await goLive(live, { faults: 'GetDeployment:403' });
    expect(JSON.parse((await denied.stage(`status ${prod} -o json`)).stdout).stages[0].deployments).toEqual([]);
  });
});

describe('live stages', () => {
  test('apply and diff work', async () => {
    const { stage: stageCommand } = await goLive(stage, {}, { 't.yaml': template });
    const before = await stageCommand(`diff ${prod} -f t.yaml#Prod -o aws-cli`);
    expect(before.stdout).toMatch(/^aws apigateway update-stage --rest-api-id a1b2c3d4e5 --stage-name prod /);
    expect(await stageCommand(`apply ${prod} -f t.yaml#Prod`)).toMatchObject({ code: 0 });
    expect((await stageCommand(`diff ${prod} -f t.yaml#Prod`)).stdout).toMatch(/: no differences\n$/);
  });
});

describe('validate', () => {
  const wrong = '{\n  "tracingEnabled": "yes"\n}\n';
  const given = {
    'a.json': wrong,
    'ok.yaml': 'description: x\n',
    '.stagerc': 'stages:\n  a: {fil: x}\n',
    'b,c.json': '{',
    'd.yaml': 'variables:\n\tx: y\n',
  };

  test('finds all problems of all files, with line and column', async () => {
    const { code, stdout, stderr } = await runInFolder('validate a.json ok.yaml .stagerc b,c.json d.yaml no.json', {
      files: given,
    });
    expect(code).toBe(3);
    expect(stdout.split('\n')).toEqual([
      'a.json:2:3: tracingEnabled: expected a boolean, got "yes"',
      '.stagerc:2:3: stages.a: expected file or restApiId, got neither',
      '.stagerc:2:7: stages.a.fil: unknown key; did you mean file?',
      expect.stringMatching(/^b,c\.json:1:2: broken JSON: expected /),
      'd.yaml:2:1: Tabs are not allowed as indentation',
      expect.stringMatching(/^no\.json:1:1: /),
      '',
    ]);
    expect(stderr).toMatch(/^6 files: 6 problems\n$/);
  });

  test('-o github prints annotations with escaped values', async () => {
    const { stdout } = await runInFolder('validate b,c.json -o github', { files: given });
    expect(stdout).toMatch(/^::error file=b%2Cc\.json,line=1,col=2::broken JSON: [^\n]*\n$/);
  });

  test('-o github shows the place of a problem in .stagerc', async () => {
    const broken = { '.stagerc': 'stages:\n  a: [\n', 'other/.stagerc.json': '{\n  "output" 1}' };
    const { stdout } = await runInFolder('validate .stagerc other/.stagerc.json -o github', { files: broken });
    expect(stdout).toMatch(/^::error file=\.stagerc,line=3,col=1::this is not YAML: /);
    expect(stdout).toMatch(/^::error file=other\/\.stagerc\.json,line=2,col=12::broken JSON: /m);
    const valid = await runInFolder('validate .stagerc -o github', { files: given });
    expect(valid.stdout).toMatch(/^::error file=\.stagerc,line=2,col=7::stages\.a\.fil: unknown key/m);
  });

  test('- reads standard input', async () => {
    const { code, stdout } = await runInFolder('validate -', { files: given, stdin: '{"variables":{"a":1}}' });
    expect([code, stdout]).toEqual([3, '-:1:15: variables.a: expected a string, got a number\n']);
  });

  test('-o json prints a document', async () => {
    const { stdout } = await runInFolder('validate a.json ok.yaml -o json', { files: given });
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      files: [
        { file: 'a.json', problems: [{ line: 2, column: 3, code: 'misfit' }] },
        { file: 'ok.yaml', problems: [] },
      ],
    });
  });

  test('finds no problems in valid files', async () => {
    expect(await run('validate s.json t.yaml t.yaml#Prod')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '3 files: no problems\n',
    });
  });
});
