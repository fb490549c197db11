/** What is wrong with the contents of a configuration file, and in which line. */
import { nearestWord } from '../text/spelling.js';
import { type Check, describe, entryRows, isMapping, settingRows } from './settings.js';

/** Something wrong, at the keys that lead there. */
export interface Fault {
  readonly at: readonly string[];
  readonly message: string;
  readonly line?: number;
}

type Rows = { readonly [key: string]: { readonly check: Check } };

const { config: _, ...fileRows } = settingRows;

const unknownKey = (key: string, rows: Rows): string => {
  if (key === '$import') return 'other files are not imported: write everything into this one';
  const meant = nearestWord(key, Object.keys(rows));
  return meant ? `unknown key; did you mean ${meant}?` : `unknown key, expected one of ${Object.keys(rows).join(', ')}`;
};

const memberFaults = (values: object, rows: Rows, at: readonly string[]): readonly Fault[] =>
  Object.entries(values).flatMap(([key, value]) => {
    const row = Object.hasOwn(rows, key) ? rows[key] : undefined;
    const message = row ? row.check(value) : unknownKey(key, rows);
    return message === undefined ? [] : [{ at: [...at, key], message }];
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

const nameFault = (name: string, reservedNames: ReadonlySet<string>): string | undefined => {
  if (name === '') return 'a stage needs a name';
  const isProperty = reservedNames.has(name.split('.', 1)[0] ?? '');
  const taken = isProperty ? 'a property of a stage' : readingOf(name)?.as;
  return taken && `this would be read as ${taken}; call the stage something else`;
};

const liveKeys = Object.keys(entryRows).filter((key) => key !== 'file' && key !== 'protected');

/** What does not hold of an entry as a whole. */
const entryFault = (entry: unknown): string | undefined => {
  if (!isMapping(entry)) return `expected file or restApiId and stageName, got ${describe(entry)}`;
  const has = (key: string): boolean => Object.hasOwn(entry, key);
  if (has('file') === has('restApiId')) return `expected file or restApiId, got ${has('file') ? 'both' : 'neither'}`;
  if (has('restApiId') && !has('stageName')) return 'restApiId needs a stageName too';
  if (has('file') && liveKeys.some(has)) return `${liveKeys.join(', ')} belong to a live stage, not to a file`;
  return undefined;
};

const stageFaults = (stages: object, reservedNames: ReadonlySet<string>): readonly Fault[] =>
  Object.entries(stages).flatMap(([name, entry]) => {
    const at = ['stages', name];
    const whole = [nameFault(name, reservedNames), entryFault(entry)];
    const members = isMapping(entry) ? memberFaults(entry, entryRows, at) : [];
    return [...whole.flatMap((message) => (message === undefined ? [] : [{ at, message }])), ...members];
  });

const defaultFault = (value: unknown, names: readonly string[]): string | undefined => {
  if (typeof value !== 'string' || settingRows.default.check(value) !== undefined) return undefined;
  if (names.includes(value) || readingOf(value)?.isTarget) return undefined;
  const meant = nearestWord(value, names);
  const advice = meant ? `did you mean ${meant}?` : 'expected a name in stages, a stage file, or API/STAGE';
  return `no stage is called ${JSON.stringify(value)}; ${advice}`;
};

/** Everything that is wrong with the contents of a configuration file; undefined and null, an empty file, are right. */
export const findFaults = (contents: unknown, reservedNames: ReadonlySet<string>): readonly Fault[] => {
  if (contents === undefined || contents === null) return [];
  if (!isMapping(contents)) return [{ at: [], message: `expected keys with values, got ${describe(contents)}` }];
  const stages = isMapping(contents['stages']) ? contents['stages'] : {};
  const message = defaultFault(contents['default'], Object.keys(stages));
  return [
    ...memberFaults(contents, fileRows, []),
    ...stageFaults(stages, reservedNames),
    ...(message === undefined ? [] : [{ at: ['default'], message }]),
  ];
};

const mostTold = 20;

/** The first faults with their lines, and how many more there are; `above` are the keys that lead to the contents. */
export const withLines = async (faults: readonly Fault[], text: string, above: readonly string[]) => {
  const { isMap, isScalar, LineCounter, parseDocument } = await import('yaml');
  const lineCounter = new LineCounter();
  // YAML is near enough to JSON to find the lines of both.
  const { contents } = parseDocument(text, { lineCounter, uniqueKeys: false, merge: true, logLevel: 'silent' });
  const lineOf = (at: readonly string[]): number => {
    let [node, start]: [unknown, number] = [contents, contents?.range[0] ?? 0];
    for (const key of at) {
      const pair = isMap(node) && node.items.find(({ key: name }) => isScalar(name) && String(name.value) === key);
      if (!pair) break;
      [node, start] = [pair.value, isScalar(pair.key) ? (pair.key.range?.[0] ?? start) : start];
    }
    return Math.max(1, lineCounter.linePos(start).line);
  };
  const first = faults.slice(0, mostTold).map(({ at, message }) => ({ at: [...above, ...at], message }));
  const told = first.map((fault) => ({ ...fault, line: lineOf(fault.at) }));
  const left = faults.length - told.length;
  const more: readonly Fault[] = left > 0 ? [{ at: [], message: `${left} more problems` }] : [];
  return [...told.sort((one, other) => one.line - other.line), ...more];
};
