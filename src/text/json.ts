/** Reading JSON as strictly as a person expects it. `json-problem.ts` tells what is wrong with a text that is refused. */

/** How many levels a text may have. A stage has four; the limit keeps a hostile file from exhausting the stack. */
export const maxDepth = 200;

/** Goes down level by level, and looks at a value once, however many YAML aliases lead to it. */
export const isTooDeep = (value: unknown): boolean => {
  let level = new Set([value]);
  for (let depth = 0; depth <= maxDepth && level.size > 0; depth += 1)
    level = new Set(
      [...level].flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : [])),
    );
  return level.size > 0;
};

/** A string, and the colon after it where it is a key. */
const stringInText = /"[^"\\]*(?:\\.[^"\\]*)*"(?:\s*:)?/g;

const countKeysInText = (json: string): number => {
  let count = 0;
  stringInText.lastIndex = 0;
  while (stringInText.test(json)) count += json[stringInText.lastIndex - 1] === ':' ? 1 : 0;
  return count;
};

const countKeys = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0;
  const members = Object.values(value);
  return members.reduce((sum, member) => sum + countKeys(member), Array.isArray(value) ? 0 : members.length);
};

/** The value of a JSON text; undefined where it is not JSON, has too many levels, or where an object has a key twice. */
export const parseJson = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text);
    // Of two members with one key, JSON.parse keeps the last without a word.
    return isTooDeep(value) || countKeysInText(text) !== countKeys(value) ? undefined : value;
  } catch {
    return undefined;
  }
};
