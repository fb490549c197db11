/** Rows in columns, on a terminal that may be narrow. */
import { cutMiddle } from '../text/cut-middle.js';
import type { Paint } from './human.js';

export interface Cell {
  readonly text: string;
  /** It is what is usual, so it is dimmed. */
  readonly isUsual?: boolean;
}

export interface ColumnOptions {
  readonly paint: Paint;
  /** Of the terminal; undefined where nothing is cut. */
  readonly width?: number;
}

const narrowest = 8;

/** The width that no column may have more than, so that all fit. */
const capFor = (widths: readonly number[], width = Number.POSITIVE_INFINITY): number => {
  const room = width - 2 * widths.length;
  let cap = Math.max(narrowest, ...widths);
  while (cap > narrowest && widths.reduce((sum, each) => sum + Math.min(each, cap), 0) > room) cap -= 1;
  return cap;
};

/** Lines of columns that are as wide as their longest cell. Where they do not fit, the widest are cut in the middle. */
export const columnLines = (rows: readonly (readonly Cell[])[], { paint, width }: ColumnOptions): readonly string[] => {
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((cells) => cells[at]?.text.length ?? 0))) ?? [];
  const cap = capFor(widths, width);
  return rows.map((cells) => {
    const texts = cells.map(({ text, isUsual = false }, at) => {
      const cut = cutMiddle(text, cap);
      const padded = at === cells.length - 1 ? cut : cut.padEnd(Math.min(widths[at] ?? 0, cap));
      return isUsual ? paint.quiet(padded) : padded;
    });
    return `  ${texts.join('  ')}`;
  });
};
