/** A folder of JSON files in folders, for edits by names that come from elsewhere: no link leads out of it. */
import { mkdirSync, readdirSync, realpathSync, statSync, unlinkSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { failure } from '../stage/problem.js';
import { parseJson, withoutBom } from '../text/json.js';
import { jsonProblem } from '../text/json-problem.js';
import { clipped } from '../text/printable.js';
import { jsonFormat } from './json-format.js';
import { type LockOptions, placeFile, withLock } from './lock.js';
import { decodeText, fileError, readFile } from './read-file.js';

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
};

// Names are compared with what is listed: a file system that knows no case would find PROD.json for prod.json.
const isListed = (path: string): boolean => namesIn(dirname(path)).includes(basename(path));

/**
 * The folder at a path. Files are named by their path from there: `a1b2c3d4e5/prod.json`. Throws StageError('file') where there is
 * no such folder.
 */
export const openFolder = (path: string, options: LockOptions) => {
  const stats = statSync(resolve(options.world.cwd, path), { throwIfNoEntry: false });
  if (!stats) throw fileError('no-such-folder', path, 'no such folder.');
  if (!stats.isDirectory()) throw fileError('not-a-folder', path, 'is a file; expected a folder.');
  const root = realpathSync.native(resolve(options.world.cwd, path));
  /** Where a path leads, over whatever links; undefined where it leads out of the folder, or nowhere. */
  const placeOf = (inner: string): string | undefined => {
    try {
      const real = realpathSync.native(join(root, inner));
      return `${real}${sep}`.startsWith(root.endsWith(sep) ? root : root + sep) ? real : undefined;
    } catch {
      return undefined;
    }
  };
  /** What there is under exactly this name, and inside; undefined where nothing is. */
  const kind = (inner: string): 'file' | 'folder' | undefined => {
    const place = isListed(join(root, inner)) ? placeOf(inner) : undefined;
    const found = place === undefined ? undefined : statSync(place, { throwIfNoEntry: false });
    // Reading a FIFO would wait for its writer, and everything else with it.
    return found?.isDirectory() ? 'folder' : found?.isFile() ? 'file' : undefined;
  };
  const read = (file: string) => {
    const { bytes, stats } = readFile(join(root, file));
    const text = decodeText(bytes, file);
    const body = withoutBom(text);
    const value = parseJson(body);
    if (value !== undefined) return { stats, text, body, value };
    throw failure('input', 'broken-json', `${clipped(file)}: ${jsonProblem(body)?.sentence}`);
  };
  return {
    /** Where it is, without symbolic links. */
    root,
    kind,
    /** The names in a folder of it, `''` for itself, in order; none where there is no such folder. */
    names: (folder: string): readonly string[] => namesIn(placeOf(folder) ?? ''),
    /** What a JSON file holds. Throws StageError('input') where it is broken. */
    read: (file: string): unknown => read(file).value,
    /** Puts another value in place of what a JSON file holds, in the layout that it has. */
    edit: async (file: string, change: (value: unknown) => unknown): Promise<void> => {
      const real = realpathSync.native(join(root, file));
      await withLock(real, file, options, (lock) => {
        const { stats, text, body, value } = read(file);
        const mark = text.slice(0, text.length - body.length);
        return placeFile(real, lock, mark + jsonFormat.rewrite(body, value, change(value), {}), stats) || undefined;
      });
    },
    /** Makes a file, whole or not at all, and its folder; false where there is one of the name. */
    create: async (file: string, text: string): Promise<boolean> => {
      mkdirSync(join(root, dirname(file)), { recursive: true });
      const folder = placeOf(dirname(file));
      if (folder === undefined) return false;
      const real = join(folder, basename(file));
      return withLock(real, file, options, (lock) => !isListed(real) && placeFile(real, lock, text));
    },
    /** Removes a file; false where there is none. A symbolic link goes, and what it leads to stays. */
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
