/** Failures of the file system as sentences. */
import { readlinkSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { failure, StageError } from '../stage/problem.js';
import { clipped } from '../text/clipped.js';
import { isBeside } from './beside.js';

/** What the system says, in words, and what helps. */
const reasons: { readonly [code: string]: string } = {
  EACCES: 'permission denied. Give yourself access, or run this as its owner.',
  EPERM:
    'operation not permitted. Run this as somebody who may give a file its owner and its group, so that it keeps both.',
  EROFS: 'the file system is read-only. Copy the file to where you can write.',
  ENOSPC: 'no space left on the disk. Free some space and run this again.',
  EDQUOT: 'your disk quota is used up. Free some space and run this again.',
  ENOTDIR: 'part of the path is a file, not a folder. Check the path.',
  ELOOP: 'its symbolic links lead in a circle. Check where they point.',
  ENAMETOOLONG: 'the name is too long. Use a shorter one.',
  EMFILE: 'too many files are open. Run fewer edits at once.',
  EISDIR: 'it is a folder. Name a file in it.',
};

export const fileError = (code: string, label: string, sentence: string): StageError =>
  failure('file', code, `${clipped(label)}: ${sentence}`);

/** What helps. A file that may be written can lie in a folder that may not: it is replaced there. */
const reasonFor = ({ code = '', path = '', message }: NodeJS.ErrnoException): string =>
  code === 'EACCES' && isBeside(path)
    ? `permission denied in the folder ${clipped(dirname(path))}, where the edited file takes its place. Give yourself access to it.`
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
  return end === undefined ? 'no such file.' : `it is a link to ${clipped(end)}, which is not there.`;
};

/**
 * A failure of the file system as a sentence; what is none is answered as it is. `absent` says what there is to say where the file
 * is not there.
 */
export const fileSystemFailure = (
  error: unknown,
  doing: 'read' | 'edited',
  label: string,
  absent: () => string,
): unknown => {
  const failed = error as NodeJS.ErrnoException;
  const { code, syscall } = failed;
  if (error instanceof StageError || code === undefined || syscall === undefined) return error;
  if (code === 'ENOENT') return fileError('no-such-file', label, absent());
  const left = doing === 'edited' ? ' (it is as it was)' : '';
  return fileError(`file-not-${doing}`, label, `cannot be ${doing}${left}: ${reasonFor(failed)} [${code}]`);
};
