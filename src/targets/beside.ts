import { basename, dirname, join } from 'node:path';

/** What an edit puts beside a file for as long as it takes: hidden, and named after it. */
export const besideOf = (file: string, what: 'lock' | 'new'): string =>
  join(dirname(file), `.${basename(file)}.stage-${what}`);

export const isBeside = (path: string): boolean => /^\..+\.stage-(lock|new)/.test(basename(path));
