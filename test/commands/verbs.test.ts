/** Every command: a command line, and its operations on a stage or its error message. */

import { applyPatch } from '../../src/stage/patch.js';
import type { PatchOperation, Stage } from '../../src/stage/stage.js';
import { runInFolder, textOf } from '../runs.js';
import { aCanary, aMethod, aStage } from '../stages.js';
import { wordsOf } from '../world.js';

interface Asked {
  /** The line after `stage`; s.json has the stage before the edit. */
  readonly line: string;
  /** Default: `aStage()`. */
  readonly stage?: Stage;
  readonly files?: Readonly<Record<string, unknown>>;
  readonly stdin?: string;
}

interface Edit extends Asked {
  /** Operations, as formatted by `brief`. */
  readonly makes: readonly string[];
  /** Codes of notices. */
  readonly notices?: readonly string[];
  /** The same line has another effect on the resulting stage. */
  readonly once?: true;
}

interface Refusal extends Asked {
  readonly exits: number;
  readonly says: string | RegExp;
}

type Rows<Row> = Readonly<Record<string, Row>>;

const brief = (operation: PatchOperation): string => {
  if (operation.op === 'copy') return `copy ${operation.from} → ${operation.path}`;
  return 'value' in operation
    ? `${operation.op} ${operation.path} = ${operation.value}`
    : `${operation.op} ${operation.path}`;
};

const givenOf = ({ stage = aStage(), files, stdin }: Asked) => ({
  files: { 's.json': stage, ...files },
  ...(stdin !== undefined && { stdin }),
});

// Repeating these is another edit: a copy copies again, and a patch is applied as given.
const isRepeatable = (line: string): boolean => !/^patch|--from|^promote-canary/.test(line);

const edits = (rows: Rows<Edit>): void => {
  test.each(Object.entries(rows))('%s', async (_title, row) => {
    const { line, stage = aStage(), makes, notices = [] } = row;
    const planned = await runInFolder([...wordsOf(line), '-n', '-q', '-o', 'json'], givenOf(row));
    expect(planned).toMatchObject({ code: 0, stderr: '' });
    const document = JSON.parse(planned.stdout);
    expect(document.operations.map(brief)).toEqual(makes);
    expect(document.notices.map(({ code }: { code: string }) => code)).toEqual(notices);
    const done = await runInFolder(line, givenOf(row));
    expect(done.code).toBe(0);
    expect(JSON.parse(done.files['s.json'] ?? '')).toEqual(applyPatch(stage, document.operations));
    if (makes.length === 0) expect(done.stdout + done.stderr).toContain('s.json: nothing to change');
    if (row.once || !isRepeatable(line)) return;
    const again = await runInFolder([...wordsOf(line), '-o', 'patch'], { ...givenOf(row), files: done.files });
    expect(JSON.parse(again.stdout)).toEqual([]);
  });
};

const refusals = (rows: Rows<Refusal>): void => {
  test.each(Object.entries(rows))('refuses %s', async (_title, row) => {
    const { code, stdout, stderr, files } = await runInFolder(row.line, givenOf(row));
    expect(stderr).toMatch(row.says);
    expect({ code, stdout }).toEqual({ code: row.exits, stdout: '' });
    expect(files['s.json']).toBe(textOf(row.stage ?? aStage()));
  });
};

interface Look extends Asked {
  readonly prints: string;
  readonly exits?: number;
}

const looks = (rows: Rows<Look>): void => {
  test.each(Object.entries(rows))('%s', async (_title, row) => {
    const { code, stdout, stderr } = await runInFolder(row.line, givenOf(row));
    expect({ code, stdout, stderr }).toEqual({ code: row.exits ?? 0, stdout: row.prints, stderr: '' });
  });
};

const withCanary = aStage({ canarySettings: aCanary() });
const withMethods = aStage({
  methodSettings: {
    '*/*': aMethod({ throttlingRateLimit: 50 }),
    '~1pets/GET': aMethod({ loggingLevel: 'INFO', throttlingRateLimit: 50 }),
    '~1pets/POST': aMethod({ throttlingRateLimit: 7 }),
  },
});
const withTwoSpellings = aStage({
  methodSettings: {
    'pets/GET': aMethod({ throttlingRateLimit: 1 }),
    '~1pets/GET': aMethod({ throttlingRateLimit: 2 }),
  },
});
const arn = 'arn:aws:logs:eu-west-1:111122223333:log-group:orders';
const withAccessLog = aStage({ accessLogSettings: { destinationArn: arn, format: '$context.requestId' } });
const httpMethods = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];

describe('get', () => {
  looks({
    'prints the whole stage, ready to save as a stage file': { line: 'get s.json', prints: textOf(aStage()) },
    'prints the bare value of one property': { line: 'get s.json deploymentId', prints: 'dep1\n' },
    'prints a boolean as a word': { line: 'get s.json tracingEnabled', prints: 'false\n' },
    'prints the exact value even if its name looks secret': {
      line: 'get s.json variables.password',
      stage: aStage({ variables: { password: 'hunter2' } }),
      prints: 'hunter2\n',
    },
    'reads a property by its patch path': {
      line: "get s.json '/~1pets/GET/logging/loglevel'",
      stage: withMethods,
      prints: 'INFO\n',
    },
    'reads a method in any spelling': {
      line: "get s.json 'methodSettings.pets/get.loggingLevel'",
      stage: withMethods,
      prints: 'INFO\n',
    },
    'reads the entry whose key was typed before another spelling of its method': {
      line: 'get s.json methodSettings.pets/GET.throttlingRateLimit',
      stage: withTwoSpellings,
      prints: '1\n',
    },
    'reads a method with a dot in its path': {
      line: "get s.json 'methodSettings.GET /v1.0/pets.cachingEnabled'",
      stage: aStage({ methodSettings: { '~1v1.0~1pets/GET': aMethod({ cachingEnabled: true }) } }),
      prints: 'true\n',
    },
    'prints a whole group as JSON': {
      line: 'get s.json variables',
      stage: aStage({ variables: { a: '1' } }),
      prints: '{\n    "a": "1"\n}\n',
    },
    'prints several as one object, keyed as typed, null where absent': {
      line: 'get s.json deploymentId /description variables.a',
      stage: aStage({ variables: { a: '1' } }),
      prints: textOf({ deploymentId: 'dep1', '/description': null, 'variables.a': '1' }),
    },
    'gives every method its own key if one word means several': {
      line: "get s.json 'methodSettings.GET,POST /pets.throttlingRateLimit'",
      stage: withMethods,
      prints: textOf({
        'methodSettings.~1pets/GET.throttlingRateLimit': 50,
        'methodSettings.~1pets/POST.throttlingRateLimit': 7,
      }),
    },
    'prints --default instead of a property that is not set': {
      line: 'get s.json description --default none',
      prints: 'none\n',
    },
    'prefers a set value to --default': { line: 'get s.json deploymentId --default none', prints: 'dep1\n' },
    'reads standard input': { line: 'get - stageName', stdin: '{"stageName":"dev"}', prints: 'dev\n' },
    'prints JSON and YAML on request': { line: 'get s.json stageName -o json', prints: '"prod"\n' },
  });
  refusals({
    'a field that no property has': {
      line: 'get s.json canarySettings.percent',
      exits: 3,
      says: /canarySettings\.percent is not a property: expected one of canarySettings\.deploymentId, /,
    },
    'a field that no method has': {
      line: "get s.json 'methodSettings.GET /pets.logLevel'",
      exits: 3,
      says: /not a property: logLevel is not a setting of a method; expected one of metricsEnabled, /,
    },
    'an output format that only edits have': {
      line: 'get s.json -o patch',
      exits: 3,
      says: /--output: expected one of text, json, yaml; got/,
    },
  });
});

