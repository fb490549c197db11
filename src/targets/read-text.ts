import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { printable } from '../stage/printable.js';
import { StageError } from '../stage/problem.js';

/** Bytes as text. Throws where they are no UTF-8. */
export const decodeText = (bytes: Uint8Array, label: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new StageError('file', [
      { code: 'not-text', message: `${printable(label)}: expected text in UTF-8, came other bytes.` },
    ]);
  }
};

/** The text of a file that a flag names. Throws where it cannot be read. */
export const readText = (path: string, cwd: string): string => {
  if (path === '') {
    throw new StageError('usage', [{ code: 'no-file', message: 'Behind @ or file:// the name of a file is missing.' }]);
  }
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(resolve(cwd, path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'it is a folder' : `cannot be read (${code})`;
    throw new StageError('file', [{ code: 'file-not-read', message: `${printable(path)}: ${why}.` }]);
  }
  return decodeText(bytes, path);
};
