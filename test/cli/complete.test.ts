/** Completion: the words before the cursor, and the candidates for the last one. */
import { optionsOf } from '../../src/cli/common-options';
import { commands } from '../../src/commands/commands';
import { properties } from '../../src/stage/properties';
import { runInFolder } from '../runs';
import { examples, wordsOf } from '../world';

const files = {
  ...examples,
  'local.json': { variables: { here: '1' } },
  'odd.json': { variables: { 'a b': '1', 'bell\u0007': '2', '$(touch x)': '3', apiToken: 'tok' } },
  'broken.json': '{',
  'notes.txt': '',
  '.hidden.json': {},
  'stages/qa.json': { description: 'QA' },
  '.stagerc': `{
    "stages": {
      "live": { "restApiId": "a1b2c3d4e5", "stageName": "prod" },
      "near": { "file": "local.json" }
    },
    "redact": ["here"]
  }`,
};

/** The candidates without descriptions. A trailing space in the line starts a new word. */
const completed = async (line: string | readonly string[], more: Readonly<Record<string, unknown>> = {}) => {
  const words = typeof line === 'string' ? [...wordsOf(line), ...(line.endsWith(' ') ? [''] : [])] : line;
  const { code, stdout, stderr } = await runInFolder(['__complete', ...words], { files: { ...files, ...more } });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.split('\n').flatMap((text) => (text === '' ? [] : [text.split('\t')[0]]));
};

test.each<readonly [line: string, candidates: readonly string[]]>([
  ['se', ['set', 'serve']],
  ['l', ['list', 'ls']],
  ['--', ['--help', '--version']],
  ['help exp', ['export', 'explain']],
  ['help op', ['options']],
  ['help set ', []],
  ['frob ', []],
  ['completion ', ['bash', 'zsh', 'fish']],
  ['completion bash ', []],
  ['list ', []],
  ['ls -o ', ['text', 'json', 'yaml']],
  ['serve s', ['stages/']],
  ['set --canary-p', ['--canary-percent-traffic']],
  ['-n set --dr', []],
  ['set --description x --descr', []],
  ['set --variable a=1 --variable', ['--variable', '--variables']],
  ['set --var', ['--variable', '--var', '--variables']],
  ['set --no-tr', ['--no-tracing-enabled']],
  ['set --tracing-enabled=', ['--tracing-enabled=true', '--tracing-enabled=false']],
  ['set --no-tracing-enabled=', []],
  ['set --output=y', ['--output=yaml']],
  ['set -o=y', ['-o=yaml']],
  ['set -o y', ['yaml']],
  ['set --logging-level ', ['OFF', 'ERROR', 'INFO']],
  ['set prod.json --variable col', ['color=']],
  ['set prod.json --var color=', ['color=blue']],
  ['set prod.json --var=color=', ['--var=color=blue']],
  ['set shop.json --variable apiToken=', []],
  ['set shop.json --variable region=@n', ['region=@notes.txt']],
  ['set near --variable here=', []],
  ['set file:prod.json --variable color=', ['color=blue']],
  ['set ./prod.json --variable color=', ['color=blue']],
  ['unset prod.json --variable ord', ['ordersTable']],
  ["set shop.json --method 'GET /s'", ['GET /search']],
  ['set --method ', ['*/*']],
  ['set prod.json --description ', ['Orders, live']],
  ['set prod.json --access-log-format file://n', ['file://notes.txt']],
  ['set prod.json --config stages/', ['stages/qa.json']],
  ['set prod.json --expect variables.col', ['variables.color=']],
  ['set prod.json --expect tracingEnabled=', ['tracingEnabled=true', 'tracingEnabled=false']],
  [
    'copy prod.json staging.json --exclude variables.',
    ['variables.ordersTable', 'variables.color', 'variables.logLevel'],
  ],
  ['set p', ['prod.json']],
  ['set ./n', ['./notes.txt']],
  ['set ./.h', ['./.hidden.json']],
  ['set stages/', ['stages/qa.json']],
  ['set file:st', ['file:stages/', 'file:staging.json']],
  ['set nowhere/', []],
  ['set n', ['near']],
  ['set broken.json des', ['description=']],
  ['set prod.json description=', ['description=Orders, live']],
  [
    'set prod.json canarySettings.',
    [
      'canarySettings.deploymentId=',
      'canarySettings.percentTraffic=',
      'canarySettings.useStageCache=',
      'canarySettings.stageVariableOverrides.',
    ],
  ],
  ['set staging.json canarySettings.stageVariableOverrides.', []],
  ['unset prod.json canarySettings.stageVariableOverrides.c', ['canarySettings.stageVariableOverrides.color']],
  ['unset prod.json stageN', []],
  ['get prod.json stageN', ['stageName']],
  [
    "get shop.json 'methodSettings.GET /search.cach'",
    [
      'methodSettings.GET /search.cachingEnabled',
      'methodSettings.GET /search.cacheTtlInSeconds',
      'methodSettings.GET /search.cacheDataEncrypted',
    ],
  ],
  [
    'set s.json methodSettings.*/*.loggingLevel=',
    [
      'methodSettings.*/*.loggingLevel=OFF',
      'methodSettings.*/*.loggingLevel=ERROR',
      'methodSettings.*/*.loggingLevel=INFO',
    ],
  ],
  ['explain canarySettings.p', ['canarySettings.percentTraffic']],
  ['get odd.json variables.', ['variables.a b', 'variables.$(touch x)', 'variables.apiToken']],
  ['patch --patch-operations file://n', ['file://notes.txt']],
  ['patch --patch-operations [] p', ['prod.json']],
  ['patch prod.json --patch-operations [] file://n', ['file://notes.txt']],
])('stage %s completes to %j', async (line, candidates) => {
  expect(await completed(line)).toEqual(candidates);
});

