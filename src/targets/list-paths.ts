/** Paths that a user may be typing. */
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { World } from '../world.js';

type Surroundings = Pick<World, 'cwd' | 'env'>;

/** The path that a word means: in the working directory, or for `~/` in the home folder. */
export const pathOfWord = (word: string, { cwd, env: { HOME: home = '~' } }: Surroundings): string =>
  word.startsWith('~/') ? join(home, word.slice(2)) : resolve(cwd, word);

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** The paths that begin like a word, spelled as in it; those of folders end in a slash. Hidden files need their dot. */
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
