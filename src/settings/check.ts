/** What is wrong with the contents of a configuration file, and in which line. */
import { nearestWord } from '../text/spelling.js';
import { stageFileName } from '../text/stage-file-name.js';
import { describe, isMapping, type Mapping, refusal } from './kind.js';
import { type ConfigProblem, type EntryRow, entryRows, settingRows } from './settings.js';

/** Something wrong, at the keys that lead there. */
interface ConfigFault {
  readonly at: readonly string[];
  /** Asked for only where it is printed: looking for what a key was meant to be takes time. */
  readonly message: () => string;
}

type Rows = { readonly [key: string]: EntryRow<unknown> };

const fileRows: Rows = Object.fromEntries(Object.entries(settingRows).filter(([, row]) => row.inFile));

const unknownKey = (key: string, rows: Rows): string => {
  if (key === '$import') return 'other files are not imported: write everything into this one';
  const meant = nearestWord(key, Object.keys(rows));
  return meant ? `unknown key; did you mean ${meant}?` : `unknown key, expected one of ${Object.keys(rows).join(', ')}`;
};

const memberFaults = (values: Mapping, rows: Rows, at: ConfigFault['at']): readonly ConfigFault[] =>
  Object.entries(values).flatMap(([key, value]) => {
    const row = Object.hasOwn(rows, key) ? rows[key] : undefined;
    if (row?.kind.fits(value)) return [];
    return [{ at: [...at, key], message: () => (row ? refusal(row.kind, value) : unknownKey(key, rows)) }];
  });

/** What a word on the command line is taken for, before it is looked up as the name of a stage. */
const otherReadings: readonly { readonly pattern: RegExp; readonly as: string; readonly isTarget: boolean }[] = [
  { pattern: /^-./, as: 'an option', isTarget: false },
  { pattern: /^-$/, as: 'the standard input', isTarget: true },
  { pattern: /=/, as: 'a property and its value', isTarget: false },
  { pattern: stageFileName, as: 'a file', isTarget: true },
  { pattern: /^[.~]|[/\\:]/, as: 'a path or an API and its stage', isTarget: true },
];

const readingOf = (word: string) => otherReadings.find(({ pattern }) => pattern.test(word));

const firstPart = (name: string): string => /^[^.]*/.exec(name)?.[0] ?? '';

const nameFault = (name: string, reservedNames: ReadonlySet<string>): string | undefined => {
  if (name === '') return 'a stage needs a name';
  if (reservedNames.has(firstPart(name)))
    return 'this would be read as a property of a stage; call the stage something else';
  const reading = readingOf(name);
  return reading && `this would be read as ${reading.as}; call the stage something else`;
};

const liveKeys = Object.keys(entryRows).filter((key) => key !== 'file' && key !== 'protected');

/** What must hold of an entry as a whole. The first broken rule is reported. */
const entryRules: readonly { broken(has: (key: string) => boolean): boolean; readonly message: string }[] = [
  { broken: (has) => has('file') && has('restApiId'), message: 'expected file or restApiId, got both' },
  { broken: (has) => !has('file') && !has('restApiId'), message: 'expected file or restApiId, got neither' },
  { broken: (has) => has('restApiId') && !has('stageName'), message: 'restApiId needs a stageName too' },
  {
    broken: (has) => has('file') && liveKeys.some(has),
    message: `${liveKeys.join(', ')} belong to a live stage, not to a file`,
  },
];

const entryFaults = (entry: unknown, at: ConfigFault['at']): readonly ConfigFault[] => {
  if (!isMapping(entry))
    return [{ at, message: () => `expected file or restApiId and stageName, got ${describe(entry)}` }];
  const rule = entryRules.find(({ broken }) => broken((key) => Object.hasOwn(entry, key)));
  return [...(rule ? [{ at, message: () => rule.message }] : []), ...memberFaults(entry, entryRows, at)];
};

const stageFaults = (stages: Mapping, reservedNames: ReadonlySet<string>): readonly ConfigFault[] =>
  Object.entries(stages).flatMap(([name, entry]) => {
    const at = ['stages', name];
    const message = nameFault(name, reservedNames);
    return [...(message ? [{ at, message: () => message }] : []), ...entryFaults(entry, at)];
  });

const defaultFaults = (value: string, names: readonly string[]): readonly ConfigFault[] => {
  if (names.includes(value) || readingOf(value)?.isTarget) return [];
  const message = (): string => {
    const meant = nearestWord(value, names);
    const advice = meant ? `did you mean ${meant}?` : 'expected a name in stages, a stage file, or API/STAGE';
    return `no stage is called ${JSON.stringify(value)}; ${advice}`;
  };
  return [{ at: ['default'], message }];
};

const memberOf = (values: Mapping, key: string): unknown => (Object.hasOwn(values, key) ? values[key] : undefined);

/** Everything that is wrong with the contents of a configuration file; undefined and null, an empty file, are right. */
export const findFaults = (contents: unknown, reservedNames: ReadonlySet<string>): readonly ConfigFault[] => {
  if (contents === undefined || contents === null) return [];
  if (!isMapping(contents)) return [{ at: [], message: () => `expected keys with values, got ${describe(contents)}` }];
  const stages = memberOf(contents, 'stages');
  const named = isMapping(stages) ? stages : {};
  const byDefault = memberOf(contents, 'default');
  return [
    ...memberFaults(contents, fileRows, []),
    ...stageFaults(named, reservedNames),
    ...(settingRows.default.kind.fits(byDefault) ? defaultFaults(byDefault, Object.keys(named)) : []),
  ];
};

/** Something wrong, in a sentence, perhaps with its line. */
export interface LineFault {
  readonly at: readonly string[];
  readonly line?: number;
  readonly message: string;
}

/** Finds the line of each fault: that of its member, or of the nearest thing around it that has one. */
const withLines = async (faults: readonly LineFault[], text: string): Promise<readonly LineFault[]> => {
  const { isMap, isScalar, LineCounter, parseDocument } = await import('yaml');
  const lineCounter = new LineCounter();
  // YAML is near enough to JSON to find the lines of both.
  const { contents } = parseDocument(text, { lineCounter, uniqueKeys: false, merge: true, logLevel: 'silent' });
  const lineOf = (at: readonly string[]): number => {
    let [start, value]: readonly unknown[] = [contents, contents];
    for (const key of at) {
      const isIt = (name: unknown): boolean => String(isScalar(name) ? name.value : name) === key;
      const pair = isMap(value) ? value.items.find((item) => isIt(item.key)) : undefined;
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

/** `name` is what messages call the file. */
export const toProblem = (name: string, { at, line, message }: LineFault): ConfigProblem => {
  const place = line === undefined ? name : `${name}:${line}`;
  return { from: 'config', message: [place, pathText(at), message].filter((part) => part !== '').join(': ') };
};

const mostTold = 20;

/** The first faults as sentences, in the order of their lines; `above` are the keys that lead to the contents. */
export const problemsOf = async (
  faults: readonly ConfigFault[],
  text: string,
  { name, above }: { readonly name: string; readonly above: readonly string[] },
): Promise<readonly ConfigProblem[]> => {
  const first = faults.slice(0, mostTold).map(({ at, message }) => ({ at: [...above, ...at], message: message() }));
  const told = await withLines(first, text);
  const left = faults.length - told.length;
  const more = left > 0 ? [{ at: [], message: `${left} more problems` }] : [];
  return [...told, ...more].map((fault) => toProblem(name, fault));
};
