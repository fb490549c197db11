/** The AWS CLI as a client. boto3 parses answers with the same library. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Case } from '../stage/cases.js';
import { aStage } from '../stages.js';
import { testWith } from '../tools.js';
import { expectCases, filesOf, type Got, rounds, stageNameOf } from './cases.js';
import { folderOf, type Serving, startServing, stopServing } from './serving.js';

afterEach(stopServing);

/** Hides the machine's settings, above all proxies. */
const environment: NodeJS.ProcessEnv = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  PYTHONUTF8: '1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_DEFAULT_REGION: 'eu-west-1',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_MAX_ATTEMPTS: '1',
  // Version 1 has no pager, and no flag to switch it off.
  AWS_PAGER: '',
};

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

// Not spawnSync: the server runs in this process.
const run = (program: string, words: readonly string[], more: NodeJS.ProcessEnv = {}, input = ''): Promise<Run> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, words, { env: { ...environment, ...more } });
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].on('data', (chunk: Buffer) => {
        said[name] += chunk.toString();
      });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...said }));
    child.stdin.end(input);
  });

const works = (program: string, ...words: readonly string[]): boolean =>
  spawnSync(program, words, { env: environment }).status === 0;

const what = 'stage serve with the AWS CLI';
const testWithAws = testWith('awscli', works('aws', '--version'), what, 'aws is not to be found (pip install awscli)');
const testWithAwsModule = testWith(
  'awscli',
  works('python3', '-c', 'import awscli'),
  what,
  'python3 finds no module awscli (pip install awscli)',
);
const slow = 120_000;
const api = 'a1b2c3d4e5';
const prod = ['--rest-api-id', api, '--stage-name', 'prod'];

// Version 1 prints seconds by default. Make it print dates as version 2 does.
const config = '[default]\ncli_timestamp_format = iso8601\n';

const aws = ({ url }: Serving, ...words: readonly string[]): Promise<Run> => {
  const configFile = join(folderOf({ config }), 'config');
  const line = ['apigateway', ...words, '--endpoint-url', url, '--output', 'json'];
  return run('aws', line, { AWS_CONFIG_FILE: configFile });
};

