/** Finds faults in the contents of a configuration file, with their places. */
import type { TextPlace } from '../text/locate.js';
import { nearestWord } from '../text/spelling.js';
import { stageFileName } from '../text/stage-file-name.js';
import { type Check, describe, entryRows, isMapping, settingRows } from './settings.js';

/** A fault and the keys that lead to it. */
export interface Fault {
  readonly at: readonly string[];
  readonly message: string;
  readonly place?: TextPlace;
}

type Rows = { readonly [key: string]: { readonly check: Check } };

const { config: _, ...fileRows } = settingRows;

const unknownKey = (key: string, rows: Rows): string => {
  const meant = nearestWord(key, Object.keys(rows));
  return meant ? `unknown key; did you mean ${meant}?` : `unknown key, expected one of ${Object.keys(rows).join(', ')}`;
};

const faultsAt = (at: readonly string[], ...messages: readonly (string | undefined)[]): readonly Fault[] =>
  messages.flatMap((message) => (message === undefined ? [] : [{ at, message }]));

const memberFaults = (values: object, rows: Rows, at: readonly string[]): readonly Fault[] =>
  Object.entries(values).flatMap(([key, value]) => {
    const row = Object.hasOwn(rows, key) ? rows[key] : undefined;
    return faultsAt([...at, key], row ? row.check(value) : unknownKey(key, rows));
  });

/** Whether a word is read as a target before it is looked up as a stage name. */
const isTarget = (word: string): boolean => /^-$|^[.~]|[/\\:]/.test(word) || stageFileName.test(word);

const nameFault = (name: string, reservedNames: ReadonlySet<string>): string | undefined => {
  if (name === '') return 'a stage needs a name';
  const isTaken = isTarget(name) || /^-|=/.test(name) || reservedNames.has(name.split('.', 1)[0] ?? '');
  return isTaken ? 'this would be read as a property, an option or a target; call the stage something else' : undefined;
};

const liveKeys = Object.keys(entryRows).filter((key) => key !== 'file' && key !== 'protected');

/** A fault of an entry as a whole. */
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
    const members = isMapping(entry) ? memberFaults(entry, entryRows, at) : [];
    return [...faultsAt(at, nameFault(name, reservedNames), entryFault(entry)), ...members];
  });

const defaultFault = (value: unknown, names: readonly string[]): string | undefined => {
  if (typeof value !== 'string' || settingRows.default.check(value) !== undefined) return undefined;
  if (names.includes(value) || isTarget(value)) return undefined;
  const meant = nearestWord(value, names);
  const advice = meant ? `did you mean ${meant}?` : 'expected a name in stages, a stage file, or API/STAGE';
  return `no stage is called ${JSON.stringify(value)}; ${advice}`;
};

/** All faults in the contents of a configuration file. An empty file (undefined or null) is valid. */
export const findFaults = (contents: unknown, reservedNames: ReadonlySet<string>): readonly Fault[] => {
  if (contents === undefined || contents === null) return [];
  if (!isMapping(contents)) return faultsAt([], `expected keys with values, got ${describe(contents)}`);
  const stages = isMapping(contents['stages']) ? contents['stages'] : {};
  return [
    ...memberFaults(contents, fileRows, []),
    ...stageFaults(stages, reservedNames),
    ...faultsAt(['default'], defaultFault(contents['default'], Object.keys(stages))),
  ];
};

/** The first 20 faults with their places, and the number of others. `above` are the keys that lead to the contents. */
export const withFaultPlaces = async (faults: readonly Fault[], text: string, above: readonly string[]) => {
  const locate = (await import('../text/locate.js')).locatorOf(text);
  const told = faults.slice(0, 20).map(({ at: inner, message }) => {
    const at = [...above, ...inner];
    return { at, message, place: locate(at) };
  });
  const left = faults.length - told.length;
  const more = left > 0 ? `${left} more problems` : undefined;
  return [...told.sort((one, other) => one.place.line - other.place.line), ...faultsAt([], more)];
};
