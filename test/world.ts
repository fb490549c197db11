/** The whole program in this process: a world of buffers around `main`, and folders with files in them. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { main } from '../src/main';
import type { Sink, World } from '../src/world';

export const root = join(__dirname, '..');

export interface WorldOptions {
  readonly cwd?: string;
  /** Added to an environment in which nothing is set but a home that is not there. */
  readonly env?: World['env'];
  readonly stdin?: string | Uint8Array;
  /** The line typed at a prompt. */
  readonly answer?: string;
  /** Whether stdin, stdout and stderr are terminals. */
  readonly isTTY?: boolean;
  /** The width of the terminal. */
  readonly columns?: number;
  readonly signal?: AbortSignal;
}

export interface TestWorld extends World {
  /** What was written so far. */
  readonly written: { stdout: string; stderr: string };
}

/** The words of a line, split as a shell does it: quotes of both kinds, and no expansion. */
export const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double),
  );

/** A process in which `stage` was called with this line, or with these words. */
export const testWorld = (line: string | readonly string[], options: WorldOptions = {}): TestWorld => {
  const { cwd = tmpdir(), env = {}, stdin = '', answer, isTTY = false, columns } = options;
  const written = { stdout: '', stderr: '' };
  const sink = (name: keyof typeof written): Sink => ({
    isTTY,
    ...(columns !== undefined && { columns }),
    write: (text) => {
      written[name] += text;
    },
  });
  return {
    argv: typeof line === 'string' ? wordsOf(line) : line,
    env: { HOME: join(cwd, 'no-home'), ...env },
    cwd,
    pid: process.pid,
    stdin: { isTTY, read: async () => Buffer.from(stdin), readLine: async () => answer },
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    now: Date.now,
    random: Math.random,
    signal: options.signal ?? new AbortController().signal,
    written,
  };
};

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `stage` with this line, or with these words, and answers with what it said and exits with. */
export const runStage = async (line: string | readonly string[], options: WorldOptions = {}): Promise<Run> => {
  const world = testWorld(line, options);
  const code = await main(world);
  return { code, ...world.written };
};

const folders: string[] = [];

/** A new folder with these files, where a path that ends in a slash makes a folder. */
export const newFolder = (files: Readonly<Record<string, string | Uint8Array>> = {}): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'stage-')));
  folders.push(folder);
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(path.endsWith('/') ? file : dirname(file), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(file, content);
  }
  return folder;
};

/** The texts of `examples/` as they are at first: whoever tried the README has promoted one of them. */
export const { examples } = require('../scripts/examples.js') as {
  readonly examples: Readonly<Record<'prod.json' | 'staging.json' | 'shop.json', string>>;
};

/** A new folder with the examples of the package in it: `prod.json`, `staging.json`, `shop.json`. */
export const newExamples = (files: Readonly<Record<string, string | Uint8Array>> = {}): string => {
  const stageFiles = Object.entries(examples).filter(([name]) => name.endsWith('.json'));
  return newFolder({ ...Object.fromEntries(stageFiles), ...files });
};

export const removeFolders = (): void => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
};
