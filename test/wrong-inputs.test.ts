/** Common mistakes: each gets a message and an exit code, and nothing is written. */
import { chmodSync, lstatSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testIf } from './tools';
import { newExamples, newFolder, type Run, removeFolders, runStage, type WorldOptions } from './world';

const stageText = '{\n    "stageName": "prod",\n    "description": "old"\n}\n';

/** Files, each wrong in its own way. */
const files = {
  'empty.json': '',
  'blank.json': ' \n\n',
  'broken.json': '{\n    "stageName": "a",\n    "description": tru\n}\n',
  'comma.json': '{\n    "stageName": "a",\n}\n',
  'twice.json': '{\n    "stageName": "a",\n    "stageName": "b"\n}\n',
  'twice-inside.json': '{"variables": {"a": "1", "a": "2"}}',
  'array.json': '[{"stageName": "a"}, {"stageName": "b"}]',
  'stages.json': '{"item": [{"stageName": "blue"}, {"stageName": "green"}]}',
  'no-stages.json': '{"item": []}',
  'text.json': '"prod"',
  'null.json': 'null',
  'stranger.json': '{"Version": "2012-10-17", "Statement": []}',
  'misfits.json':
    '{\n    "description": 5,\n    "variables": {\n        "a": true\n    },\n    "methodSettings": []\n}\n',
  'large.json':
    '{\n    "methodSettings": {\n        "*/*": {\n            "throttlingRateLimit": 1e999\n        }\n    }\n}\n',
  'latin1.json': Buffer.from('{"description": "\xe9"}', 'latin1'),
  'utf16.json': Buffer.from('\ufeff{"description": "x"}', 'utf16le'),
  'folder.json/': '',
  'latin1.txt': Buffer.from('\xe9', 'latin1'),
  'good.json': stageText,
  'ops.json': '[{"op": "replace", "path": "/description", "value": "x"},]',
};

type Row = readonly [command: string | readonly string[], code: number, sentence: string, given?: Given];

interface Given extends WorldOptions {
  /** The text of `.stagerc`. */
  readonly stagerc?: string;
}

