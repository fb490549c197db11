/** Renders pull request comments. */

import { type Comparison, isEditable } from '../stage/comparison.js';
import type { Notice } from '../stage/plan.js';
import { changesOf, type StageResult } from '../stage/result.js';
import { printable } from '../text/printable.js';
import { conclusion, namesIn, shown } from './human.js';
import { type IsSecret, maskLeaf } from './redact.js';
import { cellText, type Table } from './table.js';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '@': '&#64;',
  '#': '&#35;',
};

/** Escapes text for a line or a cell, so that it cannot format anything or mention anyone. */
const markdownText = (text: string): string =>
  printable(text)
    .replace(/[&<>@#]/g, (character) => escapes[character] ?? character)
    .replace(/[\\`*_{}[\]()|~!]/g, '\\$&');

export const markdownTable = (table: Table): string => {
  const [header = [], ...rows] = table.map((row) => row.map(cellText).map(markdownText));
  return [header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
};

/** A comment with a title, tables with a header each, sentences, and notices. Omits tables without rows. */
export const markdownComment = (
  title: string,
  tables: readonly Table[],
  notices: readonly Notice[],
  sentences: readonly string[] = [],
): string => {
  const parts = [
    `### ${markdownText(title)}`,
    ...tables.filter(({ length }) => length > 1).map(markdownTable),
    ...sentences.map(markdownText),
    ...new Set(notices.map(({ message }) => `> ${markdownText(message)}`)),
  ];
  return `${parts.join('\n\n')}\n`;
};

/** Changes, one row each. `labels` are the headers of the before and after columns. */
export const changesTable = (
  compared: Pick<Comparison, 'before' | 'after' | 'changes'>,
  labels: readonly [before: string, after: string],
  isSecret: IsSecret,
): Table => {
  const nameIn = namesIn(compared);
  const rows = compared.changes.map((change) => [
    `${nameIn(change.place)}${isEditable(change) ? '' : ' (not editable)'}`,
    ...[change.before, change.after].map((leaf) => shown(maskLeaf(change.place, leaf, isSecret))),
  ]);
  return [['Property', ...labels], ...rows];
};

/** An edit or a dry run. */
export const markdownResult = (result: StageResult, isSecret: IsSecret): string => {
  const changes = changesOf(result);
  const table = changesTable({ ...result, changes }, ['Before', 'After'], isSecret);
  return markdownComment(result.label, [table], result.notices, [conclusion(result, changes)]);
};
