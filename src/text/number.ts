/** Parses numbers as people write them. */

/** Parses a number of at least `least`, described by `hint`, or returns what was expected and what was given. */
export const numberFrom =
  (least: number, hint = `a number from ${least}`) =>
  (text: string): number | string =>
    /^\d+(\.\d+)?$/.test(text) && Number(text) >= least ? Number(text) : `expected ${hint}, got ${text}`;

/** Parses a whole number in the same way. */
export const wholeFrom =
  (least: number, most = 999_999, hint = 'a whole number') =>
  (text: string): number | string =>
    /^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most
      ? Number(text)
      : `expected ${hint} from ${least} to ${most}, got ${text}`;