const usage: readonly Row[] = [
  ['', 3, 'No command was given.'],
  ['--bogus', 3, "unknown option '--bogus'. stage --help lists the commands."],
  ['--', 3, 'No command was given.'],
  ["''", 3, 'empty argument (unset shell variable?)'],
  ['promote prod.json', 3, 'Did you mean stage promote-canary?'],
  ['promte-canary prod.json', 3, 'Did you mean stage promote-canary?'],
  ['cat prod.json', 3, 'Did you mean stage get?'],
  ['SET prod.json', 3, 'Did you mean stage set?'],
  ['update-stage prod.json', 3, 'Did you mean stage patch?'],
  ['delete prod.json', 3, 'To unset a property: stage unset TARGET PROPERTY. A stage is deleted by aws'],
  ['plan prod.json', 3, 'use --dry-run'],
  ['diff prod.json', 3, 'diff needs two stages, or TARGET and -f DESIRED; got only prod.json.'],
  ['diff prod.json staging.json prod.json', 3, 'Too many words: prod.json.'],
  ['apply prod.json', 3, 'apply needs --file DESIRED, as in: stage apply prod.json -f template.yaml#ProdStage'],
  ['export prod.json', 3, 'export needs --to FORM, as in: stage export prod.json --to terraform'],
  ['validate', 3, 'validate needs FILE'],
  ['status prod.json --differences', 3, '--differences compares several stages'],
  ['status prod.json --watch', 3, '--watch needs a terminal'],
  ['frobnicate prod.json', 3, 'The commands are get, status, set, unset, copy, diff, apply, '],
  ['help frobnicate', 3, 'frobnicate is not a command.'],
  ['shift-canary prod.json', 3, 'expected a number from 0 to 100, such as 25 or 25%, got prod.json.'],
  [
    'shift-canary',
    3,
    'PERCENT, the last word of shift-canary: expected a number from 0 to 100, such as 25 or 25%, got nothing.',
  ],
  ['shift-canary prod.json 101', 3, 'got 101.'],
  ['shift-canary prod.json -5', 3, 'got -5.'],
  ['shift-canary prod.json 25%%', 3, 'got 25%%.'],
  ['shift-canary prod.json half', 3, 'got half.'],
  ['shift-canary prod.json staging.json 5', 3, 'Too many words: staging.json. stage shift-canary takes one stage.'],
  ['start-canary staging.json', 3, 'Give either --deployment-id ID or, on a live stage, --create-deployment.'],
  ['start-canary staging.json --deployment-id b --create-deployment', 3, 'Give either --deployment-id ID'],
  ['start-canary staging.json --deployment-id b --description x', 3, '--description needs --create-deployment.'],
  ['start-canary staging.json --create-deployment', 3, '--create-deployment is for live stages, such as API/STAGE'],
  [
    `start-canary a1b2c3d4e5/x --create-deployment --description ${'x'.repeat(901)}`,
    3,
    'at most 900 characters, got 901',
  ],
  [
    'start-canary staging.json --deployment-id b --percent-traffic x',
    3,
    '--percent-traffic: expected a number from 0 to',
  ],
  ['version', 3, 'To see the version: stage --version.'],
  ['canary prod.json', 3, 'To start a canary: stage start-canary TARGET --deployment-id ID'],
  ['-o json set prod.json --description x', 3, 'Write the command first, then -o.'],
  ['diff prod.json -f x.json --only variables tracingEnabled', 3, 'by commas: --only variables,tracingEnabled.'],
  ['set prod.json --rate-limit 5', 3, 'Did you mean --throttling-rate-limit?'],
  ['set prod.json --canary-percent 5', 3, 'Did you mean --canary-percent-traffic?'],
  ['set prod.json --tracing', 3, 'Did you mean --tracing-enabled?'],
  ['set prod.json --log-level INFO', 3, 'Did you mean --logging-level?'],
  ['set prod.json --descripton x', 3, 'Did you mean --description?'],
  ['set prod.json --Description x', 3, 'Did you mean --description?'],
  ['set prod.json --throttling-rate 5', 3, 'Did you mean --throttling-rate-limit?'],
  ['set prod.json --throttle 5', 3, 'Did you mean --throttling-rate-limit?'],
  ['set prod.json --cache', 3, 'To cache the responses of a method: stage set TARGET'],
  ['promote-canary prod.json --end', 3, 'stage promote-canary TARGET --end-canary.'],
  ['set prod.json --delete-canary', 3, 'To end a canary: stage abort-canary TARGET --remove.'],
  ['set prod.json --var-file x', 3, '--variables file://FILE.'],
  ['unset prod.json --variables', 3, 'Did you mean --all-variables?'],
  ['copy prod.json staging.json --variables', 3, 'Did you mean --all-variables?'],
  ['get prod.json rate-limit', 3, "Did you mean 'methodSettings.*/*.throttlingRateLimit'?"],
  ['set prod.json rateLimit=5', 3, 'Did you mean --throttling-rate-limit=5?'],
  ['set prod.json xray=true', 3, 'Did you mean tracingEnabled=true?'],
  ['set prod.json --frobnicate', 3, 'stage set --help lists the options.'],
  ['set prod.json -z', 3, 'stage set has no option -z.'],
  ['set prod.json -nz', 3, 'stage set has no option -z.'],
  ['promote-canary prod.json --canary', 3, 'To end a canary: stage abort-canary TARGET --remove.'],
  ['set prod.json --canary', 3, 'To start a canary: stage start-canary TARGET --deployment-id ID'],
  ['get prod.json --variable color', 3, 'Write stage get … variables.NAME.'],
  ['get prod.json --var=color', 3, 'Write stage get … variables.NAME.'],
  ['get prod.json --description', 3, 'Write stage get … description.'],
  ["get prod.json --method 'GET /pets'", 3, "Write stage get … 'methodSettings.GET /pets'."],
  ['get prod.json --format json', 3, 'To choose the form of the output: --output json'],
  ['explain --frobnicate', 3, '--frobnicate is not a property.'],
  ['explain -x', 3, 'stage explain has no option -x. stage explain --help lists the options.'],
  [
    "set prod.json --logging-level INFO --method 'GET /a' 'POST /b' 'PUT /c'",
    3,
    "Repeat the option for each method: --method 'POST /b' --method 'PUT /c'.",
  ],
  ['set prod.json --description a --description b', 3, '--description is given two values: a and b.'],
  ['set prod.json --description fileb://logo.png', 3, '--description: fileb:// reads bytes, but the value is a text'],
  ['set prod.json --description file://nope.txt', 3, 'nope.txt: no such file.'],
  ['set prod.json --description', 3, '--description: expected TEXT, got no value.'],
  ['set prod.json --variable', 3, '--variable: expected NAME=VALUE, got no value.'],
  ['set prod.json --description -x', 3, 'If -x is the value, write --description=-x.'],
  [
    'set prod.json --description --tracing-enabled',
    3,
    '--description: expected TEXT, got the option --tracing-enabled.',
  ],
  ["set prod.json --deployment-id ''", 3, '--deployment-id: expected ID, got an empty value (unset shell variable?).'],
  ["set '' --description x", 3, 'empty argument (unset shell variable?)'],
  ["get ''", 3, 'empty argument (unset shell variable?)'],
  ["set prod.json --method '' --logging-level INFO", 3, '--method: expected METHOD, got an empty value'],
  ["set prod.json --variables ''", 3, '--variables: expected MAP, got an empty value'],
  [
    'patch prod.json --patch-operations op=remove,path=/variables/color --patch-operations op=remove,path=/canarySettings',
    3,
    'give --patch-operations once, with all items',
  ],
  ['patch prod.json --patch-operations=[] --patch-operations=[]', 3, 'give --patch-operations once, with all items'],
  ["patch prod.json --patch-operations ''", 3, '--patch-operations: expected ITEM..., got an empty value'],
  ['set prod.json --tracing-enabled=yes', 3, '--tracing-enabled: expected true or false, got yes.'],
  ['set prod.json --tracing-enabled=', 3, '--tracing-enabled: expected true or false, got an empty value.'],
  ['set prod.json --no-tracing-enabled=true', 3, 'expected true or false, got --no-tracing-enabled=true.'],
  ['set prod.json --tracing-enabled yes', 3, 'Too many words: yes.'],
  ['set prod.json --tracing-enabled true', 3, 'write the value after an equals sign: --tracing-enabled=true'],
  ['set --tracing-enabled false prod.json', 3, 'after an equals sign: --tracing-enabled=false'],
  ['set prod.json --no-tracing-enabled true', 3, 'after an equals sign: --tracing-enabled=false'],
  ['set prod.json --description x --dry-run=true', 3, '--dry-run: expected no value, got true.'],
  ['set prod.json --description x -n=true', 3, '--dry-run: expected no value, got -n=true.'],
  ['set', 3, 'Nothing to set: give options (stage set --help lists them) or PROPERTY=VALUE words.'],
  ['set prod.json', 3, 'Nothing to set: give options'],
  ["set prod.json --method 'GET /pets'", 3, '--method needs a setting, such as --logging-level INFO.'],
  ['set prod.json --all-methods', 3, '--method needs a setting, such as --logging-level INFO.'],
  ['unset prod.json', 3, 'Nothing to unset: give options (stage unset --help lists them) or PROPERTY words.'],
  [
    'set prod.json --method GET /pets --logging-level INFO',
    3,
    "Quote a method, so that it stays one word: 'GET /pets' or '*/*'.",
  ],
  ['set prod.json --method bin/a src/b src/c --logging-level INFO', 3, 'Quote a method, so that it stays one word'],
  ['set prod.json --method GET --logging-level INFO', 3, "GET is an HTTP method without a path; write 'GET /pets'"],
  ['set prod.json --method /pets --logging-level INFO', 3, "/pets has no HTTP method; write 'GET /pets'"],
  [
    "set prod.json --method 'FETCH /pets' --logging-level INFO",
    3,
    'FETCH is not an HTTP method of API Gateway (GET, PUT',
  ],
  ["set prod.json --method 'GET /a b' --logging-level INFO", 3, '/a b is not a resource path'],
  ["set prod.json --method '* /*' --logging-level INFO", 3, "write 'GET /pets', or '*/*' for all methods"],
  ["set prod.json --method 'GET /pets' --variable a=b", 3, '--method needs a setting, such as --logging-level INFO.'],
  [
    "set prod.json --all-methods --method 'GET /a' --logging-level INFO",
    3,
    '--all-methods cannot be used with --method.',
  ],
  ['set prod.json staging.json --description x', 3, 'stage set takes one stage.'],
  ['get prod.json /tmp/w/staging.json', 3, 'stage get takes one stage.'],
  ['promote-canary prod.json ./staging.json', 3, 'stage promote-canary takes one stage.'],
  ["set prod.json /tmp/w/staging.json --method '*/*' --logging-level INFO", 3, 'stage set takes one stage.'],
  ['get prod.json a1b2c3d4e5/prod', 3, 'stage get takes one stage.'],
  ['list orders payments', 3, 'stage list takes one API.'],
  ['serve a b', 3, 'stage serve takes one folder.'],
  ['copy a.json b.json c.json --all', 3, 'stage copy takes two stages.'],
  [
    'set prod.json --method GET /pets/{id} --logging-level INFO',
    3,
    "Quote a method, so that it stays one word: 'GET /pets' or '*/*'.",
  ],
  ['get prod.json methodSettings.GET /pets', 3, "Quote a method, so that it stays one word: 'GET /pets' or '*/*'."],
  ['set prod.json --description two words', 3, 'A value with spaces has to be quoted.'],
  ['set prod.json apiKey hush', 3, 'Too many words: apiKey hush.'],
  ['set prod.json /foo=1', 3, '/foo=1 is not a property. stage explain lists them.'],
  ['promote-canary prod.json description', 3, 'Too many words: description.'],
  [
    'set - --variable a=@-',
    3,
    'only one argument can read standard input; got -, --variable a @-',
    { stdin: stageText },
  ],
  ['copy - - --all', 3, 'only one argument can read standard input', { stdin: stageText }],
  ['patch - --patch-operations -', 3, 'only one argument can read standard input', { stdin: '[]' }],
  ['set prod.json --variable a=@- --variable b=@-', 3, 'only one argument can read standard input', { stdin: 'x' }],
  ['set prod.json color=blue', 3, 'Did you mean variables.color=blue?'],
  ['set color=blue', 3, 'Did you mean variables.color=blue?'],
  [['set', 'prod.json', 'greeting=good day'], 3, "Did you mean 'variables.greeting=good day'?"],
  ['set prod.json variable=x', 3, 'Did you mean variables.NAME=x?'],
  ['set prod.json variable=color=blue', 3, 'Did you mean --variable=color=blue?'],
  ['unset prod.json HOME=x', 3, 'HOME=x is not a property. Did you mean variables.HOME?'],
  ['copy prod.json staging.json HOME=x', 3, 'HOME=x is not a property. Did you mean variables.HOME?'],
  ['get prod.json HOME=x', 3, 'HOME=x is not a property. Did you mean variables.HOME?'],
  ['promote-canary prod.json HOME=x', 3, 'Too many words: HOME=x. stage promote-canary takes one stage.'],
  ["set prod.json --method 'GET /orders' logging-level=INFO", 3, 'Did you mean --logging-level=INFO?'],
  ['set prod.json --logging-level INFO metricsEnabled=true', 3, 'Did you mean --metrics-enabled=true?'],
  ['unset prod.json logging-level', 3, 'Did you mean --logging-level?'],
  ['get prod.json logging-level', 3, "Did you mean 'methodSettings.*/*.loggingLevel'?"],
  ['get prod.json variables.color=blue', 3, 'stage get takes PROPERTY without a value: variables.color.'],
  ['get prod.json /variables/color=blue', 3, 'stage get takes PROPERTY without a value: /variables/color.'],
  ['unset prod.json description=x', 3, 'stage unset takes PROPERTY without a value: description.'],
  ['copy prod.json staging.json description=x', 3, 'stage copy takes PROPERTY without a value: description.'],
  ['explain description=x', 3, 'stage explain takes PROPERTY without a value: description.'],
  [
    'copy prod.json staging.json --all --exclude variables.a=b',
    3,
    '--exclude takes PROPERTY without a value: variables.a.',
  ],
  ['set prod.json __proto__=x', 3, '__proto__=x is not a property. stage explain lists them.'],
  ['get prod.jsn', 3, 'For a file, write ./prod.jsn.\n'],
  ['get prod.json foo.bar', 3, 'foo.bar is not a property. stage explain lists them.'],
  ['get foo.bar prod.json', 3, 'foo.bar is not a property. stage explain lists them.'],
  ['get prod.json desc', 3, 'desc is not a property. Did you mean description?'],
  ['get prod.json deployment-id', 3, 'Did you mean deploymentId?'],
  ['unset prod.json descripton', 3, 'Did you mean description?'],
  ['set prod.json percentTraffic=5', 3, 'Did you mean canarySettings.percentTraffic=5?'],
  ['set prod.json description', 3, 'expected PROPERTY=VALUE, got no equals sign'],
  ['set prod.json stageName=x', 3, 'A stage keeps its name'],
  ['set prod.json tags.team=x', 3, 'Use aws apigateway tag-resource'],
  ['set prod.json variables=x', 3, 'variables cannot be set.'],
  ['set prod.json canarySettings.percent=5', 3, 'expected one of canarySettings.deploymentId'],
  ['set prod.json --variable color', 3, '--variable: expected NAME=VALUE, got color.'],
  ['set prod.json --variable =blue', 3, '--variable: expected NAME=VALUE, got =blue.'],
  ['unset prod.json --variable color=blue', 3, '--variable: expected NAME, got color=blue.'],
  ['unset prod.json --deployment-id', 3, 'A stage always serves a deployment'],
  ['unset prod.json --cache-cluster-size', 3, 'turn the cache cluster off instead'],
  ['get prod.json description.x', 3, 'it has no fields'],
  ['get prod.json methodSettings.GET.loggingLevel', 3, 'GET is an HTTP method without a path'],
  ['get prod.json methodSettings.GET./pets', 3, "GET./pets is not a method; write 'GET /pets'"],
  ['get prod.json methodSettings.loggingLevel', 3, 'for all methods write methodSettings.*/*.loggingLevel'],
  ['get prod.json --default x', 3, '--default needs exactly one PROPERTY'],
  ['get prod.json variables.a variables.b --default x', 3, '--default needs exactly one PROPERTY'],
  ['get prod.json -o patch', 3, '--output: expected one of text, json, yaml; got patch.'],
  ['explain frobnicate', 3, 'frobnicate is not a property. stage explain lists them.'],
  [
    'set prod.json /throttling/burstLimit=5',
    3,
    '/throttling/burstLimit=5 is not a property. Did you mean /*/*/throttling/burstLimit?',
  ],
  ['set prod.json /documentation_version=x', 3, 'Did you mean /documentationVersion?'],
  ['get prod.json /canary/percentTraffic', 3, 'Did you mean /canarySettings/percentTraffic?'],
  ['get prod.json /*/*/metricsEnabled', 3, 'Did you mean /*/*/metrics/enabled?'],
  ['get prod.json color', 3, 'color is not a property. Did you mean variables.color?'],
  ['unset prod.json color', 3, 'Did you mean variables.color?'],
  ['unset prod.json --description x', 3, 'x is not a property.'],
  ['set prod.json prod --description x', 3, 'stage set takes one stage. A value with spaces has to be quoted.'],
  ['copy prod.json', 3, 'copy needs SOURCE and TARGET; got only prod.json.'],
  ['copy prod.json staging.json', 3, 'Nothing to copy:'],
  ['copy prod.json staging.json --all --exclude frob', 3, '--exclude frob is not a property.'],
  ['copy --from /canarySettings/deploymentId prod.json', 3, '--from needs --to.'],
  ['set prod.json --description x --expect description', 3, 'expected PROPERTY=VALUE, got no equals sign'],
  ['set prod.json --description x --expect frob=1', 3, '--expect frob=1 is not a property.'],
  [
    'set prod.json --description x --expect color=blue',
    3,
    '--expect color=blue is not a property. Did you mean variables.color=blue?',
  ],
  ['set prod.json --description x --expect =1', 3, '--expect =1 is not a property.'],
  [
    'set prod.json --description x --lock-timeout abc',
    3,
    '--lock-timeout: expected a time, such as 30, 30s, 500ms or 2m; got abc.',
  ],
  ['set prod.json --description x --lock-timeout -1', 3, 'expected a time'],
  ['set prod.json --description x --timeout soon', 3, '--timeout: expected a time, such as 30'],
  ['get prod.json --max-attempts 0', 3, '--max-attempts: expected a whole number from 1 to 999999, got 0.'],
  ['patch prod.json --patch-operations [] --endpoint-url nowhere', 3, '--endpoint-url: expected'],
  [
    'patch prod.json --patch-operations [] --endpoint-url http://bob:hunter2@127.0.0.1:1',
    3,
    '--endpoint-url: expected an http or https address, got one with a user name or a password in it.',
  ],
  ['undo prod.json --last', 3, 'stage undo has no option --last. stage undo --help lists the options.'],
  ['set prod.json --description x -n --save-inverse undo.json', 3, '--save-inverse cannot be used with --dry-run'],
  ['set prod.json --description x --journal --no-journal', 3, '--journal cannot be used with --no-journal.'],
  ['set prod.json --description x --reason y --no-journal', 3, '--reason cannot be used with --no-journal.'],
  ['diff prod.json staging.json --prune', 3, '--prune needs --file.'],
  ['diff prod.json staging.json --parameter Color=blue', 3, '--parameter needs --file.'],
  ['apply prod.json -f staging.json --deployment-id b', 3, '--deployment-id needs --create.'],
  ['unset prod.json description --allow-unknown-method', 3, 'stage unset has no option --allow-unknown-method.'],
  ['get prod.json --config x --no-config', 3, '--config cannot be used with --no-config.'],
  ['get --rest-api-id a1b2c3d4e5', 3, '--rest-api-id needs --stage-name.'],
  ['set prod.json --description x --wait-timeout 5', 3, '--wait-timeout needs --wait.'],
  ['set prod.json --description x --detailed-exitcode', 3, '--detailed-exitcode needs --dry-run.'],
  ['set prod.json --description x -o xml', 3, '--output: expected one of text, json, yaml, stage, patch, aws-cli'],
  ['patch prod.json', 3, 'patch needs --patch-operations ITEM..., as in: '],
  ['patch prod.json --patch-operations', 3, '--patch-operations: expected ITEM..., got no value.'],
  ['patch prod.json --cli-input-json x --patch-operations []', 3, '--patch-operations file://FILE'],
];

