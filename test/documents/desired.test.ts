/** Desired stages from each format: a text, and its stage, unset and unknown names, or the message. */
import { readDesired } from '../../src/documents/desired.js';
import type { Desired } from '../../src/stage/desired.js';
import { StageError } from '../../src/stage/problem.js';
import { stageShape } from '../../src/stage/stage.js';

type Options = Partial<Parameters<typeof readDesired>[1]>;

const read = (text: string, options: Options = {}): Promise<Desired> =>
  readDesired(text, { label: 'file', ...options });

const messagesOf = async (text: string, options: Options = {}): Promise<readonly string[]> => {
  try {
    await read(text, options);
  } catch (error) {
    if (error instanceof StageError && error.kind === 'input') return error.problems.map(({ message }) => message);
    throw error;
  }
  throw new Error('it was read');
};

const cloudFormation = (properties: string, rest = ''): string =>
  `Resources:\n  Prod:\n    Type: AWS::ApiGateway::Stage\n    Properties: ${properties}\n${rest}`;

const parameters =
  'Parameters: { Color: { Type: String, Default: blue }, Percent: { Type: Number }, Id: { Type: "AWS::SSM::Parameter::Value<String>", Default: /id } }';

type Row = readonly [what: string, text: string, stage: object, names?: readonly string[]];

/** `names` are unset in a stage file, and unknown in a template. */
const rowsOf = (rows: readonly Row[]) => rows.map(([what, text, stage, names = []]) => ({ what, text, stage, names }));

const stageFiles: readonly Row[] = [
  ['a part of a stage', 'description: x', { description: 'x' }],
  ['JSON', '{"variables": {"a": "1"}}', { variables: { a: '1' } }],
  [
    'values as they are written',
    'variables: { v: 1.10, n: 0123, y: yes, t: 12:30, on: off }',
    { variables: { v: '1.10', n: '0123', y: 'yes', t: '12:30', on: 'off' } },
  ],
  [
    'null to unset',
    'variables: { a: null, b: "null", c: }\ncanarySettings:',
    { variables: { b: 'null' } },
    ['variables.a', 'variables.c', 'canarySettings'],
  ],
  [
    'methods by key, in any spelling',
    'methodSettings: { ~1pets/GET: { cachingEnabled: true }, "pets/GET": { loggingLevel: "OFF" } }',
    { methodSettings: { '~1pets/GET': { cachingEnabled: true }, 'pets/GET': { loggingLevel: 'OFF' } } },
  ],
  [
    'a method with null',
    'methodSettings: { "*/*": { loggingLevel: ~ }, ~1a/GET: }',
    {},
    ['methodSettings.*/*.loggingLevel', 'methodSettings.~1a/GET'],
  ],
  [
    'aliases and merge keys',
    'variables: &v { a: x, b: x }\ncanarySettings: { stageVariableOverrides: { <<: *v, b: y } }',
    { variables: { a: 'x', b: 'x' }, canarySettings: { stageVariableOverrides: { a: 'x', b: 'y' } } },
  ],
  [
    'ids and a size without quotes',
    'deploymentId: 123456\ncacheClusterSize: 0.5\nstageName: 1e3',
    { deploymentId: '123456', cacheClusterSize: '0.5', stageName: '1e3' },
  ],
  [
    'the output of get, with read-only members',
    '{"stageName":"prod","cacheClusterStatus":"AVAILABLE","createdDate":1767225600,"tags":{"t":""}}',
    { stageName: 'prod', cacheClusterStatus: 'AVAILABLE', createdDate: 1767225600, tags: { t: '' } },
  ],
];

test.each(rowsOf(stageFiles))('a stage file: $what', async ({ text, stage, names }) => {
  const desired = await read(text);
  expect(desired.stage).toEqual(stage);
  expect(desired).toMatchObject({ unset: names, unknown: new Map() });
});

