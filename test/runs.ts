/** Runs the program in its own folder, and returns everything that it leaves behind. */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder, type Run, runStage, type WorldOptions } from './world.js';

export interface Given extends Omit<WorldOptions, 'cwd'> {
  /** By path. Values other than texts are written as JSON. */
  readonly files?: Readonly<Record<string, unknown>>;
}

export interface RunInFolder extends Run {
  /** All files in the folder afterwards, by path. */
  readonly files: Readonly<Record<string, string>>;
}

/** A value in the format of a stage file; a text is unchanged. */
export const textOf = (content: unknown): string =>
  typeof content === 'string' ? content : `${JSON.stringify(content, null, 4)}\n`;

const filesIn = (folder: string): RunInFolder['files'] =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file.slice(folder.length + 1), readFileSync(file, 'utf8')]),
  );

/** Runs `stage` with a line, or with a list of words, in a new folder with these files. */
export const runInFolder = async (
  line: string | readonly string[],
  { files = {}, ...options }: Given = {},
): Promise<RunInFolder> => {
  const cwd = newFolder(Object.fromEntries(Object.entries(files).map(([path, content]) => [path, textOf(content)])));
  // The search for a configuration stops here.
  mkdirSync(join(cwd, '.git'));
  try {
    return { ...(await runStage(line, { cwd, ...options })), files: filesIn(cwd) };
  } finally {
    rmSync(cwd, { recursive: true });
  }
};
