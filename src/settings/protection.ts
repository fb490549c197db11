/** Which protected stage an address leads to, by whatever name it goes. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FileEntry, LiveEntry, StageEntry } from './settings.js';

// Device and inode see what paths do not: links of both kinds, and spellings that a file system takes for the same.
const isSameFile = (left: string, right: string): boolean => {
  try {
    const [one, other] = [statSync(left, { bigint: true }), statSync(right, { bigint: true })];
    return one.ino === other.ino && one.dev === other.dev;
  } catch {
    // A file that is not there cannot be edited.
    return false;
  }
};

/** The protected stage that lives at an address, also where a link, another path, or another entry led there. */
export const findProtected = (
  stages: ReadonlyMap<string, StageEntry>,
  address: FileEntry | Pick<LiveEntry, 'restApiId' | 'stageName'>,
): StageEntry | undefined =>
  [...stages.values()].find((entry) => {
    if (!entry.protected) return false;
    if ('file' in entry) return 'file' in address && isSameFile(resolve(address.file), entry.file);
    // The ids of APIs differ between regions and accounts, so neither is looked at: another profile changes no protection.
    const isSameApi = 'restApiId' in address && address.restApiId.toLowerCase() === entry.restApiId.toLowerCase();
    return isSameApi && address.stageName === entry.stageName;
  });
