/** What is wrong with the contents of a configuration file. Pure. */
import { nearestWord } from '../text/spelling.js';
import { describe, isMembers, type Members, refusal } from './kind.js';
import { type EntryRow, entryRows, settingRows } from './settings.js';

/** Something wrong, at the keys that lead there. */
export interface ConfigFault {
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

const memberFaults = (values: Members, rows: Rows, at: ConfigFault['at']): readonly ConfigFault[] =>
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
  { pattern: /\.json$/i, as: 'a file', isTarget: true },
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
  if (!isMembers(entry))
    return [{ at, message: () => `expected file or restApiId and stageName, got ${describe(entry)}` }];
  const rule = entryRules.find(({ broken }) => broken((key) => Object.hasOwn(entry, key)));
  return [...(rule ? [{ at, message: () => rule.message }] : []), ...memberFaults(entry, entryRows, at)];
};

const stageFaults = (stages: Members, reservedNames: ReadonlySet<string>): readonly ConfigFault[] =>
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

const memberOf = (values: Members, key: string): unknown => (Object.hasOwn(values, key) ? values[key] : undefined);

/** Everything that is wrong with the contents of a configuration file; undefined and null, an empty file, are right. */
export const findFaults = (contents: unknown, reservedNames: ReadonlySet<string>): readonly ConfigFault[] => {
  if (contents === undefined || contents === null) return [];
  if (!isMembers(contents)) return [{ at: [], message: () => `expected keys with values, got ${describe(contents)}` }];
  const stages = memberOf(contents, 'stages');
  const named = isMembers(stages) ? stages : {};
  const byDefault = memberOf(contents, 'default');
  return [
    ...memberFaults(contents, fileRows, []),
    ...stageFaults(named, reservedNames),
    ...(settingRows.default.kind.fits(byDefault) ? defaultFaults(byDefault, Object.keys(named)) : []),
  ];
};
