/** The journal: one file per edit, in a folder that only the user can read. */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Undoable } from '../commands/command.js';
import type { LiveEntry } from '../settings/settings.js';
import { isObject, type PatchOperation } from '../stage/stage.js';
import type { World } from '../world.js';

/** The location of an edited stage. */
export interface JournalTarget {
  /** The name that the user typed. */
  readonly label: string;
  /** Identical for all names of a stage. */
  readonly key: string;
  /** For a stage file: its real path. */
  readonly file?: string;
  /** For a live stage: its API and connection. */
  readonly live?: LiveEntry;
  /** The profile or role that made the edit. */
  readonly caller?: string;
}

export interface JournalEntry extends Undoable {
  readonly target: JournalTarget;
  readonly command: string;
  readonly reason?: string | undefined;
  readonly operations: readonly PatchOperation[];
  /** The operations that undo the edit. */
  readonly inverse: readonly PatchOperation[];
}

/** The maximum size of the journal in bytes; the oldest entries are removed beyond it. */
const mostBytes = 10 * 1024 * 1024;

/** A folder in `$XDG_STATE_HOME/stage`. The XDG specification ignores relative paths. Undefined without a home. */
export const stateFolder = (
  { XDG_STATE_HOME: state = '', HOME: home }: World['env'],
  name: string,
): string | undefined => {
  const base = isAbsolute(state) ? state : home && join(home, '.local/state');
  return base && join(base, 'stage', name);
};

const hasTexts = (value: unknown, ...names: readonly string[]): value is object =>
  isObject(value) && names.every((name) => typeof value[name] === 'string');

const isEntry = (value: unknown): value is JournalEntry =>
  hasTexts(value, 'id', 'time', 'state', 'command') &&
  'target' in value &&
  hasTexts(value.target, 'label', 'key') &&
  'touched' in value &&
  Array.isArray(value.touched) &&
  value.touched.every((one) => hasTexts(one, 'path'));

/** What `read` returns, or `otherwise` if it throws. */
const attempt = <T>(read: () => T, otherwise: T): T => {
  try {
    return read();
  } catch {
    return otherwise;
  }
};

const readEntry = (file: string): readonly JournalEntry[] =>
  attempt((): readonly unknown[] => [JSON.parse(fs.readFileSync(file, 'utf8'))], []).filter(isEntry);

/** The path with links resolved, or as given if that fails. */
export const realPath = (file: string): string => attempt(() => fs.realpathSync(file), file);

/** The file names of entries, oldest first: names start with the time. */
const namesIn = (folder: string): readonly string[] =>
  attempt(() => fs.readdirSync(folder), [])
    .filter((name) => /^\d.*\.json$/.test(name))
    .sort();

const removeOldest = (folder: string): void => {
  let size = 0;
  for (const name of namesIn(folder).toReversed()) {
    const file = join(folder, name);
    size += fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size > mostBytes) fs.rmSync(file, { force: true });
  }
};

/** Creates a private folder and its parents. mkdirSync's own recursion never ends in /proc. */
export const makeFolder = (folder: string): void => {
  if (fs.existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (!fs.existsSync(folder)) throw error;
  }
};

/** Writes a draft beside a file and uses it. Afterwards, or on an error of the file system, the draft is gone. */
const withDraft = (file: string, text: string, use: (draft: string) => void): void => {
  // A unique name, so that no other process writes this draft.
  const draft = `${file}.${randomUUID()}.new`;
  try {
    fs.writeFileSync(draft, text, { mode: 0o600, flush: true });
    use(draft);
  } finally {
    fs.rmSync(draft, { force: true });
  }
};

/** Writes a file atomically. Throws file system errors. */
export const writeWhole = (file: string, text: string): void =>
  withDraft(file, text, (draft) => fs.renameSync(draft, file));

/** Throws if a file cannot be written. Only a draft tells: a file system may refuse what its permissions allow. */
export const checkSavable = (file: string): void => {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  if (stats?.isFile() === false) throw new Error(stats.isDirectory() ? 'it is a folder.' : 'it is not a file.');
  withDraft(file, '', () => {});
};

const nameOf = ({ time, id }: JournalEntry): string => `${time.replace(/[-:]/g, '')}-${id}.json`;

/** Creates or overwrites an entry. Throws file system errors. */
export const writeEntry = (entry: JournalEntry, { env }: Pick<World, 'env'>): void => {
  const folder = stateFolder(env, 'journal');
  if (!folder) throw new Error('HOME is not set.');
  makeFolder(folder);
  writeWhole(join(folder, nameOf(entry)), `${JSON.stringify(entry, null, 1)}\n`);
  removeOldest(folder);
};

/** Removes an entry if possible. */
export const removeEntry = (entry: JournalEntry, { env }: Pick<World, 'env'>): void =>
  attempt(() => fs.rmSync(join(stateFolder(env, 'journal') ?? '', nameOf(entry))), undefined);

/** All entries of the user's journal, newest first. Skips files that are not entries. */
export const readJournal = ({ env }: Pick<World, 'env'>): readonly JournalEntry[] => {
  const folder = stateFolder(env, 'journal') ?? '';
  return namesIn(folder)
    .toReversed()
    .flatMap((name) => readEntry(join(folder, name)));
};
