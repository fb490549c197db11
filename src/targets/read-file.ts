/** Text out of files and of standard input, and what goes wrong with files as sentences. */
import { Buffer, isUtf8 } from 'node:buffer';
import { closeSync, fstatSync, openSync, readlinkSync, readSync, type Stats } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { failure, StageError } from '../stage/problem.js';
import { clipped } from '../text/printable.js';

/** The most bytes that are read of a text. */
export const maxTextSize = 64 * 1024 * 1024;

const inputError = (code: string, label: string, sentence: string): StageError =>
  failure('input', code, `${clipped(label)}: ${sentence}`);

/** Bytes as text, a byte-order mark included. Throws `StageError('input')` where there are too many, or they are not UTF-8. */
export const decodeText = (bytes: Uint8Array, label: string): string => {
  if (bytes.length > maxTextSize)
    throw inputError('too-large', label, `expected at most ${maxTextSize / 1024 / 1024} MB of text, got more.`);
  // A TextDecoder would start ICU, which takes as long as the rest of the edit.
  if (isUtf8(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  const got = isWide ? 'UTF-16, as PowerShell writes it' : 'bytes that are not UTF-8';
  throw inputError('not-utf-8', label, `expected UTF-8 text, got ${got}. Save it as UTF-8 and run this again.`);
};

/** All bytes, or just more than may be read: a device such as /dev/zero has no end. */
const readUpTo = (fd: number, size: number): Uint8Array => {
  const parts: Uint8Array[] = [];
  let total = 0;
  while (total <= maxTextSize) {
    const part = Buffer.allocUnsafe(Math.max(4096, Math.min(size, maxTextSize) - total + 1));
    const count = readSync(fd, part, 0, part.length, null);
    if (count === 0) break;
    parts.push(part.subarray(0, count));
    total += count;
  }
  return Buffer.concat(parts, total);
};

/** A file's bytes, and its stats from before they were read. `check` may refuse it unread. */
export const readFile = (
  file: string,
  check: (stats: Stats) => void = () => undefined,
): { readonly bytes: Uint8Array; readonly stats: Stats } => {
  const fd = openSync(file, 'r');
  try {
    const stats = fstatSync(fd);
    check(stats);
    return { bytes: readUpTo(fd, stats.size), stats };
  } finally {
    closeSync(fd);
  }
};

/** What the system says, in words, and what helps. */
const reasons: { readonly [code: string]: string } = {
  EACCES: 'permission denied. Give yourself access, or run this as its owner.',
  EPERM: 'operation not permitted. Run this as a user who may keep the owner and the group of the file.',
  EROFS: 'the file system is read-only. Copy the file to where you can write.',
  EBUSY: 'it is mounted by itself, as Docker mounts a single file, and cannot be replaced. Mount its folder instead.',
  ENOSPC: 'no space left on the disk. Free some space and run this again.',
  EDQUOT: 'your disk quota is used up. Free some space and run this again.',
  ENOTDIR: 'part of the path is a file, not a folder. Check the path.',
  ELOOP: 'its symbolic links lead in a circle. Check where they point.',
  ENAMETOOLONG: 'the name is too long. Use a shorter one.',
  EMFILE: 'too many files are open. Run fewer edits at once.',
  EISDIR: 'it is a folder. Name a file in it.',
  ERR_INVALID_ARG_VALUE: 'the path has a null character in it. Check the path.',
};

export const fileError = (code: string, label: string, sentence: string): StageError =>
  failure('file', code, `${clipped(label)}: ${sentence}`);

/** A file that may be written can lie in a folder that may not: it is replaced there. */
const reasonFor = ({ code = '', path = '', message }: NodeJS.ErrnoException): string =>
  code === 'EACCES' && basename(path).startsWith('.') && path.endsWith('.lock')
    ? `permission denied in the folder ${clipped(dirname(path))}, where the edited file is written. Give yourself access to it.`
    : (reasons[code] ?? clipped(message));

const linkAt = (path: string): string | undefined => {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
};

/** Where a link that leads nowhere ends, over other links perhaps, as the last of them says it. */
const endOfLinks = (path: string): string | undefined => {
  const next = linkAt(path);
  return next && (endOfLinks(resolve(dirname(path), next)) ?? next);
};

/** What to say of a file that is not there. */
export const absence = (file: string): string => {
  const end = endOfLinks(file);
  return end === undefined ? 'no such file.' : `it is a link to ${clipped(end)}, which does not exist.`;
};

/** A failure of the file system as a sentence; any other error as it is. `absent` is said where the file does not exist. */
export const fileSystemFailure = (
  error: unknown,
  doing: 'read' | 'edited',
  label: string,
  absent: () => string,
): unknown => {
  const failed = error as NodeJS.ErrnoException;
  const { code = '', syscall } = failed;
  if (error instanceof StageError || (syscall === undefined && !Object.hasOwn(reasons, code))) return error;
  if (code === 'ENOENT') return fileError('no-such-file', label, absent());
  const left = doing === 'edited' ? ' (it is as it was)' : '';
  return fileError(`file-not-${doing}`, label, `cannot be ${doing}${left}: ${reasonFor(failed)} [${code}]`);
};

/** The text of a file that an option names. Throws where it cannot be read. */
export const readText = (path: string, cwd: string): string => {
  if (path === '') throw failure('usage', 'no-file', 'After @ or file:// the name of a file is missing.');
  const file = resolve(cwd, path);
  try {
    return decodeText(readFile(file).bytes, path);
  } catch (error) {
    throw fileSystemFailure(error, 'read', path, () => absence(file));
  }
};
