/** Reading JSON as strictly as a person expects it. `json-problem.ts` tells what is wrong with a text that is refused. */

/** The text after its byte-order mark, if it has one. */
export const withoutBom = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);

/** How many levels a text may have. A stage has four; the limit keeps a hostile file from exhausting the stack. */
export const maxDepth = 200;

/** Goes down level by level, and looks at a value once, however many YAML aliases lead to it. */
export const isTooDeep = (value: unknown): boolean => {
  let level = new Set([value]);
  for (let depth = 0; depth <= maxDepth && level.size > 0; depth += 1) {
    const below = new Set<unknown>();
    for (const item of level)
      for (const member of Object.values(item ?? {})) if (typeof member === 'object') below.add(member);
    level = below;
  }
  return level.size > 0;
};

const countKeys = (json: string): number =>
  (json.match(/"[^"\\]*(?:\\.[^"\\]*)*"(?:\s*:)?/g) ?? []).filter((string) => string.endsWith(':')).length;

/** The value of a JSON text; undefined where it is not JSON, has too many levels, or where an object has a key twice. */
export const parseJson = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text);
    // Of two members with one key, JSON.parse silently keeps the last.
    return isTooDeep(value) || countKeys(text) !== countKeys(JSON.stringify(value)) ? undefined : value;
  } catch {
    return undefined;
  }
};

/** What is wrong with what `print(stage)` writes in Python. */
export const pythonFault = (text: string): string | undefined =>
  /^\s*\{\s*'/.test(text) && /[:[,]\s*(?:True|False|None|datetime\.)/.test(text)
    ? "this is Python's str() of a dict, not JSON. Write the file with json.dumps(stage, default=str)"
    : undefined;