/** Runs many commands in one Python process: a process for each would take minutes. */
const runAws = async ({ url }: Serving, lines: readonly (readonly string[])[]): Promise<readonly Run[]> => {
  const words = lines.map((line) => ['apigateway', ...line, '--endpoint-url', url, '--output', 'json']);
  const settings = { AWS_CONFIG_FILE: join(folderOf({ config }), 'config') };
  const { code, stdout, stderr } = await run(
    'python3',
    [join(__dirname, 'aws_cli.py')],
    settings,
    JSON.stringify(words),
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
};

const updateStage = (example: Case): readonly string[] => [
  'update-stage',
  ...['--rest-api-id', example.id, '--stage-name', stageNameOf(example)],
  ...['--patch-operations', JSON.stringify(example.ops)],
];

/** The AWS CLI's output for an answer: the stage, or a sentence with the error's name and message. */
const gotOf = ({ stdout, stderr }: Run): Got => {
  const said = /^An error occurred \((\w+)\) when calling the UpdateStage operation: (.*)\n$/ms.exec(
    stderr.trimStart(),
  );
  return said === null ? { stage: JSON.parse(stdout) } : { error: String(said[1]), message: String(said[2]) };
};

/** The outputs of commands that must all succeed; undefined for a command without output. */
const printed = async (server: Serving, lines: readonly (readonly string[])[]) =>
  (await runAws(server, lines)).map(({ code, stdout, stderr }): Readonly<Record<string, unknown>> | undefined => {
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout === '' ? undefined : JSON.parse(stdout);
  });

const files = {
  [`${api}.json`]: { name: 'orders-api', deployments: [{ id: 'dep1' }, { id: 'dep2' }] },
  [`${api}/prod.json`]: aStage({ variables: { color: 'red' } }),
};

describe('the AWS CLI', () => {
  testWithAwsModule(
    'prints a stage as its file has it, and edits it',
    async () => {
      const server = await startServing(files);
      const operations = [
        'op=replace,path=/variables/color,value=blue',
        'op=replace,path=/~1pets/GET/throttling/rateLimit,value=5',
      ];
      const [before, after, all] = await printed(server, [
        ['get-stage', ...prod],
        ['update-stage', ...prod, '--patch-operations', ...operations],
        ['get-stages', '--rest-api-id', api],
      ]);
      expect(before).toEqual(files[`${api}/prod.json`]);
      expect(after).toMatchObject({
        variables: { color: 'blue' },
        methodSettings: { '~1pets/GET': { throttlingRateLimit: 5 } },
      });
      expect(server.file(`${api}/prod.json`)).toEqual(after);
      expect(all).toEqual({ item: [after] });
    },
    slow,
  );

  testWithAwsModule(
    "deploys a canary, promotes it and is refused in API Gateway's words",
    async () => {
      const server = await startServing(files);
      const settings = ['--canary-settings', 'percentTraffic=50,stageVariableOverrides={color=blue}'];
      const update = (...operations: readonly string[]) => [
        'update-stage',
        ...prod,
        '--patch-operations',
        ...operations,
      ];
      const promote = update(
        'op=copy,from=/canarySettings/stageVariableOverrides,path=/variables',
        'op=copy,from=/canarySettings/deploymentId,path=/deploymentId',
      );
      const [deployment, promoted] = await printed(server, [
        ['create-deployment', ...prod, ...settings],
        promote,
        update('op=remove,path=/canarySettings'),
      ]);
      expect(promoted).toMatchObject({ deploymentId: deployment?.['id'], variables: { color: 'blue' } });
      const [refused] = await runAws(server, [promote]);
      expect(refused?.stderr).toContain(
        'An error occurred (BadRequestException) when calling the UpdateStage operation: Promotion not available. ' +
          'Canary does not exist.',
      );
    },
    slow,
  );

  testWithAwsModule(
    'gets the answer of API Gateway in every case',
    async () => {
      for (const round of rounds) {
        const server = await startServing(filesOf(round));
        expectCases(round, (await runAws(server, round.map(updateStage))).map(gotOf));
      }
    },
    slow,
  );

  testWithAwsModule(
    'can call every other operation',
    async () => {
      const server = await startServing({
        [`${api}.json`]: { deployments: [{ id: 'dep1' }, { id: 'dep2' }], resources: [{ id: 'root', path: '/' }] },
        [`${api}/prod.json`]: aStage(),
      });
      const ofApi = ['--rest-api-id', api];
      const arn = ['--resource-arn', `arn:aws:apigateway:eu-west-1::/restapis/${api}/stages/prod`];
      const description = ['--patch-operations', 'op=replace,path=/description,value=new'];
      const lines: readonly (readonly [readonly string[], unknown])[] = [
        [['get-account'], expect.objectContaining({ throttleSettings: { burstLimit: 5000, rateLimit: 10_000 } })],
        [['get-resource', ...ofApi, '--resource-id', 'root'], { id: 'root', path: '/' }],
        [['get-deployment', ...ofApi, '--deployment-id', 'dep2'], expect.objectContaining({ id: 'dep2' })],
        [
          ['update-deployment', ...ofApi, '--deployment-id', 'dep2', ...description],
          expect.objectContaining({ id: 'dep2', description: 'new' }),
        ],
        [['delete-deployment', ...ofApi, '--deployment-id', 'dep2'], undefined],
        [['tag-resource', ...arn, '--tags', 'team=orders,cost=7'], undefined],
        [['untag-resource', ...arn, '--tag-keys', 'cost', 'nope'], undefined],
        [['get-tags', ...arn], { tags: { team: 'orders' } }],
        [['flush-stage-cache', ...prod], undefined],
        [['flush-stage-authorizers-cache', ...prod], undefined],
      ];
      const answers = await printed(
        server,
        lines.map(([words]) => words),
      );
      expect(answers).toEqual(lines.map(([, answer]) => answer));
    },
    slow,
  );

  testWithAws(
    'pages through a list',
    async () => {
      const stages = Object.fromEntries(Array.from({ length: 7 }, (_, index) => [`api${index}/prod.json`, aStage()]));
      const server = await startServing(stages);
      const { code, stdout } = await aws(server, 'get-rest-apis', '--page-size', '3');
      expect(code).toBe(0);
      expect(JSON.parse(stdout).items).toMatchObject(Array.from({ length: 7 }, (_, index) => ({ id: `api${index}` })));
      expect(server.lines).toHaveLength(3);
    },
    slow,
  );
});
