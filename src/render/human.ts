import type { Change } from '../stage/changes.js';
import type { Leaf } from '../stage/codec.js';
import { methodNamesIn, readableName } from '../stage/method.js';
import { changesOf, type StageResult } from '../stage/result.js';
import { printable } from '../text/printable.js';
import { type IsSecret, isSecretPlace, mask } from './redact.js';

/** How parts of a report are coloured. */
export interface Paint {
  readonly added: (text: string) => string;
  readonly removed: (text: string) => string;
  readonly changed: (text: string) => string;
  readonly quiet: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly error: (text: string) => string;
}

const plainly = (text: string): string => text;

export const noPaint: Paint = {
  added: plainly,
  removed: plainly,
  changed: plainly,
  quiet: plainly,
  warning: plainly,
  error: plainly,
};

/** Colours, at the price of loading chalk. */
export const loadPaint = async (): Promise<Paint> => {
  const { Chalk } = await import('chalk');
  // Whether colour is wanted is decided elsewhere, so chalk need not look at the terminal.
  const chalk = new Chalk({ level: 1 });
  return {
    added: chalk.green,
    removed: chalk.red,
    changed: chalk.yellow,
    quiet: chalk.dim,
    warning: chalk.yellow,
    error: chalk.red,
  };
};

const shown = (leaf: Leaf): string => {
  const text = printable(String(leaf));
  return text === '' || /^\s|\s$/.test(text) ? JSON.stringify(text) : text;
};

const changeLine = ({ place, before, after }: Change, name: string, isSecret: IsSecret, paint: Paint): string => {
  const show = (leaf: Leaf): string => (isSecretPlace(place, isSecret) ? mask : shown(leaf));
  const label = printable(name);
  if (before === undefined) return paint.added(`+ ${label}: ${after === undefined ? '' : show(after)}`);
  if (after === undefined) return paint.removed(`- ${label}: ${show(before)}`);
  return paint.changed(`~ ${label}: ${show(before)} → ${show(after)}`);
};

/** The settings of one method together: the table has them field by field. */
const byMethod = (changes: readonly Change[]): readonly Change[] => {
  const entryOf = ({ place: { property, key } }: Change): string => (property.group === 'methodSettings' ? key : '');
  const entries = [...new Set(changes.map(entryOf))];
  return [...changes].sort((a, b) => entries.indexOf(entryOf(a)) - entries.indexOf(entryOf(b)));
};

/** What an edit changes, a property a line. */
export const changeLines = (
  result: Pick<StageResult, 'before' | 'after' | 'own'>,
  isSecret: IsSecret,
  paint: Paint,
): readonly string[] => {
  const methodName = methodNamesIn(result.before, result.after);
  return byMethod(changesOf(result)).map(
    (change) => `  ${changeLine(change, readableName(change.place, methodName), isSecret, paint)}`,
  );
};

/** What is said of an edit that changes nothing. `own` is there where something is sent. */
const idle = ({ own, isDryRun }: StageResult): string => {
  if (own === undefined) return 'nothing to change';
  return isDryRun
    ? 'the edit would be sent, and nothing is foreseen to change'
    : 'the edit was sent, and changed nothing';
};

/** A report for people: what was edited, before → after by property. */
export const human = (result: StageResult, isSecret: IsSecret, paint: Paint, from = ''): string => {
  const lines = changeLines(result, isSecret, paint);
  const label = `${printable(result.label)}${from}`;
  if (lines.length === 0) return `${label}: ${idle(result)}\n`;
  const end = result.isDryRun ? [paint.quiet('dry run: nothing was changed')] : [];
  return `${[label, ...lines, ...end].join('\n')}\n`;
};
