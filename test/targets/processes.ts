/** Real processes that edit stage files, and folders for the files. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { transformSync } from '@swc/core';

import { stageFile } from '../../src/targets/file.js';

const root = join(__dirname, '..', '..');

const folders: string[] = [];

/** Creates a folder for the test. */
export const newFolder = (): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'stage-')));
  folders.push(folder);
  return folder;
};

export const removeFolders = (): void => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
};

/** The name of a possible lock of this process on a stage file. */
export const ownLockOf = async (file: string): Promise<string> => {
  const twin = join(newFolder(), basename(file));
  writeFileSync(twin, '{}');
  let name = '';
  const signal = new AbortController().signal;
  const world = { pid: process.pid, cwd: '/', now: Date.now, random: Math.random, signal };
  await stageFile(twin, { lockTimeout: 1000, world }).edit(() => {
    name = readdirSync(dirname(twin)).find((entry) => entry !== basename(twin)) ?? '';
    return [];
  });
  return name;
};

const compile = (source: string, folder: string): void => {
  const { code } = transformSync(readFileSync(join(root, source), 'utf8'), {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  const output = join(folder, source.replace(/\.ts$/, '.js'));
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, code);
};

const sourcesIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`);

/** Compiles `worker.ts` and its imports. Returns the path of the program. */
export const compileWorker = (): string => {
  const folder = newFolder();
  // Other users may run it.
  chmodSync(folder, 0o755);
  const rooms = ['src/text', 'src/stage', 'src/targets'].flatMap(sourcesIn);
  for (const source of [...rooms, 'test/targets/worker.ts']) compile(source, folder);
  return join(folder, 'test/targets/worker.js');
};

export const start = (worker: string, ...words: readonly string[]): ChildProcess =>
  spawn(process.execPath, [worker, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });

const textOf = (stream: NodeJS.ReadableStream | null): { text: string } => {
  const all = { text: '' };
  stream?.on('data', (chunk: Buffer) => {
    all.text += chunk.toString();
  });
  return all;
};

export const finished = (child: ChildProcess): Promise<{ readonly stdout: string; readonly stderr: string }> => {
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  return new Promise((resolve) => child.on('close', () => resolve({ stdout: stdout.text, stderr: stderr.text })));
};

/** Resolves when the process has written its first bytes. */
export const started = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => child.stdout?.once('data', () => resolve()));

export const kill = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    // A process that has already ended does not end again.
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
