/** Problems of documents, with line and column. */
import { validateDocument } from '../../src/documents/validate.js';

const found = async (label: string, text: string) =>
  (await validateDocument(text, { label })).map(({ line, column, message }) => `${line}:${column} ${message}`);

const template = `Resources:
  Blue:
    Type: AWS::ApiGateway::Stage
    Properties:
      StageName: blue
      CacheClusterSize: '0.7'
  Green:
    Type: AWS::ApiGateway::Stage
    Properties:
      StageName: green
      Variables:
        color-name: x
      MethodSettings:
        - HttpMethod: GET
          ResourcePath: /pets
          LoggingLevel: LOUD
`;

const methods = `Globals:
  Api:
    MethodSettings: [{ ResourcePath: /, HttpMethod: GET }]
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: p
      MethodSettings:
        - ResourcePath: /a
          HttpMethod: FOO
        - { ResourcePath: !Ref P, HttpMethod: GET }
        - ResourcePath: /b
          HttpMethod: GET
          ThrottlingRateLimit: abc
        - LoggingLevel: INFO
`;

const typos = `Resources:
  D:
    Type: AWS::ApiGateway::Deployment
    Properties:
      StageName: p
      StageDescription:
        Varaibles: { a: b }
        CachingEnabled: true
        TracingEnabled: true
        CanarySetting: { PercentTrafic: 5 }
        MethodSettings:
          - ResourcePath: /
            HttpMethod: GET
            LogingLevel: INFO
`;

test.each([
  ['a.json', '{"description": "x"}', []],
  ['a.yaml', 'variables:\n  color: blue\n', []],
  ['a.yaml', 'tags:\n  cost center: a b\n', []],
  [
    'a.json',
    '{"description": "x",\n  "variables" 1}',
    [/^2:15 a\.json: line 2, column 15: broken JSON: expected a colon/],
  ],
  [
    'a.json',
    '{"tracingEnabled": "yes",\n "canarySettings": {\n  "percentTraffic": 101}, "variables": {"a b": "x"}}',
    [/^1:2 .*tracingEnabled: expected a boolean/, /^3:3 .*percentTraffic: .*0.*100/, /^3:.*a b/],
  ],
  [
    'a.yaml',
    'methodSettings:\n  GET /pets:\n    loggingLevel: INFO\n',
    [/^2:3 .*expected the key of a method; write ~1pets\/GET /],
  ],
  [
    'a.json',
    '{"deploymentId": "x7k2p9",\n "descripton": "typo",\n "canarySettings": {"percentTrafic": 5},\n "canarySetting": {}}',
    [
      /^2:2 a\.json: descripton: this is not a member of a stage/,
      /^3:21 .*\.percentTrafic: /,
      /^4:2 .*canarySetting: /,
    ],
  ],
  ['a.yaml', 'a: b: c\n', [/^1:\d+ a\.yaml/]],
  ['a.yaml', 'stranger: 1\n', [/^1:1 a\.yaml: expected a stage/]],
  ['t.yaml', template, [/^6:7 t\.yaml#Blue: cacheClusterSize/, /^12:9 t\.yaml#Green: .*color-name/, /^16:11 .*LOUD/]],
  ['t.yaml', typos, [/^7:9 .*: Varaibles: this is not a member/, /^10:26 .*PercentTrafic/, /^14:13 .*LogingLevel/]],
  ['t.yaml', methods, [/^10:11 .*FOO/, /^15:11 .*b\/GET\.throttlingRateLimit: .*abc/, /^16:11 .*HttpMethod/]],
  ['t.yaml', methods.slice(methods.indexOf('Resources')), [/^7:11 .*\.0: .*FOO/, /^12:11 .*abc/, /^13:11 .*\.3: /]],
])('%s: %j', async (label, text, expected) => {
  const findings = await found(label, text);
  expect(findings).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
});
