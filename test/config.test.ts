/** The configuration in the command line. The tests of `settings` check the contents of a file. */
import { chownSync, copyFileSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examples, newExamples, newFolder, type Run, removeFolders, root, runStage, type WorldOptions } from './world';

const config = (...lines: readonly string[]): Readonly<Record<string, string>> => ({ '.stagerc': lines.join('\n') });

const runIn =
  (cwd: string, options: WorldOptions = {}) =>
  (line: string): Promise<Run> =>
    runStage(line, { cwd, ...options });

const descriptionIn = (folder: string, file = 'prod.json'): string =>
  JSON.parse(readFileSync(join(folder, file), 'utf8')).description;

afterAll(removeFolders);

describe('a default', () => {
  const cwd = newExamples(config('default: st', 'stages:', '  st: {file: staging.json}'));
  const first = ({ stdout }: Run): string | undefined => stdout.split('\n')[0];

  test.each(['set --description x -n', 'set description=x -n', 'unset --description -n'])(
    'is edited by %s, and the first line of the report names it',
    async (line) => {
      expect(first(await runIn(cwd)(line))).toBe('st (the default of .stagerc)');
    },
  );

  test.each(['get', 'get description', 'set --description x -n -o json', 'set --description x -n -o patch'])(
    'is named by %s, separately from the output',
    async (line) => {
      expect((await runIn(cwd)(line)).stderr).toMatch(/^st \(the default of \.stagerc\)\n/);
    },
  );

  test('from the environment wins, is relative to the working folder, and is reported as such', async () => {
    const run = await runIn(cwd, { env: { STAGE_DEFAULT: 'prod.json' } })('set --description x -n');
    expect(first(run)).toBe('prod.json (STAGE_DEFAULT)');
  });

  test.each(['prod.json', './prod.json', 'file:prod.json'])(
    'that is a file is relative to the configuration, with its full path in other folders: %s',
    async (word) => {
      const folder = newExamples({ ...config(`default: ${word}`), '.git/': '', 'inner/deep/': '' });
      const { stdout, stderr } = await runIn(join(folder, 'inner', 'deep'))('get description');
      expect([stdout, stderr]).toEqual(['Orders, live\n', `${join(folder, 'prod.json')} (the default of .stagerc)\n`]);
      expect((await runIn(folder)('get description')).stdout).toBe('Orders, live\n');
    },
  );

  test.each([
    ['package.json', '{"stage": {"default": "./prod.json"}}', 'package.json'],
    ['.stagerc.yaml', 'default: ./prod.json', '.stagerc.yaml'],
    ['xdg/stage/config.yaml', 'default: ../../prod.json', undefined],
  ])('in %s is reported with its configuration file', async (path, text, name) => {
    const folder = newExamples({ [path]: text });
    const env = { XDG_CONFIG_HOME: join(folder, 'xdg') };
    const { stderr } = await runIn(folder, { env })('get description');
    expect(stderr).toContain(`prod.json (the default of ${name ?? join(folder, path)})\n`);
  });

  test('is named in errors about it', async () => {
    const { code, stderr } = await runIn(cwd)('set --expect variables.color=red --description x');
    expect(code).toBe(5);
    expect(stderr).toMatch(
      /^stage: Expected variables\.color to be red, .*\nstage: This is about st \(the default of \.stagerc\)\.\n$/,
    );
  });

  test.each(['get -o json', 'set --description x -o json'])('is named in the error document of %s', async (line) => {
    const folder = newExamples(config('default: ./nope.json'));
    const { code, stderr } = await runIn(folder)(line);
    expect(code).toBe(3);
    expect(JSON.parse(stderr).error.problems).toEqual([
      { code: 'no-such-file', message: expect.stringMatching(/^\.\/nope\.json: no such file/) },
      { code: 'default-stage', message: 'This is about ./nope.json (the default of .stagerc).' },
    ]);
  });

  test.each([
    ['STAGE_DEFAULT: There is no stage called nope', { env: { STAGE_DEFAULT: 'nope' } }, 'default: st'],
    ['STAGE_DEFAULT: a/b is not an API/STAGE', { env: { STAGE_DEFAULT: 'a/b' } }, 'default: st'],
    ['.stagerc: default: a/b is not an API/STAGE', {}, 'default: a/b'],
  ])('that does not exist is a configuration error: %s', async (sentence, options, text) => {
    const folder = newExamples(config(text, 'stages:', '  st: {file: staging.json}'));
    const { code, stderr } = await runIn(folder, options)('get stageName');
    expect(code).toBe(4);
    expect(stderr).toContain(`stage: ${sentence}`);
  });

  test('is not used if a stage is named', async () => {
    expect(first(await runIn(cwd)('set prod.json --description x -n'))).toBe('prod.json');
  });
});

