/** Parses the subset of HCL that exports use. */
export interface HclResource {
  readonly type: string;
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
}

const literal = (text: string): unknown => {
  if (!text.startsWith('"')) return /^(?:true|false|-?[\d.e+-]+)$/.test(text) ? JSON.parse(text) : undefined;
  return JSON.parse(text.replace(/([$%])\1\{/g, '$1{'));
};

type Lines = IterableIterator<string>;

/** Parses the members of a map or block. A block is a list of one. */
const members = (lines: Lines): Record<string, unknown> => {
  const values: [string, unknown][] = [];
  for (const line of lines) {
    const text = line.trim();
    if (text === '}') break;
    const [, opened, equals] = /^(\S+)\s*(=?)\s*\{$/.exec(text) ?? [];
    const [, key = '', value = ''] = /^("(?:[^"\\]|\\.)*"|\w+)\s*=\s*(.*)$/.exec(text) ?? [];
    if (opened !== undefined) values.push([opened, equals === '' ? [members(lines)] : members(lines)]);
    else if (key !== '') values.push([key.startsWith('"') ? String(literal(key)) : key, literal(value)]);
  }
  return Object.fromEntries(values);
};

/** An iterator that continues after a loop ends early. */
const oneByOne = (lines: readonly string[]): Lines => {
  const left = [...lines];
  const next = (): IteratorResult<string> => {
    const value = left.shift();
    return value === undefined ? { done: true, value } : { done: false, value };
  };
  const iterator: Lines = { next, [Symbol.iterator]: () => iterator };
  return iterator;
};
export const hclValues = (hcl: string): readonly HclResource[] =>
  hcl.split(/^(?=resource )/m).flatMap((text) => {
    const [, type = '', name = ''] = /^resource "(\w+)" "(\w+)" \{$/m.exec(text) ?? [];
    return type === '' ? [] : [{ type, name, values: members(oneByOne(text.split('\n').slice(1))) }];
  });
