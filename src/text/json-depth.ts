/** How many levels a JSON text may have. A stage has four; the limit keeps a hostile file from exhausting the stack. */
export const deepest = 200;

/** Whether a value is nested deeper than a text may be: to go down into it would end the stack. */
export const isTooDeep = (value: unknown): boolean => {
  let level = [value];
  for (let depth = 0; depth <= deepest && level.length > 0; depth += 1)
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  return level.length > 0;
};