describe('set', () => {
  edits({
    'sets every scalar of the stage by its option, in the order of the table': {
      line:
        'set s.json --cache-cluster-size 1.6 --cache-cluster-enabled --tracing-enabled --documentation-version v2 ' +
        '--client-certificate-id cert --deployment-id dep9 --description live',
      makes: [
        'replace /description = live',
        'replace /deploymentId = dep9',
        'replace /clientCertificateId = cert',
        'replace /documentationVersion = v2',
        'replace /tracingEnabled = true',
        'replace /cacheClusterEnabled = true',
        'replace /cacheClusterSize = 1.6',
      ],
      notices: ['inverse-incomplete'],
    },
    'accepts PROPERTY=VALUE with a field path or a patch path': {
      line: "set s.json description=live /tracingEnabled=true variables.url=https://x?a=b 'methodSettings.GET /pets.loggingLevel=INFO'",
      makes: [
        'replace /description = live',
        'replace /tracingEnabled = true',
        'replace /variables/url = https://x?a=b',
        'replace /~1pets/GET/logging/loglevel = INFO',
      ],
    },
    'writes only properties that change': {
      line: 'set s.json --deployment-id dep1 --description live --tracing-enabled=false',
      makes: ['replace /description = live'],
    },
    'succeeds and says so if nothing changes': { line: 'set s.json --deployment-id dep1', makes: [] },
    'treats a boolean that a partial stage lacks as unknown, not as false': {
      line: 'set s.json --no-tracing-enabled',
      stage: { deploymentId: 'dep1' },
      makes: ['replace /tracingEnabled = false'],
      notices: ['inverse-incomplete'],
    },
    'compares numbers by value': {
      line: 'set s.json --canary-percent-traffic 10.0',
      stage: withCanary,
      makes: [],
    },
    'accepts one value given in several ways': {
      line: 'set s.json --variable a=1 --var a=1 --variables a=1 variables.a=1 --description x --description=x',
      makes: ['replace /description = x', 'replace /variables/a = 1'],
    },
    'merges several --variables': {
      line: `set s.json --variables a=1,b=2 --variables '{"b":"2","c":"3"}'`,
      makes: ['replace /variables/a = 1', 'replace /variables/b = 2', 'replace /variables/c = 3'],
    },
    'clears a property with an empty text if its clear value is empty': {
      line: "set s.json --description '' --client-certificate-id= documentationVersion=",
      stage: aStage({ description: 'x', clientCertificateId: 'c', documentationVersion: '1' }),
      makes: ['replace /description = ', 'replace /clientCertificateId = ', 'replace /documentationVersion = '],
    },
    'turns a property on with --x': { line: 'set s.json --tracing-enabled', makes: ['replace /tracingEnabled = true'] },
    'turns a property off with --no-x': {
      line: 'set s.json --no-tracing-enabled',
      stage: aStage({ tracingEnabled: true }),
      makes: ['replace /tracingEnabled = false'],
    },
    'turns a property on with --x=true': {
      line: 'set s.json --tracing-enabled=true',
      makes: ['replace /tracingEnabled = true'],
    },
    'turns a property off with --x=false': {
      line: 'set s.json --tracing-enabled=false',
      stage: aStage({ tracingEnabled: true }),
      makes: ['replace /tracingEnabled = false'],
    },
    'accepts a negative number as a separate value': {
      line: 'set s.json --throttling-rate-limit -1',
      makes: ['replace /*/*/throttling/rateLimit = -1'],
    },
    'accepts a value that starts with a dash after an equals sign': {
      line: 'set s.json --description=-x',
      makes: ['replace /description = -x'],
    },
    'reads --variables as a=1,b=2': {
      line: 'set s.json --variables a=1,b=https://x/?q=1',
      makes: ['replace /variables/a = 1', 'replace /variables/b = https://x/?q=1'],
    },
    'reads --variables with any variable name': {
      line: 'set s.json --variables value=1,b=2,op=3',
      makes: ['replace /variables/value = 1', 'replace /variables/b = 2', 'replace /variables/op = 3'],
    },
    'reads --variables as JSON': {
      line: `set s.json --variables '{"a":"1","b":"x, y"}'`,
      makes: ['replace /variables/a = 1', 'replace /variables/b = x, y'],
    },
    'reads --variables from a file, as JSON or shorthand': {
      line: 'set s.json --variables file://vars.json',
      files: { 'vars.json': { a: '1' } },
      makes: ['replace /variables/a = 1'],
    },
    'reads a file reference in --variables': {
      line: 'set s.json --variables a@=file://a.txt,b=2',
      files: { 'a.txt': 'one' },
      makes: ['replace /variables/a = one', 'replace /variables/b = 2'],
    },
    'reads a variable from a file, without a byte-order mark and one final newline': {
      line: 'set s.json --variable a=@a.txt --canary-variable b=@b.txt',
      stage: withCanary,
      files: { 'a.txt': '\ufeffone\n', 'b.txt': 'two\r\n' },
      makes: ['replace /variables/a = one', 'replace /canarySettings/stageVariableOverrides/b = two'],
    },
    'reads the log format from a file': {
      line: 'set s.json --access-log-format @format.txt',
      files: { 'format.txt': '$context.requestId $context.status\n' },
      makes: ['replace /accessLogSettings/format = $context.requestId $context.status'],
      notices: ['access-log-without-destination'],
    },
    'reads a value from standard input': {
      line: 'set s.json --variable a=@-',
      stdin: 'piped\n',
      makes: ['replace /variables/a = piped'],
    },
    'keeps @ in options that read no file': {
      line: 'set s.json --description @home',
      makes: ['replace /description = @home'],
    },
    'removes the trailing :* of a log group, with a notice': {
      line: `set s.json --access-log-destination-arn '${arn}:*'`,
      makes: [`replace /accessLogSettings/destinationArn = ${arn}`],
      notices: ['log-group-star'],
    },
    'changes an existing canary': {
      line: 'set s.json --canary-percent-traffic 25 --canary-use-stage-cache --canary-variable color=green',
      stage: withCanary,
      makes: [
        'replace /canarySettings/percentTraffic = 25',
        'replace /canarySettings/useStageCache = true',
        'replace /canarySettings/stageVariableOverrides/color = green',
      ],
    },
    'starts a canary if its deployment is named, and sets the deployment first': {
      line: 'set s.json --canary-percent-traffic 25 --canary-deployment-id dep2',
      makes: ['replace /canarySettings/deploymentId = dep2', 'replace /canarySettings/percentTraffic = 25'],
    },
    "starts a canary on the stage's own deployment with --force, and warns": {
      line: 'set s.json --canary-percent-traffic 25 --force',
      makes: ['replace /canarySettings/percentTraffic = 25'],
      notices: ['canary-on-own-deployment'],
    },
  });
  refusals({
    'a canary option without a canary': {
      line: 'set s.json --canary-percent-traffic 25',
      exits: 5,
      says: /no canary.*--canary-deployment-id ID.*--force/,
    },
    'a canary variable without a canary': {
      line: 'set s.json --canary-variable color=green',
      exits: 5,
      says: /no canary/,
    },
    'a canary property without a canary': {
      line: 'set s.json canarySettings.useStageCache=true',
      exits: 5,
      says: /no canary/,
    },
    'properties that cannot be set, and says what to do instead': {
      line: 'set s.json tags.team=orders stageName=dev',
      exits: 3,
      says: /stageName cannot be set\. A stage keeps its name.*\n.*tags\.team cannot be set\. Use aws apigateway tag-resource/,
    },
    'all wrong values together': {
      line: 'set s.json --cache-cluster-size 2 --cache-ttl-in-seconds 4000 --variable a-b=1',
      exits: 3,
      says: /0\.5, 1\.6.*"2"[\s\S]*Invalid stage variable name: a-b[\s\S]*no greater than 3600/,
    },
    'two values for one property, and names both sources': {
      line: 'set s.json description=y --description x variables.a=1 --variables a=2',
      exits: 3,
      says: /description is given two values: by --description and description\.\n.*variables\.a is given two values: by --variables a and variables\.a\./,
    },
    'two values for one variable from one option': {
      line: 'set s.json --variable a=1 --var a=2 --variable a=1',
      exits: 3,
      says: /variables\.a is given two values: by --variable a twice\./,
    },
    'two values for one variable in --variables as JSON': {
      line: `set s.json --variables '{"a":"1","a":"2"}'`,
      exits: 3,
      says: /line 1, column 10: expected each key once, got "a" again\./,
    },
    'two values for an option': {
      line: 'set s.json --description x --tracing-enabled --no-tracing-enabled --description y',
      exits: 3,
      says: /--tracing-enabled is given two values: true and false\.\n.*--description is given two values: x and y\./,
    },
    'two values for a setting, in two spellings of its method': {
      line: "set s.json --logging-level INFO --method pets/GET 'methodSettings.GET /pets.loggingLevel=ERROR'",
      exits: 3,
      says: /methodSettings\.GET \/pets\.loggingLevel is given two values: by --logging-level and methodSettings\.GET \/pets\.loggingLevel\./,
    },
    'an empty value that clears nothing': {
      line: "set s.json --deployment-id ''",
      exits: 3,
      says: /--deployment-id: expected ID, got an empty value/,
    },
    'an option in place of a value, as after an empty shell variable': {
      line: 'set s.json --description --tracing-enabled',
      exits: 3,
      says: /--description: expected TEXT, got the option --tracing-enabled\..*--description=--tracing-enabled/,
    },
    'two arguments that read standard input': {
      line: 'set s.json --variable a=@- --variable b=@-',
      stdin: 'x',
      exits: 3,
      says: /only one argument can read standard input/,
    },
    'a line without a property': { line: 'set s.json', exits: 3, says: /Nothing to set: give options/ },
    'a method without a setting': {
      line: "set s.json --description x --method 'GET /pets'",
      exits: 3,
      says: /--method needs a setting, such as/,
    },
    'variables that are not strings': {
      line: `set s.json --variables '{"a":1}'`,
      exits: 3,
      says: /--variables: a: expected a text, got a number/,
    },
  });
});

