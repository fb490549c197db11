/** What makes the command start fast, without a stop-watch: what it loads, and how much of it. bench/cli.js has the times. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { newFolder, removeFolders, root } from './world';

if (!existsSync(join(root, 'dist/main.js')))
  throw new Error('dist/main.js is missing: run npm run build before these tests, as npm test does.');

const program = join(root, 'bin/stage.js');

afterAll(removeFolders);

/** A folder with a stage file, in which the search for a configuration ends. */
const newStageFolder = (stagerc?: string): string => {
  const folder = newFolder();
  mkdirSync(join(folder, '.git'));
  writeFileSync(join(folder, 'prod.json'), '{ "stageName": "prod", "description": "before" }\n');
  if (stagerc !== undefined) writeFileSync(join(folder, '.stagerc'), stagerc);
  return folder;
};

interface Loaded {
  /** Of Node's own, those that it had not loaded before. */
  readonly modules: readonly string[];
  /** Of ours, by the last parts of their paths. */
  readonly files: readonly string[];
}

const run = (words: readonly string[], cwd: string, env: Readonly<Record<string, string>>) =>
  spawnSync(process.execPath, words, {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });

const loadedBy = (
  words: readonly string[],
  cwd = newStageFolder(),
  more: Readonly<Record<string, string>> = {},
): Loaded => {
  // Without compiled code that was kept, chunks are loaded by Node's own require, which can be asked.
  const env = { HOME: newFolder(), NODE_DISABLE_COMPILE_CACHE: '1', ...more };
  const child = run(['--require', join(root, 'test/loaded.js'), ...words], cwd, env);
  if (child.status !== 0) throw new Error(`${words.join(' ')} ended with ${child.status}: ${child.stderr}`);
  const { modules, files } = JSON.parse(child.output[3] ?? '');
  return { modules, files: files.map((file: string) => basename(file)).filter((name: string) => name !== 'loaded.js') };
};

const edit = [program, 'set', 'prod.json', '--description', 'after'];
const whatRunsAlways = ['stage.js', 'main.js'];

test('an edit loads no module of Node that it can do without', () => {
  expect(loadedBy(edit).modules).toEqual(['vm', 'process']);
});

test('an edit loads one chunk', () => {
  expect(loadedBy(edit).files).toEqual(whatRunsAlways);
});

test.each([
  ['--version', []],
  ['--help', ['help.js']],
  ['set --help', ['help.js']],
  ['get prod.json description', []],
  ['set prod.json --description after --output yaml', ['diff.js', 'yaml.js']],
  ['set prod.json --description after --output aws-cli', ['operations.js']],
])('stage %s loads for itself %j', (line, chunks) => {
  const { files } = loadedBy([program, ...line.split(' ')]);
  expect(files.filter((name) => !whatRunsAlways.includes(name)).sort()).toEqual(chunks);
});

test('only a configuration file makes cosmiconfig load', () => {
  const { modules, files } = loadedBy(edit, newStageFolder('output: text\n'));
  expect(files).toContain('cosmiconfig.js');
  expect(files).not.toContain('chalk.js');
  expect(modules).not.toEqual(expect.arrayContaining(['child_process']));
  expect(modules).not.toEqual(expect.arrayContaining(['crypto']));
});

describe('a live edit', () => {
  const region = { AWS_REGION: 'eu-west-1', AWS_EC2_METADATA_DISABLED: 'true' };
  const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
  let server: ChildProcess;
  let liveEdit: readonly string[];

  beforeAll(async () => {
    const folder = newFolder({ 'a1b2c3d4e5/prod.json': '{ "stageName": "prod", "description": "before" }\n' });
    // In a process of its own: this one waits for the edits.
    server = spawn(process.execPath, [program, 'serve', folder, '--port', '0', '--quiet'], {
      env: { HOME: newFolder(), PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [url] = await once(server.stdout ?? server, 'data');
    liveEdit = [program, 'set', 'a1b2c3d4e5/prod', '--description', 'after', '--endpoint-url', String(url).trim()];
  });

  afterAll(() => server.kill());

  test('with keys in the environment loads a client of API Gateway, and nothing that looks for credentials', () => {
    const { files } = loadedBy(liveEdit, newStageFolder(), { ...region, ...keys });
    expect(files).toEqual([...whatRunsAlways, 'live.js', 'api-gateway.js']);
  });

  test('over http loads nothing of Node for https', () => {
    const { modules } = loadedBy(liveEdit, newStageFolder(), { ...region, ...keys });
    expect(modules).toContain('http');
    // What we do not ask for, later Nodes load for their own http2.
    const more = process.version.startsWith('v20.') ? ['tls', 'fs/promises', 'internal/webstreams/readablestream'] : [];
    for (const name of ['https', ...more]) expect(modules).not.toContain(name);
  });

  test('with a profile loads what reads profiles', () => {
    const home = newFolder({
      '.aws/credentials': '[work]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n',
    });
    const { files } = loadedBy([...liveEdit, '--profile', 'work'], newStageFolder(), { ...region, HOME: home });
    expect(files).toContain('aws-credential-provider-ini.js');
    expect(files).not.toContain('aws-nested-clients-sts.js');
  });
});

test.each([
  ['bin/stage.js', 9],
  ['dist/main.js', 280],
])('%s has at most %d kB to compile', (file, kilobytes) => {
  expect(statSync(join(root, file)).size).toBeLessThanOrEqual(kilobytes * 1000);
});

test('chunks are ASCII, of which V8 needs half the memory', () => {
  const chunks = readdirSync(join(root, 'dist')).filter((name) => name.endsWith('.js') && name !== 'index.js');
  expect(chunks.filter((name) => /[^\0-\x7f]/.test(readFileSync(join(root, 'dist', name), 'latin1')))).toEqual([]);
});

test('the library loads nothing but itself', () => {
  const { modules, files } = loadedBy([join(root, 'dist/index.js')]);
  expect(files).toEqual(['index.js']);
  expect(modules).toEqual([]);
});

describe('the code that was compiled', () => {
  const codeIn = (home: string): string =>
    join(home, '.cache/apigw-stage', `${process.version}-${process.arch}`, 'main.js.code');

  test('is kept where only the user can write, until nothing is new in it', () => {
    const [cwd, home] = [newStageFolder(), newFolder()];
    for (let turn = 0; turn < 5; turn++) expect(run(edit, cwd, { HOME: home }).status).toBe(0);
    const { mode, mtimeMs } = statSync(codeIn(home));
    expect(mode & 0o777).toBe(0o600);
    run(edit, cwd, { HOME: home });
    expect(statSync(codeIn(home)).mtimeMs).toBe(mtimeMs);
  });

  test.each([
    ['of another build', 'another-build 5 '],
    ['cut off', ''],
  ])('is made anew where what is there is %s', (_what, header) => {
    const [cwd, home] = [newStageFolder(), newFolder()];
    run(edit, cwd, { HOME: home });
    writeFileSync(codeIn(home), header === '' ? readFileSync(codeIn(home)).subarray(0, 1000) : header.padEnd(200));
    const before = statSync(codeIn(home)).size;
    expect(run(edit, cwd, { HOME: home }).status).toBe(0);
    expect(statSync(codeIn(home)).size).toBeGreaterThan(before);
  });

  test('makes no home where there is none', () => {
    const home = join(newFolder(), 'nobody');
    expect(run(edit, newStageFolder(), { HOME: home }).status).toBe(0);
    expect(existsSync(home)).toBe(false);
  });
});
