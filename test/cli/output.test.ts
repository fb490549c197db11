/** What is printed to stdout and stderr, and what is masked. */
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { parseOperations } from '../../src/stage/parse-operations.js';
import { applyPatch } from '../../src/stage/patch.js';
import type { Stage } from '../../src/stage/stage.js';
import { type Given, runInFolder, textOf } from '../runs.js';
import { aCanary, aMethod, aStage } from '../stages.js';
import { testIf } from '../tools.js';
import { newFolder, removeFolders } from '../world.js';

const stage = aStage({ description: 'old', variables: { color: 'blue' }, canarySettings: aCanary() });
const given = (before: Stage = stage, more: Given = {}): Given => ({
  ...more,
  files: { 's.json': before, ...more.files },
});
const run = (line: string, before?: Stage, more?: Given) => runInFolder(line, given(before, more));

afterAll(removeFolders);

const green = '\u001b[32m';
const mask = '********';

describe('-o json', () => {
  test('is one document with everything', async () => {
    const { code, stdout, stderr } = await run('set s.json --description new --canary-percent-traffic 0 -o json');
    const document = JSON.parse(stdout);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'updated s.json: 2 changes\n' });
    expect(Object.keys(document)).toEqual([
      'schemaVersion',
      'target',
      'changed',
      'dryRun',
      'before',
      'operations',
      'inverse',
      'after',
      'notices',
      'calls',
    ]);
    expect(document.calls).toEqual([{ kind: 'UpdateStage', state: 'made' }]);
    expect(document).toMatchObject({ schemaVersion: 1, target: 's.json', changed: true, dryRun: false });
    expect(document.before).toEqual(stage);
    expect(document.after).toEqual(applyPatch(stage, document.operations));
    expect(applyPatch(document.after, document.inverse)).toEqual(stage);
    expect(document.notices).toEqual([{ code: 'canary-at-zero', message: expect.stringContaining('0 percent') }]);
  });

  test.each([
    ['set s.json --description old -o json', { changed: false, dryRun: false, operations: [], inverse: [], calls: [] }],
    [
      'set s.json --description new -n -o json',
      { changed: true, dryRun: true, calls: [{ kind: 'UpdateStage', state: 'not-made' }] },
    ],
  ])('%s shows whether it would change something, and whether it did', async (line, members) => {
    const { stdout, files } = await run(line);
    expect(JSON.parse(stdout)).toMatchObject(members);
    expect(files['s.json']).toBe(textOf(stage));
  });

  test('is the same document in YAML', async () => {
    const line = 'set s.json --description new --canary-percent-traffic 0 -o';
    expect(parseYaml((await run(`${line} yaml`)).stdout)).toEqual(JSON.parse((await run(`${line} json`)).stdout));
  });
});