describe('set --method', () => {
  const spellings: readonly (readonly [spelling: string, key: string])[] = [
    ['GET /pets/{id}', '~1pets~1{id}/GET'],
    ['get /pets/{id}', '~1pets~1{id}/GET'],
    ['/pets/{id}/GET', '~1pets~1{id}/GET'],
    ['pets/{id}/GET', '~1pets~1{id}/GET'],
    ['GET/pets/{id}', '~1pets~1{id}/GET'],
    ['~1pets~1{id}/GET', '~1pets~1{id}/GET'],
    ['GET /', '~1/GET'],
    ['* *', '*/*'],
    ['*/*', '*/*'],
  ];
  edits(
    Object.fromEntries(
      spellings.map(([spelling, key]) => [
        `'${spelling}' is the entry ${key}`,
        {
          line: `set s.json --metrics-enabled --method '${spelling}'`,
          makes: [`replace /${key}/metrics/enabled = true`],
        },
      ]),
    ),
  );
  edits({
    'defaults to */*': {
      line: 'set s.json --metrics-enabled',
      makes: ['replace /*/*/metrics/enabled = true'],
    },
    'accepts several HTTP methods for one path': {
      line: "set s.json --metrics-enabled --method 'GET,post /pets'",
      makes: ['replace /~1pets/GET/metrics/enabled = true', 'replace /~1pets/POST/metrics/enabled = true'],
    },
    'can be repeated': {
      line: "set s.json --metrics-enabled --method 'GET /pets' --method 'GET /toys'",
      makes: ['replace /~1pets/GET/metrics/enabled = true', 'replace /~1toys/GET/metrics/enabled = true'],
    },
    'expands ANY to seven HTTP methods, with a notice': {
      line: "set s.json --metrics-enabled --method 'ANY /pets'",
      makes: httpMethods.map((httpMethod) => `replace /~1pets/${httpMethod}/metrics/enabled = true`),
      notices: ['any-method'],
    },
    'expands * before a path to seven HTTP methods, with a notice': {
      line: "set s.json --metrics-enabled --method '* /pets'",
      makes: httpMethods.map((httpMethod) => `replace /~1pets/${httpMethod}/metrics/enabled = true`),
      notices: ['any-method'],
    },
    'uses an existing entry in another spelling, with a notice': {
      line: "set s.json --metrics-enabled --method 'GET /pets'",
      stage: aStage({ methodSettings: { 'pets/GET': aMethod() } }),
      makes: ['replace /pets/GET/metrics/enabled = true'],
      notices: ['method-spelling'],
    },
    'skips entries that API Gateway ignores with --all-methods': {
      line: 'set s.json --metrics-enabled --all-methods',
      stage: aStage({ methodSettings: { '*/*': aMethod(), 'pets/{id}/GET': aMethod(), '~1toys/GET': aMethod() } }),
      makes: ['replace /*/*/metrics/enabled = true', 'replace /~1toys/GET/metrics/enabled = true'],
    },
    'does not use an entry that API Gateway ignores, and says to remove it': {
      line: "set s.json --metrics-enabled --method 'GET /pets/{id}'",
      stage: aStage({ methodSettings: { 'pets/{id}/GET': aMethod() } }),
      makes: ['replace /~1pets~1{id}/GET/metrics/enabled = true'],
      notices: ['method-spelled-twice'],
    },
    'uses an existing entry in another spelling for a patch path, with a notice': {
      line: 'set s.json /pets/GET/metrics/enabled=true',
      stage: aStage({ methodSettings: { '~1pets/GET': aMethod() } }),
      makes: ['replace /~1pets/GET/metrics/enabled = true'],
      notices: ['method-spelling'],
    },
    'names every entry that keeps a value different from the new one of */*': {
      line: 'set s.json --throttling-rate-limit 7',
      stage: withMethods,
      makes: ['replace /*/*/throttling/rateLimit = 7'],
      notices: ['method-keeps-value'],
    },
    'names an entry that keeps a different value even if */* does not change': {
      line: 'set s.json --throttling-rate-limit 50',
      stage: withMethods,
      makes: [],
      notices: ['method-keeps-value'],
    },
    'changes */* and every existing entry with --all-methods': {
      line: 'set s.json --throttling-rate-limit 7 --all-methods',
      stage: withMethods,
      makes: ['replace /*/*/throttling/rateLimit = 7', 'replace /~1pets/GET/throttling/rateLimit = 7'],
    },
    'writes */* first, in any order on the line': {
      line: "set s.json --logging-level ERROR --metrics-enabled --method 'GET /toys' --method '*/*'",
      makes: [
        'replace /*/*/metrics/enabled = true',
        'replace /*/*/logging/loglevel = ERROR',
        'replace /~1toys/GET/metrics/enabled = true',
        'replace /~1toys/GET/logging/loglevel = ERROR',
      ],
    },
    'writes settings of a new entry even if they equal AWS’s defaults: throttles depend on the account': {
      line: "set s.json --throttling-burst-limit 5000 --metrics-enabled --method 'GET /pets'",
      makes: ['replace /~1pets/GET/metrics/enabled = true', 'replace /~1pets/GET/throttling/burstLimit = 5000'],
    },
    'sets every method setting by its option': {
      line:
        'set s.json --metrics-enabled --logging-level INFO --data-trace-enabled --throttling-burst-limit 2 ' +
        '--throttling-rate-limit 1.5 --no-caching-enabled --cache-ttl-in-seconds 60 --cache-data-encrypted ' +
        '--no-require-authorization-for-cache-control --unauthorized-cache-control-header-strategy FAIL_WITH_403',
      makes: [
        'replace /*/*/metrics/enabled = true',
        'replace /*/*/logging/loglevel = INFO',
        'replace /*/*/logging/dataTrace = true',
        'replace /*/*/throttling/burstLimit = 2',
        'replace /*/*/throttling/rateLimit = 1.5',
        'replace /*/*/caching/enabled = false',
        'replace /*/*/caching/ttlInSeconds = 60',
        'replace /*/*/caching/dataEncrypted = true',
        'replace /*/*/caching/requireAuthorizationForCacheControl = false',
        'replace /*/*/caching/unauthorizedCacheControlHeaderStrategy = FAIL_WITH_403',
      ],
    },
  });
  refusals({
    'an HTTP method alone': {
      line: 'set s.json --metrics-enabled --method get',
      exits: 3,
      says: "get is an HTTP method without a path; write 'GET /pets'",
    },
    'a path alone': {
      line: 'set s.json --metrics-enabled --method /toys',
      exits: 3,
      says: "/toys has no HTTP method; write 'GET /toys'",
    },
    'an unquoted method': {
      line: 'set s.json --metrics-enabled --method GET /toys',
      exits: 3,
      says: "'GET /pets'",
    },
    '--method together with --all-methods': {
      line: "set s.json --metrics-enabled --method 'GET /toys' --all-methods",
      exits: 3,
      says: /--all-methods cannot be used with --method/,
    },
  });
});