const targets: readonly Row[] = [
  ['get prod.json/', 3, 'prod.json/ ends in a slash; expected a file or API/STAGE.'],
  ['get file:', 3, 'file: needs a path: file:prod.json.'],
  ['get file://', 3, 'file: needs a path: file:prod.json.'],
  ['get sub/nope.json', 3, 'NAME > sub/nope.json'],
  ['get file://nope.json', 3, 'NAME > nope.json'],
  ['get ~/nope/x.json', 3, 'NAME > /nowhere/nope/x.json', { env: { HOME: '/nowhere' } }],
  ['get file:~/nope/x.json', 3, 'NAME > /nowhere/nope/x.json', { env: { HOME: '/nowhere' } }],
  ["get 'sub/it is.json'", 3, "NAME > 'sub/it is.json'"],
  ['get', 3, 'Which stage? Name a stage file (prod.json), API/STAGE, - for standard input'],
  ['get nope', 3, 'There is no stage called nope'],
  ['get prodd', 3, 'Did you mean prod?', { stagerc: 'stages: {prod: {file: prod.json}}' }],
  ['get a1b2c3/prod', 3, "a1b2c3/prod is not an API/STAGE: an API's id is ten lower-case letters and digits."],
  ['set None/prod --description x', 3, 'None/prod: the API id is empty'],
  ['get /prod', 3, '/prod: the API id is empty'],
  ['get live', 4, 'egion', { stagerc: 'stages: {live: {restApiId: a1b2c3, stageName: prod}}' }],
  ['get file:', 3, 'file: needs a path: file:prod.json.'],
  ['get ~someone/prod.json', 3, 'only ~/ is expanded'],
];

