/** `--query`: selects and prints a part of a stage like the AWS CLI. */

import { failure } from '../stage/problem.js';
import { isObject } from '../stage/stage.js';

/** A compiled JMESPath expression. */
export type Query = (value: unknown) => unknown;

/** Missing from the library's types. */
interface Compiler {
  compile(expression: string): unknown;
}

/** The library compiles `a.` without an error and then fails in a search. */
const expectWhole = (node: unknown): void => {
  if (node === undefined) throw new Error('expected a name after the dot, got nothing');
  if (typeof node === 'object') Object.values(node ?? {}).forEach(expectWhole);
};

/** Throws StageError('usage') if the JMESPath is invalid. */
export const parseQuery = async (expression: string): Promise<Query> => {
  const jmespath = (await import('jmespath')).default as typeof import('jmespath') & Compiler;
  const explaining = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw failure('usage', 'query', `--query ${expression}: ${error instanceof Error ? error.message : error}.`);
    }
  };
  explaining(() => expectWhole(jmespath.compile(expression)));
  return (value) => {
    const found: unknown = explaining(() => jmespath.search(value, expression));
    // NaN is the average of an empty list.
    return found === undefined || Number.isNaN(found) ? null : found;
  };
};

const isScalar = (value: unknown): boolean => !Array.isArray(value) && !isObject(value);

/** Printed as Python does. */
const scalar = (value: unknown): string => {
  if (value === null) return 'None';
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
};

const row = (name: string | undefined, cells: readonly string[]): string =>
  cells.length === 0 ? '' : `${[...(name === undefined ? [] : [name.toUpperCase()]), ...cells].join('\t')}\n`;

const listText = (items: readonly unknown[], name?: string): string => {
  const keys = items.filter(isObject).flatMap((item) => Object.keys(item).filter((key) => isScalar(item[key])));
  if (items.some(isObject)) return items.map((item) => awsText(item, name, [...new Set(keys)].sort())).join('');
  const scalars = items.filter(isScalar).map(scalar);
  const rows = name === undefined ? [scalars] : scalars.map((cell) => [cell]);
  const lists = items.filter((item) => !isScalar(item)).map((item) => awsText(item, name));
  return [...rows.map((cells) => row(name, cells)), ...lists].join('');
};

/** The AWS CLI's `--output text`: tabs between scalars, one line per map and list, with its name if it has one. */
export const awsText = (value: unknown, name?: string, columns?: readonly string[]): string => {
  if (Array.isArray(value)) return listText(value, name);
  if (!isObject(value)) return row(undefined, [scalar(value)]);
  const keys = Object.keys(value).sort();
  const scalars = columns ?? keys.filter((key) => isScalar(value[key]));
  const cells = scalars.map((key) => (Object.hasOwn(value, key) ? scalar(value[key]) : ''));
  const rest = keys.filter((key) => !scalars.includes(key));
  return row(name, cells) + rest.map((key) => awsText(value[key], key)).join('');
};
