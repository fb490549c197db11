import { cutMiddle } from '../text/cut-middle.js';
import { noPaint, type Paint } from './human.js';

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

/** Lines of columns that are as wide as their longest cell. Where they do not fit, the widest are cut in the middle. */
export const columnLines = (
  rows: readonly (readonly Cell[])[],
  { paint, width = Number.POSITIVE_INFINITY }: ColumnOptions = { paint: noPaint },
): readonly string[] => {
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((cells) => cells[at]?.text.length ?? 0))) ?? [];
  const total = (cap: number): number => widths.reduce((sum, each) => sum + Math.min(each, cap) + 2, 0);
  let cap = Math.max(8, ...widths);
  while (cap > 8 && total(cap) > width) cap -= 1;
  return rows.map((cells) => {
    const texts = cells.map(({ text, isUsual }, at) => {
      const padded = cutMiddle(text, cap).padEnd(at === cells.length - 1 ? 0 : Math.min(widths[at] ?? 0, cap));
      return isUsual ? paint.quiet(padded) : padded;
    });
    return texts.join('  ').trimEnd();
  });
};
