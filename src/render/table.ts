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

/** Aligns columns to their longest cell. To fit, cells are cut in the middle, those of the first column last. */
export const tableText = (table: Table, { paint, width }: Omit<Look, 'isSecret'>, indent = ''): string => {
  const cells = table.map((row) =>
    row.map((cell) => ({ text: printable(cellText(cell)), isQuiet: typeof cell !== 'string' })),
  );
  const columns = cells[0]?.map((_, at) => longest(cells.map((row) => row[at]?.text ?? ''))) ?? [];
  const [first = 0, ...others] = columns;
  const left = (cap: number): number =>
    others.reduce((rest, each) => rest - Math.min(each, cap) - 2, width - indent.length);
  let cap = Math.max(smallestColumn, ...others);
  while (cap > smallestColumn && left(cap) < first) cap -= 1;
  const widths = columns.map((each, at) => Math.min(each, at === 0 ? Math.max(smallestColumn, left(cap)) : cap));
  const shown = ({ text, isQuiet }: (typeof cells)[number][number], at: number): string => {
    const most = widths[at] ?? 0;
    const cell = cutMiddle(text, most).padEnd(at === widths.length - 1 ? 0 : most);
    return isQuiet ? paint.quiet(cell) : cell;
  };
  return cells.map((row) => `${indent}${row.map(shown).join('  ').trimEnd()}\n`).join('');
};

/** Rows for programs: no header, tabs between cells. */
export const tableData = ([_header, ...rows]: Table): string =>
  rows.map((row) => `${row.map((cell) => printable(cellText(cell))).join('\t')}\n`).join('');