describe('a name', () => {
  const files = config('stages:', '  prod: {file: prod.json}', '  st: {file: staging.json}');

  test('stands for its file, from any folder below', async () => {
    const cwd = newExamples({ ...files, '.git/': '', 'inner/': '' });
    const { stdout } = await runIn(join(cwd, 'inner'))('set prod --description new');
    expect(stdout).toBe('prod\n  ~ description: Orders, live → new\nupdated prod: 1 change\n');
    expect(descriptionIn(cwd)).toBe('new');
  });

  test('stands for SOURCE and for TARGET', async () => {
    const cwd = newExamples(files);
    expect((await runIn(cwd)('copy st prod description')).code).toBe(0);
    expect(descriptionIn(cwd)).toBe('Orders, before they go live');
  });

  test('loses to a path', async () => {
    const cwd = newExamples({ ...files, prod: '{"description": "a file called prod"}' });
    expect((await runIn(cwd)('get ./prod description')).stdout).toBe('a file called prod\n');
    expect((await runIn(cwd)('get prod description')).stdout).toBe('Orders, live\n');
  });
});

describe('options override the environment, which overrides the file', () => {
  const cwd = newExamples(config('output: yaml', 'redact: [logLevel]'));
  const line = 'set prod.json --variable color=red --variable logLevel=info -n';
  const formOf = ({ stdout }: Run): string =>
    stdout.startsWith('{') ? 'json' : /^\w+:/.test(stdout) ? 'yaml' : 'text';

  test.each([
    ['yaml', '', {}],
    ['json', '', { STAGE_OUTPUT: 'json' }],
    ['text', ' -o text', { STAGE_OUTPUT: 'json' }],
    ['yaml', '', { STAGE_OUTPUT: '' }],
  ])('output is %s with the option "%s" and %j', async (form, flag, env) => {
    expect(formOf(await runIn(cwd, { env })(line + flag))).toBe(form);
  });

  test.each([
    ['logLevel', 'color', {}, ''],
    ['color', 'logLevel', { STAGE_REDACT: 'paint, color' }, ''],
    ['nothing', 'logLevel', {}, ' --show-values'],
  ])('%s is hidden, and %s is not, with %j and "%s"', async (hidden, shown, env, flag) => {
    const { stdout } = await runIn(cwd, { env })(`${line} -o text${flag}`);
    expect(stdout).toMatch(new RegExp(`variables.${shown}: (?!\\*)`));
    expect(stdout.includes(`variables.${hidden}: ********`)).toBe(hidden !== 'nothing');
  });

  test('only these six variables are read', async () => {
    const others = ['NAME', 'FILE', 'YES', 'FORCE', 'TARGET', 'DRY_RUN', 'STAGES', 'PROTECTED', 'LOCK_TIMEOUT'];
    const env = Object.fromEntries(others.map((name) => [`STAGE_${name}`, 'staging.json']));
    const run = (options: WorldOptions) => runIn(newExamples(), options)('set --description x');
    expect(await run({ env })).toEqual(await run({}));
  });
});

