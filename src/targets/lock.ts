/**
 * One writer at a time, and a file that is always whole.
 *
 * Each writer makes a lock file of its own beside the file, with its process in its name, and then lists the folder. Of two writers,
 * the one that lists last sees the other. A writer that sees another one removes its own lock and tries again later. No name is ever
 * used twice, so any process may remove the lock of one that is gone. The lock receives the new text and is renamed over the file.
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
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { failure } from '../stage/problem.js';
import { clipped } from '../text/printable.js';
import type { World } from '../world.js';
import { sleep } from './sleep.js';

export interface LockOptions {
  /** How long to wait for other writers, in milliseconds. */
  readonly lockTimeout: number;
  readonly world: Pick<World, 'pid' | 'now' | 'random' | 'signal'>;
}

const known = (read: () => string): string => {
  try {
    return read().trim();
  } catch {
    return '';
  }
};

/** Where process ids mean the same: a host, one start of it, and a container on it. What is unknown is empty. */
const machineHere = () => ({
  // Without a dot: the lock of `prod.json` is never taken for one of `prod`.
  host: hostname()
    .replace(/[^\w-]/g, '_')
    .slice(0, 60),
  boot: known(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')).replaceAll('-', ''),
  namespace: known(() => readlinkSync('/proc/self/ns/pid')).replace(/\D/g, ''),
});

/** State and start of a process on Linux, else undefined. Its name, in parentheses, may hold spaces and parentheses itself. */
const processStat = (pid: number): { readonly state: string; readonly start: string } | undefined => {
  const stat = known(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const { 0: state, 19: start } = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === undefined || start === undefined ? undefined : { state, start };
};

const isRunning = (pid: number, start: string): boolean => {
  const stat = processStat(pid);
  // Pids are used again. A zombie has ended; only its parent has not asked for its exit code yet.
  if (stat) return !/[ZX]/.test(stat.state) && (start === '' || stat.start === start);
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, as another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Of two files whose long names begin alike, each waits for the other. */
const prefixOf = (file: string): string => `.${encodeURIComponent(basename(file)).slice(0, 100)}.`;

let locksMade = 0;

/** A name that no lock has had. */
const newLockPath = (file: string, { pid, random }: LockOptions['world']): string => {
  locksMade += 1;
  const { host, boot, namespace } = machineHere();
  const nonce = `${Math.floor(random() * 2 ** 30).toString(36)}x${locksMade.toString(36)}`;
  const words = [host, boot, namespace, pid, processStat(pid)?.start ?? '', nonce];
  return join(dirname(file), `${prefixOf(file)}${words.join('-')}.lock`);
};

const lockPattern = /^([^.]+)-([0-9a-f]*)-(\d*)-(\d+)-(\d*)-[0-9a-z]+\.lock$/;

/** The process of a lock. */
const ownerIn = (ending: string) => {
  const [, host, boot = '', namespace = '', pid, start = ''] = lockPattern.exec(ending) ?? [];
  return host === undefined ? undefined : { host, boot, namespace, pid: Number(pid), start };
};

const isGone = (owner: NonNullable<ReturnType<typeof ownerIn>>): boolean => {
  const here = machineHere();
  if (owner.host !== here.host) return false;
  if (owner.boot !== here.boot) return owner.boot !== '' && here.boot !== '';
  return owner.namespace === here.namespace && !isRunning(owner.pid, owner.start);
};

const remove = (lock: string): boolean => {
  try {
    unlinkSync(lock);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
};

/** The lock of another writer, in words, if there is one. What killed processes left is removed on the way. */
const otherLock = (file: string, own?: string): string | undefined => {
  const [folder, prefix] = [dirname(file), prefixOf(file)];
  let other: string | undefined;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const owner = name.startsWith(prefix) && path !== own ? ownerIn(name.slice(prefix.length)) : undefined;
    if (owner && !(isGone(owner) && remove(path)))
      other = `locked by process ${owner.pid} on ${owner.host}. If that process is gone, delete ${clipped(path, 1000)}`;
  }
  return other;
};

const takeLock = async (file: string, label: string, { lockTimeout, world }: LockOptions): Promise<string> => {
  const deadline = world.now() + lockTimeout;
  // At random, longer each time: two writers that collided should not collide again.
  for (let longest = 4; ; longest = Math.min(50, longest * 1.5)) {
    let other = otherLock(file);
    if (other === undefined) {
      const own = newLockPath(file, world);
      closeSync(openSync(own, 'wx'));
      other = otherLock(file, own);
      if (other === undefined) return own;
      remove(own);
    }
    const left = deadline - world.now();
    if (left <= 0)
      throw failure('lock', 'lock-held', `${clipped(label)}: ${other}; else wait longer with --lock-timeout.`);
    // Asked for only when there is waiting to do: until then a signal may end the run at once, as after a kill.
    const { signal } = world;
    await sleep(Math.min(left, longest * (0.5 + world.random())), signal);
    if (signal.aborted) {
      const message = `${clipped(label)}: interrupted by ${String(signal.reason)}; nothing was changed.`;
      throw failure('interrupted', 'interrupted', message);
    }
  }
};

const mostAttempts = 20;

/**
 * Does some work, which gets the path of the lock, while no other writer has `file`, a path without symbolic links. The work is done
 * again while it answers `undefined`, because another program wrote the file in between. Throws `StageError('lock')` when others do
 * not let go in time.
 */
export const withLock = async <T>(
  file: string,
  label: string,
  options: LockOptions,
  work: (lock: string) => T | undefined | Promise<T | undefined>,
): Promise<T> => {
  const lock = await takeLock(file, label, options);
  try {
    for (let count = 0; count < mostAttempts; count += 1) {
      const result = await work(lock);
      if (result !== undefined) return result;
    }
  } finally {
    // After a rename it is gone. One that cannot be removed is left to the next edit after this process ends.
    remove(lock);
  }
  throw failure('lock', 'file-busy', `${clipped(label)}: another program keeps writing it. Run this again later.`);
};

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

const isUnchanged = (file: string, { dev, ino, size, mtimeMs, ctimeMs }: Stats): boolean => {
  const now = statSync(file, { throwIfNoEntry: false });
  const same = now?.dev === dev && now.ino === ino && now.size === size;
  return same && now.mtimeMs === mtimeMs && now.ctimeMs === ctimeMs;
};

/**
 * Writes the text into the lock and renames it over the file, with the owner and mode of `like`: the file as it was read. False
 * where another program has written the file since; then it is left alone.
 */
export const placeFile = (file: string, lock: string, text: string, like?: Stats): boolean => {
  flush(lock, 'r+', (fd) => {
    ftruncateSync(fd);
    // Before the text is in it: who may not read the file may not read the lock.
    if (like) resemble(fd, like);
    writeFileSync(fd, text);
  });
  if (like && !isUnchanged(file, like)) return false;
  renameSync(lock, file);
  // Makes the rename last. Not every system can do this to a folder, and the new file is in place by now.
  try {
    flush(dirname(file), 'r', () => undefined);
  } catch {}
  return true;
};
