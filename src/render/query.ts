/** `--query`: a part of a stage, chosen and printed as the AWS CLI does. */

import { failure } from '../stage/problem.js';
import { isObject } from '../stage/stage.js';

/** Finds the part of a value that an expression means. */
export type Query = (value: unknown) => unknown;

/** Not in the types of the library. */
interface Compiler {
  compile(expression: string): unknown;
}

/** Throws StageError('usage') where the JMESPath is wrong. */
export const parseQuery = async (expression: string): Promise<Query> => {
  const jmespath = (await import('jmespath')).default as typeof import('jmespath') & Compiler;
  const explaining = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw failure('usage', 'query', `--query ${expression}: ${error instanceof Error ? error.message : error}.`);
    }
  };
  explaining(() => jmespath.compile(expression));
  return (value) => {
    const found: unknown = explaining(() => jmespath.search(value, expression));
    // The average of nothing.
    return found === undefined || Number.isNaN(found) ? null : found;
  };
};

const isScalar = (value: unknown): boolean => !Array.isArray(value) && !isObject(value);

/** As Python prints it. */
const scalar = (value: unknown): string => {
  if (value === null) return 'None';
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
};

const row = (cells: readonly string[]): string => `${cells.join('\t')}\n`;

const listText = (items: readonly unknown[], name?: string): string => {
  if (items.some(isObject)) {
    const keys = items.flatMap((item) =>
      isObject(item) ? Object.keys(item).filter((key) => isScalar(item[key])) : [],
    );
    return items.map((item) => awsText(item, name, [...new Set(keys)].sort())).join('');
  }
  const scalars = items.filter(isScalar).map(scalar);
  const rows = name === undefined ? [scalars] : scalars.map((cell) => [name.toUpperCase(), cell]);
  const own = scalars.length === 0 ? '' : rows.map(row).join('');
  return (
    own +
    items
      .filter((item) => !isScalar(item))
      .map((item) => awsText(item, name))
      .join('')
  );
};

const mapText = (map: Readonly<Record<string, unknown>>, name?: string, columns?: readonly string[]): string => {
  const keys = Object.keys(map).sort();
  const scalars = columns ?? keys.filter((key) => isScalar(map[key]));
  const cells = scalars.map((key) => (Object.hasOwn(map, key) ? scalar(map[key]) : ''));
  const own = cells.length === 0 ? '' : row(name === undefined ? cells : [name.toUpperCase(), ...cells]);
  const rest = keys.filter((key) => !scalars.includes(key));
  return own + rest.map((key) => awsText(map[key], key)).join('');
};

/** `--output text` of the AWS CLI: tabs between scalars, a line for each map and list, with its name where it has one. */
export const awsText = (value: unknown, name?: string, columns?: readonly string[]): string => {
  if (Array.isArray(value)) return listText(value, name);
  return isObject(value) ? mapText(value, name, columns) : row([scalar(value)]);
};