const values: readonly Row[] = [
  ['set prod.json --canary-percent-traffic 101', 3, 'expected a number from 0 to 100, got "101"'],
  ['set prod.json --canary-percent-traffic -1', 3, 'expected a number from 0 to 100, got "-1"'],
  ['set prod.json --canary-percent-traffic 10%', 3, 'expected a number from 0 to 100, got "10%"'],
  ['set prod.json --canary-percent-traffic 0x10', 3, 'expected a number from 0 to 100'],
  ['set prod.json --canary-percent-traffic NaN', 3, 'expected a number from 0 to 100'],
  ['set prod.json --cache-cluster-size 1', 3, 'expected one of 0.5, 1.6, 6.1'],
  ['set prod.json --throttling-burst-limit 1.5', 3, 'expected a whole number of requests, or -1'],
  ['set prod.json --throttling-burst-limit -2', 3, 'expected a whole number of requests, or -1'],
  ['set prod.json --throttling-rate-limit fast', 3, 'expected a number of requests per second, or -1'],
  [
    'set prod.json --cache-ttl-in-seconds 3601',
    3,
    'Invalid time-to-live setting, must be an integer no greater than 3600',
  ],
  ['set prod.json --cache-ttl-in-seconds 5m', 3, 'expected a whole number of seconds from 0 to 3600'],
  ['set prod.json --logging-level debug', 3, 'Invalid logging level specified: debug'],
  ['set prod.json --logging-level debug', 3, 'Expected one of OFF, ERROR, INFO.'],
  ['set prod.json --logging-level info', 3, 'Did you mean INFO?'],
  ['set prod.json --unauthorized-cache-control-header-strategy fail_with_403', 3, 'Did you mean FAIL_WITH_403?'],
  ['set prod.json --unauthorized-cache-control-header-strategy FAIL', 3, 'expected one of FAIL_WITH_403'],
  ['set prod.json tracingEnabled=on', 3, 'expected true or false, got "on"'],
  ['set prod.json deploymentId=', 3, 'expected an id, got ""'],
  ['set prod.json --access-log-format short', 3, 'must include either $context.requestId'],
  ['set prod.json --access-log-destination-arn logs', 3, 'Invalid ARN specified in the request.'],
  [
    'set prod.json --access-log-destination-arn arn:aws:logs:eu-west-1:1:log-group:/a:b',
    3,
    'Access log destination must only contain',
  ],
  [
    'set prod.json --access-log-destination-arn arn:aws:firehose:eu-west-1:1:deliverystream/x',
    3,
    "must begin with the characters 'amazon-apigateway-'",
  ],
  [
    'set prod.json --variable a-b=x',
    3,
    'Invalid stage variable name: a-b. Please use names with only word characters.',
  ],
  ['set prod.json --variable a=', 3, 'Invalid stage variable value of key a.  Please use values'],
  ['set prod.json --variable a=$x', 3, 'Invalid stage variable value of key a.'],
  ['set prod.json --variable __proto__=x', 3, 'A variable cannot be called __proto__'],
  [`set prod.json --variable a=${'x'.repeat(513)}`, 3, "A variable's value has at most 512 characters"],
  [`set prod.json --variable ${'a'.repeat(65)}=x`, 3, "A variable's name has at most 64 characters"],
  ['set prod.json --variable apiToken=********', 3, 'what stage shows instead of a secret, not a value'],
  ['set prod.json --variables {"a":1}', 3, '--variables: expected a JSON object'],
  ['set prod.json --variables {a:1}', 3, 'Did the shell take the quotes?'],
  ['patch prod.json --patch-operations [{op:remove}]', 3, 'Did the shell take the quotes?'],
  [['set', 'prod.json', '--variables', '{"a": 1}'], 3, '--variables: a: expected a text, got a number.'],
  [
    ['set', 'prod.json', '--variables', '{"a":"1"'],
    3,
    'line 1, column 9: expected a comma or }, got the end of the text',
  ],
  [
    'set prod.json --variables file://comma.json',
    3,
    'got broken JSON: line 3, column 1: expected a key in double quotes',
  ],
  [
    ['set', 'prod.json', '--variables', '{"a":'],
    3,
    'got broken JSON: line 1, column 6: expected a value, got the end of the text',
  ],
  ['set prod.json --variables a=1,b', 3, 'a text with commas, quotes or brackets is written like "a,b"'],
  ['set prod.json --variables a', 3, 'variables look like color=blue,size=2'],
  ['set prod.json --variable a=@', 3, 'Expected a file name after @ or file://, got nothing.'],
  ['set prod.json --variables file://', 3, 'Expected a file name after @ or file://, got nothing.'],
  ['set prod.json --variable a=@nope.txt', 3, 'nope.txt: no such file.'],
  ['set prod.json --variable a=@folder.json', 3, 'folder.json: cannot be read: it is a folder. Name a file in it.'],
  ['set prod.json --variable a=@latin1.txt', 3, 'latin1.txt: expected UTF-8 text, got bytes that are not'],
  [
    'set prod.json --variables file://utf16.json',
    3,
    'utf16.json: expected UTF-8 text, got UTF-16, as PowerShell writes it',
  ],
  [
    'set prod.json --variable a=@nowhere.json',
    3,
    'nowhere.json: it is a link to not-there.json, which does not exist.',
  ],
  ['set prod.json --variable a=@circle.json', 3, 'circle.json: cannot be read: its symbolic links lead in a circle.'],
  ['set prod.json --variables file://nope.json', 3, 'nope.json: no such file.'],
  ['set staging.json --canary-percent-traffic 5', 5, 'The stage has no canary'],
  [
    'set prod.json --description x --expect description=other',
    5,
    'Expected description to be other, but it is Orders, live.',
  ],
  ['set prod.json --description x --expect variables=x', 3, '/variables holds several properties'],
  ['promote-canary staging.json', 5, 'There is no canary to promote.'],
  [
    'promote-canary staging.json --expect-canary-deployment-id zzz',
    5,
    'There is no canary to promote: the stage serves q4m8w1, not zzz.',
  ],
  [
    "set prod.json --description x --expect 'methodSettings.GET /orders.loggingLevel=OFF'",
    5,
    'Expected methodSettings.GET /orders.loggingLevel to be OFF',
  ],
  [
    'promote-canary prod.json --expect-canary-deployment-id other',
    5,
    'Expected canarySettings.deploymentId to be other',
  ],
];

