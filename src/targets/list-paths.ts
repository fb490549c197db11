/** Paths that a user may be typing. */
import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { World } from '../world.js';

type Surroundings = Pick<World, 'cwd' | 'env'>;

/** The path that a word means: in the working directory, or for `~/` in the home folder. */
export const pathOfWord = (word: string, { cwd, env: { HOME: home = '~' } }: Surroundings): string =>
  word.startsWith('~/') ? join(home, word.slice(2)) : resolve(cwd, word);

const entriesOf = (folder: string): readonly Dirent[] => {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
};

const leadsToFolder = (link: string): boolean => {
  try {
    return statSync(link).isDirectory();
  } catch {
    return false;
  }
};

const isFolder = (entry: Dirent, path: string): boolean =>
  entry.isDirectory() || (entry.isSymbolicLink() && leadsToFolder(path));

/** The paths that begin like a word, spelled as in it; those of folders end in a slash. Hidden files need their dot. */
export const listPaths = (word: string, surroundings: Surroundings): readonly string[] => {
  const typed = word.slice(0, word.lastIndexOf('/') + 1);
  const start = word.slice(typed.length);
  const folder = pathOfWord(typed, surroundings);
  return entriesOf(folder)
    .filter(({ name }) => name.startsWith(start) && name.startsWith('.') === start.startsWith('.'))
    .map((entry) => `${typed}${entry.name}${isFolder(entry, join(folder, entry.name)) ? '/' : ''}`)
    .sort();
};
