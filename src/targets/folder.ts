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
import { type Problem, StageError } from '../stage/problem.js';
import type { Shape } from '../stage/stage.js';
import type { World } from '../world.js';
import { type LockOptions, withLock } from './lock.js';
import { printable } from './printable.js';
import { rewriteJson } from './rewrite.js';
import { draftNameOf, removeDraft, replaceFile } from './write.js';

export interface FolderOptions extends LockOptions {
  readonly world: LockOptions['world'] & Pick<World, 'cwd'>;
}

/** Files are named by their path from the folder: `a1b2c3d4e5/prod.json`. */
export interface Folder {
  /** Where it is, without symbolic links. */
  readonly root: string;
  /** The names in a folder of it, `''` for itself, in order; none where there is no such folder. */
  names(folder: string): readonly string[];
  /** What there is under exactly this name, and inside, wherever symbolic links lead; undefined where nothing is. */
  kind(path: string): 'file' | 'folder' | undefined;
  /** What a JSON file holds. Throws StageError('input') where it is broken. */
  read(file: string): unknown;
  /** Puts another value in place of what a JSON file holds, in the layout that it has. */
  edit(file: string, change: (value: unknown) => unknown): Promise<void>;
  /** Makes a file, whole or not at all, and its folder; false where there is one of the name. */
  create(file: string, text: string): Promise<boolean>;
  /** Removes a file; false where there is none. A symbolic link goes, and what it leads to stays. */
  remove(file: string): Promise<boolean>;
}

const refusal = (kind: 'file' | 'input', code: string, name: string, sentence: string): StageError => {
  const problem: Problem = { code, message: `${printable(name)}: ${sentence}` };
  return new StageError(kind, [problem]);
};

const rootOf = (path: string, cwd: string): string => {
  const folder = resolve(cwd, path);
  if (!existsSync(folder)) throw refusal('file', 'no-such-folder', path, 'no such folder.');
  if (!statSync(folder).isDirectory()) throw refusal('file', 'not-a-folder', path, 'is a file; expected a folder.');
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

const parse = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw refusal('input', 'broken-json', file, `expected JSON: ${printable((error as SyntaxError).message)}`);
  }
};

const editText = (text: string, file: string, change: (value: unknown) => unknown): string => {
  const before = parse(text, file);
  const mark = text.startsWith('\ufeff') ? '\ufeff' : '';
  return mark + rewriteJson(text.slice(mark.length), before, change(before), {} satisfies Shape);
};

const writeNew = (file: string, text: string): void => {
  removeDraft(file);
  const draft = draftNameOf(file);
  writeFileSync(draft, text, { flag: 'wx', flush: true });
  renameSync(draft, file);
};

/** The folder at a path, which is there. Throws StageError('file') where it is not. */
export const openFolder = (path: string, options: FolderOptions): Folder => {
  const root = rootOf(path, options.world.cwd);
  const place = (file: string): string => join(root, file);
  // Names are compared with what is listed: a file system that knows no case would find PROD.json for prod.json.
  const isListed = (file: string): boolean => namesIn(dirname(place(file))).includes(basename(file));
  const isInside = (file: string): boolean => {
    const real = realPathOf(place(file));
    return real !== undefined && isWithin(root, real);
  };
  const kind = (path: string): 'file' | 'folder' | undefined => {
    if (!isWithin(root, place(path)) || !isListed(path) || !isInside(path)) return undefined;
    return statSync(place(path)).isDirectory() ? 'folder' : 'file';
  };
  const locked = <T>(file: string, work: () => T): Promise<T> => withLock(file, basename(file), options, work);
  return {
    root,
    kind,
    names: (folder) => (isInside(folder) ? namesIn(place(folder)) : []),
    read: (file) => parse(readFileSync(place(file), 'utf8'), file),
    edit: async (file, change) => {
      const real = realpathSync.native(place(file));
      await locked(real, () => {
        removeDraft(real);
        const edited = editText(readFileSync(real, 'utf8'), file, change);
        replaceFile(real, Buffer.from(edited), statSync(real));
      });
    },
    create: async (file, text) => {
      if (!isWithin(root, place(file))) return false;
      mkdirSync(dirname(place(file)), { recursive: true });
      if (!isInside(dirname(file))) return false;
      const real = join(realpathSync.native(dirname(place(file))), basename(file));
      return locked(real, () => {
        const isNew = !isListed(file);
        if (isNew) writeNew(real, text);
        return isNew;
      });
    },
    remove: async (file) => {
      if (kind(file) !== 'file') return false;
      return locked(realpathSync.native(place(file)), () => {
        const isThere = isListed(file);
        if (isThere) unlinkSync(place(file));
        return isThere;
      });
    },
  };
};