const brokenFiles: readonly Row[] = [
  ['nope.json', 3, 'nope.json: no such file.'],
  ['nope/nope.json', 3, 'nope/nope.json: no such file.'],
  ['good.json/x.json', 3, 'part of the path is a file, not a folder'],
  ['folder.json', 3, 'is a folder; expected a stage file'],
  ['circle.json', 3, 'its symbolic links lead in a circle'],
  ['nowhere.json', 3, 'it is a link to not-there.json, which does not exist'],
  ['empty.json', 3, 'expected a stage, got an empty text'],
  ['blank.json', 3, 'expected a stage, got an empty text'],
  ['broken.json', 3, 'broken.json: line 3, column 20: expected a value, got tru'],
  ['comma.json', 3, 'comma.json: line 3, column 1: expected a key in double quotes, got }'],
  ['twice.json', 3, 'twice.json: line 3, column 5: expected each key once, got "stageName" again'],
  ['twice-inside.json', 3, 'line 1, column 26: expected each key once, got "a" again'],
  ['array.json', 3, "got a list of 2. Pick one, the first for example, with: jq '.[0]'"],
  ['stages.json', 3, "got a list of 2. Pick one, the first for example, with: jq '.item[0]'"],
  ['no-stages.json', 3, 'got an empty list'],
  ['text.json', 3, 'expected a stage, an object; got a string'],
  ['null.json', 3, 'expected a stage, an object; got null'],
  ['stranger.json', 3, 'got an object without any of its members (it has "Version", "Statement")'],
  ['misfits.json', 3, 'variables.a: expected a string, got a boolean (line 4)'],
  [
    'large.json',
    3,
    'methodSettings["*/*"].throttlingRateLimit: expected a number, got a number that is too large (line 4)',
  ],
  ['latin1.json', 3, 'expected UTF-8 text, got bytes that are not'],
  ['utf16.json', 3, 'got UTF-16, as PowerShell writes it'],
];

/** Each wrong file, read and edited. */
const fromFiles: readonly Row[] = brokenFiles.flatMap(([file, code, sentence]): readonly Row[] => [
  [`get ${file}`, code, sentence],
  [`set ${file} --description x`, code, sentence],
]);

const operation = (item: string): readonly string[] => ['patch', 'prod.json', '--patch-operations', item];

