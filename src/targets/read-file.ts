/** Reads text from files and stdin, and describes file system failures. */
import { Buffer, isUtf8 } from 'node:buffer';
import { closeSync, fstatSync, openSync, readlinkSync, readSync, type Stats } from 'node:fs';
import { resolve } from 'node:path';
import { failure, StageError } from '../stage/problem.js';
import { clipped } from '../text/printable.js';

/** Maximum size of a text, in bytes. */
export const maxTextSize = 64 * 1024 * 1024;

/** Decodes bytes as text and keeps a byte-order mark. Throws `StageError('input')` if too large or not UTF-8. */
export const decodeText = (bytes: Uint8Array, label: string): string => {
  const refusal = (code: string, sentence: string) => failure('input', code, `${clipped(label)}: expected ${sentence}`);
  if (bytes.length > maxTextSize)
    throw refusal('too-large', `at most ${maxTextSize / 1024 / 1024} MB of text, got more.`);
  // TextDecoder would load ICU, which takes as long as the rest of the edit.
  if (isUtf8(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  const got = isWide ? 'UTF-16, as PowerShell writes it' : 'bytes that are not UTF-8';
  throw refusal('not-utf-8', `UTF-8 text, got ${got}. Save it as UTF-8 and run this again.`);
};

/** A file's bytes, and its stats from before the read. Stops just past the size limit, as for /dev/zero. */
export const readFile = (file: string): { readonly bytes: Uint8Array; readonly stats: Stats } => {
  const fd = openSync(file, 'r');
  try {
    const stats = fstatSync(fd);
    const parts: Uint8Array[] = [];
    for (let total = 0; total <= maxTextSize; ) {
      const part = Buffer.allocUnsafe(Math.max(4096, Math.min(stats.size, maxTextSize) - total + 1));
      const count = readSync(fd, part);
      if (count === 0) break;
      parts.push(part.subarray(0, count));
      total += count;
    }
    return { bytes: Buffer.concat(parts), stats };
  } finally {
    closeSync(fd);
  }
};

/** Descriptions of system errors, with a next step. */
const reasons: { readonly [code: string]: string } = {
  EACCES: 'permission denied. To read, you need access to the file; to edit, to its folder too.',
  EPERM: 'operation not permitted. Run this as a user who may keep the owner and the group of the file.',
  EBUSY: 'it is a mount point, as of a single file in Docker, and cannot be replaced. Mount its folder instead.',
  ENOSPC: 'no space left on the disk. Free some space and run this again.',
  ENOTDIR: 'part of the path is a file, not a folder. Check the path.',
  ELOOP: 'its symbolic links lead in a circle. Check where they point.',
  EISDIR: 'it is a folder. Name a file in it.',
  ERR_INVALID_ARG_VALUE: 'the path has a null character in it. Check the path.',
};

export const fileError = (code: string, label: string, sentence: string): StageError =>
  failure('file', code, `${clipped(label)}: ${sentence}`);

/** Describes why a file is missing. */
const absence = (file: string): string => {
  try {
    return `it is a link to ${clipped(readlinkSync(file))}, which does not exist.`;
  } catch {
    return 'no such file.';
  }
};

/** Describes a file system failure; returns any other error unchanged. `next` is the hint for a missing file. */
export const fileSystemFailure = (
  error: unknown,
  doing: 'read' | 'edited',
  label: string,
  file: string,
  next = () => '',
): unknown => {
  const { code = '', syscall, message } = error as NodeJS.ErrnoException;
  if (error instanceof StageError || (syscall === undefined && !Object.hasOwn(reasons, code))) return error;
  if (code === 'ENOENT') return fileError('no-such-file', label, absence(file) + next());
  const left = doing === 'edited' ? ' (unchanged)' : '';
  const reason = reasons[code] ?? clipped(message);
  return fileError(`file-not-${doing}`, label, `cannot be ${doing}${left}: ${reason} [${code}]`);
};

/** The text of a file that an option names. Throws if it cannot be read. */
export const readText = (path: string, cwd: string): string => {
  if (path === '') throw failure('usage', 'no-file', 'Expected a file name after @ or file://, got nothing.');
  const file = resolve(cwd, path);
  try {
    return decodeText(readFile(file).bytes, path);
  } catch (error) {
    throw fileSystemFailure(error, 'read', path, file);
  }
};