test('a stage file is a whole stage if it names the stage', async () => {
  expect((await read('description: x')).isWhole).toBe(false);
  expect((await read('stageName: x')).isWhole).toBe(true);
  expect((await read('{"deploymentId": "x"}')).isWhole).toBe(true);
});

test('an unquoted variable value that other YAML parsers read differently is reported', async () => {
  const { notices } = await read('variables: { a: 1.10, b: "1.10", c: on, d: plain, e: 12:30 }\ndescription: 12:30');
  expect(notices).toEqual([
    {
      code: 'unquoted-value',
      message: expect.stringMatching(/: variables\.a, variables\.c, variables\.e\. Put such values in quotes\.$/),
    },
  ]);
});

test('an unknown member of a stage is reported', async () => {
  const { notices, stage } = await read('descripton: x\nvariables: { a: b }');
  expect(stage).toEqual({ variables: { a: 'b' } });
  expect(notices).toEqual([{ code: 'unknown-member', message: expect.stringContaining('descripton is not a member') }]);
});

test('a likely typo in a template is reported, but no property of the resource', async () => {
  const { notices } = await read(cloudFormation('{ Varaibles: { a: b }, RestApiId: x, ApiKeySourceType: HEADER }'));
  expect(notices.map(({ message }) => message)).toEqual(['Varaibles is not a member of a stage, so it is ignored.']);
});

