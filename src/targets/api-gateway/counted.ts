/** Which operations of a whole edit a failure is about: API Gateway knows only those of one call. */
import type { PatchOperation } from '../../stage/operation.js';
import { type Problem, StageError } from '../../stage/problem.js';
import { mostOperations } from './batches.js';

type Operations = readonly PatchOperation[];

const operationOf = (problem: Problem): PatchOperation | undefined =>
  'operation' in problem ? (problem.operation as PatchOperation) : undefined;

/** Where a call stands in the list. */
const spanOf = (call: Operations, listed: Operations): object => {
  const indexes = call.map((operation) => listed.indexOf(operation));
  return { firstIndex: indexes[0], lastIndex: indexes.at(-1) };
};

/**
 * The failure of a call with its operations counted in the list of the whole edit. Of a large one it says how many there are, and
 * which of them were in the call where nobody knows which of those was refused.
 */
export const counted = (error: unknown, call: Operations, listed: Operations): unknown => {
  if (!(error instanceof StageError)) return error;
  const isLarge = listed.filter(({ op }) => op !== 'test').length > mostOperations;
  const of = isLarge && { of: listed.length };
  const problems = error.problems.map((problem) => {
    const operation = operationOf(problem);
    if (operation !== undefined) return { ...problem, index: listed.indexOf(operation), ...of };
    return isLarge && problem.code === 'refused' ? { ...problem, ...spanOf(call, listed), ...of } : problem;
  });
  return new StageError(error.kind, problems);
};
