/**
 * One writer at a time, and a file that is always whole.
 *
 * Each writer makes a lock file of its own beside the file, with its owner in its name, and then lists the folder. Of two writers, the
 * one that lists last sees the other. A writer that sees another one removes its own lock and tries again later. No name is ever used
 * twice, so any process may remove the lock of one that is gone. The lock receives the new text and is renamed over the file.
 */
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { failure, type StageError } from '../stage/problem.js';
import { clipped } from '../text/printable.js';
import type { World } from '../world.js';
import { hostOf, isGone, isHere, newLockPath, type Owner, ownerHere, ownerIn, prefixOf } from './lock-owner.js';
import { sleep } from './sleep.js';

export interface LockOptions {
  /** How long to wait for other writers, in milliseconds. */
  readonly lockTimeout: number;
  readonly world: Pick<World, 'pid' | 'now' | 'random' | 'signal'>;
}

interface FoundLock {
  readonly path: string;
  readonly owner: Owner;
}

const lockError = (code: string, label: string, sentence: string): StageError =>
  failure('lock', code, `${clipped(label)}: ${sentence}`);

/** Removes a lock, unless another process has done so. */
const remove = (path: string, label: string): void => {
  try {
    unlinkSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const sentence = `cannot remove the lock ${clipped(path, 1000)} [${code}]. Delete it and run this again.`;
    if (code !== 'ENOENT') throw lockError('lock-left', label, sentence);
  }
};

/** After a rename the lock is gone. One that cannot be removed is left to the next edit after this process ends. */
const release = (lock: string): void => {
  try {
    unlinkSync(lock);
  } catch {}
};

/** The lock of another writer, if there is one. What killed processes left is removed on the way. */
const otherLock = (file: string, label: string, here: Owner, own?: string): FoundLock | undefined => {
  const [folder, prefix] = [dirname(file), prefixOf(file)];
  let live: FoundLock | undefined;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const owner = name.startsWith(prefix) && path !== own ? ownerIn(name.slice(prefix.length)) : undefined;
    if (owner && isGone(owner, here)) remove(path, label);
    else if (owner) live = { path, owner };
  }
  return live;
};

const lockHeld = ({ path, owner }: FoundLock, here: Owner, label: string, timeout: number): StageError => {
  const who = `process ${owner.pid} on ${clipped(hostOf(owner))}`;
  return isHere(owner, here) && owner.start !== ''
    ? lockError(
        'lock-held',
        label,
        `${who} is editing it, and still was after ${timeout} ms. Run this again when it is done, or wait longer with --lock-timeout.`,
      )
    : lockError(
        'lock-foreign',
        label,
        `locked by ${who}, which cannot be checked from here. If that process is gone, delete ${clipped(path, 1000)} and run this again.`,
      );
};

/** Makes a lock unless another writer has one: then answers with that one. */
const tryLock = (file: string, own: string, here: Owner, label: string): FoundLock | undefined => {
  const before = otherLock(file, label, here);
  if (before) return before;
  closeSync(openSync(own, 'wx'));
  const other = otherLock(file, label, here, own);
  if (other) remove(own, label);
  return other;
};

/** Waits at random, longer each time: two writers that collided should not collide again. */
const newPause = ({ lockTimeout, world }: LockOptions, label: string): ((late: () => StageError) => Promise<void>) => {
  const deadline = world.now() + lockTimeout;
  let longest = 4;
  return async (late) => {
    const left = deadline - world.now();
    if (left <= 0) throw late();
    // Asked for only when there is waiting to do: until then a signal may end the run at once, as after a kill.
    const { signal } = world;
    await sleep(Math.min(left, longest * (0.5 + world.random())), signal);
    longest = Math.min(50, longest * 1.5);
    if (signal.aborted)
      throw failure(
        'interrupted',
        'interrupted',
        `${clipped(label)}: interrupted by ${String(signal.reason)}; nothing was changed.`,
      );
  };
};

/**
 * Does some work, which gets the path of the lock, while no other writer has `file`, a path without symbolic links. Throws
 * `StageError('lock')` when others do not let go in time.
 */
export const withLock = async <T>(
  file: string,
  label: string,
  options: LockOptions,
  work: (lock: string) => T | Promise<T>,
): Promise<T> => {
  const here = ownerHere(options.world.pid);
  const pause = newPause(options, label);
  let lock: string;
  for (;;) {
    lock = newLockPath(file, here, options.world.random);
    const other = tryLock(file, lock, here, label);
    if (other === undefined) break;
    await pause(() => lockHeld(other, here, label, options.lockTimeout));
  }
  try {
    return await work(lock);
  } finally {
    release(lock);
  }
};

/** Writes some of the bytes and says how many, as `writeSync` does. */
export type WriteSome = (fd: number, bytes: Uint8Array, offset: number) => number;

/** Gives a file the owner and the mode of another. The owner goes first: a change of owner may clear bits of the mode. */
const resemble = (fd: number, like: Stats): void => {
  const { uid, gid, mode } = fstatSync(fd);
  if (uid !== like.uid || gid !== like.gid) fchownSync(fd, like.uid, like.gid);
  if (mode !== like.mode) fchmodSync(fd, like.mode & 0o7777);
};

const flush = (path: string, flags: string, write: (fd: number) => void): void => {
  const fd = openSync(path, flags);
  try {
    write(fd);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
};

/** Makes a rename last. Not every system can do this to a folder, and the new file is in place by now. */
const flushFolder = (folder: string): void => {
  try {
    flush(folder, 'r', () => undefined);
  } catch {}
};

const isUnchanged = (file: string, { dev, ino, size, mtimeMs, ctimeMs }: Stats): boolean => {
  const now = statSync(file, { throwIfNoEntry: false });
  const same = now?.dev === dev && now.ino === ino && now.size === size;
  return same && now.mtimeMs === mtimeMs && now.ctimeMs === ctimeMs;
};

/**
 * Writes the content into the lock and renames it over the file, with the owner and mode of `like`: the file as it was read. False
 * where another program has written the file since; then it is left alone.
 */
export const placeFile = (
  file: string,
  lock: string,
  bytes: Uint8Array,
  like?: Stats,
  write: WriteSome = writeSync,
): boolean => {
  flush(lock, 'r+', (fd) => {
    ftruncateSync(fd);
    // Before the text is in it: who may not read the file may not read the lock.
    if (like) resemble(fd, like);
    for (let offset = 0; offset < bytes.length; ) offset += write(fd, bytes, offset);
  });
  if (like && !isUnchanged(file, like)) return false;
  renameSync(lock, file);
  flushFolder(dirname(file));
  return true;
};

const mostAttempts = 20;

/** Tries again while an attempt answers `undefined`, because another program wrote the file in between. */
export const untilPlaced = async <T>(
  label: string,
  attempt: () => T | undefined | Promise<T | undefined>,
): Promise<T> => {
  for (let count = 0; count < mostAttempts; count += 1) {
    const placed = await attempt();
    if (placed !== undefined) return placed;
  }
  throw lockError('file-busy', label, 'another program keeps writing it. Run this again later.');
};