const templates: readonly (readonly [string, string, object, (readonly string[])?])[] = [
  [
    'texts instead of numbers and booleans',
    cloudFormation(
      '{ TracingEnabled: "true", CacheClusterSize: 0.5, CacheClusterEnabled: True, CanarySetting: { PercentTraffic: "0.5", UseStageCache: "false" } }',
    ),
    {
      tracingEnabled: true,
      cacheClusterSize: '0.5',
      cacheClusterEnabled: true,
      canarySettings: { percentTraffic: 0.5, useStageCache: false },
    },
  ],
  [
    'a parameter',
    cloudFormation(
      '{ Variables: { a: !Ref Color, b: !Sub "x-${Color}-${!Color}", c: { "Fn::Sub": ["${X}${Color}", { X: !Ref Color }] } } }',
      parameters,
    ),
    { variables: { a: 'blue', b: 'x-blue-${Color}', c: 'blueblue' } },
  ],
  [
    'a parameter without a value',
    cloudFormation('{ Variables: { a: !Ref Percent, b: !Sub "${Percent}" , c: x }, Description: !Ref Id }', parameters),
    { variables: { c: 'x' } },
    ['description', 'variables.a', 'variables.b'],
  ],
  [
    'intrinsics, short and long',
    cloudFormation(
      '{ Variables: { a: !GetAtt A.B, b: { "Fn::If": [X, y, z] }, c: !If [X, y, z], d: !Join ["", [x]], e: !ImportValue x }, DeploymentId: { Ref: Deployment } }',
    ),
    {},
    ['deploymentId', 'variables.a', 'variables.b', 'variables.c', 'variables.d', 'variables.e'],
  ],
  [
    'an intrinsic instead of a whole map',
    cloudFormation(
      '{ Variables: !If [X, { a: b }, !Ref AWS::NoValue], CanarySetting: { "Fn::If": [X, {}, {}] }, Description: x }',
    ),
    { description: 'x' },
    ['variables', 'canarySettings'],
  ],
  [
    'a macro among members',
    cloudFormation('{ Variables: { a: b, "Fn::Transform": { Name: AWS::Include } } }'),
    {},
    ['variables'],
  ],
  [
    'a variable named like an intrinsic, next to another variable',
    cloudFormation('{ Variables: { Ref: a, color: b } }'),
    { variables: { Ref: 'a', color: 'b' } },
  ],
  [
    'a dynamic reference',
    cloudFormation('{ Variables: { a: "{{resolve:ssm:/a}}", b: c } }'),
    { variables: { b: 'c' } },
    ['variables.a'],
  ],
  [
    'AWS::NoValue, which is absent',
    cloudFormation('{ Description: !Ref AWS::NoValue, Variables: { a: { Ref: AWS::NoValue } }, StageName: p }'),
    { stageName: 'p' },
  ],
  [
    'resource paths',
    cloudFormation(
      '{ MethodSettings: [{ ResourcePath: /*, HttpMethod: "*", CachingEnabled: true }, { ResourcePath: /, HttpMethod: GET, CachingEnabled: true }, { ResourcePath: /~1a, HttpMethod: GET, CachingEnabled: true }, { ResourcePath: "/b/{c}", HttpMethod: post, CachingEnabled: true }, { ResourcePath: /d/, HttpMethod: PUT, CachingEnabled: true }, { ResourcePath: /~1e~01f, HttpMethod: GET, CachingEnabled: true }] }',
    ),
    {
      methodSettings: {
        '*/*': { cachingEnabled: true },
        '~1/GET': { cachingEnabled: true },
        '~1a/GET': { cachingEnabled: true },
        '~1b~1{c}/POST': { cachingEnabled: true },
        '~1d/PUT': { cachingEnabled: true },
        '~1e~01f/GET': { cachingEnabled: true },
      },
    },
  ],
  [
    'an unknown method',
    cloudFormation('{ MethodSettings: [!If [X, {}, {}], { ResourcePath: /, HttpMethod: GET, CachingEnabled: true }] }'),
    { methodSettings: { '~1/GET': { cachingEnabled: true } } },
    ['methodSettings'],
  ],
  [
    'tags',
    cloudFormation('{ Tags: [{ Key: a, Value: b }, { Key: c, Value: !Ref X }] }'),
    { tags: { a: 'b' } },
    ['tags.c'],
  ],
  [
    'JSON',
    JSON.stringify({
      Resources: {
        P: {
          Type: 'AWS::ApiGateway::Stage',
          Properties: {
            Variables: { a: 1, b: true },
            MethodSettings: [
              { ResourcePath: '/*', HttpMethod: '*', ThrottlingBurstLimit: '7', ThrottlingRateLimit: 0.5 },
            ],
          },
        },
      },
    }),
    {
      variables: { a: '1', b: 'true' },
      methodSettings: { '*/*': { throttlingBurstLimit: 7, throttlingRateLimit: 0.5 } },
    },
  ],
  [
    'a StageDescription',
    'Resources: { D: { Type: AWS::ApiGateway::Deployment, Properties: { Description: no, StageName: p, DeploymentCanarySettings: { PercentTraffic: 5 }, StageDescription: { Description: yes, LoggingLevel: INFO, MethodSettings: [{ ResourcePath: /*, HttpMethod: "*", MetricsEnabled: true }] } } } }',
    {
      stageName: 'p',
      description: 'yes',
      canarySettings: { percentTraffic: 5 },
      methodSettings: { '*/*': { loggingLevel: 'INFO', metricsEnabled: true } },
    },
  ],
  [
    'SAM, with Globals',
    'Globals: { Api: { Variables: { a: b, c: d }, TracingEnabled: true, MethodSettings: [{ ResourcePath: /*, HttpMethod: "*", MetricsEnabled: true }] } }\nResources: { A: { Type: AWS::Serverless::Api, Properties: { StageName: p, Description: of the API, TracingEnabled: false, Variables: { c: e }, Tags: { t: u }, MethodSettings: [{ ResourcePath: /a, HttpMethod: GET, MetricsEnabled: true }] } } }',
    {
      stageName: 'p',
      tracingEnabled: false,
      variables: { a: 'b', c: 'e' },
      tags: { t: 'u' },
      methodSettings: { '*/*': { metricsEnabled: true }, '~1a/GET': { metricsEnabled: true } },
    },
  ],
];