describe('unset', () => {
  const full = aStage({
    description: 'x',
    clientCertificateId: 'c',
    documentationVersion: '1',
    tracingEnabled: true,
    cacheClusterEnabled: true,
    cacheClusterSize: '0.5',
    variables: { a: '1', b: '2' },
    accessLogSettings: { destinationArn: arn, format: '$context.requestId' },
    canarySettings: aCanary({ stageVariableOverrides: { a: '9', b: '8' } }),
  });
  edits({
    'removes a variable': { line: 'unset s.json --variable a', stage: full, makes: ['remove /variables/a'] },
    'removes all variables, one by one': {
      line: 'unset s.json --all-variables',
      stage: full,
      makes: ['remove /variables/a', 'remove /variables/b'],
    },
    'removes the canary, and says what was not promoted': {
      line: 'unset s.json --canary',
      stage: full,
      makes: ['remove /canarySettings'],
      notices: ['canary-not-promoted'],
    },
    'removes an entry that API Gateway ignores by its key, and keeps the other': {
      line: 'unset s.json --method pets/{id}/GET',
      stage: aStage({ methodSettings: { 'pets/{id}/GET': aMethod(), '~1pets~1{id}/GET': aMethod() } }),
      makes: ['remove /pets/{id}/GET'],
      once: true,
    },
    'removes an override': {
      line: 'unset s.json --canary-variable a',
      stage: full,
      makes: ['remove /canarySettings/stageVariableOverrides/a'],
    },
    'removes all overrides, one by one': {
      line: 'unset s.json canarySettings.stageVariableOverrides',
      stage: full,
      makes: ['remove /canarySettings/stageVariableOverrides/a', 'remove /canarySettings/stageVariableOverrides/b'],
    },
    'removes the access log': {
      line: 'unset s.json --access-log',
      stage: full,
      makes: ['remove /accessLogSettings'],
    },
    'removes half of the access log by rebuilding the other half': {
      line: 'unset s.json accessLogSettings.format',
      stage: full,
      makes: ['remove /accessLogSettings', `replace /accessLogSettings/destinationArn = ${arn}`],
    },
    'clears texts and sets booleans to false': {
      line:
        'unset s.json --description --client-certificate-id --documentation-version --tracing-enabled ' +
        '--cache-cluster-enabled',
      stage: full,
      makes: [
        'replace /description = ',
        'replace /clientCertificateId = ',
        'replace /documentationVersion = ',
        'replace /tracingEnabled = false',
        'replace /cacheClusterEnabled = false',
      ],
    },
    'accepts PROPERTY words': {
      line: 'unset s.json description variables.a /variables/b canarySettings.percentTraffic',
      stage: full,
      makes: [
        'replace /description = ',
        'remove /variables/a',
        'remove /variables/b',
        'replace /canarySettings/percentTraffic = 0',
      ],
      notices: ['canary-at-zero'],
    },
    'removes an entry by --method alone': {
      line: "unset s.json --method 'GET /pets'",
      stage: withMethods,
      makes: ['remove /~1pets/GET'],
    },
    'removes an entry by its field path': {
      line: "unset s.json 'methodSettings.GET /pets'",
      stage: withMethods,
      makes: ['remove /~1pets/GET'],
    },
    'removes an entry in its existing spelling': {
      line: "unset s.json --method 'GET /pets'",
      stage: aStage({ methodSettings: { 'pets/GET': aMethod() } }),
      makes: ['remove /pets/GET'],
      notices: ['method-spelling'],
    },
    'removes the entry with the typed key': {
      line: 'unset s.json --method pets/GET',
      stage: withTwoSpellings,
      makes: ['remove /pets/GET'],
      once: true,
    },
    'removes the entry that the AWS console shows': {
      line: "unset s.json --method 'GET /pets'",
      stage: withTwoSpellings,
      makes: ['remove /~1pets/GET'],
      once: true,
    },
    'removes both entries of a method if both are named': {
      line: "unset s.json --method pets/GET --method 'GET /pets'",
      stage: withTwoSpellings,
      makes: ['remove /pets/GET', 'remove /~1pets/GET'],
    },
    'names entries that keep a value different from the default of */*': {
      line: 'unset s.json --throttling-rate-limit',
      stage: withMethods,
      makes: ['remove /*/*', 'replace /*/*/throttling/burstLimit = 5000'],
      notices: ['method-keeps-value'],
    },
    'removes every entry with --all-methods': {
      line: 'unset s.json --all-methods',
      stage: withMethods,
      makes: ['remove /*/*', 'remove /~1pets/GET', 'remove /~1pets/POST'],
    },
    'rebuilds an entry without one setting, and writes both throttles: their defaults depend on the account': {
      line: "unset s.json --method 'GET /pets' --logging-level",
      stage: withMethods,
      makes: [
        'remove /~1pets/GET',
        'replace /~1pets/GET/throttling/burstLimit = 5000',
        'replace /~1pets/GET/throttling/rateLimit = 50',
      ],
    },
    'resets a setting of every entry to the default for all methods': {
      line: "unset s.json --method 'GET /pets' --throttling-burst-limit",
      stage: aStage({
        methodSettings: {
          '*/*': aMethod({ throttlingBurstLimit: 200 }),
          '~1pets/GET': aMethod({ throttlingBurstLimit: 7, throttlingRateLimit: 50 }),
        },
      }),
      makes: ['remove /~1pets/GET', 'replace /~1pets/GET/throttling/rateLimit = 50'],
    },
    'removes a canary, logs and an entry with their unknown members': {
      line: "unset s.json --canary --access-log --method 'GET /pets'",
      stage: aStage({
        canarySettings: { ...aCanary(), unheardOf: 1 } as object,
        accessLogSettings: { format: '$context.requestId', unheardOf: 1 } as object,
        methodSettings: { '~1pets/GET': { ...aMethod(), unheardOf: 1 } as object },
      }),
      makes: ['remove /accessLogSettings', 'remove /canarySettings', 'remove /~1pets/GET'],
      notices: ['canary-not-promoted', 'inverse-incomplete'],
    },
    'rebuilds a partial entry without one setting': {
      line: 'unset s.json --logging-level',
      stage: aStage({ methodSettings: { '*/*': { loggingLevel: 'INFO', throttlingRateLimit: 5 } } }),
      makes: ['remove /*/*', 'replace /*/*/throttling/burstLimit = 5000', 'replace /*/*/throttling/rateLimit = 5'],
      notices: ['inverse-incomplete'],
    },
    'changes nothing if a setting has its default': {
      line: "unset s.json --method 'GET /pets' --caching-enabled",
      stage: aStage({ methodSettings: { '~1pets/GET': aMethod() } }),
      makes: [],
    },
    'changes nothing if everything is already absent': {
      line: "unset s.json --variable a --all-variables --canary --canary-variable b --access-log --description --method 'GET /x'",
      makes: [],
    },
    'changes nothing if a boolean is already false': {
      line: 'unset s.json --tracing-enabled --cache-cluster-enabled',
      makes: [],
    },
  });
  refusals({
    'the deployment': {
      line: 'unset s.json deploymentId',
      exits: 3,
      says: /deploymentId cannot be unset\. A stage always serves a deployment: set another one\./,
    },
    "the canary's deployment": {
      line: 'unset s.json canarySettings.deploymentId',
      stage: withCanary,
      exits: 3,
      says: /set another one, or end the canary/,
    },
    'the size of the cache': {
      line: 'unset s.json cacheClusterSize',
      exits: 3,
      says: /turn the cache cluster off instead/,
    },
    'an edit that would lose an unknown member of a rebuilt entry': {
      line: "unset s.json --method 'GET /pets' --logging-level",
      stage: aStage({
        methodSettings: { '~1pets/GET': { ...aMethod({ loggingLevel: 'INFO' }), unheardOf: 1 } as object },
      }),
      exits: 3,
      says: /methodSettings\.~1pets\/GET\.unheardOf is not a property that UpdateStage can change/,
    },
    tags: { line: 'unset s.json tags.team', exits: 3, says: /untag-resource/ },
    'an entry that cannot be rebuilt': {
      line: "unset s.json --method 'GET /pets' --logging-level",
      stage: aStage({ methodSettings: { '~1pets/GET': aMethod({ loggingLevel: 'INFO', cacheTtlInSeconds: 4000 }) } }),
      exits: 3,
      says: /cacheTtlInSeconds cannot be changed.*no greater than 3600/,
    },
    'an assignment instead of a name': {
      line: 'unset s.json --variable a=1',
      exits: 3,
      says: /--variable: expected NAME, got a=1/,
    },
    'a line without a property': { line: 'unset s.json', exits: 3, says: /Nothing to unset: give options/ },
  });
});

