/** A folder of JSON files in folders, for edits by names that come from elsewhere: no name leads out of it. */
import { existsSync, mkdirSync, readdirSync, realpathSync, statSync, unlinkSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { failure } from '../stage/problem.js';
import { parseJson } from '../text/json.js';
import { jsonProblem } from '../text/json-problem.js';
import { clipped } from '../text/printable.js';
import { withoutBom } from '../text/without-bom.js';
import type { World } from '../world.js';
import { jsonFormat } from './json-format.js';
import { type LockOptions, placeFile, untilPlaced, withLock } from './lock.js';
import { decodeText, fileError, readFile } from './read-file.js';

export interface FolderOptions extends LockOptions {
  readonly world: LockOptions['world'] & Pick<World, 'cwd'>;
}

type Kind = 'file' | 'folder';

/** Files are named by their path from the folder: `a1b2c3d4e5/prod.json`. */
interface Folder {
  /** Where it is, without symbolic links. */
  readonly root: string;
  /** The names in a folder of it, `''` for itself, in order; none where there is no such folder. */
  names(folder: string): readonly string[];
  /** What there is under exactly this name, and inside, wherever symbolic links lead; undefined where nothing is. */
  kind(path: string): Kind | undefined;
  /** What a JSON file holds. Throws StageError('input') where it is broken. */
  read(file: string): unknown;
  /** Puts another value in place of what a JSON file holds, in the layout that it has. */
  edit(file: string, change: (value: unknown) => unknown): Promise<void>;
  /** Makes a file, whole or not at all, and its folder; false where there is one of the name. */
  create(file: string, text: string): Promise<boolean>;
  /** Removes a file; false where there is none. A symbolic link goes, and what it leads to stays. */
  remove(file: string): Promise<boolean>;
}

const rootOf = (path: string, cwd: string): string => {
  const folder = resolve(cwd, path);
  if (!existsSync(folder)) throw fileError('no-such-folder', path, 'no such folder.');
  if (!statSync(folder).isDirectory()) throw fileError('not-a-folder', path, 'is a file; expected a folder.');
  return realpathSync.native(folder);
};

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
};

const isWithin = (root: string, path: string): boolean => {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && resolve(root, way) === path);
};

/** Whether a path leads into the folder, over whatever links; not where it leads nowhere. */
const isInside = (root: string, path: string): boolean => {
  try {
    return isWithin(root, realpathSync.native(path));
  } catch {
    return false;
  }
};

const jsonOf = (text: string, file: string): unknown => {
  const value = parseJson(text);
  if (value !== undefined) return value;
  throw failure('input', 'broken-json', `${clipped(file)}: ${jsonProblem(text)?.sentence}`);
};

/** The folder at a path. Throws StageError('file') where there is none. */
export const openFolder = (path: string, options: FolderOptions): Folder => {
  const root = rootOf(path, options.world.cwd);
  // Names are compared with what is listed: a file system that knows no case would find PROD.json for prod.json.
  const isListed = (place: string): boolean => namesIn(dirname(place)).includes(basename(place));
  const kind = (inner: string): Kind | undefined => {
    const place = join(root, inner);
    if (!isWithin(root, place) || !isListed(place) || !isInside(root, place)) return undefined;
    const found = statSync(place);
    if (found.isDirectory()) return 'folder';
    // Reading a FIFO would wait for its writer, and everything else with it.
    return found.isFile() ? 'file' : undefined;
  };
  const locked = <T>(real: string, work: (lock: string) => T | Promise<T>): Promise<T> =>
    withLock(real, basename(real), options, work);
  const read = (real: string, file: string) => {
    const { bytes, stats } = readFile(real);
    const text = decodeText(bytes, file);
    return { text: withoutBom(text), mark: text.slice(0, text.length - withoutBom(text).length), stats };
  };
  return {
    root,
    kind,
    names: (folder) => (isInside(root, join(root, folder)) ? namesIn(join(root, folder)) : []),
    read: (file) => jsonOf(read(join(root, file), file).text, file),
    edit: async (file, change) => {
      const real = realpathSync.native(join(root, file));
      const attempt = (lock: string): true | undefined => {
        const { text, mark, stats } = read(real, file);
        const before = jsonOf(text, file);
        const edited = mark + jsonFormat.rewrite(text, before, change(before), {});
        return placeFile(real, lock, Buffer.from(edited), stats) || undefined;
      };
      await locked(real, (lock) => untilPlaced(file, () => attempt(lock)));
    },
    create: async (file, text) => {
      const place = join(root, file);
      if (!isWithin(root, place)) return false;
      mkdirSync(dirname(place), { recursive: true });
      if (!isInside(root, dirname(place))) return false;
      const real = join(realpathSync.native(dirname(place)), basename(file));
      return locked(real, (lock) => !isListed(real) && placeFile(real, lock, Buffer.from(text)));
    },
    remove: async (file) => {
      const place = join(root, file);
      if (kind(file) !== 'file') return false;
      return locked(realpathSync.native(place), () => {
        const isThere = isListed(place);
        if (isThere) unlinkSync(place);
        return isThere;
      });
    },
  };
};