test.each(rowsOf(templates))('a template: $what', async ({ text, stage, names }) => {
  const desired = await read(text);
  expect(desired.stage).toEqual(stage);
  expect([...desired.unknown.keys()].sort()).toEqual([...names].sort());
  expect(desired).toMatchObject({ unset: [], isWhole: true, notices: [] });
});

test('each unknown value has a reason: an intrinsic, or a parameter without a default, which can be given', async () => {
  const variables = '{ a: !GetAtt A.B, b: !Ref Percent, c: !Sub "x${Percent}", d: !Sub "${A.B}", e: !Ref Id }';
  const { unknown } = await read(cloudFormation(`{ DeploymentId: !Ref D, Variables: ${variables} }`, parameters));
  expect(Object.fromEntries(unknown)).toEqual({
    deploymentId: 'Ref D',
    'variables.a': 'Fn::GetAtt',
    'variables.b': 'give --parameter Percent=VALUE',
    'variables.c': 'give --parameter Percent=VALUE',
    'variables.d': 'Fn::Sub ${A.B}',
    'variables.e': 'Ref Id',
  });
});

test('a value that is unknown twice is named once', async () => {
  const item = '{ ResourcePath: !Ref P, HttpMethod: GET, CachingEnabled: true }';
  const { unknown } = await read(cloudFormation(`{ MethodSettings: [${item}, ${item}] }`));
  expect([...unknown]).toEqual([['methodSettings', 'Ref P']]);
});

test('if a macro replaces all properties, the whole stage is unknown', async () => {
  const { stage, unknown } = await read(cloudFormation('!Transform { Name: x }'));
  expect({ stage, names: [...unknown.keys()] }).toEqual({ stage: {}, names: Object.keys(stageShape) });
  expect(unknown.get('variables')).toBe('Fn::Transform');
});

test('a given parameter overrides its default', async () => {
  const text = cloudFormation('{ Variables: { a: !Ref Color, r: !Ref AWS::Region } }', parameters);
  const { stage } = await read(text, { parameters: { Color: 'red', 'AWS::Region': 'eu-west-1' } });
  expect(stage).toEqual({ variables: { a: 'red', r: 'eu-west-1' } });
});

test('ANY means all seven HTTP methods', async () => {
  const { stage } = await read(
    cloudFormation('{ MethodSettings: [{ ResourcePath: /a, HttpMethod: ANY, CachingEnabled: true }] }'),
  );
  expect(Object.keys(stage.methodSettings ?? {})).toHaveLength(7);
});

test('a deployment without StageDescription is not a whole stage', async () => {
  const { stage, isWhole } = await read(
    'Resources: { D: { Type: AWS::ApiGateway::Deployment, Properties: { StageName: p } } }',
  );
  expect({ stage, isWhole }).toEqual({ stage: { stageName: 'p' }, isWhole: false });
});

const two =
  'Resources: { A: { Type: AWS::ApiGateway::Stage, Properties: { StageName: a } }, B: { Type: AWS::ApiGateway::Stage, Properties: { StageName: b } } }';

test('the named stage is chosen from several', async () => {
  expect((await read(two, { name: 'B' })).stage).toEqual({ stageName: 'b' });
});

const state = (resources: readonly object[], more: object = {}): string =>
  JSON.stringify({ format_version: '1.0', values: { root_module: { resources } }, ...more });

const stageAt = (address: string, values: object): object => ({
  address,
  mode: 'managed',
  type: 'aws_api_gateway_stage',
  name: 'p',
  values: { rest_api_id: 'api', stage_name: 'prod', ...values },
});

const settingsAt = (address: string, values: object): object => ({
  address,
  mode: 'managed',
  type: 'aws_api_gateway_method_settings',
  name: 's',
  values: {
    rest_api_id: 'api',
    stage_name: 'prod',
    method_path: '*/*',
    settings: [{ logging_level: 'INFO', throttling_burst_limit: -1, cache_ttl_in_seconds: null }],
    ...values,
  },
});

