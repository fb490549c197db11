/** One configuration file, from its path to what it sets, or to sentences about what is wrong in it. */
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { findJsonFault } from '../text/json-fault.js';
import { type ConfigFault, findFaults } from './check.js';
import { isPackageFile } from './find.js';
import { type Contents, loadConfigFile } from './load-config-file.js';
import type { ConfigProblem, EntryValues, LiveEntry, SettingValues, StageEntry } from './settings.js';

/** What a file sets. */
export type FileValues = Partial<Omit<SettingValues, 'config' | 'stages'>> & {
  readonly stages: ReadonlyMap<string, StageEntry>;
};

export type FileAnswer = FileValues | { readonly problems: readonly ConfigProblem[] };

export interface FileRequest {
  /** Absolute. */
  readonly file: string;
  /** Sentences name files as seen from here. */
  readonly cwd: string;
  readonly reservedNames: ReadonlySet<string>;
}

interface LineFault extends ConfigFault {
  readonly line?: number;
}

const isProgram = (file: string): boolean => /\.[cm]?[jt]sx?$/i.test(file);

const shown = ({ file, cwd }: FileRequest): string => {
  const path = relative(cwd, file);
  return path === '' || path.startsWith('..') || isAbsolute(path) ? file : path;
};

/** `stages.prod.file`; a key that would blur that is quoted. */
const pathText = (at: ConfigFault['at']): string =>
  at.map((key, index) => (/^[\w$-]+$/.test(key) ? `${index ? '.' : ''}${key}` : `[${JSON.stringify(key)}]`)).join('');

const toProblem =
  (request: FileRequest) =>
  ({ at, line, message }: LineFault): ConfigProblem => ({
    from: 'config',
    file: request.file,
    ...(line === undefined ? {} : { line }),
    message: [`${shown(request)}${line === undefined ? '' : `:${line}`}`, pathText(at), message]
      .filter((part) => part !== '')
      .join(': '),
  });

const withLines = async (faults: readonly ConfigFault[], text: string): Promise<readonly LineFault[]> => {
  const { makeLineFinder } = await import('./lines.js');
  const lineOf = makeLineFinder(text);
  const located = faults.map((fault) => ({ ...fault, line: lineOf(fault.at) }));
  return located.sort((left, right) => left.line - right.line);
};

const jsonFault = (text: string): LineFault => {
  const fault = findJsonFault(text);
  if (fault === undefined) return { at: [], message: 'this is not JSON' };
  return { at: [], line: fault.line, message: `this is not JSON: expected ${fault.expected}, came ${fault.came}` };
};

const repeatedKeys = async (text: string, above: ConfigFault['at']): Promise<readonly LineFault[]> => {
  const { findRepeatedKeys } = await import('./lines.js');
  return findRepeatedKeys(text)
    .filter(({ at }) => above.every((key, index) => at[index] === key))
    .map(({ at, line }) => ({ at, line, message: 'this key is here twice' }));
};

const faultsOf = async (contents: Contents, request: FileRequest): Promise<readonly LineFault[]> => {
  if ('unreadable' in contents) return [{ at: [], message: `cannot read this configuration: ${contents.unreadable}` }];
  if ('notJson' in contents) return [jsonFault(contents.text)];
  if ('notYaml' in contents) return [{ at: [], ...contents, message: `this is not YAML: ${contents.notYaml}` }];
  const above = isPackageFile(request.file) ? ['stage'] : [];
  const faults = findFaults(contents.value, request.reservedNames).map(({ at, message }) => ({
    at: [...above, ...at],
    message,
  }));
  return [
    ...(contents.repeatsKeys ? await repeatedKeys(contents.text, above) : []),
    ...(faults.length > 0 ? await withLines(faults, contents.text) : []),
  ];
};

// The parsers that find lines go down a file as deep as it is nested, and the stack ends somewhere.
const tooDeep = (error: unknown): readonly LineFault[] => {
  if (!(error instanceof RangeError)) throw error;
  return [{ at: [], message: 'cannot read this configuration: it is nested too deeply' }];
};

const entryOf = (name: string, values: EntryValues, folder: string): StageEntry => {
  const { file, protected: isProtected = false, ...live } = values;
  return file === undefined
    ? { name, protected: isProtected, ...(live as LiveEntry) }
    : { name, protected: isProtected, file: resolve(folder, file) };
};

// No fault was found: the rows of the table have seen every member.
const valuesOf = (value: unknown, file: string): FileValues => {
  const { stages = {}, ...others } = (value ?? {}) as Partial<SettingValues>;
  const entries = Object.entries(stages).map(([name, entry]) => [name, entryOf(name, entry, dirname(file))] as const);
  return { ...others, stages: new Map(entries) };
};

/** What a configuration file sets, or all that is wrong in it. Files of programs are refused unread. */
export const readConfigFile = async (request: FileRequest): Promise<FileAnswer> => {
  const contents: Contents = isProgram(request.file)
    ? { unreadable: 'programs are never run for one, expected JSON or YAML' }
    : await loadConfigFile(request.file);
  const faults = await faultsOf(contents, request).catch(tooDeep);
  return faults.length > 0 || !('value' in contents)
    ? { problems: faults.map(toProblem(request)) }
    : valuesOf(contents.value, request.file);
};
