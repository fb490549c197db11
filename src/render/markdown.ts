/** Tables for a comment on a pull request. */

import type { Leaf } from '../stage/codec.js';
import { isEditable } from '../stage/comparison.js';
import type { Change } from '../stage/diff.js';
import { methodNamesIn, readableName } from '../stage/method.js';
import type { Notice } from '../stage/plan.js';
import type { StageResult } from '../stage/result.js';
import { changesOf } from '../stage/result.js';
import { printable } from '../text/printable.js';
import { conclusion } from './human.js';
import { type IsSecret, isSecretPlace, mask } from './redact.js';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '@': '&#64;',
  '#': '&#35;',
};

/** Text from outside as it may stand in a line or a cell: it formats nothing, and mentions no one. */
export const markdownText = (text: string): string =>
  printable(text)
    .replace(/[&<>@#]/g, (character) => escapes[character] ?? character)
    .replace(/[\\`*_{}[\]()|~!]/g, '\\$&');

export const markdownTable = ([header = [], ...rows]: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

export const markdownNotices = (notices: readonly Notice[]): string =>
  [...new Set(notices.map(({ message }) => message))].map((message) => `\n> ${markdownText(message)}\n`).join('');

/** Changes as a table. `names` are the columns of what was and what is. */
export const changesTable = (
  changes: readonly Change[],
  names: readonly [before: string, after: string],
  methodName: (key: string) => string,
  isSecret: IsSecret,
): string => {
  const cell = (change: Change, leaf: Leaf | undefined): string => {
    if (leaf === undefined) return '–';
    const text = isSecretPlace(change.place, isSecret) ? mask : String(leaf);
    return text === '' ? '(empty)' : markdownText(text);
  };
  const rows = changes.map((change) => [
    `${markdownText(readableName(change.place, methodName))}${isEditable(change) ? '' : ' (not editable)'}`,
    cell(change, change.before),
    cell(change, change.after),
  ]);
  return markdownTable([['Property', ...names.map(markdownText)], ...rows]);
};

/** An edit, or a plan of one. */
export const markdownResult = (result: StageResult, isSecret: IsSecret): string => {
  const changes = changesOf(result);
  const methodName = methodNamesIn(result.before, result.after);
  const done = conclusion(
    result,
    changes.map(({ place }) => place.key),
  );
  const table = changesTable(changes, ['Before', 'After'], methodName, isSecret);
  return [
    `### ${markdownText(result.label)}\n`,
    ...(changes.length > 0 ? [`\n${table}\n`] : []),
    `\n${markdownText(done)}\n`,
    markdownNotices(result.notices),
  ].join('');
};
