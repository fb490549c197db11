/** Runs `stage serve` in this process, on a folder of the test. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { parseFaults } from '../../src/serve/faults.js';
import { type ServeOptions, startServer } from '../../src/serve/server.js';
import { newFolder, removeFolders } from '../targets/processes.js';

export type Files = Readonly<Record<string, unknown>>;

export interface ServingOptions extends Partial<Omit<ServeOptions, 'faults' | 'world'>> {
  readonly faults?: string;
  readonly world?: Partial<ServeOptions['world']>;
}

type Served = Awaited<ReturnType<typeof startServer>>;

export interface Serving extends Served {
  readonly folder: string;
  /** The lines of the log so far. */
  readonly lines: readonly string[];
  /** The current content of a file. */
  file(path: string): unknown;
}

const running: Served[] = [];

/** Creates a folder with these files. Everything but strings is written as JSON. */
export const folderOf = (files: Files): string => {
  const folder = newFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === 'string' ? content : `${JSON.stringify(content, null, 4)}\n`);
  }
  return folder;
};

/** Starts a server with these files. */
export const startServing = async (
  files: Files,
  { faults, world, ...options }: ServingOptions = {},
): Promise<Serving> => {
  const folder = folderOf(files);
  const lines: string[] = [];
  const served = await startServer({
    folder,
    host: '127.0.0.1',
    port: 0,
    faults: faults === undefined ? [] : parseFaults(faults),
    cacheDelay: 0,
    lockTimeout: 10_000,
    log: (line) => lines.push(line),
    ...options,
    world: {
      pid: process.pid,
      cwd: folder,
      now: Date.now,
      random: Math.random,
      signal: new AbortController().signal,
      ...world,
    },
  });
  running.push(served);
  return { ...served, folder, lines, file: (path) => JSON.parse(readFileSync(join(folder, path), 'utf8')) };
};

/** Stops every server of the test, and removes their folders. */
export const stopServing = async (): Promise<void> => {
  await Promise.all(running.splice(0).map(({ close }) => close()));
  removeFolders();
};

export interface Reply {
  readonly status: number;
  readonly error: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The text of the body, and its value if it is JSON. */
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const valueIn = (text: string): Reply['body'] => {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
};

/** Sends a request with its path unchanged. Rejects with the error of the connection. */
export const ask = (
  { port }: Pick<Served, 'port'>,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('error', reject);
      response.on('end', () => {
        const error = response.headers['x-amzn-errortype'] as string | undefined;
        resolve({ status: response.statusCode ?? 0, error, headers: response.headers, text, body: valueIn(text) });
      });
    });
    sent.on('error', reject);
    sent.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
  });