const pointers: readonly Row[] = [
  [operation('op=replace,path=/nope,value=x'), 3, 'Invalid method setting path: /nope.'],
  [operation('op=replace,path=/loggingLevel,value=INFO'), 3, 'Did you mean /*/*/logging/loglevel?'],
  [operation('op=replace,path=/*/*/loggingLevel,value=INFO'), 3, 'Did you mean /*/*/logging/loglevel?'],
  [operation('op=replace,path=/canarySettings/percent,value=5'), 3, 'Invalid method setting path'],
  [operation('op=replace,path=/methodSettings/*/*/loggingLevel,value=OFF'), 3, 'Did you mean /*/*/logging/loglevel?'],
  [operation('op=replace,path=/*/logging/loglevel,value=OFF'), 3, 'Did you mean /*/*/logging/loglevel?'],
  [operation('op=replace,path=/GET/pets/logging/loglevel,value=OFF'), 3, 'Did you mean /~1pets/GET/logging/loglevel?'],
  [
    operation('op=replace,path=/methodSettings/~1pets~1GET/throttlingRateLimit,value=5'),
    3,
    'Did you mean /~1pets/GET/throttling/rateLimit?',
  ],
  [
    operation('op=replace,path=/methodSettings/GET~1pets~1{id}/loggingLevel,value=OFF'),
    3,
    'Did you mean /~1pets~1{id}/GET/logging/loglevel?',
  ],
  [operation('op=replace,path=/stageVariables/color,value=x'), 3, 'Did you mean /variables/color?'],
  [
    operation('op=replace,path=/canarySettings/variables/color,value=x'),
    3,
    'Did you mean /canarySettings/stageVariableOverrides/color?',
  ],
  [operation('op=replace,path=/tags/team,value=x'), 3, 'Use aws apigateway tag-resource'],
  [operation('op=replace,path=/Description,value=x'), 3, 'Did you mean /description?'],
  [operation('op=replace,path=C:/Program Files/Git/description,value=x'), 3, 'set MSYS_NO_PATHCONV=1'],
  [operation('op=replace,path=/pets/ANY/logging/loglevel,value=INFO'), 3, 'Invalid method setting path'],
  [operation('op=replace,path=/stageName,value=x'), 3, 'Invalid method setting path: /stageName.'],
  [
    operation('op=remove,path=/description'),
    3,
    'Cannot remove method setting description because there is no method setting',
  ],
  [operation('op=remove,path=/variables/nope'), 3, 'There is nothing at /variables/nope to remove.'],
  [operation('op=remove,path=/~1pets/GET'), 3, 'Cannot remove method setting ~1pets/GET'],
  [
    operation('op=add,path=/canarySettings/percentTraffic,value=5'),
    3,
    'Invalid add operation with path: /canarySettings/percentTraffic',
  ],
  [
    operation('op=add,path=/description,value=x'),
    3,
    'add at /description is undocumented, so stage refuses it. Use replace.',
  ],
  [
    operation('op=copy,from=/description,path=/variables'),
    3,
    'Invalid copy operation with path: /variables and from /description.',
  ],
  [operation('op=move,from=/description,path=/variables'), 3, 'API Gateway does not support move on a stage'],
  [operation('op=frob,path=/description'), 3, "Value 'frob' at 'updateStageInput.patchOperations.1.member.op'"],
  [operation('op=replace,path=/accessLogSettings/other,value=x'), 3, 'Invalid accessLogSettings path.'],
  [operation('op=replace,path=/description'), 3, 'replace at /description needs a value'],
  [operation('op=test,path=/description,value=x'), 5, 'Expected description to be x'],
  [
    operation('op=replace,path=/description,value=a,b'),
    3,
    'a text with commas, quotes or brackets is written like "a,b"',
  ],
  [operation('op=replace path=/description value=x'), 3, 'expected a comma between members'],
  [
    'patch prod.json --patch-operations op=replace path=/description value=x',
    3,
    'An operation is one word, with commas: op=replace,path=/description,value=x.',
  ],
  [
    [...operation('op=replace'), 'path=/description', 'value=a b', 'op=remove', 'path=/variables/color', 'prod.json'],
    3,
    "with commas: 'op=replace,path=/description,value=a b' op=remove,path=/variables/color.",
  ],
  [
    operation('[{"op": "replace"'),
    3,
    'not valid JSON: line 1, column 18: expected a comma or }, got the end of the text.',
  ],
  [operation('{}'), 3, 'op: expected a string, got nothing.'],
  [operation('{"patchOperations": 5}'), 3, 'patchOperations: expected an array, got a number'],
  [operation('file://nope.json'), 3, 'nope.json: no such file.'],
  [operation('file://ops.json'), 3, 'not valid JSON'],
  [operation('-'), 3, 'expected an operation, got an empty text'],
  [
    'copy --from /description --to /variables prod.json',
    3,
    'Invalid copy operation with path: /variables and from /description.',
  ],
];

const edit = 'set prod.json --description x';

const configurations: readonly Row[] = [
  [edit, 4, '.stagerc:1: stagess: unknown key; did you mean stages?', { stagerc: 'stagess: {}' }],
  [edit, 4, '.stagerc:2: frob: unknown key, expected one of stages, default', { stagerc: '# mine\nfrob: 1' }],
  [edit, 4, '.stagerc:1: output: expected one of text, json', { stagerc: 'output: 5' }],
  [edit, 4, '.stagerc:1: redact: expected a list of words', { stagerc: 'redact: token' }],
  [
    edit,
    4,
    '.stagerc:3: stages.a.protected: expected true or false, got the text "yes"',
    { stagerc: 'stages:\n  a:\n    protected: "yes"\n    file: a.json' },
  ],
  [edit, 4, 'stages.a: expected file or restApiId, got neither', { stagerc: 'stages: {a: {}}' }],
  [
    edit,
    4,
    'stages.a: expected file or restApiId, got both',
    { stagerc: 'stages: {a: {file: a.json, restApiId: b, stageName: c}}' },
  ],
  [edit, 4, 'stages.a: restApiId needs a stageName', { stagerc: 'stages: {a: {restApiId: b}}' }],
  [
    edit,
    4,
    'stages.description: this would be read as a property, an option or a target',
    { stagerc: 'stages: {description: {file: a.json}}' },
  ],
  [edit, 4, 'this would be read as a property, an option or a target', { stagerc: 'stages: {a.json: {file: a.json}}' }],
  [edit, 4, 'this would be read as a property, an option or a target', { stagerc: 'stages: {a/b: {file: a.json}}' }],
  [edit, 4, 'this would be read as a property, an option or a target', { stagerc: 'stages: {-n: {file: a.json}}' }],
  [edit, 4, 'this would be read as a property, an option or a target', { stagerc: 'stages: {a=b: {file: a.json}}' }],
  [edit, 4, '$import: unknown key, expected one of ', { stagerc: '$import: other.yaml' }],
  [edit, 4, 'expected keys with values, got a list', { stagerc: '- a\n- b' }],
  [edit, 4, '.stagerc:2: this is not YAML', { stagerc: 'stages: {\n' }],
  [
    edit,
    4,
    '.stagerc:1: default: no stage is called "prodd"; did you mean prod?',
    { stagerc: 'default: prodd\nstages: {prod: {file: prod.json}}' },
  ],
  [`${edit} --config nope.yaml`, 4, 'nope.yaml: cannot read this configuration: there is no such file'],
  [`${edit} --config stage.config.js`, 4, 'programs are never run for one, expected JSON or YAML'],
  [`${edit} --config stage.config.ts`, 4, 'programs are never run for one'],
  [`${edit} --config folder.json`, 4, 'it is a folder'],
  [`${edit} --config broken.json`, 4, 'broken.json:3: broken JSON: expected a value, got tru'],
  [`${edit} --config twice.json`, 4, 'twice.json:3: broken JSON: expected each key once, got "stageName" again'],
  [`${edit} --config`, 3, '--config: expected PATH, got no value.'],
  [edit, 4, 'STAGE_OUTPUT: expected one of text, json', { env: { STAGE_OUTPUT: 'xml' } }],
  [edit, 4, 'STAGE_REGION: expected a region', { env: { STAGE_REGION: 'eu west' } }],
  ['get ~/prod.json', 3, '~/prod.json: cannot expand ~: HOME is not set.', { env: { HOME: '' } }],
  [
    'get',
    4,
    'The default stage prod is protected',
    { stagerc: 'default: prod\nstages: {prod: {file: prod.json, protected: true}}' },
  ],
  [
    edit,
    5,
    'prod.json is the protected stage prod: to edit it, add --yes.',
    { stagerc: 'stages: {prod: {file: prod.json, protected: true}}' },
  ],
  [
    edit,
    5,
    'the answer was not yes',
    { stagerc: 'stages: {prod: {file: prod.json, protected: true}}', isTTY: true, answer: 'n' },
  ],
  [edit, 5, 'the answer was not yes', { stagerc: 'stages: {prod: {file: prod.json, protected: true}}', isTTY: true }],
  [
    'promote-canary prod',
    5,
    'prod is a protected stage',
    { stagerc: 'stages: {prod: {file: prod.json, protected: true}}' },
  ],
];

