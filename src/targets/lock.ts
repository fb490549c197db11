/**
 * One writer at a time, and a file that is always whole.
 *
 * Each writer makes a lock file of its own beside the file, with its owner in its name, and then lists the folder. Of two writers, at
 * least the one that lists last sees the other; who sees another removes its own lock and tries again later. No name is ever used
 * twice, so anybody may remove the lock of a process that is gone. The lock receives the new text and is renamed over the file.
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
  readFileSync,
  readlinkSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { failure, type StageError } from '../stage/problem.js';
import { clipped } from '../text/printable.js';
import type { World } from '../world.js';
import { sleep } from './sleep.js';

export interface LockOptions {
  /** How long to wait for other writers, in milliseconds. */
  readonly lockTimeout: number;
  readonly world: Pick<World, 'pid' | 'now' | 'random' | 'signal'>;
}

/** A process, as the name of its lock tells it from all others. */
interface Owner {
  readonly host: string;
  /** Which start of the host, and which of its process-id namespaces (a container has its own); empty where unknown. */
  readonly boot: string;
  readonly namespace: string;
  readonly pid: number;
  /** When the process started, since pids are used again: in clock ticks on Linux, empty elsewhere. */
  readonly start: string;
}

const known = (read: () => string): string => {
  try {
    return read().trim();
  } catch {
    return '';
  }
};

/** State and start of a process on Linux. The command's name, in parentheses, may hold spaces and parentheses itself. */
const processStat = (pid: number): { readonly state: string; readonly start: string } | undefined => {
  const stat = known(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, start] = [fields[0], fields[19]];
  return state === undefined || start === undefined ? undefined : { state, start };
};

const shortHash = (text: string): string => {
  let hash = 0;
  for (const character of text) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash.toString(36);
};

/** Text as a part of a file name: in ASCII, and at most a hundred characters, so that the whole name has less than 255. */
const namePart = (text: string): string => {
  const part = encodeURIComponent(text).replaceAll('*', '%2A');
  return part.length > 100 ? `${part.slice(0, 90)}~${shortHash(text)}` : part;
};

const prefixOf = (file: string): string => `.${namePart(basename(file))}.`;

/** This process as the owner of a lock. A host has no dot there: the lock of `prod.json` is never taken for one of `prod`. */
const ownerHere = (pid: number): Owner => ({
  host: namePart(hostname()).replaceAll('.', '%2E'),
  boot: known(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')).replaceAll('-', ''),
  namespace: known(() => readlinkSync('/proc/self/ns/pid')).replace(/\D/g, ''),
  pid,
  start: processStat(pid)?.start ?? '',
});

let locksMade = 0;

/** A name for a new lock of this process. */
export const newLockPath = (file: string, { pid, random }: Pick<World, 'pid' | 'random'>): string => {
  const { host, boot, namespace, start } = ownerHere(pid);
  locksMade += 1;
  const nonce = `${Math.floor(random() * 2 ** 30).toString(36)}x${locksMade.toString(36)}`;
  return join(dirname(file), `${prefixOf(file)}${[host, boot, namespace, pid, start, nonce].join('-')}.lock`);
};

const ownerPattern = /^([^.]+)-([0-9a-f]*)-(\d*)-(\d+)-(\d*)-[0-9a-z]+\.lock$/;

const ownerIn = (ending: string): Owner | undefined => {
  const [, host, boot = '', namespace = '', pid, start = ''] = ownerPattern.exec(ending) ?? [];
  return host === undefined ? undefined : { host, boot, namespace, pid: Number(pid), start };
};

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, as another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Whether a process can be looked up from here: it belongs to this host, and to no other container on it. */
const isHere = (owner: Owner, here: Owner): boolean => owner.host === here.host && owner.namespace === here.namespace;

const isGone = (owner: Owner, here: Owner): boolean => {
  if (owner.host === here.host && owner.boot !== here.boot) return true;
  if (!isHere(owner, here)) return false;
  const stat = processStat(owner.pid);
  if (stat === undefined) return !isRunning(owner.pid);
  // A zombie has ended; only its parent has not asked for its exit code yet.
  return /[ZX]/.test(stat.state) || (owner.start !== '' && stat.start !== owner.start);
};

interface FoundLock {
  readonly path: string;
  readonly owner: Owner;
}

const locksOf = (file: string): readonly FoundLock[] => {
  const [folder, prefix] = [dirname(file), prefixOf(file)];
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .flatMap((name) => {
      const owner = ownerIn(name.slice(prefix.length));
      return owner ? [{ path: join(folder, name), owner }] : [];
    });
};

const remove = (path: string): void => {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
};

const lockError = (code: string, label: string, sentence: string): StageError =>
  failure('lock', code, `${clipped(label)}: ${sentence}`);

const removeLeftover = (path: string, label: string): void => {
  try {
    remove(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const sentence = `cannot remove the lock ${clipped(path)} of a process that is gone [${code}]. Delete it and run this again.`;
    throw lockError('lock-left', label, sentence);
  }
};

/** A lock of another writer, if there is one. What killed processes left is removed on the way. */
const otherLock = (file: string, label: string, here: Owner, own?: string): FoundLock | undefined => {
  const others = locksOf(file).filter(({ path }) => path !== own);
  const [gone, live] = [[] as FoundLock[], [] as FoundLock[]];
  for (const lock of others) (isGone(lock.owner, here) ? gone : live).push(lock);
  for (const { path } of gone) removeLeftover(path, label);
  return live[0];
};

const lockHeld = ({ path, owner }: FoundLock, here: Owner, label: string, timeout: number): StageError => {
  const who = `process ${owner.pid} on ${clipped(decodeURIComponent(owner.host))}`;
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
  try {
    const other = otherLock(file, label, here, own);
    if (other) remove(own);
    return other;
  } catch (error) {
    remove(own);
    throw error;
  }
};

/** Waits at random, longer each time: two that got in each other's way shall not do so again. */
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
    lock = newLockPath(file, options.world);
    const other = tryLock(file, lock, here, label);
    if (other === undefined) break;
    await pause(() => lockHeld(other, here, label, options.lockTimeout));
  }
  try {
    return await work(lock);
  } finally {
    remove(lock);
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
 * where somebody has written to the file since; then it was left alone.
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

/** Tries until `placeFile` was not too late: an attempt that was answers `undefined`. */
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
