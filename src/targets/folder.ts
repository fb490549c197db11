/** A folder of JSON files and subfolders, addressed by untrusted names: no link leads out of it. */
import { existsSync, mkdirSync, readdirSync, realpathSync, statSync, unlinkSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { withoutBom } from '../text/json.js';
import { parseJsonStage } from './json-format.js';
import { type LockOptions, placeFile, withLock } from './lock.js';
import { decodeText, fileError, readFile } from './read-file.js';

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
};

// Compare names with the listing: a case-insensitive file system would find PROD.json for prod.json.
const isListed = (path: string): boolean => namesIn(dirname(path)).includes(basename(path));

/**
 * Opens the folder at a path. Files are named relative to it: `a1b2c3d4e5/prod.json`. Throws StageError('file') if
 * there is no such folder.
 */
export const openFolder = (path: string, options: LockOptions) => {
  const stats = statSync(resolve(options.world.cwd, path), { throwIfNoEntry: false });
  if (!stats) throw fileError('no-such-folder', path, 'no such folder.');
  if (!stats.isDirectory()) throw fileError('not-a-folder', path, 'is a file; expected a folder.');
  const root = realpathSync.native(resolve(options.world.cwd, path));
  /** The real path behind all links; undefined if it is outside the folder or does not exist. */
  const placeOf = (inner: string): string | undefined => {
    try {
      const real = realpathSync.native(join(root, inner));
      return `${real}${sep}`.startsWith(root.endsWith(sep) ? root : root + sep) ? real : undefined;
    } catch {
      return undefined;
    }
  };
  /** The kind of the entry with exactly this name; undefined if there is none, or if a link leads out of the folder. */
  const kind = (inner: string): 'file' | 'folder' | undefined => {
    const place = placeOf(inner);
    // The listing is read only for the name of a link: reading it for every name in a large folder would take minutes.
    if (place === undefined || (basename(place) !== basename(inner) && !isListed(join(root, inner)))) return undefined;
    const found = statSync(place, { throwIfNoEntry: false });
    // Reading a FIFO would block the whole process until something writes to it.
    return found?.isDirectory() ? 'folder' : found?.isFile() ? 'file' : undefined;
  };
  const read = async (file: string) => {
    const { bytes, stats } = readFile(join(root, file));
    const text = decodeText(bytes, file);
    const body = withoutBom(text);
    return { stats, mark: text.slice(0, text.length - body.length), ...(await parseJsonStage(body, file)) };
  };
  return {
    /** Its path, without symbolic links. */
    root,
    kind,
    /** The sorted names in a subfolder, or in the folder itself (`''`); none if there is no such subfolder. */
    names: (folder: string): readonly string[] => namesIn(placeOf(folder) ?? ''),
    /** The value of a JSON file. Throws StageError('input') if it is broken. */
    read: async (file: string): Promise<unknown> => (await read(file)).value,
    /** Changes the value of a JSON file and keeps its layout. */
    edit: async (file: string, change: (value: unknown) => unknown): Promise<void> => {
      const real = realpathSync.native(join(root, file));
      await withLock(real, file, options, async (lock) => {
        const { stats, mark, value, rewrite } = await read(file);
        return placeFile(real, lock, mark + rewrite(change(value), {}), stats) || undefined;
      });
    },
    /** Creates a file, atomically, and its folder; false if the file exists. */
    create: async (file: string, text: string): Promise<boolean> => {
      // Not recursive: Node's own recursion never ends in /proc.
      try {
        mkdirSync(join(root, dirname(file)));
      } catch (error) {
        if (!existsSync(join(root, dirname(file)))) throw error;
      }
      const folder = placeOf(dirname(file));
      if (folder === undefined) return false;
      const real = join(folder, basename(file));
      return withLock(real, file, options, (lock) => !isListed(real) && placeFile(real, lock, text));
    },
    /** Removes a file; false if there is none. Removes a symbolic link but not the file that it leads to. */
    remove: async (file: string): Promise<boolean> => {
      if (kind(file) !== 'file') return false;
      const place = join(root, file);
      return withLock(realpathSync.native(place), file, options, () => {
        const isThere = isListed(place);
        if (isThere) unlinkSync(place);
        return isThere;
      });
    },
  };
};
