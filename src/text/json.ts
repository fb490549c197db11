/** Parses JSON strictly. `json-problem.ts` explains what is wrong with a refused text. */

/** The text without a leading byte-order mark. */
export const withoutBom = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);

/** Maximum nesting depth. A stage has four levels; the limit keeps a hostile file from exhausting the stack. */
export const maxDepth = 200;

/** Walks level by level and visits each value once, no matter how many YAML aliases lead to it. */
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

/** Parses a JSON text; undefined if it is not JSON, is nested too deeply, or repeats a key in an object. */
export const parseJson = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text);
    // JSON.parse silently keeps only the last of two members with the same key.
    return isTooDeep(value) || countKeys(text) !== countKeys(JSON.stringify(value)) ? undefined : value;
  } catch {
    return undefined;
  }
};

/** The problem with the output of Python's `print(stage)`. */
export const pythonFault = (text: string): string | undefined =>
  /^\s*\{\s*'/.test(text) && /[:[,]\s*(?:True|False|None|datetime\.)/.test(text)
    ? "this is Python's str() of a dict, not JSON. Write the file with json.dumps(stage, default=str)"
    : undefined;