test('in a Terraform state, provider defaults count as not mentioned', async () => {
  const text = state([
    stageAt('aws_api_gateway_stage.p', {
      description: '',
      client_certificate_id: '',
      cache_cluster_size: null,
      xray_tracing_enabled: true,
      access_log_settings: [],
      canary_settings: [
        { percent_traffic: 0, use_stage_cache: false, stage_variable_overrides: { a: 'b' }, deployment_id: 'd' },
      ],
      variables: { a: '1' },
      tags: null,
      tags_all: { t: 'u' },
    }),
    settingsAt('aws_api_gateway_method_settings.all', {}),
    settingsAt('aws_api_gateway_method_settings.path', {
      method_path: 'a/b/GET',
      settings: [{ caching_enabled: true }],
    }),
    settingsAt('aws_api_gateway_method_settings.other', { stage_name: 'test', method_path: 'c/GET' }),
  ]);
  const desired = await read(text);
  expect(desired.stage).toEqual({
    stageName: 'prod',
    tracingEnabled: true,
    canarySettings: { percentTraffic: 0, useStageCache: false, stageVariableOverrides: { a: 'b' }, deploymentId: 'd' },
    variables: { a: '1' },
    tags: { t: 'u' },
    methodSettings: { '*/*': { loggingLevel: 'INFO' }, '~1a~1b/GET': { cachingEnabled: true } },
  });
  expect(desired).toMatchObject({ unset: [], unknown: new Map(), isWhole: true, notices: [] });
});

test('a stage in a Terraform module with a key can be named', async () => {
  const address = 'module.x.aws_api_gateway_stage.p["blue"]';
  const child = {
    address: 'module.x',
    resources: [stageAt(address, { description: 'x' }), stageAt('module.x.aws_api_gateway_stage.p["red"]', {})],
  };
  const text = JSON.stringify({ format_version: '1.0', planned_values: { root_module: { child_modules: [child] } } });
  expect((await read(text, { name: address })).stage).toEqual({ stageName: 'prod', description: 'x' });
});

const knownLater = (address: string, after_unknown: object): object => ({ address, change: { after_unknown } });

const planned = (others: readonly object[]): string =>
  state([], {
    planned_values: {
      root_module: {
        resources: [
          stageAt('aws_api_gateway_stage.p', { rest_api_id: undefined, variables: { a: 'b' } }),
          settingsAt('aws_api_gateway_method_settings.s', { rest_api_id: undefined }),
          ...others,
        ],
      },
    },
    resource_changes: [
      knownLater('aws_api_gateway_stage.p', {
        rest_api_id: true,
        deployment_id: true,
        variables: { c: true },
        access_log_settings: [{ destination_arn: true }],
        canary_settings: true,
      }),
      knownLater('aws_api_gateway_method_settings.s', {
        rest_api_id: true,
        settings: [{ cache_ttl_in_seconds: true }],
      }),
    ],
  });

test('in a Terraform plan, values known after apply are unknown, and settings belong to the only matching stage', async () => {
  const desired = await read(planned([stageAt('aws_api_gateway_stage.other', { stage_name: 'other' })]), {
    name: 'aws_api_gateway_stage.p',
  });
  expect(desired.stage).toEqual({
    stageName: 'prod',
    variables: { a: 'b' },
    methodSettings: { '*/*': { loggingLevel: 'INFO' } },
  });
  expect([...desired.unknown.keys()].sort()).toEqual([
    'accessLogSettings.destinationArn',
    'canarySettings',
    'deploymentId',
    'methodSettings.*/*.cacheTtlInSeconds',
    'variables.c',
  ]);
});

test('in a Terraform plan, method settings that may belong to another stage are unknown', async () => {
  const desired = await read(planned([stageAt('aws_api_gateway_stage.other', { rest_api_id: undefined })]), {
    name: 'aws_api_gateway_stage.p',
  });
  expect(desired.stage).toEqual({ stageName: 'prod', variables: { a: 'b' } });
  expect([...desired.unknown.keys()]).toContain('methodSettings');
});

