import type { Leaf } from '../stage/codec.js';
import type { Change } from '../stage/diff.js';
import { methodNamesIn, readableName } from '../stage/method.js';
import { coveredBy, findPlace, methodEntry, type Place, readPlace } from '../stage/place.js';
import { everyMethod } from '../stage/properties.js';
import { changesOf, makesCall, operationsOf, type StageResult } from '../stage/result.js';
import { printable } from '../text/printable.js';
import { type IsSecret, maskLeaf } from './redact.js';

/** The colours of a report. */
const colours = {
  added: 'green',
  removed: 'red',
  changed: 'yellow',
  quiet: 'dim',
  warning: 'yellow',
  error: 'red',
} as const;

type Part = keyof typeof colours;
export type Paint = Readonly<Record<Part, (text: string) => string>>;

const paintBy = (paintOf: (part: Part) => (text: string) => string): Paint =>
  Object.fromEntries(Object.keys(colours).map((part) => [part, paintOf(part as Part)])) as Paint;

export const noPaint = paintBy(() => (text) => text);

/** Loads chalk. The caller has decided to use colour, so chalk does not check the terminal. */
export const loadPaint = async (): Promise<Paint> => {
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  return paintBy((part) => chalk[colours[part]]);
};

/** The look of a report. */
export interface Look {
  readonly isSecret: IsSecret;
  readonly paint: Paint;
  /** The width of the terminal in characters; infinite if nothing is cut. */
  readonly width: number;
}

export interface RenderOptions extends Look {
  /** Printed after the target's name: ` (the default of .stagerc)`. */
  readonly from?: string;
  /** Whether it is a plan to save, with tests of the values that it overwrites. */
  readonly keepsPlan?: boolean;
  /** Whether the changes were already shown, so that only the last line is printed. */
  readonly isShown?: boolean;
}

/** The parts of a result that a report needs. */
export type Reported = Pick<StageResult, 'before' | 'after' | 'own' | 'calls'>;

/** A value in a report. */
export const shown = (leaf: Leaf | null | undefined): string => {
  const text = printable(String(leaf ?? '–'));
  return text === '' || /^\s|\s$/.test(text) ? JSON.stringify(text) : text;
};

/** The name of the property at a patch path; the path itself if there is none. */
export const nameAt = (path: string): string => {
  const place = findPlace(path);
  return place ? readableName(place) : path;
};

/** Returns a function that names changed places. */
export const namesIn = ({ before, after }: Pick<StageResult, 'before' | 'after'>): ((place: Place) => string) => {
  const methodName = methodNamesIn(before, after);
  return (place) => readableName(place, methodName);
};

/** A change as one line; `cut` shortens values. */
export const changeLine = (
  { place, before, after }: Change,
  name: string,
  isSecret: IsSecret,
  paint: Paint,
  cut = (text: string): string => text,
): string => {
  const show = (leaf: Leaf): string => cut(shown(maskLeaf(place, leaf, isSecret)));
  const label = printable(name);
  if (before === undefined) return paint.added(`+ ${label}: ${after === undefined ? '' : show(after)}`);
  if (after === undefined) return paint.removed(`- ${label}: ${show(before)}`);
  return paint.changed(`~ ${label}: ${show(before)} → ${show(after)}`);
};

/** Groups changes by method; other changes have an empty key. */
const byMethod = (changes: readonly Change[]): ReadonlyMap<string, readonly Change[]> => {
  const methodOf = ({ place: { property, key } }: Change) => (property.group === 'methodSettings' ? key : '');
  const groups = new Map(changes.map((change) => [methodOf(change), [] as Change[]]));
  for (const change of changes) groups.get(methodOf(change))?.push(change);
  return groups;
};

/** The changes of an edit, one property per line. Settings of a method are kept together. */
export const changeLines = (result: Reported, isSecret: IsSecret, paint: Paint): readonly string[] => {
  const isAskedFor = coveredBy(operationsOf(result).flatMap(({ path }) => findPlace(String(path)) ?? []));
  const nameIn = namesIn(result);
  const { [everyMethod]: start } = result.before.methodSettings ?? {};
  return [...byMethod(changesOf(result))].flatMap(([key, group]) => {
    const entry = { property: methodEntry, key };
    const isNew = key !== '' && readPlace(result.before, entry) === undefined;
    const asked = isNew ? group.filter(({ place }) => isAskedFor(place)) : group;
    const origin = key !== everyMethod && start ? `copied from ${everyMethod}` : 'defaults';
    const head = paint.added(`+ ${printable(nameIn(entry))} (new entry, ${origin})`);
    const lines = asked.map((change) => changeLine(change, nameIn(change.place), isSecret, paint));
    return [...(asked.length < group.length ? [head] : []), ...lines].map((line) => `  ${line}`);
  });
};

/** The last line of a report: what was done. */
export const conclusion = (result: StageResult, { length }: readonly unknown[], from = ''): string => {
  const label = printable(result.label);
  if (makesCall(result, 'FlushStageCache'))
    return result.isDryRun ? `dry run: the cache of ${label} was not flushed` : `flushed the cache of ${label}`;
  const isSent = result.whereabouts !== undefined && operationsOf(result).length > 0;
  if (length > 0 && result.isDryRun) return 'dry run: nothing was changed';
  if (makesCall(result, 'CreateStage')) return `created ${label}`;
  if (length > 0) return `updated ${label}: ${length} ${length === 1 ? 'change' : 'changes'}`;
  if (!isSent) return `${label}${from}: nothing to change`;
  return result.isDryRun ? `${label}: would be sent; no change expected` : `${label}: sent; nothing changed`;
};

/** The text report: the stage, each property's value before → after, and what was done. */
export const human = (result: StageResult, { isSecret, paint, from, isShown }: RenderOptions): string => {
  const lines = changeLines(result, isSecret, paint);
  const head = lines.length === 0 || isShown ? [] : [`${printable(result.label)}${from ?? ''}`, ...lines];
  return [...head, paint.quiet(conclusion(result, lines, from))].map((line) => `${line}\n`).join('');
};
