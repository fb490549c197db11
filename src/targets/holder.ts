/** Who holds a lock, written down so that another process can tell whether the holder still runs. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';
import { isObject } from '../stage/stage.js';

export interface Holder {
  readonly host: string;
  /** Which start of the host, and which of its process-id namespaces (a container has its own); empty where unknown. */
  readonly boot: string;
  readonly namespace: string;
  readonly pid: number;
  /** When the process started, since pids are used again: clock ticks since boot on Linux, seconds since 1970 elsewhere. */
  readonly start: string;
  /** Told apart from every other holding, of this process or another. Safe in a file name. */
  readonly nonce: string;
}

/** `foreign`: it cannot be told from here, because the process runs on another host or in another container. */
export type HolderState = 'running' | 'gone' | 'foreign';

/** The form of a nonce, which starts with the pid. */
export const noncePattern = '\\d+-\\d*-[0-9a-z]+-[0-9a-z]+';

const known = (read: () => string): string => {
  try {
    return read().trim();
  } catch {
    return '';
  }
};

/** State and start of a process on Linux. The command's name, in parentheses, may hold spaces and parentheses itself. */
const readStat = (pid: number): { readonly state: string; readonly start: string } | undefined => {
  const stat = known(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, start] = [fields[0], fields[19]];
  return state === undefined || start === undefined ? undefined : { state, start };
};

/** Our own start: outside Linux from our clock, which spares each edit a run of `ps`. */
const ownStart = (pid: number): string => {
  const stat = readStat(pid);
  if (stat !== undefined) return stat.start;
  return pid === process.pid ? String(Math.round(performance.timeOrigin / 1000)) : '';
};

/** Read from Linux where it can be: a command never loads `os` then. */
const hostName = (): string => known(() => readFileSync('/proc/sys/kernel/hostname', 'utf8')) || hostname();

let holdings = 0;

/** This process as the holder of one more lock. */
export const newHolder = (world: { readonly pid: number; random(): number }): Holder => {
  const start = ownStart(world.pid);
  holdings += 1;
  return {
    host: hostName(),
    boot: known(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    namespace: known(() => readlinkSync('/proc/self/ns/pid')),
    pid: world.pid,
    start,
    nonce: `${world.pid}-${start}-${Math.floor(world.random() * 2 ** 40).toString(36)}-${holdings.toString(36)}`,
  };
};

export const writeHolder = (holder: Holder): string => `${JSON.stringify(holder)}\n`;

const isHolder = (value: unknown): value is Holder =>
  isObject(value) &&
  ['host', 'boot', 'namespace', 'start', 'nonce'].every((member) => typeof value[member] === 'string') &&
  Number.isSafeInteger(value['pid']) &&
  Number(value['pid']) > 0 &&
  new RegExp(`^${noncePattern}$`).test(String(value['nonce']));

/** Undefined for what no lock of ours holds. */
export const parseHolder = (text: string): Holder | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isHolder(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const exists = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** When a process started, in seconds since 1970, where there is no /proc to look into. */
const startByPs = async (pid: number): Promise<number> => {
  const { spawnSync } = await import('node:child_process');
  const env = { ...process.env, LC_ALL: 'C' };
  return (
    Date.parse(spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env }).stdout ?? '') / 1000
  );
};

// A zombie has ended; only its parent has not asked for its exit code yet.
const hasEnded = (state: string): boolean => state === 'Z' || state === 'X';

/** Whether the process with this pid is the one that took the lock. Where its start cannot be seen, it counts as that one. */
const isSameProcess = async ({ pid, start, boot }: Holder): Promise<boolean> => {
  const stat = readStat(pid);
  if (stat !== undefined) return !hasEnded(stat.state) && (start === '' || stat.start === start);
  if (boot !== '' || start === '') return true;
  const started = await startByPs(pid);
  return Number.isNaN(started) || Math.abs(started - Number(start)) <= 2;
};

/** Whether a holder still runs, as far as `own` can tell. */
export const stateOf = async (holder: Holder, own: Holder): Promise<HolderState> => {
  if (holder.host !== own.host) return 'foreign';
  if (holder.boot !== own.boot) return 'gone';
  if (holder.namespace !== own.namespace) return 'foreign';
  return exists(holder.pid) && (await isSameProcess(holder)) ? 'running' : 'gone';
};