describe('copy within a stage', () => {
  edits({
    'merges the overrides into the variables': {
      line: 'copy s.json --from /canarySettings/stageVariableOverrides --to /variables',
      stage: aStage({ variables: { a: '1' }, canarySettings: aCanary({ stageVariableOverrides: { b: '2' } }) }),
      makes: ['copy /canarySettings/stageVariableOverrides → /variables'],
    },
    'accepts property names': {
      line: 'copy s.json --from canarySettings.deploymentId --to deploymentId',
      stage: withCanary,
      makes: ['copy /canarySettings/deploymentId → /deploymentId'],
      notices: ['canary-on-own-deployment'],
    },
    "copies the canary's deployment": {
      line: 'copy s.json --from /canarySettings/deploymentId --to /deploymentId',
      stage: withCanary,
      makes: ['copy /canarySettings/deploymentId → /deploymentId'],
      notices: ['canary-on-own-deployment'],
    },
  });
  refusals({
    'any other copy, with the message of API Gateway': {
      line: 'copy s.json --from /variables --to /description',
      exits: 3,
      says: /Invalid copy operation with path: \/description and from \/variables\. Valid copy:path are/,
    },
    'a copy without a canary, with the message of API Gateway': {
      line: 'copy s.json --from /canarySettings/deploymentId --to /deploymentId',
      exits: 3,
      says: /Promotion not available\. Canary does not exist\./,
    },
    ...Object.fromEntries(
      ['--all', '--prune', '--exclude description', '--all-methods', "--method 'GET /a'"].map((more) => [
        `${more} beside --from and --to`,
        { line: `copy s.json --from /a --to /b ${more}`, exits: 3, says: /other properties cannot be chosen too/ },
      ]),
    ),
    '--from without --to': { line: 'copy s.json --from /variables', exits: 3, says: /--from needs --to/ },
    'a property together with --from and --to': {
      line: 'copy s.json description --from /a --to /b',
      exits: 3,
      says: /other properties cannot be chosen too/,
    },
  });
});

describe('copy between stages', () => {
  const source = aStage({
    stageName: 'staging',
    deploymentId: 'dep7',
    description: 'next',
    clientCertificateId: 'cert7',
    documentationVersion: 'v7',
    tracingEnabled: true,
    variables: { a: '1', b: '2' },
    accessLogSettings: { destinationArn: `${arn}-staging`, format: '$context.requestId' },
    canarySettings: aCanary({ stageVariableOverrides: { a: '9' } }),
    methodSettings: { '*/*': aMethod({ metricsEnabled: true }), '~1pets/GET': aMethod({ cacheTtlInSeconds: 60 }) },
  });
  const files = { 'source.json': source };
  edits({
    'copies PROPERTY words': {
      line: 'copy source.json s.json description variables.b /documentationVersion',
      files,
      makes: ['replace /description = next', 'replace /documentationVersion = v7', 'replace /variables/b = 2'],
    },
    'copies scalars named by options': {
      line: 'copy source.json s.json --description --tracing-enabled --deployment-id --client-certificate-id',
      files,
      makes: [
        'replace /description = next',
        'replace /deploymentId = dep7',
        'replace /clientCertificateId = cert7',
        'replace /tracingEnabled = true',
      ],
    },
    'copies one variable': {
      line: 'copy source.json s.json --variable a',
      files,
      makes: ['replace /variables/a = 1'],
    },
    'copies all variables except excluded ones, and keeps variables that the source lacks': {
      line: 'copy source.json s.json --all-variables --exclude variables.a',
      stage: aStage({ variables: { c: '3' } }),
      files,
      makes: ['replace /variables/b = 2'],
    },
    'excludes several properties and whole groups with --exclude': {
      line: 'copy source.json s.json --all --exclude variables.a,description,tracingEnabled --exclude methodSettings.* --exclude accessLogSettings',
      files,
      makes: ['replace /documentationVersion = v7', 'replace /variables/b = 2'],
    },
    'excludes all variables with --exclude': {
      line: 'copy source.json s.json --all-variables description --exclude variables.*',
      files,
      makes: ['replace /description = next'],
    },
    'removes only chosen properties that the source lacks with --prune': {
      line: 'copy source.json s.json --all-variables --prune',
      stage: aStage({ description: 'kept', variables: { c: '3' } }),
      files: { 'source.json': { ...source, description: undefined } },
      makes: ['remove /variables/c', 'replace /variables/a = 1', 'replace /variables/b = 2'],
    },
    'keeps excluded properties with --prune': {
      line: 'copy source.json s.json --all-variables --prune --exclude variables.c',
      stage: aStage({ variables: { a: '1', b: '2', c: '3' } }),
      files,
      makes: [],
    },
    'copies one method, and writes both throttles of a new entry if there is no */*': {
      line: "copy source.json s.json --method 'GET /pets'",
      files,
      makes: [
        'replace /~1pets/GET/throttling/burstLimit = 5000',
        'replace /~1pets/GET/throttling/rateLimit = 10000',
        'replace /~1pets/GET/caching/ttlInSeconds = 60',
      ],
    },
    'copies one setting of one method': {
      line: "copy source.json s.json --cache-ttl-in-seconds --method 'GET /pets'",
      stage: withMethods,
      files,
      makes: ['replace /~1pets/GET/caching/ttlInSeconds = 60'],
    },
    'copies all methods, and keeps the entries that the source lacks': {
      line: 'copy source.json s.json --all-methods',
      stage: aStage({ methodSettings: { '~1toys/GET': aMethod() } }),
      files: { 'source.json': aStage({ methodSettings: { '*/*': aMethod({ throttlingRateLimit: 5 }) } }) },
      makes: ['replace /*/*/throttling/burstLimit = 5000', 'replace /*/*/throttling/rateLimit = 5'],
      notices: ['method-keeps-value'],
    },
    'says that access logs go nowhere if the destination is not copied': {
      line: 'copy source.json s.json --all',
      files: { 'source.json': withAccessLog },
      makes: ['replace /accessLogSettings/format = $context.requestId'],
      notices: ['access-log-without-destination'],
    },
    'removes entries that the source lacks with --prune': {
      line: 'copy source.json s.json --all-methods --prune',
      stage: aStage({ methodSettings: { '~1toys/GET': aMethod() } }),
      files: { 'source.json': aStage() },
      makes: ['remove /~1toys/GET'],
    },
    'resets a method setting that the source lacks with --prune': {
      line: 'copy source.json s.json --throttling-rate-limit --prune',
      stage: aStage({ methodSettings: { '*/*': aMethod({ throttlingRateLimit: 100 }) } }),
      files: { 'source.json': aStage() },
      makes: ['remove /*/*', 'replace /*/*/throttling/burstLimit = 5000'],
    },
    'keeps the format of a kept log destination with --all --prune': {
      line: 'copy source.json s.json --all --prune',
      stage: aStage({
        accessLogSettings: {
          format: '$context.requestId',
          destinationArn: 'arn:aws:logs:eu-west-1:111122223333:log-group:a',
        },
      }),
      files: { 'source.json': aStage() },
      makes: [],
    },
    'names properties that can be neither copied nor removed with --prune': {
      line: 'copy source.json s.json --cache-cluster-size description --prune',
      stage: aStage({ description: 'x', cacheClusterSize: '0.5' }),
      files: { 'source.json': {} },
      makes: ['replace /description = '],
      notices: ['not-in-source'],
    },
    'names properties that the source lacks': {
      line: "copy source.json s.json --variable nope --method 'GET /nope' --canary description",
      files: { 'source.json': aStage() },
      makes: [],
      notices: ['not-in-source'],
    },
    'does not name pruned or excluded properties': {
      line: 'copy source.json s.json --variable a --exclude variables.a',
      files: { 'source.json': aStage({ variables: { a: '1' } }) },
      makes: [],
    },
    'copies the canary as a whole': {
      line: 'copy source.json s.json --canary',
      files,
      makes: [
        'replace /canarySettings/deploymentId = dep2',
        'replace /canarySettings/percentTraffic = 10',
        'replace /canarySettings/stageVariableOverrides/a = 9',
      ],
    },
    'removes the canary with --prune if the source has none': {
      line: 'copy source.json s.json --canary --prune',
      stage: aStage({ canarySettings: aCanary({ stageVariableOverrides: { a: '1' } }) }),
      files: { 'source.json': aStage() },
      makes: ['remove /canarySettings'],
      notices: ['canary-not-promoted'],
    },
    'copies the access log with its destination': {
      line: 'copy source.json s.json --access-log',
      files,
      makes: [
        `replace /accessLogSettings/destinationArn = ${arn}-staging`,
        'replace /accessLogSettings/format = $context.requestId',
      ],
    },
    'does not copy the deployment, certificate, canary and log destination with --all': {
      line: 'copy source.json s.json --all',
      stage: withAccessLog,
      files,
      makes: [
        'replace /description = next',
        'replace /documentationVersion = v7',
        'replace /tracingEnabled = true',
        'replace /variables/a = 1',
        'replace /variables/b = 2',
        'replace /*/*/metrics/enabled = true',
        'replace /*/*/throttling/burstLimit = 5000',
        'replace /*/*/throttling/rateLimit = 10000',
        'replace /~1pets/GET/metrics/enabled = false',
        'replace /~1pets/GET/caching/ttlInSeconds = 60',
      ],
    },
    'copies properties that --all skips if they are named': {
      line: 'copy source.json s.json --all --deployment-id --exclude variables --exclude methodSettings --exclude accessLogSettings',
      files,
      makes: [
        'replace /description = next',
        'replace /deploymentId = dep7',
        'replace /documentationVersion = v7',
        'replace /tracingEnabled = true',
      ],
    },
    'copies what a partial source has, and removes nothing': {
      line: 'copy source.json s.json --all',
      stage: aStage({ description: 'kept', tracingEnabled: true, variables: { c: '3' } }),
      files: { 'source.json': { variables: { a: '1' } } },
      makes: ['replace /variables/a = 1'],
    },
    'reads the source from standard input': {
      line: 'copy - s.json description',
      stdin: textOf(source),
      makes: ['replace /description = next'],
    },
    'starts a canary on the target’s own deployment with --force': {
      line: 'copy source.json s.json canarySettings.percentTraffic --force',
      files,
      makes: ['replace /canarySettings/percentTraffic = 10'],
      notices: ['canary-on-own-deployment'],
    },
  });
  refusals({
    'a line that chooses nothing, and lists the options': {
      line: 'copy source.json s.json',
      files,
      exits: 3,
      says: /Nothing to copy: .*--variable NAME, --all-variables, .*--all-methods, --access-log, --canary.*--all/,
    },
    'one stage instead of two': {
      line: 'copy s.json description',
      exits: 3,
      says: /copy needs SOURCE and TARGET; got only s\.json/,
    },
    'a canary that would start on the target’s own deployment': {
      line: 'copy source.json s.json canarySettings.percentTraffic',
      files,
      exits: 5,
      says: /The target has no canary/,
    },
    'a canary whose deployment is excluded': {
      line: 'copy source.json s.json --canary --exclude canarySettings.deploymentId',
      files,
      exits: 5,
      says: /The target has no canary/,
    },
    'properties that cannot be copied, and says what to do instead': {
      line: 'copy source.json s.json stageName',
      files,
      exits: 3,
      says: /stageName cannot be changed from "prod" to "staging"\. A stage keeps its name/,
    },
  });
});

