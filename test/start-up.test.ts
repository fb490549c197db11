/** The modules that the built program loads, and its compile cache. bench/cli.js measures the times. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { newFolder, removeFolders, root } from './world';

if (!existsSync(join(root, 'dist/main.js')))
  throw new Error('dist/main.js is missing: run npm run build before these tests, as npm test does.');

const program = join(root, 'bin/stage.js');

afterAll(removeFolders);

/** A folder with a stage file, where the search for a configuration stops. */
const newStageFolder = (stagerc?: string): string => {
  const folder = newFolder();
  mkdirSync(join(folder, '.git'));
  writeFileSync(join(folder, 'prod.json'), '{ "stageName": "prod", "description": "before" }\n');
  if (stagerc !== undefined) writeFileSync(join(folder, '.stagerc'), stagerc);
  return folder;
};

type Environment = Readonly<Record<string, string>>;

const run = (words: readonly string[], cwd: string, env: Environment) =>
  spawnSync(process.execPath, words, {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });

interface Loaded {
  /** Node's modules that were not loaded before. */
  readonly modules: readonly string[];
  /** Our chunks, by name. The bundler numbers chunks with the same name. */
  readonly chunks: readonly string[];
}

/** `code` is the expected exit code. */
const loadedBy = (words: readonly string[], cwd = newStageFolder(), env: Environment = {}, code = 0): Loaded => {
  const preload = join(root, 'test/loaded.js');
  const child = run(['--require', preload, ...words], cwd, { HOME: newFolder(), ...env });
  if (child.status !== code) throw new Error(`${words.join(' ')} exited with ${child.status}: ${child.stderr}`);
  const { modules, files } = JSON.parse(child.output[3] ?? '') as { modules: string[]; files: string[] };
  const chunks = files.filter((file) => file !== preload).map((file) => basename(file).replace(/\d*\.js$/, ''));
  return { modules, chunks: [...new Set(chunks)] };
};

const edit = [program, 'set', 'prod.json', '--description', 'after'];
const always = ['stage', 'main'];
/** The chunks for gates that use CloudWatch, including its client. */
const cloudWatch = 'ask-cloudwatch';

test('a local edit loads one chunk', () => {
  expect(loadedBy(edit).chunks).toEqual(always);
});

test('a local edit does not load code for serving, requests or encryption', () => {
  const { modules } = loadedBy(edit);
  for (const name of ['http', 'https', 'tls', 'crypto', 'readline', 'zlib', 'fs/promises', 'worker_threads']) {
    expect(modules).not.toContain(name);
  }
});

test.each([
  ['--version', {}, []],
  ['--help', {}, []],
  ['set --help', {}, []],
  ['get prod.json description', {}, []],
  ['set prod.json --description after --output yaml', {}, ['yaml-text', 'yaml']],
  ['__complete set prod.json --variable x', {}, ['complete']],
  ['completion bash', {}, ['completion-scripts']],
  ['set prod.json --description after', { FORCE_COLOR: '1' }, ['chalk']],
])('stage %s with %j also loads %j', (line, env, chunks) => {
  expect(loadedBy([program, ...line.split(' ')], newStageFolder(), env).chunks).toEqual([...always, ...chunks]);
});

test('cosmiconfig is loaded only for a configuration file', () => {
  const { chunks, modules } = loadedBy(edit, newStageFolder('output: text\n'));
  expect(chunks).toEqual([...always, 'cosmiconfig']);
  expect(modules).not.toContain('readline');
});

