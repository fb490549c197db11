/** Puts new bytes in place of a file's, all or none of them, whenever the process or the machine stops. */
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { besideOf } from './beside.js';

/** Writes some of the bytes and says how many, as `writeSync` does. */
export type WriteSome = (fd: number, bytes: Uint8Array, offset: number) => number;

/** What is written first. Only the holder of the file's lock writes it, so that one name is enough. */
export const draftNameOf = (file: string): string => besideOf(file, 'new');

/** Removes a file, unless it is gone already: then asking takes a quarter of the time that an error does. */
export const removeFile = (file: string): void => {
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return;
  try {
    unlinkSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
};

/** Removes a draft that a killed process left. */
export const removeDraft = (file: string): void => removeFile(draftNameOf(file));

const writeAll = (fd: number, bytes: Uint8Array, write: WriteSome): void => {
  for (let offset = 0; offset < bytes.length; ) offset += write(fd, bytes, offset);
};

/** Gives a file the owner and the mode of another. The owner goes first: a change of owner may clear bits of the mode. */
const resemble = (fd: number, like: Stats): void => {
  const { uid, gid, mode } = fstatSync(fd);
  if (uid !== like.uid || gid !== like.gid) fchownSync(fd, like.uid, like.gid);
  if (mode !== like.mode) fchmodSync(fd, like.mode & 0o7777);
};

const writeDraft = (draft: string, bytes: Uint8Array, like: Stats, write: WriteSome): void => {
  const fd = openSync(draft, 'wx', 0o600);
  try {
    writeAll(fd, bytes, write);
    resemble(fd, like);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
};

/** Makes a rename last. The new file is in place by now, and not every system can do this to a folder: failing is no failure. */
const syncFolder = (folder: string): void => {
  try {
    const fd = openSync(folder, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch {}
};

/**
 * Replaces the content of `file`, a path without symbolic links, and keeps the mode and owner that `like` has. Call it under the
 * file's lock, after `removeDraft`. What goes wrong is thrown, and then the file is as it was.
 */
export const replaceFile = (file: string, bytes: Uint8Array, like: Stats, write: WriteSome = writeSync): void => {
  const draft = draftNameOf(file);
  try {
    writeDraft(draft, bytes, like, write);
    renameSync(draft, file);
  } catch (error) {
    removeDraft(file);
    throw error;
  }
  syncFolder(dirname(file));
};
