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
  const cells = table.map((row) =>
    row.map((cell) => ({ text: printable(cellText(cell)), isQuiet: typeof cell !== 'string' })),
  );
  const widths = cells[0]?.map((_, at) => longest(cells.map((row) => row[at]?.text ?? ''))) ?? [];
  const total = (cap: number): number => widths.reduce((sum, each) => sum + Math.min(each, cap) + 2, indent.length);
  let cap = Math.max(smallestColumn, ...widths);
  while (cap > smallestColumn && total(cap) > width) cap -= 1;
  const padded = widths.map((each, at) => (at === widths.length - 1 ? 0 : Math.min(each, cap)));
  const shown = ({ text, isQuiet }: (typeof cells)[number][number], at: number): string => {
    const cell = cutMiddle(text, cap).padEnd(padded[at] ?? 0);
    return isQuiet ? paint.quiet(cell) : cell;
  };
  return cells.map((row) => `${indent}${row.map(shown).join('  ').trimEnd()}\n`).join('');
};

/** Rows for programs: no header, tabs between cells. */
export const tableData = ([_header, ...rows]: Table): string =>
  rows.map((row) => `${row.map((cell) => printable(cellText(cell))).join('\t')}\n`).join('');
