import { cutMiddle } from '../text/cut-middle.js';
import { longest } from '../text/longest.js';
import { printable } from '../text/printable.js';
import type { Look } from './human.js';

/** An unescaped text; `quiet` is dimmed, for usual values. */
export type Cell = string | { readonly quiet: string };

/** Rows of cells. A header is the first row. */
export type Table = readonly (readonly Cell[])[];

export const cellText = (cell: Cell): string => (typeof cell === 'string' ? cell : cell.quiet);

const smallestColumn = 8;

/** Aligns columns to their longest cell. If they do not fit, cells of the widest columns are cut in the middle. */
export const tableText = (table: Table, { paint, width }: Omit<Look, 'isSecret'>, indent = ''): string => {
  const texts = table.map((row) => row.map((cell) => printable(cellText(cell))));
  const widths = texts[0]?.map((_, at) => longest(texts.map((row) => row[at] ?? ''))) ?? [];
  const total = (cap: number): number => widths.reduce((sum, each) => sum + Math.min(each, cap) + 2, indent.length);
  let cap = Math.max(smallestColumn, ...widths);
  while (cap > smallestColumn && total(cap) > width) cap -= 1;
  const padded = (text: string, at: number): string =>
    cutMiddle(text, cap).padEnd(at === widths.length - 1 ? 0 : Math.min(widths[at] ?? 0, cap));
  const lines = table.map((row, line) =>
    row.map((cell, at) => {
      const text = padded(texts[line]?.[at] ?? '', at);
      return typeof cell === 'string' ? text : paint.quiet(text);
    }),
  );
  return lines.map((cells) => `${indent}${cells.join('  ').trimEnd()}\n`).join('');
};

/** Rows for programs: no header, tabs between cells. */
export const tableData = ([_header, ...rows]: Table): string =>
  rows.map((row) => `${row.map((cell) => printable(cellText(cell))).join('\t')}\n`).join('');
