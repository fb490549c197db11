type JsonMap = { readonly [member: string]: unknown };

/** Whether two values are the same JSON, regardless of key order. */
export const sameValue = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [left, right] = [Object.entries(a), b as JsonMap];
  const isAlike = Array.isArray(a) === Array.isArray(b) && left.length === Object.keys(b).length;
  return isAlike && left.every(([key, value]) => Object.hasOwn(right, key) && sameValue(value, right[key]));
};

/** The keys that lead to the first value that differs. */
export const firstDifference = (a: unknown, b: unknown): readonly string[] => {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return [];
  const [left, right] = [a as JsonMap, b as JsonMap];
  const key = Object.keys({ ...left, ...right }).find((each) => !sameValue(left[each], right[each]));
  return key === undefined ? [] : [key, ...firstDifference(left[key], right[key])];
};
