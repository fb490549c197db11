/** Which protected stage an address leads to, by whatever name it goes. */
import { type BigIntStats, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { FileEntry, LiveEntry, StageEntry } from './settings.js';

/** Where a stage lives. */
type StageAddress = FileEntry | Pick<LiveEntry, 'restApiId' | 'stageName'>;

/** The path without links. Of a file that is not there yet, as much as there is. */
const realPath = (file: string): string => {
  try {
    return realpathSync(file);
  } catch {
    const folder = dirname(file);
    return folder === file ? file : join(realPath(folder), basename(file));
  }
};

const statsOf = (file: string): BigIntStats | undefined => {
  try {
    return statSync(file, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
};

interface FileIdentity {
  readonly path: string;
  readonly stats: BigIntStats | undefined;
}

const identify = (file: string): FileIdentity => ({ path: realPath(resolve(file)), stats: statsOf(file) });

// Device and inode see what paths do not: hard links, and spellings that a file system takes for the same.
const isSameFile = (left: FileIdentity, right: FileIdentity): boolean =>
  left.path === right.path ||
  (left.stats !== undefined && left.stats.ino === right.stats?.ino && left.stats.dev === right.stats.dev);

// The ids of APIs differ between regions and accounts, so neither is looked at: another profile changes no protection.
const isSameStage = (left: Pick<LiveEntry, 'restApiId' | 'stageName'>, right: LiveEntry): boolean =>
  left.restApiId.toLowerCase() === right.restApiId.toLowerCase() && left.stageName === right.stageName;

type Match = (entry: StageEntry) => boolean;

const matcherOf = (address: StageAddress): Match => {
  if (!('file' in address)) return (entry) => 'restApiId' in entry && isSameStage(address, entry);
  const identity = identify(address.file);
  return (entry) => 'file' in entry && isSameFile(identity, identify(entry.file));
};

/** The protected stage that lives at an address, also where a link, another path, or another entry led there. */
export const findProtected = (
  stages: ReadonlyMap<string, StageEntry>,
  address: StageAddress,
): StageEntry | undefined => {
  const guarded = [...stages.values()].filter((entry) => entry.protected);
  return guarded.length === 0 ? undefined : guarded.find(matcherOf(address));
};