/** Everything in a folder, including hidden files: type, inode, modification time, and contents. */
const contentOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const file = join(folder, name);
      const stats = lstatSync(file, { bigint: true });
      const link = stats.isSymbolicLink() ? readlinkSync(file) : '';
      return `${name} ${stats.mode} ${stats.ino} ${stats.mtimeNs} ${link}${stats.isFile() ? readFileSync(file, 'latin1') : ''}`;
    });

const aFolder = (stagerc: string | undefined): string => {
  const folder = newExamples(files);
  writeFileSync(join(folder, 'stage.config.js'), 'throw new Error("run");');
  symlinkSync('circle.json', join(folder, 'circle.json'));
  symlinkSync('not-there.json', join(folder, 'nowhere.json'));
  if (stagerc !== undefined) writeFileSync(join(folder, '.stagerc'), stagerc);
  return folder;
};

const stackTrace = /^\s+at /m;

const expectSentences = ({ stderr, stdout }: Run): void => {
  expect(stdout).toBe('');
  expect(stderr).toMatch(/(?:^|\] )stage: \S.*\n|"message": "/m);
  expect(stderr).not.toMatch(stackTrace);
  expect(stderr).not.toContain('undefined');
};

afterAll(removeFolders);

const tables: Readonly<Record<string, readonly Row[]>> = {
  usage,
  'a target': targets,
  'a value': values,
  'a file': fromFiles,
  'a pointer': pointers,
  'a configuration': configurations,
};

const runRow = async ([command, code, sentence, given = {}]: Row): Promise<void> => {
  const { stagerc, ...options } = given;
  const cwd = aFolder(stagerc);
  const before = contentOf(cwd);
  const run = await runStage(command, { cwd, ...options, env: { NO_COLOR: '1', ...options.env } });
  expect(run.stderr).toContain(sentence);
  expect(run.code).toBe(code);
  expectSentences(run);
  expect(contentOf(cwd)).toEqual(before);
};

describe.each(Object.entries(tables))('wrong in %s', (_, rows) => {
  for (const row of rows) {
    const [command, code, sentence] = row;
    const line = typeof command === 'string' ? command : command.join(' ');
    test(`stage ${line} → ${code} ${sentence}`, () => runRow(row));
  }
});

const isRoot = process.getuid?.() === 0;

testIf(!isRoot, 'root may write any file')('a file that may not be written is told', async () => {
  const cwd = newExamples();
  chmodSync(join(cwd, 'prod.json'), 0o444);
  const run = await runStage('set prod.json --description x', { cwd });
  expect([run.code, run.stderr]).toEqual([3, expect.stringContaining('prod.json: cannot be edited (unchanged)')]);
  expectSentences(run);
});

