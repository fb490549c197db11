/** One configuration file, from its path to what it sets, or to sentences about what is wrong in it. Nothing in it is ever run. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import process from 'node:process';
import { isTooDeep, parseJson } from '../text/json.js';
import { withoutBom } from '../text/without-bom.js';
import { findFaults, type LineFault, problemsOf, toProblem } from './check.js';
import { isPackageFile, maxConfigSize, stageKeyOf } from './find.js';
import type { ConfigProblem, EntryValues, LiveEntry, Settings, SettingValues, StageEntry } from './settings.js';

/** What a file sets. */
export interface ConfigFile {
  readonly values: Partial<Omit<SettingValues, 'config' | 'stages'>> & {
    readonly stages: ReadonlyMap<string, StageEntry>;
  };
  readonly notices: Settings['notices'];
}

export type FileAnswer = ConfigFile | { readonly problems: readonly ConfigProblem[] };

interface FileRequest {
  /** Absolute. */
  readonly file: string;
  /** Sentences name files as seen from here. */
  readonly cwd: string;
  readonly reservedNames: ReadonlySet<string>;
  /** Whether it was found rather than named by the user. */
  readonly isFound: boolean;
}

/** Thrown where there is nothing to check, and caught in this file. */
class Unreadable {
  constructor(readonly fault: LineFault) {}
}

const unreadable = (reason: string): Unreadable =>
  new Unreadable({ at: [], message: `cannot read this configuration: ${reason}` });

const shown = ({ file, cwd }: FileRequest): string => {
  const path = relative(cwd, file);
  return path === '' || path.startsWith('..') || isAbsolute(path) ? file : path;
};

const reasons: { readonly [code: string]: string } = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'it may not be read',
  EPERM: 'it may not be read',
  ELOOP: 'its links lead in a circle',
  ENXIO: 'it is not a regular file',
  ERR_INVALID_ARG_VALUE: 'its path has a null character in it',
};

const openFile = (file: string): number => {
  try {
    // Without waiting: a pipe that has no writer would hold the run for ever.
    return openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw unreadable(reasons[code] ?? `reading it failed with ${code}`);
  }
};

/** Whether a file that was found in a folder may say what is edited and with which profile. */
const distrust = ({ uid, mode }: Stats, request: FileRequest): Settings['notices'] => {
  const me = process.geteuid?.();
  if (me === undefined || !request.isFound) return [];
  const orName = 'or name it with --config';
  if ((mode & 0o022) !== 0) throw unreadable(`other users may write it; run chmod go-w ${shown(request)}, ${orName}`);
  if (uid === me || uid === 0) return [];
  if (me !== 0) throw unreadable(`it belongs to another user (uid ${uid}); run chown on it, ${orName}`);
  return [{ code: 'config-owner', message: `${shown(request)} belongs to another user (uid ${uid}).` }];
};

const readText = (request: FileRequest): { readonly text: string; readonly notices: Settings['notices'] } => {
  const fd = openFile(request.file);
  try {
    const stats = fstatSync(fd);
    if (stats.isDirectory()) throw unreadable('it is a folder');
    if (!stats.isFile()) throw unreadable('it is not a regular file');
    const notices = distrust(stats, request);
    const bytes = Buffer.alloc(maxConfigSize + 1);
    let size = 0;
    for (let count = 1; count > 0 && size < bytes.length; size += count)
      count = readSync(fd, bytes, size, bytes.length - size, null);
    if (size > maxConfigSize) throw unreadable('it is larger than 1 MB');
    return { text: withoutBom(bytes.toString('utf8', 0, size)), notices };
  } finally {
    closeSync(fd);
  }
};

interface YamlError {
  readonly reason?: string;
  readonly mark?: { readonly line: number };
}

/**
 * By cosmiconfig's loader for YAML, and by nothing else of it: an explorer of its public API looks for settings of cosmiconfig in the
 * working directory (`.config/config.js`, a key in package.json) and runs them.
 */
const parseYaml = async (text: string): Promise<unknown> => {
  const { defaultLoadersSync } = await import('cosmiconfig');
  try {
    return defaultLoadersSync['.yaml']('', text);
  } catch (error) {
    const { reason = 'it is nested too deeply', mark } = error as YamlError;
    throw new Unreadable({ at: [], message: `this is not YAML: ${reason}`, ...(mark && { line: mark.line + 1 }) });
  }
};

const parseStrictJson = async (text: string, file: string): Promise<unknown> => {
  const value = text.trim() === '' ? null : parseJson(text);
  if (value !== undefined) return value;
  const { jsonProblem } = await import('../text/json-problem.js');
  const problem = jsonProblem(text, (path) => isPackageFile(file) && path[0] !== 'stage');
  if (problem === undefined) return JSON.parse(text);
  throw new Unreadable({ at: [], line: problem.line, message: `broken JSON: ${problem.reason}` });
};

const parse = async (text: string, file: string): Promise<unknown> => {
  if (/\.json$/i.test(file)) return parseStrictJson(text, file);
  // Most of YAML that starts with a brace is JSON, which is read faster.
  return (text.trimStart().startsWith('{') ? parseJson(text) : undefined) ?? parseYaml(text);
};

const contentsOf = async (text: string, file: string): Promise<unknown> => {
  const value = await parse(text, file);
  if (isTooDeep(value)) throw unreadable('it is nested too deeply');
  if (!isPackageFile(file)) return value;
  const own = stageKeyOf(value);
  if (own === undefined) throw unreadable('it has no key stage');
  return own;
};

const entryOf = (name: string, values: EntryValues, folder: string): StageEntry => {
  const { file, protected: isProtected = false, ...live } = values;
  return file === undefined
    ? { name, protected: isProtected, ...(live as LiveEntry) }
    : { name, protected: isProtected, file: resolve(folder, file) };
};

// No fault was found: the rows of the table have seen every member.
const valuesOf = (value: unknown, file: string): ConfigFile['values'] => {
  const { stages = {}, ...others } = (value ?? {}) as Partial<SettingValues>;
  const entries = Object.entries(stages).map(([name, entry]) => [name, entryOf(name, entry, dirname(file))] as const);
  return { ...others, stages: new Map(entries) };
};

/** What a configuration file sets, or what is wrong in it. Files of programs are refused unread. */
export const readConfigFile = async (request: FileRequest): Promise<FileAnswer> => {
  try {
    if (/\.[cm]?[jt]sx?$/i.test(request.file))
      throw unreadable('programs are never run for one, expected JSON or YAML');
    const { text, notices } = readText(request);
    const contents = await contentsOf(text, request.file);
    const faults = findFaults(contents, request.reservedNames);
    const above = isPackageFile(request.file) ? ['stage'] : [];
    if (faults.length > 0) return { problems: await problemsOf(faults, text, { name: shown(request), above }) };
    return { values: valuesOf(contents, request.file), notices };
  } catch (error) {
    if (error instanceof Unreadable) return { problems: [toProblem(shown(request), error.fault)] };
    throw error;
  }
};