const promotion = [
  'copy /canarySettings/stageVariableOverrides → /variables',
  'copy /canarySettings/deploymentId → /deploymentId',
  'replace /canarySettings/percentTraffic = 0.0',
];

describe('start-canary', () => {
  const noTraffic = 'replace /canarySettings/percentTraffic = 0';
  const withOverrides = aStage({
    canarySettings: aCanary({ useStageCache: true, stageVariableOverrides: { color: 'green', size: '1' } }),
  });
  edits({
    'sends 5 percent of the requests to a deployment, and sets the percentage last': {
      line: 'start-canary s.json --deployment-id dep2 --canary-variable color=green --canary-variable size=2',
      makes: [
        'replace /canarySettings/deploymentId = dep2',
        'replace /canarySettings/stageVariableOverrides/color = green',
        'replace /canarySettings/stageVariableOverrides/size = 2',
        'replace /canarySettings/percentTraffic = 5',
      ],
    },
    'accepts another percentage, with or without %, and the cache option': {
      line: 'start-canary s.json --deployment-id dep2 --percent-traffic 12.5% --use-stage-cache',
      makes: [
        'replace /canarySettings/deploymentId = dep2',
        'replace /canarySettings/useStageCache = true',
        'replace /canarySettings/percentTraffic = 12.5',
      ],
    },
    'tests other variables on the same deployment': {
      line: 'start-canary s.json --deployment-id dep1 --canary-variable color=green --percent-traffic 0',
      makes: [
        'replace /canarySettings/deploymentId = dep1',
        'replace /canarySettings/stageVariableOverrides/color = green',
        noTraffic,
      ],
      notices: ['canary-at-zero'],
    },
    'changes nothing if a job runs again': {
      line: 'start-canary s.json --deployment-id dep2 --percent-traffic 10',
      stage: withCanary,
      makes: [],
    },
    'replaces a canary completely with --replace': {
      line: 'start-canary s.json --deployment-id dep3 --canary-variable size=2 --replace',
      stage: withOverrides,
      makes: [
        'remove /canarySettings/stageVariableOverrides/color',
        'replace /canarySettings/deploymentId = dep3',
        'replace /canarySettings/useStageCache = false',
        'replace /canarySettings/stageVariableOverrides/size = 2',
        'replace /canarySettings/percentTraffic = 5',
      ],
    },
    'replaces a promoted canary, which tests nothing, and drops its overrides': {
      line: 'start-canary s.json --deployment-id dep3 --canary-variable size=2',
      stage: aStage({
        variables: { color: 'green' },
        canarySettings: aCanary({
          deploymentId: 'dep1',
          percentTraffic: 0,
          stageVariableOverrides: { color: 'green' },
        }),
      }),
      makes: [
        'remove /canarySettings/stageVariableOverrides/color',
        'replace /canarySettings/deploymentId = dep3',
        'replace /canarySettings/stageVariableOverrides/size = 2',
        'replace /canarySettings/percentTraffic = 5',
      ],
    },
    'starts a canary that tests nothing with --force, and says so': {
      line: 'start-canary s.json --deployment-id dep1 --force',
      makes: ['replace /canarySettings/deploymentId = dep1', 'replace /canarySettings/percentTraffic = 5'],
      notices: ['canary-on-own-deployment'],
    },
  });
  refusals({
    'a stage with a canary': {
      line: 'start-canary s.json --deployment-id dep3',
      stage: withCanary,
      exits: 5,
      says: /A canary of deployment dep2 is running, at 10 percent\..*stage shift-canary TARGET PERCENT\..*--replace/,
    },
    "the stage's own deployment": {
      line: 'start-canary s.json --deployment-id dep1',
      exits: 5,
      says: /The stage serves deployment dep1 .* would test nothing\./,
    },
    "the stage's own deployment and variables": {
      line: 'start-canary s.json --deployment-id dep1 --canary-variable color=blue',
      stage: aStage({ variables: { color: 'blue' } }),
      exits: 5,
      says: /would test nothing/,
    },
    "the stage's own deployment, even to replace a canary": {
      line: 'start-canary s.json --deployment-id dep1 --replace',
      stage: withCanary,
      exits: 5,
      says: /would test nothing/,
    },
    'two values for one override': {
      line: 'start-canary s.json --deployment-id dep2 --canary-variable a=1 --canary-variable a=2',
      exits: 3,
      says: /is given two values: by --canary-variable a twice/,
    },
    'an override that API Gateway refuses': {
      line: 'start-canary s.json --deployment-id dep2 --canary-variable a=%',
      exits: 3,
      says: /Invalid stage variable value of key a/,
    },
    'a new deployment for a stage file': {
      line: 'start-canary s.json --create-deployment',
      exits: 3,
      says: /--create-deployment is for live stages, such as API\/STAGE, not for files\./,
    },
  });
});

