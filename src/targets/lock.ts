/**
 * Allows one writer at a time, and keeps the file whole at all times.
 *
 * Each writer creates its own lock file next to the file, named after its process, and then lists the folder. Of two
 * writers, the one that lists last sees the other. A writer that sees another lock removes its own and tries again
 * later. No name is used twice, so any process may remove the lock of a dead process. The lock file receives the new
 * text and is renamed over the file.
 */
import fs from 'node:fs';
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
  readonly world: Pick<World, 'pid' | 'cwd' | 'now' | 'random' | 'signal'>;
}

const known = (read: () => string): string => {
  try {
    return read().trim();
  } catch {
    return '';
  }
};

/** The scope of process ids: a host, and a container on it. No dots: a lock of `prod.json` is never one of `prod`. */
const machineHere = (): string => {
  const namespace = known(() => fs.readlinkSync('/proc/self/ns/pid')).replace(/\D/g, '');
  return `${hostname().slice(0, 60)}-${namespace}`.replace(/[^\w-]/g, '_');
};

/** State and start time of a process, on Linux only. The name before them may itself contain spaces and parentheses. */
const processStat = (pid: number): { readonly state: string; readonly start: string } | undefined => {
  const stat = known(() => fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const { 0: state, 19: start } = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === undefined || start === undefined ? undefined : { state, start };
};

const isRunning = (pid: number, start: string): boolean => {
  const stat = processStat(pid);
  // Pids are reused. A zombie has ended, but its parent has not collected its exit code yet.
  if (stat) return !/[ZX]/.test(stat.state) && (start === '' || stat.start === start);
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs as another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Files with long names that start alike share a prefix, so their writers wait for each other. */
const prefixOf = (file: string): string => `.${encodeURIComponent(basename(file)).slice(0, 100)}.`;

let locksMade = 0;

/** A lock name that was never used. */
const newLockPath = (file: string, { pid, random }: LockOptions['world']): string => {
  locksMade += 1;
  const nonce = `${Math.floor(random() * 2 ** 30).toString(36)}x${locksMade.toString(36)}`;
  const words = [machineHere(), pid, processStat(pid)?.start ?? '', nonce];
  return join(dirname(file), `${prefixOf(file)}${words.join('-')}.lock`);
};

const afterPrefix = /^([^.]+-\d*)-(\d+)-(\d*)-[0-9a-z]+\.lock$/;

const remove = (lock: string): boolean => {
  try {
    fs.unlinkSync(lock);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
};

/** Describes the lock of another writer, if there is one. Removes the locks of dead processes. */
const otherLock = (file: string, own?: string): string | undefined => {
  const [folder, prefix, here] = [dirname(file), prefixOf(file), machineHere()];
  let other: string | undefined;
  for (const name of fs.readdirSync(folder)) {
    const path = join(folder, name);
    if (!name.startsWith(prefix) || path === own) continue;
    const [, machine, pid, start = ''] = afterPrefix.exec(name.slice(prefix.length)) ?? [];
    if (machine === undefined) continue;
    const isGone = machine === here && !isRunning(Number(pid), start);
    const who = `process ${pid} on ${machine.replace(/-\d*$/, '')}`;
    if (!isGone || !remove(path)) other = `locked by ${who}. If that process is gone, delete ${clipped(path, 1000)}`;
  }
  return other;
};

const takeLock = async (file: string, label: string, { lockTimeout, world }: LockOptions): Promise<string> => {
  const deadline = world.now() + lockTimeout;
  // Random, growing waits: two writers that collided should not collide again.
  for (let longest = 4; ; longest = Math.min(50, longest * 1.5)) {
    let other = otherLock(file);
    if (other === undefined) {
      const own = newLockPath(file, world);
      fs.closeSync(fs.openSync(own, 'wx'));
      other = otherLock(file, own);
      if (other === undefined) return own;
      remove(own);
    }
    const left = deadline - world.now();
    if (left <= 0)
      throw failure('lock', 'lock-held', `${clipped(label)}: ${other}; otherwise wait longer with --lock-timeout.`);
    // Read the signal only before waiting: until it is first read, a signal ends the process at once.
    const { signal } = world;
    await sleep(Math.min(left, longest * (0.5 + world.random())), signal);
    if (signal.aborted) {
      const message = `${clipped(label)}: interrupted by ${String(signal.reason)}; nothing was changed.`;
      throw failure('interrupted', 'interrupted', message);
    }
  }
};

/**
 * Runs `work` with the path of the lock while no other writer has `file`, a path without symbolic links. Repeats it up
 * to 20 times if it returns `undefined`: another program wrote the file in the meantime. Throws `StageError('lock')` if
 * other writers keep the lock for too long.
 */
export const withLock = async <T>(
  file: string,
  label: string,
  options: LockOptions,
  work: (lock: string) => T | undefined | Promise<T | undefined>,
): Promise<T> => {
  const lock = await takeLock(file, label, options);
  try {
    for (let count = 0; count < 20; count += 1) {
      const result = await work(lock);
      if (result !== undefined) return result;
    }
  } finally {
    // After a rename the lock is gone. If it cannot be removed, an edit after the end of this process removes it.
    remove(lock);
  }
  throw failure('lock', 'file-busy', `${clipped(label)}: another program keeps writing it. Run this again later.`);
};

/** Gives a file the owner and mode of another. The owner comes first: changing it may clear bits of the mode. */
const resemble = (fd: number, like: fs.Stats): void => {
  const { uid, gid, mode } = fs.fstatSync(fd);
  if (uid !== like.uid || gid !== like.gid) fs.fchownSync(fd, like.uid, like.gid);
  if (mode !== like.mode) fs.fchmodSync(fd, like.mode & 0o7777);
};

const isUnchanged = (file: string, read: fs.Stats): boolean => {
  const now = fs.statSync(file, { throwIfNoEntry: false });
  return (['dev', 'ino', 'size', 'mtimeMs', 'ctimeMs'] as const).every((key) => now?.[key] === read[key]);
};

/** Gives a new file its name. False if the name is taken; without hard links, the existing file is replaced. */
const linkNew = (lock: string, file: string): boolean => {
  try {
    fs.linkSync(lock, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    fs.renameSync(lock, file);
  }
  return true;
};

/**
 * Writes the text into the lock and renames it over the file, with the owner and mode of `like`, the file as it was
 * read. Without `like`, the file is new. Returns false, and leaves the file alone, if another program has written it
 * since.
 */
export const placeFile = (file: string, lock: string, text: string, like?: fs.Stats): boolean => {
  const fd = fs.openSync(lock, 'r+');
  try {
    fs.ftruncateSync(fd);
    // Set before the text is written: users who may not read the file must not read the lock.
    if (like) resemble(fd, like);
    fs.writeFileSync(fd, text);
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
  if (!like) return linkNew(lock, file);
  if (!isUnchanged(file, like)) return false;
  fs.renameSync(lock, file);
  return true;
};