describe('the file that is read', () => {
  const files = { ...config('output: yaml'), 'other.yaml': 'output: patch' };
  const formed = async (line: string, env = {}): Promise<string> =>
    (await runIn(newExamples(files), { env })(`set prod.json --tracing-enabled=false -n ${line}`)).stdout.slice(0, 6);

  test.each([
    ['', {}, 'schema'],
    ['--config other.yaml', {}, '[\n    '],
    ['', { STAGE_CONFIG: 'other.yaml' }, '[\n    '],
    ['--no-config', {}, 'prod.j'],
    ['--no-config', { STAGE_CONFIG: 'other.yaml' }, 'prod.j'],
    ['--config .stagerc', { STAGE_CONFIG: 'other.yaml' }, 'schema'],
  ])('with "%s" and %j', async (line, env, start) => {
    expect(await formed(line, env)).toBe(start);
  });

  test('is named in an error, with the line, relative to the working folder', async () => {
    const cwd = newExamples({ '.git/': '', 'inner/': '', '.stagerc.yaml': '\noutput: xml\n' });
    const { code, stderr } = await runIn(join(cwd, 'inner'))('get ../prod.json');
    expect(code).toBe(4);
    expect(stderr).toBe(
      `stage: ${join(cwd, '.stagerc.yaml')}:2: output: expected one of text, json, yaml, stage, patch, aws-cli, markdown, got the text "xml"\n`,
    );
  });

  test('is not needed for help', async () => {
    const { code, stdout } = await runIn(newFolder(config('frob: 1')))('set --help');
    expect([code, stdout.slice(0, 16)]).toEqual([0, 'Usage: stage set']);
  });

  test('is never run, and neither are its imports', async () => {
    const marker = join(newFolder(), 'ran');
    const program = `require('node:fs').writeFileSync(${JSON.stringify(marker)}, '');`;
    const cwd = newExamples({
      '.config/config.js': program,
      '.config/stagerc.js': program,
      '.stagerc.js': program,
      'stage.config.js': program,
      'evil.js': program,
      '.stagerc': '$import: ./evil.js',
    });
    expect((await runIn(cwd)('get prod.json description')).code).toBe(4);
    expect((await runIn(cwd)('get prod.json description --config .stagerc.js')).code).toBe(4);
    expect((await runIn(cwd)('get prod.json description --no-config')).stdout).toBe('Orders, live\n');
    expect(() => readFileSync(marker)).toThrow('ENOENT');
  });
});

describe('a protected stage', () => {
  const aFolder = (): string => {
    const folder = newExamples({
      ...config(
        'stages:',
        '  prod: {file: prod.json, protected: true}',
        '  alias: {file: ./prod.json}',
        '  st: {file: staging.json}',
      ),
      'inner/': '',
    });
    symlinkSync('prod.json', join(folder, 'symlink.json'));
    symlinkSync('.', join(folder, 'same-folder'));
    return folder;
  };
  const addresses = ['prod', 'prod.json', './prod.json', 'file:prod.json', 'inner/../prod.json', 'alias'];
  const links = ['symlink.json', 'same-folder/prod.json', 'hardlink.json'];

  test.each([...addresses, ...links])('is protected when named %s', async (address) => {
    const cwd = aFolder();
    if (address === 'hardlink.json') linkSync(join(cwd, 'prod.json'), join(cwd, address));
    const { code, stderr, stdout } = await runIn(cwd)(`set ${address} --description new`);
    expect([code, stdout, descriptionIn(cwd)]).toEqual([5, '', 'Orders, live']);
    const label = address.replace('file:', '');
    const which = label === 'prod' ? 'prod is a protected stage' : `${label} is the protected stage prod`;
    expect(stderr).toBe(`stage: ${which}: to edit it, add --yes. Nothing was written.\n`);
    const force = address === 'hardlink.json' ? '--force' : '';
    expect((await runIn(cwd)(`set ${address} --description new --yes ${force}`)).code).toBe(0);
  });

  test('is protected by its full path', async () => {
    const cwd = aFolder();
    expect((await runIn(cwd)(`set ${join(cwd, 'prod.json')} --description new`)).code).toBe(5);
  });

  test.each([
    'set prod --description new',
    'unset prod --description',
    'copy st prod description',
    'promote-canary prod',
    'patch prod --patch-operations op=replace,path=/description,value=new',
  ])('is protected from %s, and edited with --yes', async (line) => {
    const cwd = aFolder();
    const before = readFileSync(join(cwd, 'prod.json'), 'utf8');
    expect((await runIn(cwd)(line)).code).toBe(5);
    expect(readFileSync(join(cwd, 'prod.json'), 'utf8')).toBe(before);
    expect((await runIn(cwd)(`${line} --yes`)).code).toBe(0);
    expect(readFileSync(join(cwd, 'prod.json'), 'utf8')).not.toBe(before);
  });

  test.each([
    'get prod',
    'set prod --description new -n',
    "set prod --description 'Orders, live'",
    'copy prod st description',
  ])('allows %s', async (line) => {
    expect((await runIn(aFolder())(line)).code).toBe(0);
  });

  test.each([
    ['y', 0],
    ['Yes', 0],
    ['n', 5],
    ['', 5],
    [undefined, 5],
    ['yesterday', 5],
  ])('asks on a terminal after showing the changes; the answer %j exits with %i', async (answer, expected) => {
    const cwd = aFolder();
    const options = { isTTY: true, env: { NO_COLOR: '1' }, ...(answer !== undefined && { answer }) };
    const { code, stderr } = await runIn(cwd, options)('set prod --variable apiToken=s3cret --description new');
    expect(code).toBe(expected);
    expect(descriptionIn(cwd)).toBe(expected === 0 ? 'new' : 'Orders, live');
    expect(stderr).toContain(
      'prod\n  ~ description: Orders, live → new\n  + variables.apiToken: ********\nprod is a protected stage. Make this edit? [y/N] ',
    );
  });

  test('is named in the question as typed, and by its configured name', async () => {
    const { stderr } = await runIn(aFolder(), { isTTY: true, answer: 'n' })('set symlink.json --description new');
    expect(stderr).toContain('symlink.json is the protected stage prod. Make this edit? [y/N] ');
    expect(stderr).toContain('symlink.json is the protected stage prod: the answer was not yes. Nothing was written.');
  });

  test('does not ask if nothing would change', async () => {
    const { code, stderr } = await runIn(aFolder(), { isTTY: true })("set prod --description 'Orders, live'");
    expect([code, stderr]).toEqual([0, '']);
  });

  test.each([
    ['prod', {}],
    ['alias', {}],
    ['symlink.json', {}],
    ['st', { STAGE_DEFAULT: 'prod' }],
    ['st', { STAGE_DEFAULT: 'hardlink.json' }],
  ])('is never edited as the default %s with %j', async (word, env) => {
    const cwd = aFolder();
    linkSync(join(cwd, 'prod.json'), join(cwd, 'hardlink.json'));
    writeFileSync(join(cwd, '.stagerc'), `${readFileSync(join(cwd, '.stagerc'), 'utf8')}\ndefault: ${word}\n`);
    for (const line of ['get', 'set --description new', 'set --description new --yes', 'set --description new -n']) {
      const { code, stderr } = await runIn(cwd, { env })(line);
      expect(code).toBe(4);
      expect(stderr).toContain('is protected; name it to use it');
    }
  });
});