test('targets come first; property names follow once a stage is known', async () => {
  const targets = [
    'live',
    'near',
    'broken.json',
    'local.json',
    'odd.json',
    'prod.json',
    'shop.json',
    'stages/',
    'staging.json',
    'template.yaml',
  ];
  expect(await completed('set ')).toEqual(targets);
  expect(await completed('set prod.json ')).not.toContain('shop.json');
  expect(await completed('set prod.json ')).toEqual(
    expect.arrayContaining(['description=', 'variables.', 'methodSettings.']),
  );
  expect(await completed('copy prod.json ')).toEqual(targets);
  expect(await completed('copy prod.json staging.json ')).toContain('description');
});

test('the default stage is used if the line names none', async () => {
  const stagerc = { '.stagerc': '{ "stages": { "near": { "file": "local.json" } }, "default": "near" }' };
  expect(await completed('set --variable ', stagerc)).toEqual(['here=']);
  expect(await completed('set ', stagerc)).toContain('variables.');
  expect(await completed('set --no-config --variable ', stagerc)).toEqual([]);
});

test('a broken configuration only removes its own names', async () => {
  expect(await completed('set p', { '.stagerc': 'stages: [' })).toEqual(['prod.json']);
});

test.each(commands)('every option of $name completes, and so do its allowed values', async (command) => {
  const shown = optionsOf(command).filter(({ isHidden }) => !isHidden);
  const words = await completed([command.name, '--']);
  expect(shown.map(({ name }) => `--${name}`).filter((word) => !words.includes(word))).toEqual([]);
  for (const option of shown) {
    const choices = 'choices' in option ? option.choices : undefined;
    if (choices) expect(await completed([command.name, `--${option.name}`, ''])).toEqual(choices);
  }
});

test('each word has the description of its row', async () => {
  const { stdout } = await runInFolder('__complete set --canary-p');
  const row = properties.find(({ flag }) => flag === 'canary-percent-traffic');
  expect(stdout).toBe(`--canary-percent-traffic\t${row?.help}\n`);
});

test.each(['', 'prod.json tcsh', 'tcsh'])('stage completion %s lists the shells', async (words) => {
  const { code, stderr } = await runInFolder(`completion ${words}`);
  expect(code).toBe(3);
  expect(stderr).toMatch(words.includes(' ') ? /Too many words: tcsh/ : /expected one of bash, zsh, fish; got/);
});

test.each(['bash', 'zsh', 'fish'])('the script for %s is printed with any configuration', async (shell) => {
  const { code, stdout, stderr } = await runInFolder(`completion ${shell}`, { files: { '.stagerc': 'stages: [' } });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('stage __complete');
});

test('stage ls completes like stage list', async () => {
  expect((await runInFolder('ls --help')).stdout).toMatch(/Usage: stage list .*\(alias: ls\)/s);
});