describe('a failure', () => {
  const refused = 'set s.json --cache-cluster-size 9';
  const failures: readonly (readonly [what: string, line: string, more: Given, code: string, exitCode: number])[] = [
    ['of a patch', `${refused} -o json`, {}, 'patch', 3],
    ['of usage', 'set s.json -o json', {}, 'usage', 3],
    ['of a command line that cannot be read', 'set s.json --frobnicate -ojson', {}, 'usage', 3],
    ['of a file', 'set t.json --description x --output=json', {}, 'file', 3],
    ['of an expectation', 'set s.json --description x --expect stageName=dev -o json', {}, 'expectation', 5],
    ['of the configuration', `${refused} -o json`, { files: { '.stagerc': 'frobnicate: 1' } }, 'config', 4],
    ['where the configuration asks for JSON', refused, { files: { '.stagerc': 'output: json' } }, 'patch', 3],
    ['where the environment asks for JSON', refused, { env: { STAGE_OUTPUT: 'json' } }, 'patch', 3],
  ];
  test.each(failures)('%s is one document on stderr', async (_what, line, more, code, exitCode) => {
    const { stdout, stderr, ...done } = await run(line, stage, more);
    const { schemaVersion, error } = JSON.parse(stderr);
    expect({ code: done.code, stdout, schemaVersion }).toEqual({ code: exitCode, stdout: '', schemaVersion: 1 });
    expect(Object.keys(error)).toEqual(['code', 'message', 'exitCode', 'problems']);
    expect(error).toMatchObject({ code, exitCode, message: error.problems[0].message });
    expect(done.files['s.json']).toBe(textOf(stage));
  });

  test('names the operation if the message of API Gateway does not', async () => {
    const { stderr } = await run("set s.json --cache-ttl-in-seconds 4000 --method 'GET,PUT /pets'");
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/no greater than 3600 \(replace \/~1pets\/GET\/caching\/ttlInSeconds\)$/),
      expect.stringMatching(/no greater than 3600 \(replace \/~1pets\/PUT\/caching\/ttlInSeconds\)$/),
      '',
    ]);
  });

  test('counts operations as given, even with expectations', async () => {
    const items = ['/no', '/nowhere'].map((path) => `op=replace,path=${path},value=1`).join(' ');
    const { stderr } = await run(`patch s.json --expect description=old --patch-operations ${items}`);
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^stage: operation 1: Invalid method setting path: \/no\.$/),
      expect.stringMatching(/^stage: operation 2: Invalid method setting path: \/nowhere\.$/),
      expect.stringMatching(/^ {2}Must be one of: \[\/deploymentId.*\]$/),
      '',
    ]);
  });

  test('is a YAML document with -o yaml', async () => {
    const { stderr } = await run(`${refused} -o yaml`);
    expect(parseYaml(stderr)).toMatchObject({ schemaVersion: 1, error: { code: 'patch', exitCode: 3 } });
  });

  test.each(['text', 'stage', 'patch', 'aws-cli'])('is a message on stderr with -o %s', async (form) => {
    const { stdout, stderr } = await run(`${refused} -o ${form}`);
    expect({ stdout, stderr }).toEqual({
      stdout: '',
      stderr: expect.stringMatching(/^stage: Invalid value at \/cacheClusterSize/),
    });
  });
});

describe('the output format from the environment', () => {
  const env = { STAGE_OUTPUT: 'json' };

  test('applies to edits and their failures', async () => {
    expect(JSON.parse((await run('set s.json --description new -n', stage, { env })).stdout).changed).toBe(true);
    expect(JSON.parse((await run('set s.json --frob', stage, { env })).stderr).error.exitCode).toBe(3);
  });

  test('applies to the report of a patch, which is separate from the stage', async () => {
    const line = 'patch s.json --patch-operations op=replace,path=/description,value=new';
    const { stdout, stderr } = await run(line, stage, { env });
    expect(JSON.parse(stdout)).toEqual({ ...stage, description: 'new' });
    expect(JSON.parse(stderr)).toMatchObject({ changed: true, after: { description: 'new' } });
  });

  test.each(['get s.json description', 'explain description'])('does not apply to %s', async (line) => {
    expect((await run(line, stage, { env })).stdout).toBe((await run(line)).stdout);
  });

  test.each(['get nope.json', 'get s.json --frob', 'explain frob'])(
    'does not apply to the failure of %s',
    async (line) => {
      expect((await run(line, stage, { env })).stderr).toMatch(/^stage: /);
      expect(JSON.parse((await run(`${line} -o json`)).stderr).error.exitCode).toBe(3);
    },
  );
});

describe('-o stage and -o patch', () => {
  test('print only the stage after the edit or the operations on stdout', async () => {
    const line = 'set s.json --description new --canary-percent-traffic 0 -o';
    const [after, operations] = [await run(`${line} stage`), await run(`${line} patch`)];
    expect(JSON.parse(after.stdout)).toEqual(applyPatch(stage, JSON.parse(operations.stdout)));
    for (const { stderr } of [after, operations])
      expect(stderr).toMatch(/^notice: The canary is at 0 percent.*\nupdated s\.json: 2 changes\n$/);
  });

  test('match the formats of get and --patch-operations', async () => {
    const { stdout } = await run('set s.json --description new -n -o patch');
    const patched = await run('patch s.json --patch-operations - -q', stage, { stdin: stdout });
    expect(patched.stdout).toBe((await run('set s.json --description new -o stage')).stdout);
  });
});

