/** Numbers as people write them. */

/** Reads a number of at least `least` that `hint` describes; or says what was expected and what was given. */
export const numberFrom =
  (least: number, hint = `a number from ${least}`) =>
  (text: string): number | string =>
    /^\d+(\.\d+)?$/.test(text) && Number(text) >= least ? Number(text) : `expected ${hint}, got ${text}`;

/** Reads a whole number in the same way. */
export const wholeFrom =
  (least: number, most = 999_999, hint = 'a whole number') =>
  (text: string): number | string =>
    /^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most
      ? Number(text)
      : `expected ${hint} from ${least} to ${most}, got ${text}`;
