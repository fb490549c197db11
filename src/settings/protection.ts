/** Finds the protected stage at an address, under any name. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FileEntry, LiveEntry, StageEntry } from './settings.js';

// Device and inode detect what paths cannot: symbolic and hard links, and spellings that a file system equates.
const isSameFile = (left: string, right: string): boolean => {
  try {
    const [one, other] = [statSync(left, { bigint: true }), statSync(right, { bigint: true })];
    return one.ino === other.ino && one.dev === other.dev;
  } catch {
    // A missing file cannot be edited.
    return false;
  }
};

/** The protected stage at an address, even if reached through a link, another path, or another entry. */
export const findProtected = (
  stages: ReadonlyMap<string, StageEntry>,
  address: FileEntry | Pick<LiveEntry, 'restApiId' | 'stageName'>,
): StageEntry | undefined =>
  [...stages.values()].find((entry) => {
    if (!entry.protected) return false;
    if ('file' in entry) return 'file' in address && isSameFile(resolve(address.file), entry.file);
    // API ids differ between regions and accounts, so neither is compared: another profile does not lift protection.
    const isSameApi = 'restApiId' in address && address.restApiId.toLowerCase() === entry.restApiId.toLowerCase();
    return isSameApi && address.stageName === entry.stageName;
  });