describe('-o aws-cli', () => {
  /** Runs commands in bash with an `aws` that logs its arguments, and fails from the given call on. */
  const runInShell = (commands: string, failsFrom = 99): readonly (readonly string[])[] => {
    const folder = newFolder({
      'bin/aws': `#!/bin/bash\nprintf x >> count; printf '%s\\0' "$@" >> calls; printf '\\n\\0' >> calls\n[ "$(wc -c < count)" -lt ${failsFrom} ]\n`,
    });
    chmodSync(join(folder, 'bin/aws'), 0o755);
    const env = { PATH: `${folder}/bin:${process.env['PATH']}`, REST_API_ID: 'abc', STAGE_NAME: 'dev' };
    const { status, stderr } = spawnSync('bash', ['--norc', '-c', commands], { encoding: 'utf8', env, cwd: folder });
    expect({ failed: status !== 0, stderr }).toEqual({ failed: failsFrom !== 99, stderr: '' });
    return readFileSync(join(folder, 'calls'), 'utf8')
      .split('\n\0')
      .slice(0, -1)
      .map((call) => call.split('\0').slice(0, -1));
  };
  const head = (stageName: string) => [
    'apigateway',
    'update-stage',
    '--rest-api-id',
    'abc',
    '--stage-name',
    stageName,
    '--patch-operations',
  ];

  const awkward = [
    'plain',
    "it's",
    'say "hi", $HOME `x` !',
    'back\\slash\\',
    '[a]',
    '{a: b}',
    '@file://x',
    ' spaced ',
    'a=b,c=d',
    'é\n2',
  ];
  test.each(awkward)('is read correctly by a shell and the AWS CLI, with %j in it', async (text) => {
    const before = aStage({ stageName: "pr'od" });
    const words = ['set', 's.json', `--description=${text}`, '--tracing-enabled', '-n', '-o'];
    const commands = await runInFolder([...words, 'aws-cli'], given(before));
    const operations = await runInFolder([...words, 'patch'], given(before));
    const calls = runInShell(commands.stdout);
    expect(calls.map((call) => call.slice(0, 7))).toEqual([head("pr'od")]);
    expect(parseOperations(calls[0]?.slice(7))).toEqual(JSON.parse(operations.stdout));
  });

  test('is one command per call: --end-canary makes two', async () => {
    const { stdout } = await run('promote-canary s.json --end-canary -o aws-cli');
    const calls = runInShell(stdout);
    expect(calls).toEqual([
      [
        ...head('prod'),
        'op=copy,from=/canarySettings/stageVariableOverrides,path=/variables',
        'op=copy,from=/canarySettings/deploymentId,path=/deploymentId',
        'op=replace,path=/canarySettings/percentTraffic,value=0.0',
      ],
      [...head('prod'), 'op=remove,path=/canarySettings'],
    ]);
  });

  test('makes no second call if the first one fails', async () => {
    const { stdout } = await run('promote-canary s.json --end-canary -o aws-cli');
    expect(runInShell(stdout, 1)).toHaveLength(1);
  });

  test('takes a stage name that the file does not contain from a shell variable', async () => {
    const { stdout } = await run('set s.json --description x -o aws-cli', { description: 'old' });
    expect(runInShell(stdout)).toEqual([[...head('dev'), 'op=replace,path=/description,value=x']]);
  });

  test('sends no tests, and nothing if nothing changes', async () => {
    const { stdout } = await run('set s.json --description x --expect stageName=prod -o aws-cli');
    expect(stdout).not.toContain('op=test');
    expect((await run('set s.json --description old -o aws-cli')).stdout).toBe('');
  });
});

describe('an edit that cannot be completely undone', () => {
  const line = 'set s.json --cache-cluster-enabled --cache-cluster-size 0.5';

  test.each(['json', 'yaml'])('says so in the notices of %s', async (form) => {
    const { stdout } = await run(`${line} -o ${form}`, { cacheClusterEnabled: false });
    const { inverse, notices } = form === 'json' ? JSON.parse(stdout) : parseYaml(stdout);
    expect(inverse).toEqual([{ op: 'replace', path: '/cacheClusterEnabled', value: 'false' }]);
    const message = expect.stringMatching(/^This edit cannot be undone completely: cacheClusterSize cannot be changed/);
    expect(notices).toEqual([{ code: 'inverse-incomplete', message }]);
  });

  test('does not say so in text', async () => {
    expect((await run(line, { cacheClusterEnabled: false })).stderr).toBe('');
  });
});

