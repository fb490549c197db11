/** Runs the built program in its own process, next to servers in this one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../world.js';

export const program = join(root, 'bin/stage.js');

if (!existsSync(join(root, 'dist/main.js')))
  throw new Error('dist/main.js is missing: run npm run build before these tests, as npm test does.');

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Hides the machine's settings: no proxy, no profile, no credentials. */
export const cleanEnvironment: Environment = {
  PATH: process.env['PATH'],
  HOME: '/no-home',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_PAGER: '',
  PYTHONUTF8: '1',
  STAGE_JOURNAL: 'off',
};

export const keysOfTest: Environment = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret-key-of-the-test',
  AWS_REGION: 'eu-west-1',
  AWS_DEFAULT_REGION: 'eu-west-1',
};

export interface Started {
  readonly child: ChildProcess;
  /** The output so far. */
  readonly written: { stdout: string; stderr: string };
  readonly ended: Promise<Ended>;
  /** Resolves when stdout or stderr matches. Rejects when the process ends without a match. */
  told(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Starts a program. Not spawnSync, which would block the servers in this process. */
export const start = (words: readonly [string, ...(readonly string[])], env: Environment, cwd = root): Started => {
  const [name, ...rest] = words;
  const child = spawn(name, rest, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream]?.on('data', (chunk: Buffer) => {
      written[stream] += chunk.toString();
    });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...written }));
  });
  const told = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(written.stdout) ?? pattern.exec(written.stderr);
        if (found) resolve(found);
      };
      child.stdout?.on('data', look);
      child.stderr?.on('data', look);
      ended.then(({ stderr }) => reject(new Error(`${name} ended: ${stderr}`)), reject);
      look();
    });
  return { child, written, ended, told };
};

export const runProgram = (words: readonly string[], env: Environment = keysOfTest, cwd = root): Promise<Ended> =>
  start([process.execPath, program, ...words], { ...cleanEnvironment, ...env }, cwd).ended;
