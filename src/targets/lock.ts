/**
 * One process at a time: a lock is a file beside the locked one that says who holds it.
 *
 * It is linked into place whole, so that no lock is ever empty. One whose holder has ended is removed under a lock of its own,
 * named after that very holding: of two processes that find it, the second sees that it has changed and leaves it alone.
 */
import { existsSync, linkSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { failure, type StageError } from '../stage/problem.js';
import { clipped } from '../text/clipped.js';
import type { World } from '../world.js';
import { besideOf } from './beside.js';
import { type Holder, newHolder, noncePattern, parseHolder, stateOf, writeHolder } from './holder.js';
import { sleep } from './sleep.js';
import { removeFile } from './write.js';

export interface LockOptions {
  /** How long to wait for whoever holds the lock, in milliseconds. */
  readonly lockTimeout: number;
  readonly world: Pick<World, 'pid' | 'now' | 'random' | 'signal'>;
}

/** One taking of a lock, with all that it needs on the way. */
interface Taking {
  /** What messages call the locked file. */
  readonly label: string;
  readonly own: Holder;
  /** Milliseconds that it may take. */
  readonly timeout: number;
  /** Waits a little. Throws what `late` makes when there was waiting enough. */
  wait(late: () => StageError): Promise<void>;
  /** Throws when the run was interrupted. */
  check(): void;
}

export const lockNameOf = (file: string): string => besideOf(file, 'lock');

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException).code;

