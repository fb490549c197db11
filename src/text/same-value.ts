/** Whether two values are the same JSON, whatever the order of their keys. */
export const sameValue = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [left, right] = [Object.entries(a), b as { readonly [member: string]: unknown }];
  const isAlike = Array.isArray(a) === Array.isArray(b) && left.length === Object.keys(b).length;
  return isAlike && left.every(([key, value]) => Object.hasOwn(right, key) && sameValue(value, right[key]));
};
