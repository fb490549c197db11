/** A folder of JSON files in folders, for whoever edits them by names that came from elsewhere: no name leads out of it. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { Shape } from '../stage/stage.js';
import { withoutBom } from '../text/without-bom.js';
import type { World } from '../world.js';
import { decodeText } from './decode-text.js';
import { fileError } from './failure.js';
import { type LockOptions, withLock } from './lock.js';
import { parseJson } from './parse-json.js';
import { rewriteJson } from './rewrite.js';
import { draftNameOf, removeDraft, replaceFile } from './write.js';

export interface FolderOptions extends LockOptions {
  readonly world: LockOptions['world'] & Pick<World, 'cwd'>;
}

export type Kind = 'file' | 'folder';

/** Files are named by their path from the folder: `a1b2c3d4e5/prod.json`. */
export interface Folder {
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

/** Where a path leads; undefined where it leads nowhere, or in a circle. */
const realPathOf = (path: string): string | undefined => {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
};

const editText = (text: string, file: string, change: (value: unknown) => unknown): string => {
  const json = withoutBom(text);
  const before = parseJson(json, file);
  return text.slice(0, text.length - json.length) + rewriteJson(json, before, change(before), {} satisfies Shape);
};

const readTextOf = (path: string, file: string): string => decodeText(readFileSync(path), file);

const writeNew = (file: string, text: string): void => {
  removeDraft(file);
  const draft = draftNameOf(file);
  writeFileSync(draft, text, { flag: 'wx', flush: true });
  renameSync(draft, file);
};

/** Where a folder is, and how its files are locked. */
interface Held {
  readonly root: string;
  readonly options: LockOptions;
}

// Names are compared with what is listed: a file system that knows no case would find PROD.json for prod.json.
const isListed = ({ root }: Held, path: string): boolean => namesIn(dirname(join(root, path))).includes(basename(path));

const isInside = ({ root }: Held, path: string): boolean => {
  const real = realPathOf(join(root, path));
  return real !== undefined && isWithin(root, real);
};

const kindIn = (held: Held, path: string): Kind | undefined => {
  const place = join(held.root, path);
  if (!isWithin(held.root, place) || !isListed(held, path) || !isInside(held, path)) return undefined;
  const found = statSync(place);
  if (found.isDirectory()) return 'folder';
  // Reading a FIFO would wait for its writer, and everything else with it.
  return found.isFile() ? 'file' : undefined;
};

const locked = <T>({ options }: Held, real: string, work: () => T): Promise<T> =>
  withLock(real, basename(real), options, work);

const editIn = (held: Held, file: string, change: (value: unknown) => unknown): Promise<void> => {
  const real = realpathSync.native(join(held.root, file));
  return locked(held, real, () => {
    removeDraft(real);
    const edited = editText(readTextOf(real, file), file, change);
    replaceFile(real, Buffer.from(edited), statSync(real));
  });
};

const createIn = async (held: Held, file: string, text: string): Promise<boolean> => {
  const place = join(held.root, file);
  if (!isWithin(held.root, place)) return false;
  mkdirSync(dirname(place), { recursive: true });
  if (!isInside(held, dirname(file))) return false;
  const real = join(realpathSync.native(dirname(place)), basename(file));
  return locked(held, real, () => {
    const isNew = !isListed(held, file);
    if (isNew) writeNew(real, text);
    return isNew;
  });
};

const removeFrom = async (held: Held, file: string): Promise<boolean> => {
  const place = join(held.root, file);
  if (kindIn(held, file) !== 'file') return false;
  return locked(held, realpathSync.native(place), () => {
    const isThere = isListed(held, file);
    if (isThere) unlinkSync(place);
    return isThere;
  });
};

/** The folder at a path, which is there. Throws StageError('file') where it is not. */
export const openFolder = (path: string, options: FolderOptions): Folder => {
  const root = rootOf(path, options.world.cwd);
  const held: Held = { root, options };
  return {
    root,
    kind: (inner) => kindIn(held, inner),
    names: (folder) => (isInside(held, folder) ? namesIn(join(root, folder)) : []),
    read: (file) => parseJson(withoutBom(readTextOf(join(root, file), file)), file),
    edit: async (file, change) => editIn(held, file, change),
    create: (file, text) => createIn(held, file, text),
    remove: (file) => removeFrom(held, file),
  };
};
