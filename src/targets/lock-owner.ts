/** Which process a lock file belongs to: its name says so, and tells the process from all others. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';

/** A process, as the name of its lock tells it from all others. */
export interface Owner {
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

/** Text as a part of a file name, in ASCII. The whole name has less than 255 characters. */
const namePart = (text: string, longest: number): string => {
  const part = encodeURIComponent(text).replaceAll('*', '%2A').replaceAll('.', '%2E');
  return part.length > longest ? `${part.slice(0, longest - 8)}~${shortHash(text)}` : part;
};

export const prefixOf = (file: string): string => `.${namePart(basename(file), 100).replaceAll('%2E', '.')}.`;

/** This process as the owner of a lock. A host has no dot there: the lock of `prod.json` is never taken for one of `prod`. */
export const ownerHere = (pid: number): Owner => ({
  host: namePart(hostname(), 60),
  boot: known(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')).replaceAll('-', ''),
  namespace: known(() => readlinkSync('/proc/self/ns/pid')).replace(/\D/g, ''),
  pid,
  start: processStat(pid)?.start ?? '',
});

let locksMade = 0;

/** A name that no lock of this process has had. */
export const newLockPath = (
  file: string,
  { host, boot, namespace, pid, start }: Owner,
  random: () => number,
): string => {
  locksMade += 1;
  const nonce = `${Math.floor(random() * 2 ** 30).toString(36)}x${locksMade.toString(36)}`;
  return join(dirname(file), `${prefixOf(file)}${[host, boot, namespace, pid, start, nonce].join('-')}.lock`);
};

const ownerPattern = /^([^.]+)-([0-9a-f]*)-(\d*)-(\d+)-(\d*)-[0-9a-z]+\.lock$/;

export const ownerIn = (ending: string): Owner | undefined => {
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

/** As people know the host. */
export const hostOf = ({ host }: Owner): string => host.replaceAll('%2E', '.');

/** Whether a process can be looked up from here: it belongs to this host, and to no other container on it. */
export const isHere = (owner: Owner, here: Owner): boolean =>
  owner.host === here.host && owner.boot === here.boot && owner.namespace === here.namespace;

export const isGone = (owner: Owner, here: Owner): boolean => {
  const boots = new Set([owner.boot, here.boot]);
  if (owner.host === here.host && boots.size === 2 && !boots.has('')) return true;
  if (!isHere(owner, here)) return false;
  const stat = processStat(owner.pid);
  if (stat === undefined) return !isRunning(owner.pid);
  // A zombie has ended; only its parent has not asked for its exit code yet.
  return /[ZX]/.test(stat.state) || (owner.start !== '' && stat.start !== owner.start);
};