describe('-o yaml', () => {
  // Values with another meaning in YAML 1.1, values that some parsers refuse, and values that do not fit on a line.
  const awkward = [
    ...['yes', 'No', 'on', 'OFF', 'y', 'n', 'true', 'null', '~', '', '=', '<<', '-', '---', '...', ' x', 'x ', 'a\tb'],
    ...['12:30', '190:20:30.15', '1_000', '0b1', '0x1F', '017', '.5', '1e3', '+.inf', '.NaN', '-1:00', '0x_', '.1_0'],
    ...['2026-01-01', '2026-01-01T00:00:00Z', '2026-01-01 00:00:00', '2026-01-01T00:00:00.123+02:00'],
    ...['a: b', 'a #b', '#', '@x', '!x', '&x', '*x', '%x', '[', '{', '|', '>', '"', "'", 'two\nlines', 'line\n'],
    ...['\u0007', '\u007f', '\u0085', '\u009f', '\u2028', '\ufeff', 'é', '😀'],
  ];
  const stageOf = (text: string) => ({
    description: text,
    variables: { [text]: text },
    createdDate: '2026-01-01T00:00:00Z',
  });
  const printed = async (text: string) => (await run('get s.json -o yaml', stageOf(text))).stdout;

  test.each(awkward)('has the same value as -o json: %j', async (text) => {
    const yaml = await printed(text);
    for (const version of ['1.1', '1.2'] as const) expect(parseYaml(yaml, { version })).toEqual(stageOf(text));
  });

  const hasPyYaml = spawnSync('python3', ['-c', 'import yaml']).status === 0;
  testIf(hasPyYaml, 'it needs python3 and its module yaml')('holds it for PyYAML too', async () => {
    const texts = await Promise.all(awkward.map(printed));
    const script = 'import json, sys, yaml; print(json.dumps([yaml.safe_load(text) for text in json.load(sys.stdin)]))';
    const { stdout, stderr } = spawnSync('python3', ['-c', script], { input: JSON.stringify(texts), encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(awkward.map(stageOf));
  });

  test('does not quote values that all parsers read the same', async () => {
    const yaml = await printed('live since 9 o’clock');
    expect(yaml).toContain('description: live since 9 o’clock\n');
    expect(yaml).toContain('createdDate: "2026-01-01T00:00:00Z"\n');
  });
});

describe('a failure as JSON', () => {
  test('has the same suggestion as the text', async () => {
    const line = 'patch s.json --patch-operations op=replace,path=/canary/percentTraffic,value=5';
    const hint = 'Did you mean /canarySettings/percentTraffic?';
    expect((await run(line)).stderr).toContain(`\n  ${hint}\n`);
    expect(JSON.parse((await run(`${line} -o json`)).stderr).error.problems).toEqual([
      expect.objectContaining({ hint }),
    ]);
  });
});

describe('-o text', () => {
  test('shows before → after for each property', async () => {
    const line =
      "set s.json --description new --variable a=1 --method 'GET /pets' --caching-enabled --canary-percent-traffic 5";
    const { stdout } = await run(line, aStage({ ...stage, methodSettings: { '~1pets/GET': aMethod() } }));
    expect(stdout.split('\n')).toEqual([
      's.json',
      '  ~ description: old → new',
      '  + variables.a: 1',
      '  ~ canarySettings.percentTraffic: 10 → 5',
      '  ~ methodSettings.GET /pets.cachingEnabled: false → true',
      'updated s.json: 4 changes',
      '',
    ]);
  });

  test('distinguishes two entries of one method', async () => {
    const methodSettings = { 'pets/GET': aMethod(), '~1pets/GET': aMethod() };
    const line = "set s.json --caching-enabled --method pets/GET --method 'GET /pets'";
    const { stdout } = await run(line, aStage({ ...stage, methodSettings }));
    expect(stdout.split('\n')).toEqual([
      's.json',
      '  ~ methodSettings.pets/GET.cachingEnabled: false → true',
      '  ~ methodSettings.~1pets/GET.cachingEnabled: false → true',
      'updated s.json: 2 changes',
      '',
    ]);
  });

  test('says that a dry run changed nothing', async () => {
    const { stdout } = await run('unset s.json --description -n');
    expect(stdout).toBe('s.json\n  - description: old\ndry run: nothing was changed\n');
  });

  test.each([
    ['copied from */*', { '*/*': aMethod({ loggingLevel: 'INFO' }) }],
    ['defaults', {}],
  ])(
    'shows the new entry of a method in one line, followed by the requested settings: %s',
    async (origin, methodSettings) => {
      const line = "set s.json --throttling-rate-limit 5 --method 'GET /orders' -n";
      const { stdout } = await run(line, aStage({ methodSettings }));
      expect(stdout.split('\n')).toEqual([
        's.json',
        `  + methodSettings.GET /orders (new entry, ${origin})`,
        '  + methodSettings.GET /orders.throttlingRateLimit: 5',
        'dry run: nothing was changed',
        '',
      ]);
    },
  );

  test.each([
    ['set s.json --description new -o json', 'updated s.json: 1 change\n'],
    ['set s.json --description new -o patch', 'updated s.json: 1 change\n'],
    ['set s.json --description new -n -o stage', 'dry run: nothing was changed\n'],
    ['set s.json --description old -o aws-cli', 's.json: nothing to change\n'],
    ['set s.json --description new -o json -q', ''],
  ])('%s: stdout holds data, so stderr says what was done', async (line, says) => {
    expect((await run(line)).stderr).toBe(says);
  });

  test('does not repeat changes that were shown before a confirmation', async () => {
    const stagerc = 'stages: { prod: { file: s.json, protected: true } }';
    const more = { files: { '.stagerc': stagerc }, isTTY: true, answer: 'y', env: { NO_COLOR: '1' } };
    const { code, stdout, stderr } = await run('set prod --description new', stage, more);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'updated prod: 1 change\n' });
    expect(stderr).toContain('prod\n  ~ description: old → new\nprod is a protected stage. Make this edit? [y/N] ');
  });

  const colours: readonly (readonly [when: string, line: string, more: Given, isColoured: boolean])[] = [
    ['on a terminal', '', { isTTY: true }, true],
    ['in a pipe', '', {}, false],
    ['in a pipe with FORCE_COLOR', '', { env: { FORCE_COLOR: '1' } }, true],
    ['on a terminal with FORCE_COLOR=0', '', { isTTY: true, env: { FORCE_COLOR: '0' } }, false],
    ['on a terminal with NO_COLOR', '', { isTTY: true, env: { NO_COLOR: '1' } }, false],
    ['on a terminal with an empty NO_COLOR', '', { isTTY: true, env: { NO_COLOR: '' } }, true],
    ['on a terminal that is dumb', '', { isTTY: true, env: { TERM: 'dumb' } }, false],
    ['with --no-color, whatever FORCE_COLOR says', '--no-color', { env: { FORCE_COLOR: '1' } }, false],
  ];
  test.each(colours)('%s: coloured or not', async (_when, flag, more, isColoured) => {
    const { stdout } = await run(`set s.json --variable a=1 ${flag}`, stage, more);
    expect(stdout.includes(green)).toBe(isColoured);
  });

  test('prints only errors with -q', async () => {
    const line = 'set s.json --canary-percent-traffic 0 -q';
    expect(await run(line)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect((await run('set s.json --description x --expect stageName=dev -q')).stderr).toMatch(/^stage: Expected/);
  });

  test('names the default stage from the configuration in its first line', async () => {
    const { stdout } = await run('set --description new', stage, { files: { '.stagerc': 'default: ./s.json' } });
    expect(stdout).toMatch(/s\.json \(the default of \.stagerc\)\n/);
  });
});

describe('standard input as TARGET', () => {
  const piped = (line: string) => runInFolder(line, { stdin: textOf(stage) });

  test('prints the edited stage to stdout and the report to stderr', async () => {
    const { code, stdout, stderr } = await piped('set - --description new');
    expect({ code, stdout }).toEqual({ code: 0, stdout: textOf({ ...stage, description: 'new' }) });
    expect(stderr).toBe('-\n  ~ description: old → new\nupdated -: 1 change\n');
  });

  test('prints the stage even if nothing changes, and with -q no report', async () => {
    expect(await piped('set - --description old -q')).toMatchObject({ code: 0, stdout: textOf(stage), stderr: '' });
  });

  test('prints the report in the requested format', async () => {
    const { stdout, stderr } = await piped('set - --description new -o json');
    expect(JSON.parse(stdout).description).toBe('new');
    expect(JSON.parse(stderr)).toMatchObject({ changed: true, after: { description: 'new' } });
  });

  test.each(['set - --description new -n', 'patch - --patch-operations op=replace,path=/description,value=new -n'])(
    '%s: only the report',
    async (line) => {
      expect(await piped(line)).toMatchObject({
        stdout: '-\n  ~ description: old → new\ndry run: nothing was changed\n',
        stderr: '',
      });
    },
  );

  test.each(['set - --cache-cluster-size 9', 'set - --description x --expect stageName=dev', 'set - --frobnicate'])(
    '%s: a failure leaves stdout empty',
    async (line) => {
      const { code, stdout, stderr } = await piped(line);
      expect({ failed: code >= 3, stdout, told: stderr !== '' }).toEqual({ failed: true, stdout: '', told: true });
    },
  );
});

describe('a secret', () => {
  const secret = aStage({
    variables: { dbPassword: 'hunter2', color: 'blue' },
    canarySettings: aCanary({ stageVariableOverrides: { API_KEY: 'hunter2' } }),
  });
  const masked: readonly (readonly [where: string, line: string, more?: Given])[] = [
    ['in text', 'unset s.json --variable dbPassword --canary'],
    ['in the text of what is set', 'set s.json --variable auth_token=hunter2 -n'],
    ['in a report on stderr', 'set - --variable dbPassword=hunter3 -n', { stdin: textOf(secret) }],
    ['in a notice', "set s.json --variable 'userSecret=hunter2 hunter2'"],
    ['in a refusal', 'set s.json --variable dbPassword=<hunter2>'],
    ['in a refusal as JSON', 'set s.json --variable dbPassword=<hunter2> -o json'],
    [
      'in the refusal of a copy',
      'copy t.json s.json --all',
      { files: { 't.json': { variables: { dbPassword: '<hunter2>' } } } },
    ],
    ['in an expectation that is not met', 'set s.json --description x --expect variables.dbPassword=hunter1'],
    ['in one of an absent value', 'set s.json --description x --expect variables.dbPassword='],
    ['in one as JSON', 'set s.json --description x --expect variables.dbPassword=hunter1 -o json'],
    ['in one as YAML', 'set s.json --description x --expect variables.dbPassword=hunter1 -o yaml'],
    ['in a refused operation', 'patch s.json --patch-operations op=add,path=/variables/dbPassword,value=hunter2'],
    [
      'after a path in another case',
      'patch s.json --patch-operations op=replace,path=/Variables/apiKey,value=hunter2 -o json',
    ],
    [
      'after a path that is too long',
      'patch s.json --patch-operations op=replace,path=/variables/apiKey/x,value=hunter2 -o json',
    ],
    [
      'in a map of variables',
      `patch s.json --patch-operations '[{"op":"replace","path":"/variables","value":"{apiKey:hunter2}"}]' -o json`,
    ],
    ['by a word of the configuration', 'set s.json --variable hue=hunter2', { files: { '.stagerc': 'redact: [hue]' } }],
    ['by a word of the environment', 'set s.json --variable hue=hunter2', { env: { STAGE_REDACT: 'hue,tone' } }],
  ];
  test.each(masked.map(([where, line, more = {}]) => [where, line, more] as const))(
    'is masked %s',
    async (_where, line, more) => {
      const { stdout, stderr } = await run(line, secret, more);
      expect(stdout + stderr).not.toMatch(/hunter/);
      expect(stdout + stderr).not.toBe('');
    },
  );

  test('is masked in a failed expectation', async () => {
    const { code, stderr } = await run('set s.json --description x --expect variables.dbPassword=hunter1', secret);
    const sentence = `Expected variables.dbPassword to be ${mask}, but it is not.`;
    expect({ code, stderr }).toEqual({ code: 5, stderr: `stage: ${sentence}\n` });
  });

  test('is shown in a message about the command line on which it was typed', async () => {
    expect((await run('set s.json --expect variables.apiKey:hunter2 --description x', secret)).stderr).toContain(
      'hunter2',
    );
  });

  test.each(['json', 'yaml'])('is masked in before and after of %s, but exact in operations', async (form) => {
    const line = 'set s.json --variable dbPassword=hunter3 --show-values';
    const read = (text: string) => (form === 'json' ? JSON.parse(text) : parseYaml(text));
    const shown = read((await run(`${line} -o ${form}`, secret)).stdout);
    const hidden = read((await run(`${line} -o ${form}`.replace(' --show-values', ''), secret)).stdout);
    expect(hidden.operations).toEqual([{ op: 'replace', path: '/variables/dbPassword', value: 'hunter3' }]);
    expect(hidden.inverse).toEqual([{ op: 'replace', path: '/variables/dbPassword', value: 'hunter2' }]);
    expect(hidden.before.variables).toEqual({ dbPassword: mask, color: 'blue' });
    expect(hidden.after.variables).toEqual({ dbPassword: mask, color: 'blue' });
    expect(hidden.after.canarySettings.stageVariableOverrides).toEqual({ API_KEY: mask });
    expect(shown).toEqual({ ...hidden, before: secret, after: applyPatch(secret, hidden.operations) });
  });

  const exact: readonly string[] = [
    'get s.json',
    'get s.json variables.dbPassword',
    'set s.json --description x -o stage',
    'set s.json --variable token=hunter2 -o patch',
    'set s.json --variable token=hunter2 -o aws-cli',
    'patch s.json --patch-operations op=replace,path=/description,value=x',
    'set s.json --variable token=hunter2 --show-values',
  ];
  test.each(exact)('is exact in: %s', async (line) => {
    expect((await run(line, secret)).stdout).toContain('hunter2');
  });

  test('is masked at a prompt', async () => {
    const stagerc = 'stages: { prod: { file: s.json, protected: true } }';
    const more = { files: { '.stagerc': stagerc }, isTTY: true, answer: 'n', env: { NO_COLOR: '1' } };
    const { code, stderr } = await run('set s.json --variable dbPassword=hunter3', secret, more);
    expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringContaining(`${mask} → ${mask}`) });
    expect(stderr).not.toMatch(/hunter/);
  });

  const secretNames =
    'token authTokens CLIENT_SECRET db2password apiKey ApiKey2 apikey awsCredentials privateKey DBPASSWORD authtoken SECRETKEY ' +
    'accesskeys dbpass PGPASS DB_PASS userpwd PWD authkey AUTH_KEY jwt JWT_KEY DATABASE_URL databaseUrl REDIS_URL mongoUri ' +
    'connectionString DB_CONN_STR SENTRY_DSN passphrase passPhrase';
  const otherNames =
    'key bypass compass passenger tokenizer secretary keyboard monkey turkey hotkey publicUrl imageUrl API_URL connection string ' +
    'author passed stage color';
  test.each([
    ...secretNames.split(' ').map((name) => [name, true] as const),
    ...otherNames.split(' ').map((name) => [name, false] as const),
  ])('is recognized by the name %s: %s', async (name, isSecret) => {
    const { stdout } = await run(`set s.json --variable ${name}=value1`);
    expect(stdout.includes('value1')).toBe(!isSecret);
  });

  const masks: readonly (readonly [line: string, more?: Given])[] = [
    [`set s.json --variable color=${mask}`],
    [`set s.json variables.color=${mask}`],
    [`set s.json --description ${mask}`],
    [`set s.json --variables color=${mask}`],
    ['set s.json --variables file://vars.json', { files: { 'vars.json': { color: mask } } }],
    ['set s.json --variable color=@color.txt', { files: { 'color.txt': `${mask}\n` } }],
    [`patch s.json --patch-operations op=replace,path=/variables/color,value=${mask}`],
    ['copy t.json s.json --all', { files: { 't.json': { variables: { color: mask } } } }],
  ];
  test.each(masks.map(([line, more = {}]) => [line, more] as const))(
    'is not overwritten by a pasted mask: %s',
    async (line, more) => {
      const { code, stdout, stderr, files } = await run(line, secret, more);
      expect({ code, stdout, file: files['s.json'] }).toEqual({ code: 3, stdout: '', file: textOf(secret) });
      expect(stderr).toMatch(/is what stage shows instead of a secret|Invalid stage variable value/);
    },
  );
});