describe('shift-canary', () => {
  edits({
    'changes the percentage of the canary': {
      line: 'shift-canary s.json 25',
      stage: withCanary,
      makes: ['replace /canarySettings/percentTraffic = 25'],
    },
    'accepts a percentage with %': {
      line: 'shift-canary s.json 2.5% --expect-canary-deployment-id dep2',
      stage: withCanary,
      makes: ['replace /canarySettings/percentTraffic = 2.5'],
    },
    'sets 0 percent, and says so': {
      line: 'shift-canary s.json 0',
      stage: withCanary,
      makes: ['replace /canarySettings/percentTraffic = 0'],
      notices: ['canary-at-zero'],
    },
    'changes nothing at the same percentage': { line: 'shift-canary s.json 10.0', stage: withCanary, makes: [] },
  });
  refusals({
    'a stage without a canary': {
      line: 'shift-canary s.json 25',
      exits: 5,
      says: /There is no canary to shift traffic to\. To start one: stage start-canary/,
    },
    'a canary other than the expected one': {
      line: 'shift-canary s.json 25 --expect-canary-deployment-id dep3',
      stage: withCanary,
      exits: 5,
      says: /Expected canarySettings\.deploymentId to be dep3, but it is dep2/,
    },
    'a canary other than the expected one, even at the same percentage': {
      line: 'shift-canary s.json 10 --expect-canary-deployment-id dep3',
      stage: withCanary,
      exits: 5,
      says: /Expected canarySettings\.deploymentId to be dep3/,
    },
    'a value that is not a percentage': {
      line: 'shift-canary s.json 120',
      exits: 3,
      says: /from 0 to 100, .* got 120\./,
    },
  });
  test('edits the default stage if only PERCENT is given', async () => {
    const files = { 's.json': withCanary, '.stagerc': 'default: s.json\n' };
    const { code, stdout } = await runInFolder('shift-canary 25', { files });
    expect([code, stdout]).toEqual([0, expect.stringContaining('~ canarySettings.percentTraffic: 10 → 25')]);
  });
});

describe('abort-canary', () => {
  edits({
    'sets 0 percent, keeps the canary, and says what production serves': {
      line: 'abort-canary s.json',
      stage: withCanary,
      makes: ['replace /canarySettings/percentTraffic = 0'],
      notices: ['production-serves'],
    },
    'changes nothing at 0 percent': {
      line: 'abort-canary s.json --expect-canary-deployment-id dep2',
      stage: aStage({ canarySettings: aCanary({ percentTraffic: 0 }) }),
      makes: [],
      notices: ['production-serves'],
    },
    'removes the canary with --remove': {
      line: 'abort-canary s.json --remove',
      stage: withCanary,
      makes: ['remove /canarySettings'],
      notices: ['production-serves'],
    },
    'changes nothing without a canary, so that a job can clean up twice': {
      line: 'abort-canary s.json --remove --expect-canary-deployment-id dep2',
      makes: [],
      notices: ['no-canary', 'production-serves'],
    },
  });
  refusals({
    'a canary other than the expected one': {
      line: 'abort-canary s.json --expect-canary-deployment-id dep3',
      stage: withCanary,
      exits: 5,
      says: /Expected canarySettings\.deploymentId to be dep3, but it is dep2/,
    },
  });
  test('says what production serves', async () => {
    const { stderr } = await runInFolder('abort-canary s.json', { files: { 's.json': withCanary } });
    expect(stderr).toContain('Production serves deployment dep1.');
  });
});

describe('promote-canary', () => {
  const promoted = aStage({
    deploymentId: 'dep2',
    variables: { color: 'green' },
    canarySettings: aCanary({ percentTraffic: 0, stageVariableOverrides: { color: 'green' } }),
  });
  edits({
    'copies deployment and overrides to the stage, and sets the canary to 0 percent': {
      line: 'promote-canary s.json',
      stage: aStage({
        variables: { color: 'blue', kept: '1' },
        canarySettings: aCanary({ stageVariableOverrides: { color: 'green' } }),
      }),
      makes: promotion,
    },
    'always sends all three operations, even without overrides': {
      line: 'promote-canary s.json',
      stage: withCanary,
      makes: promotion,
    },
    'always sends all three operations, even at 0 percent': {
      line: 'promote-canary s.json',
      stage: aStage({ canarySettings: aCanary({ percentTraffic: 0 }) }),
      makes: promotion,
    },
    'promotes overrides even if the deployment is the same': {
      line: 'promote-canary s.json',
      stage: aStage({ canarySettings: aCanary({ deploymentId: 'dep1', stageVariableOverrides: { a: '1' } }) }),
      makes: promotion,
    },
    'removes the canary afterwards with --end-canary': {
      line: 'promote-canary s.json --end-canary',
      stage: withCanary,
      makes: [...promotion, 'remove /canarySettings'],
    },
    'only removes the canary with --end-canary if it was already promoted': {
      line: 'promote-canary s.json --end-canary',
      stage: promoted,
      makes: ['remove /canarySettings'],
    },
    'promotes the expected deployment': {
      line: 'promote-canary s.json --expect-canary-deployment-id dep2',
      stage: withCanary,
      makes: promotion,
    },
    'changes nothing if a job runs again': {
      line: 'promote-canary s.json --expect-canary-deployment-id dep2',
      stage: promoted,
      makes: [],
    },
    'changes nothing if a job that removed the canary runs again': {
      line: 'promote-canary s.json --expect-canary-deployment-id dep1 --end-canary',
      makes: [],
    },
    'changes nothing if the stage serves the expected deployment, even with another canary': {
      line: 'promote-canary s.json --expect-canary-deployment-id dep1',
      stage: withCanary,
      makes: [],
    },
    'removes the expected canary if a job runs again': {
      line: 'promote-canary s.json --expect-canary-deployment-id dep2 --end-canary',
      stage: promoted,
      makes: ['remove /canarySettings'],
    },
  });
  refusals({
    'a stage without a canary': { line: 'promote-canary s.json', exits: 5, says: /There is no canary to promote/ },
    'a stage without a canary, even with --end-canary': {
      line: 'promote-canary s.json --end-canary',
      exits: 5,
      says: /There is no canary to promote/,
    },
    'a canary with nothing to promote': {
      line: 'promote-canary s.json',
      stage: promoted,
      exits: 5,
      says: /Nothing to promote: the stage already has the deployment \(dep2\).*--end-canary ends the canary/,
    },
    'a canary other than the expected one': {
      line: 'promote-canary s.json --expect-canary-deployment-id dep3',
      stage: withCanary,
      exits: 5,
      says: /Expected canarySettings\.deploymentId to be dep3, but it is dep2/,
    },
    'removing a canary other than the expected one': {
      line: 'promote-canary s.json --expect-canary-deployment-id dep1 --end-canary',
      stage: withCanary,
      exits: 5,
      says: /Expected canarySettings\.deploymentId to be dep1, but it is dep2/,
    },
    'a served deployment while another canary has an override to promote': {
      line: 'promote-canary s.json --expect-canary-deployment-id dep1',
      stage: aStage({ canarySettings: aCanary({ stageVariableOverrides: { a: '1' } }) }),
      exits: 5,
      says: /Expected canarySettings\.deploymentId to be dep1/,
    },
    'a canary in a partial stage without its deployment': {
      line: 'promote-canary s.json',
      stage: { canarySettings: { percentTraffic: 5 } },
      exits: 3,
      says: /\/canarySettings\/deploymentId cannot be copied: this stage does not hold it/,
    },
  });
  test('prints the old → new deployment, and each changed variable', async () => {
    const stage = aStage({
      variables: { color: 'blue', kept: '1' },
      canarySettings: aCanary({ stageVariableOverrides: { color: 'green', kept: '1', next: '2' } }),
    });
    const { stdout } = await runInFolder('promote-canary s.json', { files: { 's.json': stage } });
    expect(stdout.split('\n')).toEqual([
      's.json',
      '  ~ deploymentId: dep1 → dep2',
      '  ~ variables.color: blue → green',
      '  + variables.next: 2',
      '  ~ canarySettings.percentTraffic: 10 → 0',
      'updated s.json: 4 changes',
      '',
    ]);
  });
});