/** Undefined where there is no lock, empty where it may not be read. */
const readLock = (lock: string): string | undefined => {
  // Mostly there is none, and an error takes longer than this question.
  if (!existsSync(lock)) return undefined;
  try {
    return readFileSync(lock, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (codeOf(error) === 'EACCES') return '';
    throw error;
  }
};

const linkOrCreate = (draft: string, lock: string, content: string): void => {
  try {
    linkSync(draft, lock);
  } catch (error) {
    // Some file systems (FAT, a few network shares) have no links. A lock that is created can be seen empty for a moment.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(String(codeOf(error)))) throw error;
    writeFileSync(lock, content, { flag: 'wx' });
  }
};

/** Somebody was quicker, or swept our draft away as a leftover. A folder that takes no draft at all is something else. */
const wasBeaten = (error: unknown): boolean => {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code === 'EEXIST' || (code === 'ENOENT' && syscall === 'link');
};

/** Takes a lock that nobody holds; false if it was beaten to it. */
const claim = (lock: string, own: Holder): boolean => {
  const draft = `${lock}.${own.nonce}.new`;
  const content = writeHolder(own);
  try {
    writeFileSync(draft, content, { flag: 'wx' });
    linkOrCreate(draft, lock, content);
    return true;
  } catch (error) {
    if (wasBeaten(error)) return false;
    throw error;
  } finally {
    removeFile(draft);
  }
};

const isHeldBy = (lock: string, { nonce }: Holder): boolean => parseHolder(readLock(lock) ?? '')?.nonce === nonce;

const release = (lock: string, own: Holder): void => {
  if (isHeldBy(lock, own)) unlinkSync(lock);
};

const lockError = (code: string, message: string): StageError => failure('lock', code, message);

const foreignLock = (lock: string, { label }: Taking, { host, pid }: Holder): StageError =>
  lockError(
    'lock-foreign',
    `${clipped(label)}: locked by process ${pid} on ${clipped(host)}, which cannot be looked up from here. ` +
      `If that process is gone, delete ${clipped(lock)} and run this again.`,
  );

const unreadableLock = (lock: string, { label }: Taking): StageError =>
  lockError(
    'lock-unreadable',
    `${clipped(label)}: locked by ${clipped(lock)}, which does not say by whom. ` +
      'If nobody is editing the file, delete that lock and run this again.',
  );

const heldLock = ({ label, timeout }: Taking, { host, pid }: Holder): StageError =>
  lockError(
    'lock-held',
    `${clipped(label)}: process ${pid} on ${clipped(host)} is editing it, and still was after ${timeout} ms. ` +
      'Run this again when it is done, or wait longer with --lock-timeout.',
  );

/** Removes a lock whose holder has ended, unless another process has done so. */
const takeOver = async (lock: string, dead: Holder, taking: Taking): Promise<void> => {
  const inner = `${lock}.${dead.nonce}`;
  await acquire(inner, taking);
  try {
    if (isHeldBy(lock, dead)) unlinkSync(lock);
  } finally {
    release(inner, taking.own);
  }
};

/**
 * Gets a lock that somebody holds out of the way, or waits a little for it. One of which nobody here can tell whether its holder
 * lives is waited for like any other: mostly it is given back.
 */
const makeWay = async (lock: string, content: string, taking: Taking): Promise<void> => {
  const holder = parseHolder(content);
  if (holder === undefined) return taking.wait(() => unreadableLock(lock, taking));
  const state = await stateOf(holder, taking.own);
  if (state === 'gone') return takeOver(lock, holder, taking);
  return taking.wait(() => (state === 'foreign' ? foreignLock(lock, taking, holder) : heldLock(taking, holder)));
};

const acquire = async (lock: string, taking: Taking): Promise<void> => {
  for (;;) {
    taking.check();
    const content = readLock(lock);
    if (content !== undefined) await makeWay(lock, content, taking);
    else if (claim(lock, taking.own)) return;
  }
};

const shortest = 2;
const longest = 50;

const newTaking = (label: string, { lockTimeout, world }: LockOptions): Taking => {
  // Asked for when there is waiting to do: until then a signal may end the run at once, as after a kill.
  let signal: AbortSignal | undefined;
  const deadline = world.now() + lockTimeout;
  let delay = shortest;
  return {
    label,
    timeout: lockTimeout,
    own: newHolder(world),
    check: () => {
      if (!signal?.aborted) return;
      const message = `${clipped(label)}: interrupted by ${String(signal.reason)}; nothing was changed.`;
      throw failure('interrupted', 'interrupted', message);
    },
    wait: async (late) => {
      const left = deadline - world.now();
      if (left <= 0) throw late();
      signal = world.signal;
      await sleep(Math.min(left, delay * (0.5 + world.random())), signal);
      delay = Math.min(longest, delay * 1.5);
    },
  };
};

/** Whom a file in the folder belongs to: a lock says so, a draft that was never finished has it in its name. */
const ownerOf = (path: string, own: Holder): Holder => {
  const name = basename(path);
  const [nonce = ''] = new RegExp(`${noncePattern}(?=\\.new$)`).exec(name) ?? [];
  const [pid, start = ''] = nonce.split('-');
  return parseHolder(readLock(path) ?? '') ?? { ...own, pid: Number(pid), start };
};

/**
 * Removes what killed processes left beside the file: drafts, and locks of locks. Only the holder of the file's lock may do
 * so: by then no lock named after an earlier holding can decide anything any more.
 */
const sweep = async (lock: string, own: Holder): Promise<void> => {
  const [folder, prefix] = [dirname(lock), `${basename(lock)}.`];
  const rest = new RegExp(`^${noncePattern}(\\.${noncePattern})*(\\.new)?$`);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix) || !rest.test(name.slice(prefix.length))) continue;
    const path = join(folder, name);
    if ((await stateOf(ownerOf(path, own), own)) === 'gone') removeFile(path);
  }
};

/**
 * Does some work while no other process holds the lock of `file`, a path without symbolic links. Throws
 * `StageError('lock')` when it cannot be had in time or only a person can tell whether its holder is gone.
 */
export const withLock = async <T>(
  file: string,
  label: string,
  options: LockOptions,
  work: () => T | Promise<T>,
): Promise<T> => {
  const taking = newTaking(label, options);
  const lock = lockNameOf(file);
  await acquire(lock, taking);
  try {
    await sweep(lock, taking.own);
    taking.check();
    return await work();
  } finally {
    release(lock, taking.own);
  }
};