describe('--expect', () => {
  const before = aStage({
    description: 'old',
    methodSettings: { '~1pets/GET': aMethod({ loggingLevel: 'INFO' }) },
    canarySettings: aCanary(),
  });
  test.each([
    'description=old',
    '/description=old',
    'documentationVersion=',
    'variables=',
    'variables.color=',
    'canarySettings.percentTraffic=10.0',
    'canarySettings.percentTraffic=1e1',
    'tracingEnabled=false',
    'methodSettings.GET /pets.loggingLevel=INFO',
    'methodSettings.pets/get.throttlingRateLimit=10000.0',
    'methodSettings.GET /toys.loggingLevel=',
    'stageName=prod',
  ])('%s is met, and the edit is made', async (expected) => {
    const { code, stderr, files } = await runInFolder(
      ['set', 's.json', '--tracing-enabled', '--expect', expected],
      given(before),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(files['s.json'] ?? '')).toEqual({ ...before, tracingEnabled: true });
  });

  test.each([
    ['description=new', 'Expected description to be new, but it is old.'],
    ['description=', 'Expected description to be unset, but it is old.'],
    ['canarySettings=', 'Expected canarySettings to be unset, but it is set.'],
    ['canarySettings.percentTraffic=11', 'Expected canarySettings.percentTraffic to be 11, but it is 10.'],
    ['variables.color=blue', 'Expected variables.color to be blue, but it is unset.'],
    [
      'methodSettings.GET /pets.loggingLevel=OFF',
      'Expected methodSettings.GET /pets.loggingLevel to be OFF, but it is INFO.',
    ],
  ])('%s fails with 5, and nothing is written', async (expected, sentence) => {
    for (const dryRun of [[], ['-n']]) {
      const words = ['set', 's.json', '--tracing-enabled', '--expect', expected, ...dryRun];
      const { code, stdout, stderr, files } = await runInFolder(words, given(before));
      expect({ code, stdout, stderr }).toEqual({ code: 5, stdout: '', stderr: `stage: ${sentence}\n` });
      expect(files['s.json']).toBe(textOf(before));
    }
  });

  test('reports every failed expectation', async () => {
    const { stderr } = await run('set s.json --tracing-enabled --expect description=a --expect stageName=b', before);
    expect(stderr.match(/Expected/g)).toHaveLength(2);
  });

  test.each([
    'set s.json --description old',
    'promote-canary s.json',
    'copy s.json s.json description',
    'unset s.json description',
  ])('works with every command: %s', async (line) => {
    expect((await run(`${line} --expect stageName=dev`, before)).code).toBe(5);
  });

  test('with an unknown property, or a group with a value, is a usage error', async () => {
    expect((await run('set s.json --tracing-enabled --expect frob=1', before)).code).toBe(3);
    expect((await run('set s.json --tracing-enabled --expect variables=1', before)).code).toBe(3);
  });
});

