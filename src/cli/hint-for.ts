import { operationOf } from '../render/problems.js';
import { nearMiss, nearValue } from '../stage/near-miss.js';
import type { Problem } from '../stage/problem.js';

/** What API Gateway's sentence about the characters of a variable's value does not say. */
const hintOfValue = (value: unknown): string | undefined => {
  if (value === '') return 'The value is empty. To take a variable away, use stage unset.';
  const isFile = typeof value === 'string' && value.startsWith('@');
  return isFile ? 'A value that is in a file is written --variable NAME=@FILE.' : undefined;
};

/** What was probably meant by an operation that was refused. */
export const hintFor = (problem: Problem): string | undefined => {
  if (problem.code === 'test-failed') return undefined;
  const { path, value } = operationOf(problem);
  if (typeof path !== 'string') return undefined;
  return problem.code === 'variable-value' ? hintOfValue(value) : (nearMiss(path) ?? nearValue(path, value));
};
