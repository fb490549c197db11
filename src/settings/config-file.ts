/** One configuration file, from its path to what it sets, or to sentences about what is wrong in it. Nothing in it is ever run. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import process from 'node:process';
import { isTooDeep, parseJson } from '../text/json.js';
import { withoutBom } from '../text/without-bom.js';
import { type ConfigFault, findFaults } from './check.js';
import { isPackageFile, stageKeyOf } from './find.js';
import type { ConfigProblem, EntryValues, LiveEntry, Settings, SettingValues, StageEntry } from './settings.js';

/** What a file sets. */
export interface ConfigFile {
  readonly values: Partial<Omit<SettingValues, 'config' | 'stages'>> & {
    readonly stages: ReadonlyMap<string, StageEntry>;
  };
  readonly notices: Settings['notices'];
}

export type FileAnswer = ConfigFile | { readonly problems: readonly ConfigProblem[] };

export interface FileRequest {
  /** Absolute. */
  readonly file: string;
  /** Sentences name files as seen from here. */
  readonly cwd: string;
  readonly reservedNames: ReadonlySet<string>;
  /** Whether it was found rather than named by the user. */
  readonly isFound: boolean;
}

/** Something wrong, in a sentence, perhaps with its line. */
interface LineFault {
  readonly at: readonly string[];
  readonly line?: number;
  readonly message: string;
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

const maxSize = 1024 * 1024;

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
    const bytes = Buffer.alloc(maxSize + 1);
    let size = 0;
    for (let count = 1; count > 0 && size < bytes.length; size += count)
      count = readSync(fd, bytes, size, bytes.length - size, null);
    if (size > maxSize) throw unreadable('it is larger than 1 MB');
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

/** Finds the line of each fault: that of its member, or of the nearest thing around it that has one. */
const withLines = async (faults: readonly LineFault[], text: string): Promise<readonly LineFault[]> => {
  const { isMap, isScalar, LineCounter, parseDocument } = await import('yaml');
  const lineCounter = new LineCounter();
  // YAML is near enough to JSON to find the lines of both.
  const { contents } = parseDocument(text, { lineCounter, uniqueKeys: false, merge: true, logLevel: 'silent' });
  const lineOf = (at: readonly string[]): number => {
    let [start, value]: readonly unknown[] = [contents, contents];
    for (const key of at) {
      const pair = isMap(value)
        ? value.items.find((item) => String(isScalar(item.key) ? item.key.value : item.key) === key)
        : undefined;
      if (pair === undefined) break;
      [start, value] = [pair.key, pair.value];
    }
    const { range } = (start ?? {}) as { range?: readonly number[] };
    return Math.max(1, lineCounter.linePos(range?.[0] ?? 0).line);
  };
  return faults.map((fault) => ({ ...fault, line: lineOf(fault.at) })).sort((left, right) => left.line - right.line);
};

/** `stages.prod.file`; a key that would blur that is quoted. */
const pathText = (at: readonly string[]): string =>
  at.map((key, index) => (/^[\w$-]+$/.test(key) ? `${index ? '.' : ''}${key}` : `[${JSON.stringify(key)}]`)).join('');

const toProblem =
  (request: FileRequest) =>
  ({ at, line, message }: LineFault): ConfigProblem => ({
    from: 'config',
    message: [`${shown(request)}${line === undefined ? '' : `:${line}`}`, pathText(at), message]
      .filter((part) => part !== '')
      .join(': '),
  });

const mostTold = 20;

const problemsOf = async (faults: readonly ConfigFault[], text: string, request: FileRequest) => {
  const above = isPackageFile(request.file) ? ['stage'] : [];
  const told = await withLines(
    faults.slice(0, mostTold).map(({ at, message }) => ({ at: [...above, ...at], message: message() })),
    text,
  );
  const left = faults.length - told.length;
  return [...told, ...(left > 0 ? [{ at: [], message: `${left} more problems` }] : [])].map(toProblem(request));
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
    if (faults.length > 0) return { problems: await problemsOf(faults, text, request) };
    return { values: valuesOf(contents, request.file), notices };
  } catch (error) {
    if (error instanceof Unreadable) return { problems: [toProblem(request)(error.fault)] };
    throw error;
  }
};