const refused: readonly [string, string, Options, RegExp][] = [
  ['nothing', '', {}, /^file: expected a stage, a part of one, .*; got null$/],
  ['a list', '[1]', {}, /got an array$/],
  ['another object', 'foo: bar', {}, /got an object with foo$/],
  ['broken YAML', 'variables:\n  a: "b\n', {}, /^file: line \d+, column \d+: /],
  ['broken JSON', '{"variables": {"a": "b"', {}, /^file: line 1, column \d+: /],
  ['a key twice', 'description: a\ndescription: b', {}, /^file: line 2, column 1: .*each key once/],
  ['a key twice in JSON', '{"variables": {"a": "b",\n"a": "c"}}', {}, /^file: line 2, column 1: .*each key once/],
  ['several documents', 'description: a\n---\ndescription: b', {}, /expected one YAML document, got several/],
  [
    'aliases of aliases',
    `a: &a [x,x,x,x,x,x,x,x,x,x]\n${[...'bcdefgh'].map((letter, index) => `${letter}: &${letter} [${Array(10).fill(`*${'abcdefg'[index]}`).join(',')}]`).join('\n')}`,
    {},
    /the aliases make it too large/,
  ],
  [
    'another kind of value',
    'tracingEnabled: yes\nvariables: { a: [1] }',
    {},
    /^file: tracingEnabled: expected a boolean, got "yes" \(line 1\)$/,
  ],
  [
    'a number for a text in JSON',
    '{\n"variables": {"a": 1}}',
    {},
    /^file: variables\.a: expected a string, got a number \(line 2\)$/,
  ],
  ...[
    ['GET /orders', '; write ~1orders\\/GET'],
    ['/orders/GET', '; write ~1orders\\/GET'],
    ['~1orders/get', '; write ~1orders\\/GET'],
    ['ANY /orders', '; write ~1orders\\/GET, .*, ~1orders\\/OPTIONS'],
    ['orders', ', such as ~1pets\\/GET or \\*\\/\\*'],
  ].map(([key, says]): [string, string, Options, RegExp] => [
    `the method key ${key}`,
    `methodSettings:\n  ${key}:\n    throttlingRateLimit: 5\n`,
    {},
    new RegExp(`^file: methodSettings\\.${key}: expected the key of a method${says} \\(line 2\\)$`),
  ]),
  [
    'a value truncated by PowerShell',
    '{"variables": "@{a=b}"}',
    {},
    /^file: variables: expected an object, got what PowerShell's ConvertTo-Json .*-Depth 10 \(line 1\)$/,
  ],
  [
    'a value truncated by PowerShell, in YAML',
    'variables: "@{a=b}"',
    {},
    /^file: variables: .* PowerShell's ConvertTo-Json/,
  ],
  [
    "Python's str of a dict",
    "{'stageName': 'prod', 'cacheClusterEnabled': False}",
    {},
    /^file: line 1, column 1: this is Python's str\(\) of a dict/,
  ],
  ['a name for a stage file', 'description: x', { name: 'A' }, /leave out #A$/],
  [
    'a parameter for a stage file',
    'description: x',
    { parameters: { A: 'b' } },
    /only a CloudFormation or SAM template has parameters$/,
  ],
  [
    'broken JSON in a .json file',
    '{"variables":{"color":None}}',
    { label: 'a.json' },
    /^a\.json: line 1, column 23: broken JSON/,
  ],
  ['several stages and no name', two, {}, /^file: expected one stage of a REST API, or FILE#NAME; it has A, B\.$/],
  [
    'a name that does not exist',
    two,
    { name: 'b1' },
    /there is no stage of a REST API called b1; it has A, B\. Did you mean B\?$/,
  ],
  ['no stage', 'Resources: { X: { Type: AWS::S3::Bucket } }', {}, /it has no stage of a REST API/],
  [
    'an HTTP API',
    'Resources: { X: { Type: AWS::Serverless::HttpApi } }',
    {},
    /^file: X is an AWS::Serverless::HttpApi, and stage edits stages of REST APIs only$/,
  ],
  [
    'a parameter that does not exist',
    cloudFormation('{ StageName: p }', parameters),
    { parameters: { Colour: 'x' } },
    /the template has no parameter Colour; it has Color, Percent, Id$/,
  ],
  [
    'a wrong value',
    cloudFormation('\n      TracingEnabled: maybe\n      CanarySetting: { PercentTraffic: 101 }'),
    {},
    /^file#Prod: canarySettings\.percentTraffic: expected a number from 0 to 100, got "101" \(line 6\)$/,
  ],
  [
    'properties that are not an object',
    cloudFormation('[x]'),
    {},
    /^file#Prod: expected an object, got an array \(line 4\)$/,
  ],
  [
    'MethodSettings that are not a list',
    cloudFormation('{ MethodSettings: { LoggingLevel: INFO } }'),
    {},
    /^file#Prod: methodSettings: expected a list, got an object \(line 4\)$/,
  ],
  [
    'a method setting without a method',
    cloudFormation('{ MethodSettings: [{ LoggingLevel: INFO }] }'),
    {},
    /methodSettings\.0: expected ResourcePath and HttpMethod; one is missing \(line 4\)$/,
  ],
  [
    'an invalid HTTP method',
    cloudFormation('{ MethodSettings: [{ ResourcePath: /, HttpMethod: FETCH }] }'),
    {},
    /methodSettings\.0: expected an HTTP method of API Gateway, or \*, got "FETCH" \(line 4\)$/,
  ],
  [
    'an unknown YAML tag',
    cloudFormation('{ Description: !Frob x }'),
    {},
    /^file: line 4, column \d+: Unresolved tag: !Frob\. Only a template .* may have tags, and only those of Cloud/,
  ],
  ...[
    '!Ref Orders',
    '!GetAtt T.Arn',
    '!Sub "${A}"',
    '!!python/name:a b',
    '!!binary aGk=',
    '!!timestamp 2020-01-01',
    '!If [a, b]',
  ].map((value): [string, string, Options, RegExp] => [
    `the tag of ${value} in a stage file`,
    `description: a\nvariables:\n  t: ${value}\n`,
    {},
    /^file: line 3, column 6: Unresolved tag: .*\. Only a template \(a file with Resources\) may have tags/,
  ]),
  ...(['file', 'o.tf', 'o.tf.json'] as const).map((label): [string, string, Options, RegExp] => [
    `Terraform's own language in ${label}`,
    label === 'o.tf.json' ? '{"resource": {}}' : 'provider "aws" {\n}\nresource "aws_api_gateway_stage" "p" {\n}\n',
    { label },
    /: Terraform's own language cannot be read\. .*: terraform plan -out=plan && terraform show -json plan > plan\.json$/,
  ]),
  [
    'a state file',
    '{"version": 4, "terraform_version": "1.9.0", "resources": []}',
    {},
    /or the output of terraform show -json; got an object with version, terraform_version, resources$/,
  ],
  [
    'a state without a stage',
    '{"format_version": "1.0"}',
    {},
    /expected one aws_api_gateway_stage, or FILE#NAME; it has no aws_api_gateway_stage\.$/,
  ],
];

test.each(refused)('refused: %s', async (_, text, options, expected) => {
  expect((await messagesOf(text, options))[0]).toMatch(expected);
});

test('all misfits are reported together, with lines and columns', async () => {
  await expect(read('tracingEnabled: 1\nvariables:\n  a: [1]\n  b: {}\n')).rejects.toMatchObject({
    problems: [
      { line: 1, column: 1 },
      { line: 3, column: 3 },
      { line: 4, column: 3 },
    ],
  });
});
