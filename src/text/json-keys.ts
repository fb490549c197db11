/** A string, and the colon behind it where it is a key. */
const stringInText = /"[^"\\]*(?:\\.[^"\\]*)*"(?:\s*:)?/g;

const keysInText = (json: string): number => {
  let count = 0;
  // By positions: to take the strings out of the text would leave more behind than the whole edit.
  stringInText.lastIndex = 0;
  while (stringInText.test(json)) count += json[stringInText.lastIndex - 1] === ':' ? 1 : 0;
  return count;
};

/** Every key of every object in it; with a stack of its own, for the depth of a text has no bound. */
const keysInValue = (value: unknown): number => {
  const waiting = [value];
  let count = 0;
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    const members = Object.values(next);
    if (!Array.isArray(next)) count += members.length;
    for (const member of members) waiting.push(member);
  }
  return count;
};

/** Whether an object in a JSON text has a key twice, of which `JSON.parse`, which made the value, keeps the last and says nothing. */
export const repeatsKeys = (json: string, value: unknown): boolean => keysInText(json) !== keysInValue(value);
