/** Runs the whole program in this process, with buffers as its world and folders with files. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { main } from '../src/main';
import type { Sink, World } from '../src/world';

export const root = join(__dirname, '..');

export interface WorldOptions {
  readonly cwd?: string;
  /** Added to an environment that has only a home that does not exist. */
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
  /** The output so far. */
  readonly written: { stdout: string; stderr: string };
}

/** Splits a line into words like a shell, with both kinds of quotes and without expansion. */
export const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double),
  );

/** A world for `stage` with a line, or with a list of words. */
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

/** Runs `stage` with a line, or with a list of words, and returns its output and exit code. */
export const runStage = async (line: string | readonly string[], options: WorldOptions = {}): Promise<Run> => {
  const world = testWorld(line, options);
  const code = await main(world);
  return { code, ...world.written };
};

const folders: string[] = [];

/** A new folder with these files. A path that ends in a slash creates a folder. */
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

/** The original texts of `examples/`: trying the README promotes one of them. */
export const { examples } = require('../scripts/examples.js') as {
  readonly examples: Readonly<Record<'prod.json' | 'staging.json' | 'shop.json', string>>;
};

/** A new folder with the package's examples: `prod.json`, `staging.json`, `shop.json`. */
export const newExamples = (files: Readonly<Record<string, string | Uint8Array>> = {}): string => {
  const stageFiles = Object.entries(examples).filter(([name]) => name.endsWith('.json'));
  return newFolder({ ...Object.fromEntries(stageFiles), ...files });
};

export const removeFolders = (): void => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
};
