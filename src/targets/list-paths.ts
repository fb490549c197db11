/** Completes paths. */
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { World } from '../world.js';

type Surroundings = Pick<World, 'cwd' | 'env'>;

/** Resolves a word against the working directory, or against the home folder for `~/`. */
export const pathOfWord = (word: string, { cwd, env: { HOME: home = '~' } }: Surroundings): string =>
  word.startsWith('~/') ? join(home, word.slice(2)) : resolve(cwd, word);

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** The paths that start with a word, spelled as typed. Folders end in a slash. Hidden files need their dot. */
export const listPaths = (word: string, surroundings: Surroundings): readonly string[] => {
  const typed = word.slice(0, word.lastIndexOf('/') + 1);
  const start = word.slice(typed.length);
  const folder = pathOfWord(typed, surroundings);
  try {
    return readdirSync(folder)
      .filter((name) => name.startsWith(start) && name.startsWith('.') === start.startsWith('.'))
      .map((name) => `${typed}${name}${isFolder(join(folder, name)) ? '/' : ''}`)
      .sort();
  } catch {
    return [];
  }
};