describe('get', () => {
  test('exits with 5 if a single property is not set, and says so', async () => {
    const absent = await run('get s.json variables.nope');
    expect(absent).toMatchObject({ code: 5, stdout: '', stderr: 'stage: s.json: variables.nope is not set.\n' });
  });

  test.each([
    ['--default none', 'none\n'],
    ['--default none -o json', '"none"\n'],
    ['--default 5 -o json', '5\n'],
    ['--default []', '[]\n'],
  ])('prints the default with %s', async (options, prints) => {
    expect(await run(`get s.json variables.nope ${options}`)).toMatchObject({ code: 0, stdout: prints, stderr: '' });
  });
});

describe('--detailed-exitcode', () => {
  test.each([
    ['set s.json --description new -n --detailed-exitcode', 2],
    ['set s.json --description old -n --detailed-exitcode', 0],
    ['set s.json --cache-cluster-size 9 -n --detailed-exitcode', 3],
    ['set s.json --description new --detailed-exitcode', 3],
  ])('%s exits with %i', async (line, code) => {
    const done = await run(line);
    expect(done.code).toBe(code);
    expect(done.files['s.json']).toBe(textOf(stage));
  });
});

describe('notices', () => {
  test('go to stderr, one line each', async () => {
    const { stdout, stderr } = await run('set s.json --canary-percent-traffic 100');
    expect(stdout).not.toContain('promotion');
    expect(stderr).toMatch(/^notice: The canary is at 100 percent, which is not a promotion.*\n$/);
  });

  test('are a member of the document with json and yaml', async () => {
    for (const form of ['json', 'yaml'])
      expect((await run(`set s.json --canary-percent-traffic 100 -o ${form}`)).stderr).toBe(
        'updated s.json: 1 change\n',
      );
  });

  test.each([
    ['copy a.json s.json --variable nope --canary', 'The source has no variables.nope, canarySettings.'],
    ['copy a.json s.json --variable nope --prune', ''],
    ['set s.json --description x --reason y', '--reason has no effect on a stage file without --journal.'],
    ['set s.json --description x --wait --refuse-owned', '--refuse-owned, --wait have no effect on a stage file.'],
  ])('%s: %s', async (line, sentence) => {
    const { code, stderr } = await run(line, undefined, { files: { 'a.json': aStage() } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining(sentence) });
    expect(stderr === '').toBe(sentence === '');
  });

  test('do not mention intended effects of a promotion', async () => {
    expect((await run('promote-canary s.json')).stderr).toBe('');
  });
});