describe('patch', () => {
  const replaced = ['replace /description = live'];
  const operation = { op: 'replace', path: '/description', value: 'live' };
  edits({
    'accepts shorthand': {
      line: 'patch s.json --patch-operations op=replace,path=/description,value=live',
      makes: replaced,
    },
    'accepts several items, in the given order': {
      line:
        'patch s.json --patch-operations op=replace,path=/variables/b,value=2 op=replace,path=/variables/a,value=1 ' +
        'op=remove,path=/variables/b',
      makes: ['replace /variables/b = 2', 'replace /variables/a = 1', 'remove /variables/b'],
    },
    'names the entries that keep another value than */* is given': {
      line: 'patch s.json --patch-operations op=replace,path=/*/*/throttling/rateLimit,value=7',
      stage: withMethods,
      makes: ['replace /*/*/throttling/rateLimit = 7'],
      notices: ['method-keeps-value'],
    },
    'accepts a JSON list': {
      line: `patch s.json --patch-operations '${JSON.stringify([operation])}'`,
      makes: replaced,
    },
    'accepts a JSON operation': {
      line: `patch s.json --patch-operations '${JSON.stringify(operation)}'`,
      makes: replaced,
    },
    'accepts a file': {
      line: 'patch s.json --patch-operations file://ops.json',
      files: { 'ops.json': [operation] },
      makes: replaced,
    },
    'accepts an input file of the AWS CLI': {
      line: 'patch s.json --patch-operations file://input.json',
      files: { 'input.json': { restApiId: 'abc', stageName: 'prod', patchOperations: [operation] } },
      makes: replaced,
    },
    'accepts standard input': {
      line: 'patch s.json --patch-operations -',
      stdin: JSON.stringify([operation]),
      makes: replaced,
    },
    'sends operations as given, even if one changes nothing': {
      line: 'patch s.json --patch-operations op=replace,path=/deploymentId,value=dep1',
      makes: ['replace /deploymentId = dep1'],
    },
    'treats a last item that is not an operation as TARGET': {
      line: 'patch --patch-operations op=replace,path=/description,value=live s.json',
      makes: replaced,
    },
    'accepts the options of the AWS CLI that do not change the call': {
      line:
        'patch s.json --rest-api-id abc --stage-name prod --patch-operations op=replace,path=/description,value=live ' +
        '--no-cli-pager --cli-read-timeout 5 --cli-connect-timeout 5 --region eu-west-1 --profile x --debug --no-paginate ' +
        '--no-verify-ssl --no-sign-request --cli-binary-format raw-in-base64-out --ca-bundle ca.pem --color off ' +
        '--endpoint-url http://localhost --no-cli-auto-prompt --cli-auto-prompt',
      makes: replaced,
    },
    'evaluates a test itself, and never sends it': {
      line: 'patch s.json --patch-operations op=test,path=/deploymentId,value=dep1 op=replace,path=/description,value=live',
      makes: replaced,
    },
  });
  refusals({
    'no operations': { line: 'patch s.json', exits: 3, says: /patch needs --patch-operations/ },
    'a failed test': {
      line: 'patch s.json --patch-operations op=test,path=/deploymentId,value=dep9 op=remove,path=/canarySettings',
      stage: withCanary,
      exits: 5,
      says: /Expected deploymentId to be dep9, but it is dep1/,
    },
    'a move': {
      line: 'patch s.json --patch-operations op=move,path=/a,from=/b',
      exits: 3,
      says: /API Gateway does not support move/,
    },
    'a value with a comma, and shows how to quote it': {
      line: 'patch s.json --patch-operations op=replace,path=/description,value=a,b',
      exits: 3,
      says: 'a text with commas, quotes or brackets is written like "a,b"',
    },
    '--cli-input-json, and says what to do instead': {
      line: 'patch s.json --cli-input-json file://input.json',
      exits: 3,
      says: /no option --cli-input-json\..*--patch-operations file:\/\/FILE/,
    },
    'an AWS CLI call without a file, which means a live stage': {
      line: 'patch --rest-api-id abc --stage-name prod --patch-operations op=remove,path=/canarySettings',
      exits: 3,
      says: /abc\/prod is not an API\/STAGE: an API's id is ten lower-case letters and digits\./,
    },
    'all refused operations, each with its number': {
      line: 'patch s.json --patch-operations op=remove,path=/variables op=replace,path=/tracingEnabled,value=on',
      exits: 3,
      says: /operation 1: .*\/variables[\s\S]*operation 2: .*expected true or false/,
    },
  });
  const nearMisses: readonly (readonly [sent: string, hint: string])[] = [
    ['/throttling/burstLimit', 'Did you mean /*/*/throttling/burstLimit?'],
    ['/*/*/metricsEnabled', 'Did you mean /*/*/metrics/enabled?'],
    ['/canary/percentTraffic', 'Did you mean /canarySettings/percentTraffic?'],
    ['/documentation_version', 'Did you mean /documentationVersion?'],
    ['/{proxy+}/ANY//throttling/burstLimit', 'Did you mean /~1{proxy+}/GET/throttling/burstLimit?'],
    ['/cacheClusterEnable', 'Did you mean /cacheClusterEnabled?'],
    ['/accessLogSetting/format', 'Did you mean /accessLogSettings/format?'],
    ['/canarySettings/stageVariableOverides/a', 'Did you mean /canarySettings/stageVariableOverrides/a?'],
    ['/variables/', 'Did you mean /variables/NAME?'],
    ['C:/Program Files/Git/tracingEnabled', 'Your shell rewrote /tracingEnabled: set MSYS_NO_PATHCONV=1.'],
  ];
  refusals(
    Object.fromEntries(
      nearMisses.map(([sent, hint]) => [
        `${sent}, with a hint`,
        { line: `patch s.json --patch-operations 'op=replace,path=${sent},value=1'`, exits: 3, says: hint },
      ]),
    ),
  );
  test('prints the stage on standard output, as update-stage does, and its report on standard error', async () => {
    const line = 'patch s.json --patch-operations op=replace,path=/description,value=live';
    const { stdout, stderr } = await runInFolder(line, { files: { 's.json': aStage() } });
    expect(stdout).toBe(textOf({ ...aStage(), description: 'live' }));
    expect(stderr).toBe('s.json\n  + description: live\nupdated s.json: 1 change\n');
  });
});

describe('explain', () => {
  test('describes a property with its option, path, operations, values, default and page', async () => {
    const { code, stdout } = await runInFolder('explain canarySettings.percentTraffic');
    expect(code).toBe(0);
    for (const part of [
      /^canarySettings\.percentTraffic$/m,
      /Percentage of requests/,
      /option +--canary-percent-traffic VALUE$/m,
      /path +\/canarySettings\/percentTraffic$/m,
      /operations +replace$/m,
      /values +a number from 0 to 100$/m,
      /default +0\.0$/m,
      /see +https:\/\/docs\.aws\.amazon\.com\//,
    ])
      expect(stdout).toMatch(part);
  });

  test.each([
    ['tracingEnabled', 'false'],
    ['canarySettings.deploymentId', "the stage's own"],
    ['loggingLevel', 'unset'],
    ['throttlingBurstLimit', "5000 (your account's limit may differ)"],
  ])('shows the default of %s: %s', async (name, value) => {
    expect((await runInFolder(`explain ${name}`)).stdout).toContain(`\n  default     ${value}\n`);
  });

  test('shows no default for a property that can be cleared', async () => {
    expect((await runInFolder('explain description')).stdout).not.toContain('default');
  });

  test('accepts the path that it shows', async () => {
    const path = '/{resourcePath}/{httpMethod}/logging/loglevel';
    const { stdout } = await runInFolder(['explain', path]);
    expect(stdout).toMatch(/^methodSettings\.\{method\}\.loggingLevel\n/);
    expect(stdout).toContain(`path        ${path}\n`);
  });

  test.each([
    ['canarySettings', /option +--canary \(unset, copy\)$/m],
    ['variables', /refused +replace, remove \(undocumented\)$/m],
    ['variables', /unset by +unsetting each part$/m],
  ])('shows for %s: %s', async (word, line) => {
    expect((await runInFolder(`explain ${word}`)).stdout).toMatch(line);
  });

  test.each(['/canarySettings/percentTraffic', 'percentTraffic'])(
    'accepts %s as a name of a property',
    async (word) => {
      expect((await runInFolder(`explain ${word}`)).stdout).toBe(
        (await runInFolder('explain canarySettings.percentTraffic')).stdout,
      );
    },
  );

  test.each([
    [['explain', 'methodSettings.ANY /pets.loggingLevel'], 'loggingLevel'],
    [['explain', 'description', 'description'], 'description'],
  ])('describes a property once if several words mean it: %j', async (line, name) => {
    expect((await runInFolder(line)).stdout).toBe((await runInFolder(['explain', name])).stdout);
  });

  test('lists all properties without an argument, one per line', async () => {
    const { stdout } = await runInFolder('explain');
    expect(stdout).toMatch(/^PROPERTY +OPTION +OPERATIONS +VALUES$/m);
    expect(stdout).toMatch(/^description +--description +replace +text$/m);
    expect(stdout).toMatch(/^canarySettings +--canary \(unset, copy\) +remove +-$/m);
    expect(stdout).toMatch(
      /^methodSettings\.\{method\}\.loggingLevel +--logging-level +replace +one of OFF, ERROR, INFO$/m,
    );
  });

  refusals({
    'a word that is not a property': { line: 'explain frobnication', exits: 3, says: /frobnication is not a property/ },
  });
});