describe('a live edit', () => {
  const region = { AWS_REGION: 'eu-west-1', AWS_EC2_METADATA_DISABLED: 'true' };
  const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
  let server: ChildProcess;
  let liveEdit: readonly string[];

  beforeAll(async () => {
    const folder = newFolder({
      'a1b2c3d4e5.json': '{ "name": "orders", "deployments": [{ "id": "dep1" }, { "id": "dep2" }] }\n',
      'a1b2c3d4e5/prod.json': '{ "stageName": "prod", "description": "before", "deploymentId": "dep1" }\n',
    });
    // In a separate process: this one blocks during the edits.
    server = spawn(process.execPath, [program, 'serve', folder, '--port', '0', '--quiet'], {
      env: { HOME: newFolder(), PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [url] = await once(server.stdout ?? server, 'data');
    liveEdit = [program, 'set', 'a1b2c3d4e5/prod', '--description', 'after', '--endpoint-url', String(url).trim()];
  });

  afterAll(() => server.kill());

  test('with keys in the environment loads an API Gateway client, and no code that looks for credentials', () => {
    const { chunks } = loadedBy(liveEdit, newStageFolder(), { ...region, ...keys });
    expect(chunks).toEqual(expect.arrayContaining([...always, 'api-gateway']));
    expect(chunks.filter((name) => /^(credential|nested-clients|serve|yaml|cosmiconfig|chalk)/.test(name))).toEqual([]);
    expect(chunks).not.toContain(cloudWatch);
  });

  test.each([
    ['--check true', 'no client', 9],
    // The request for the alarm goes to stage serve.
    ['--alarm none', 'a client', 6],
  ])('of a rollout with %s loads %s for CloudWatch', (gate, loads, code) => {
    const words = `rollout-canary a1b2c3d4e5/prod --deployment-id dep2 --replace --steps 5:0s --then hold ${gate}`;
    const line = [program, ...words.split(' '), ...liveEdit.slice(-2)];
    const { chunks } = loadedBy(line, newStageFolder(), { ...region, ...keys }, code);
    expect(chunks.includes(cloudWatch)).toBe(loads === 'a client');
  });

  test('with a profile loads the reader of profiles, and no client of another service', () => {
    const home = newFolder({
      '.aws/credentials': '[work]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n',
    });
    const { chunks } = loadedBy([...liveEdit, '--profile', 'work'], newStageFolder(), { ...region, HOME: home });
    expect(chunks).toContain('credential-provider-ini');
    expect(chunks).not.toContain('nested-clients');
  });
});

test('the library loads nothing but itself', () => {
  const { modules, chunks } = loadedBy([join(root, 'dist/index.js')]);
  expect(chunks).toEqual(['index']);
  expect(modules).toEqual([]);
});

describe('the compile cache', () => {
  // Node 20 has no compile cache.
  const hasCache = Number(process.versions.node.split('.')[0]) >= 22;
  const withCache = hasCache ? test : test.skip;

  const filesIn = (folder: string): readonly string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile());

  const edits = (env: Environment): void => {
    expect(run(edit, newStageFolder(), env)).toMatchObject({ status: 0, stderr: '' });
  };

  withCache.each(['XDG_CACHE_HOME', 'HOME'])('lies below %s, and the next run uses it', (name) => {
    const home = newFolder();
    const env = { HOME: join(home, 'none'), [name]: home };
    const folder = join(home, name === 'HOME' ? '.cache' : '', 'apigw-stage');
    edits(env);
    const [file = ''] = filesIn(folder);
    const before = readFileSync(file);
    edits(env);
    expect(filesIn(folder)).toEqual([file]);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  withCache.each([
    ['garbage', () => Buffer.from('garbage'.repeat(1000))],
    ['nothing', () => Buffer.alloc(0)],
    ['its first half', (whole: Buffer) => whole.subarray(0, whole.length / 2)],
    [
      'the same with bytes turned over',
      (whole: Buffer) => whole.map((byte, index) => (index > 200 ? byte ^ 0xff : byte)),
    ],
  ])('that contains %s does not break a run', (_what, damage) => {
    const home = newFolder();
    edits({ HOME: home });
    for (const file of filesIn(join(home, '.cache'))) writeFileSync(file, damage(readFileSync(file)));
    edits({ HOME: home });
  });

  test('that is a file, or is in one, does not break a run', () => {
    const home = newFolder({ '.cache/apigw-stage': 'a file' });
    edits({ HOME: home });
    edits({ HOME: join(home, '.cache/apigw-stage') });
  });

  test('that cannot be written does not break a run', () => {
    const home = newFolder();
    chmodSync(home, 0o500);
    edits({ HOME: home });
  });

  test('is not created in a home that does not exist', () => {
    const home = join(newFolder(), 'none');
    edits({ HOME: home });
    edits({ XDG_CACHE_HOME: join(home, 'caches') });
    expect(existsSync(home)).toBe(false);
  });

  test('is not created if the environment names no folder for it, or turns it off', () => {
    const home = newFolder();
    edits({ HOME: home, NODE_DISABLE_COMPILE_CACHE: '1' });
    expect(readdirSync(home)).toEqual([]);
    const cwd = newStageFolder();
    expect(run(edit, cwd, { XDG_CACHE_HOME: 'caches' }).status).toBe(0);
    expect(readdirSync(cwd).sort()).toEqual(['.git', 'prod.json']);
  });
});