describe('a typo', () => {
  test.each(['--y', '--ye', '--yse', '--Yes', '--f', '--forc', '--froce', '-y', '-f'])(
    '%s does not suggest an option that skips a confirmation',
    async (flag) => {
      const { code, stderr } = await runStage(['set', 'prod.json', flag], { cwd: newExamples() });
      expect(code).toBe(3);
      expect(stderr).not.toMatch(/--yes|--force/);
    },
  );

  test.each([
    ['--method d1/prod.json', 'd1/prod.json is not a method'],
    ['--method d1/prod.json d2/README.md', 'Too many words: d2/README.md.'],
    ['--method d2/README.md d1/prod.json', 'Too many words: d1/prod.json.'],
  ])('in --method */* that a shell expanded is explained: %s', async (given, sentence) => {
    const cwd = newExamples({ 'd1/prod.json': '{}', 'd2/README.md': '' });
    for (const line of [`set prod.json ${given} --caching-enabled`, `unset prod.json ${given}`]) {
      const { code, stderr } = await runStage(line, { cwd });
      expect(code).toBe(3);
      expect(stderr).toContain(sentence);
      expect(stderr).not.toContain('is not a property');
      expect(stderr).toContain("'*/*'");
    }
  });

  test.each(['-5e3', '-.5', '-5.', '-1E-2'])('does not include negative numbers: %s', async (number) => {
    const { stderr } = await runStage(['set', 'prod.json', '--canary-percent-traffic', number], {
      cwd: newExamples(),
    });
    expect(stderr).toContain(`got "${number}"`);
  });

  test.each([
    ['--variable a=', 'The value is empty. To remove a variable, use stage unset.'],
    ['--variables a=', 'The value is empty. To remove a variable, use stage unset.'],
  ])('in %s has a hint', async (flag, hint) => {
    const { stderr } = await runStage(`set prod.json ${flag}`, { cwd: newExamples() });
    expect(stderr).toMatch(/^stage: Invalid stage variable value of key a\. .*\n {2}/);
    expect(stderr).toContain(`\n  ${hint}\n`);
  });

  test('is reported together with all others', async () => {
    const { stderr } = await runStage('set prod.json --frob --description --rate-limit 5', { cwd: newExamples() });
    expect(stderr.split('\n')).toHaveLength(4);
  });

  test.each([
    ['--output', 'json'],
    ['-ojson', ''],
    ['-nojson', ''],
    ['--output=json', ''],
  ])('is one document with %s %s', async (...flags) => {
    const words = ['set', 'prod.json', '--frob', ...flags.filter((flag) => flag !== '')];
    const { code, stderr, stdout } = await runStage(words, { cwd: newExamples() });
    const { error } = JSON.parse(stderr);
    expect(error).toMatchObject({ code: 'usage', exitCode: 3, problems: [{ message: error.message }] });
    expect([code, stdout]).toEqual([3, '']);
  });

  test.each([
    ['set prod.json --frob', { STAGE_OUTPUT: 'json' }, ''],
    ['frob prod.json -o json', {}, ''],
    ['-ojson', {}, ''],
    ['set prod.json --frob --config=other.yaml', {}, ''],
    ['set prod.json color=blue', {}, 'output: json'],
    ['set prod.json --frob', {}, 'output: json'],
    ['set prod.json --description x', { STAGE_OUTPUT: 'json' }, 'frob: 1'],
  ])('%s is one document if %j or the file %j asks for it', async (line, env, stagerc) => {
    const { stderr } = await runStage(line, {
      cwd: newExamples({ '.stagerc': stagerc, 'other.yaml': 'output: json' }),
      env,
    });
    expect(JSON.parse(stderr)).toHaveProperty('error.message');
  });

  test.each([
    'set prod.json --description x --expect variables.apiToken=s3cret',
    'set prod.json --variable apiToken=s3cret$ -o json',
    'patch prod.json --patch-operations op=test,path=/variables/apiToken,value=s3cret',
  ])('%s does not show the secret', async (line) => {
    const { code, stderr } = await runStage(line, { cwd: newExamples() });
    expect(code).not.toBe(0);
    expect(stderr).not.toContain('s3cret');
  });

  test.each([
    'set prod.json variables.a.b=x',
    'patch prod.json --patch-operations op=replace,path=/variables/a-b,value=1',
  ])('%s names its own name, and no other path', async (line) => {
    const { stderr } = await runStage(line, { cwd: newExamples() });
    expect(stderr).toContain('Invalid stage variable name: a');
    expect(stderr).not.toContain('Did you mean');
  });
});

describe('on a terminal', () => {
  const hostile = '\u001b]0;x\u0007\u001b[31m\u009b31m\u202e\u2067\u061c\r\u0000\u{e0041}';
  const evil = JSON.stringify(
    {
      stageName: hostile,
      deploymentId: `a${hostile}`,
      description: hostile,
      methodSettings: { [`~1${hostile}/GET`]: { loggingLevel: hostile } },
      variables: { [hostile]: hostile, plain: hostile },
      canarySettings: { deploymentId: `b${hostile}`, stageVariableOverrides: { [hostile]: `c${hostile}` } },
      [hostile]: hostile,
    },
    null,
    '\t',
  );
  // Words of a command line cannot contain NUL.
  const word = hostile.replace('\u0000', '');
  const files = {
    'evil.json': evil,
    'broken.json': `{"description": ${hostile}`,
    '.stagerc': JSON.stringify({ stages: { [word]: { file: 'evil.json', protected: true } } }),
  };
  const forms = ['text', 'json', 'yaml', 'stage', 'patch', 'aws-cli'];

  const acting =
    /(?![\n\t])[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\udb40[\udc00-\udc7f]/;

  test.each<readonly string[]>([
    ['get', 'evil.json'],
    ['get', 'evil.json', 'description'],
    ['get', 'evil.json', 'variables', 'description'],
    ['get', 'evil.json', '-o', 'yaml'],
    ...forms.map((form) => ['set', 'evil.json', '--description', `x${word}`, '-n', '-o', form]),
    ...forms.map((form) => ['promote-canary', 'evil.json', '-n', '-o', form]),
    ['set', 'evil.json', '--description', 'x'],
    ['set', word, '--description', 'x'],
    ['set', '-', '--description', 'x'],
    ['set', '-', '--description', 'x', '-o', 'json'],
    ['set', 'evil.json', '--logging-level', 'INFO', '-n'],
    ['unset', 'evil.json', 'methodSettings', 'variables', '-n'],
    ['explain', word],
    ['explain', `variables.${word}`],
    ['get', `${word}.json`],
    ['get', `${word}.json`, '-o', 'json'],
    ['get', 'broken.json'],
    ['get', `a/${word}`],
    ['get', 'prod.json', word],
    ['set', 'prod.json', `${word}=x`],
    [word],
    [`--${word}`],
    ['set', 'prod.json', `--${word}`],
    ['set', 'prod.json', `-${word}`],
    ['set', 'prod.json', '--description', 'x', '--lock-timeout', word],
    ['set', 'prod.json', '--description', 'x', '-o', word],
    ['set', 'prod.json', '--description', 'x', '--config', word],
    ['set', 'prod.json', '--description', 'x', '--expect', `description=${word}`],
    ['set', 'prod.json', '--variable', `${word}=x`],
    ['set', 'prod.json', '--variable', `a=@${word}`],
    ['set', 'prod.json', '--logging-level', word, '--method', `GET /${word}`],
    ['set', 'prod.json', '--logging-level', 'INFO', '--method', word],
    operation(`op=replace,path=/${word},value=x`),
    operation(JSON.stringify({ op: word, path: word })),
    operation(JSON.stringify({ op: 'replace', path: `/${word}`, value: 'x' })),
  ])('control characters are escaped: %j %j %j', async (...words) => {
    const cwd = newExamples(files);
    const options = { cwd, isTTY: true, answer: 'y', stdin: evil, env: { NO_COLOR: '1' } };
    const { stdout, stderr } = await runStage(words, options);
    expect(`${stdout}${stderr}`).not.toMatch(acting);
    expect(`${stdout}${stderr}`).not.toBe('');
  });

  test('a default is named, escaped', async () => {
    const cwd = newFolder({
      'a.json': stageText,
      '.stagerc': JSON.stringify({ default: 'a\u202e', stages: { 'a\u202e': { file: 'a.json' } } }),
    });
    const { stdout, stderr } = await runStage('get description', { cwd, isTTY: true });
    expect([stdout, stderr]).toEqual(['old\n', 'a\\u202e (the default of .stagerc)\n']);
  });

  test('output elsewhere is not escaped', async () => {
    const cwd = newFolder(files);
    expect((await runStage('get evil.json description', { cwd })).stdout).toBe(`${hostile}\n`);
  });
});