test('.stagerc.example works unchanged', async () => {
  const cwd = newFolder();
  copyFileSync(join(root, '.stagerc.example'), join(cwd, '.stagerc'));
  mkdirSync(join(cwd, 'stages'));
  writeFileSync(join(cwd, 'stages/local.json'), examples['prod.json']);
  const run = runIn(cwd);
  expect((await run('get description')).stdout).toBe('Orders, live\n');
  expect((await run('set --variable dbPassword=x -n')).stdout).toBe(
    'local (the default of .stagerc)\n  + variables.dbPassword: ********\ndry run: nothing was changed\n',
  );
  expect(await run('get production')).toMatchObject({ code: 4, stdout: '' });
});

const testAsRoot = process.getuid?.() === 0 ? test : test.skip;

testAsRoot.each([
  ['get description', /^notice: \.stagerc belongs to another user \(uid 1234\)\.\nst /],
  ['set --description y', /^notice: \.stagerc belongs to another user \(uid 1234\)\.\n$/],
  ['set --description z -o patch', /^notice: \.stagerc belongs to another user \(uid 1234\)\.\nst /],
])('%s says once that the configuration belongs to another user', async (line, says) => {
  const cwd = newExamples(config('default: st', 'stages:', '  st: {file: staging.json}'));
  chownSync(join(cwd, '.stagerc'), 1234, 1234);
  const { code, stderr } = await runIn(cwd)(line);
  expect([code, stderr]).toEqual([0, expect.stringMatching(says)]);
  expect(stderr.split('notice:')).toHaveLength(2);
});

testAsRoot('the documents of an edit hold such a notice', async () => {
  const cwd = newExamples(config('output: json'));
  chownSync(join(cwd, '.stagerc'), 1234, 1234);
  const { stdout, stderr } = await runIn(cwd)('set staging.json --description y');
  expect(JSON.parse(stdout).notices).toContainEqual(expect.objectContaining({ code: 'config-owner' }));
  expect(stderr).toBe('updated staging.json: 1 change\n');
});
