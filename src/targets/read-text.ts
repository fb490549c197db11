import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { failure } from '../stage/problem.js';
import { decodeText } from './decode-text.js';
import { absence, fileSystemFailure } from './failure.js';

const readBytes = (file: string, label: string): Uint8Array => {
  try {
    return readFileSync(file);
  } catch (error) {
    throw fileSystemFailure(error, 'read', label, () => absence(file));
  }
};

/** The text of a file that a flag names. Throws where it cannot be read. */
export const readText = (path: string, cwd: string): string => {
  if (path === '') {
    throw failure('usage', 'no-file', 'Behind @ or file:// the name of a file is missing.');
  }
  return decodeText(readBytes(resolve(cwd, path), path), path);
};

export const isThere = (path: string, cwd: string): boolean => existsSync(resolve(cwd, path));
