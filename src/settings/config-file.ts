/** Reads a configuration file: returns its settings, or its problems. Nothing in the file is ever run. */
import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import process from 'node:process';
import { isTooDeep, parseJson, withoutBom } from '../text/json.js';
import type { TextPlace } from '../text/locate.js';
import { memberPath } from '../text/printable.js';
import { type Fault, findFaults, withFaultPlaces } from './check.js';
import { isPackageFile, stageKeyOf } from './find.js';
import type { ConfigProblem, FileEntry, LiveEntry, Settings } from './settings.js';

type EntryValues = Partial<FileEntry & LiveEntry> & { readonly protected?: boolean };

/** The settings of a file, or its problems. */
interface ConfigFile extends Pick<Settings, 'stages' | 'notices'> {
  /** Valid according to `settingRows`. */
  readonly values: { readonly [setting: string]: unknown };
  readonly problems: readonly ConfigProblem[];
}

export const noConfigFile: ConfigFile = { values: {}, stages: new Map(), notices: [], problems: [] };

/** Thrown if the contents are wrong or cannot be checked; caught in this file. */
class Unreadable {
  constructor(readonly faults: readonly Fault[]) {}
}

const unreadable = (reason: string): Unreadable =>
  new Unreadable([{ at: [], message: `cannot read this configuration: ${reason}` }]);

const reasons: { readonly [code: string]: string } = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read',
  ERR_INVALID_ARG_VALUE: 'its path has a null character in it',
};

/** Refuses a file found by searching if others could have written it: it sets the stage to edit and the profile. */
const distrust = ({ uid, mode }: Stats, name: string): Settings['notices'] => {
  const me = process.geteuid?.();
  if (me === undefined) return [];
  if ((mode & 0o022) !== 0)
    throw unreadable(`other users can write to it; run chmod go-w ${name}, or name it with --config`);
  if (uid === me || uid === 0) return [];
  if (me === 0) return [{ code: 'config-owner', message: `${name} belongs to another user (uid ${uid}).` }];
  throw unreadable(`it belongs to another user (uid ${uid}); run chown on it, or name it with --config`);
};

/**
 * Uses only cosmiconfig's YAML loader: cosmiconfig's explorers look for its own settings in the working directory
 * (`.config/config.js`, a key in package.json) and run them.
 */
const parseYaml = async (text: string): Promise<unknown> => {
  const { defaultLoadersSync } = await import('cosmiconfig');
  try {
    return defaultLoadersSync['.yaml']('', text);
  } catch (error) {
    const { reason = 'it is nested too deeply', mark } = error as { reason?: string; mark?: TextPlace };
    const place = mark && { line: mark.line + 1, column: mark.column + 1 };
    throw new Unreadable([{ at: [], message: `this is not YAML: ${reason}`, ...(place && { place }) }]);
  }
};

const parse = async (text: string, file: string): Promise<unknown> => {
  const isJson = /\.json$/i.test(file);
  if (isJson && text.trim() === '') return null;
  // YAML that starts with a brace is usually JSON, which parses faster.
  const value = isJson || text.trimStart().startsWith('{') ? parseJson(text) : undefined;
  if (value !== undefined) return value;
  if (!isJson) return parseYaml(text);
  const { jsonProblem } = await import('../text/json-problem.js');
  const { line = 1, column = 1, reason = 'this is not JSON' } = jsonProblem(text) ?? {};
  throw new Unreadable([{ at: [], message: `broken JSON: ${reason}`, place: { line, column } }]);
};

/** Reads a file given by absolute path; messages name it relative to `cwd`. Refuses program files unread. */
export const readConfigFile = async (
  file: string,
  cwd: string,
  reservedNames: Iterable<string>,
  isFound: boolean,
): Promise<ConfigFile> => {
  const path = relative(cwd, file);
  const name = path === '' || path.startsWith('..') || isAbsolute(path) ? file : path;
  let fd: number | undefined;
  try {
    if (/\.[cm]?[jt]sx?$/i.test(file)) throw unreadable('programs are never run for one, expected JSON or YAML');
    // Non-blocking: opening a pipe without a writer would hang.
    fd = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw unreadable(stats.isDirectory() ? 'it is a folder' : 'it is not a regular file');
    if (stats.size > 1024 * 1024) throw unreadable('it is larger than 1 MB');
    const notices = isFound ? distrust(stats, name) : [];
    const text = withoutBom(readFileSync(fd, 'utf8'));
    const value = await parse(text, file);
    if (isTooDeep(value)) throw unreadable('it is nested too deeply');
    const above = isPackageFile(file) ? ['stage'] : [];
    const contents = isPackageFile(file) ? stageKeyOf(value) : value;
    if (contents === undefined && isPackageFile(file)) throw unreadable('it has no key stage');
    const faults = findFaults(contents, new Set(reservedNames));
    if (faults.length > 0) throw new Unreadable(await withFaultPlaces(faults, text, above));
    // The table's rows have checked every member.
    const { stages = {}, ...values } = (contents ?? {}) as { stages?: { [name: string]: EntryValues } };
    const entries = Object.entries(stages).map(([name, { file: inner, protected: isProtected = false, ...live }]) => {
      const place = inner === undefined ? (live as LiveEntry) : { file: resolve(dirname(file), inner) };
      return [name, { name, protected: isProtected, ...place }] as const;
    });
    return { values, stages: new Map(entries), notices, problems: [] };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const told = code === undefined ? error : unreadable(reasons[code] ?? `reading it failed with ${code}`);
    if (!(told instanceof Unreadable)) throw error;
    const problems = told.faults.map(({ at, place, message }): ConfigProblem => {
      const parts = [place ? `${name}:${place.line}` : name, memberPath(at), message];
      return { from: 'config', ...place, message: parts.filter((part) => part !== '').join(': ') };
    });
    return { ...noConfigFile, problems };
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
};
