import { readableName } from '../stage/method.js';
import { findPlace } from '../stage/place.js';
import type { CallProblem, PatchProblem, Problem } from '../stage/problem.js';
import { ours } from '../stage/refusals.js';
import { isObject } from '../stage/stage.js';
import { printable } from '../text/printable.js';
import type { Paint } from './human.js';
import { isSecretAt } from './mask-given.js';
import { type IsSecret, mask } from './redact.js';

const isOfPatch = (problem: Problem): problem is PatchProblem => 'operation' in problem;

const pathIn = (operation: unknown): string | undefined => {
  const path = isObject(operation) ? operation['path'] : undefined;
  return typeof path === 'string' ? path : undefined;
};

/** An expectation that was not met, without the values: that there is none is no secret. */
const retold = (path: string, expected: unknown, told: string): string => {
  const place = findPlace(path);
  const name = place ? readableName(place) : path;
  const isAbsent = told === ours.testFailed(name, String(expected), undefined).message;
  const otherwise = expected === '' ? 'set' : 'another value';
  return ours.testFailed(name, expected === '' ? '' : mask, isAbsent ? undefined : otherwise).message;
};

const maskOfPatch = (problem: PatchProblem, isSecret: IsSecret): PatchProblem => {
  const { operation, code, message } = problem;
  const path = pathIn(operation);
  if (!isObject(operation) || path === undefined) return problem;
  const { value } = operation;
  if (!isSecretAt(path, value, isSecret)) return problem;
  return {
    ...problem,
    ...(value !== undefined && { operation: { ...operation, value: mask } }),
    message: code === 'test-failed' ? retold(path, value, message) : message,
  };
};

/** A problem without the values of secrets: neither in its operation nor in its sentence. */
export const maskProblem = (problem: Problem, isSecret: IsSecret): Problem =>
  isOfPatch(problem) ? maskOfPatch(problem, isSecret) : problem;

const isOfCall = (problem: Problem): problem is CallProblem => 'firstIndex' in problem;

/** Which operation of a patch is at fault, where there may be several; or which call of them. */
const whichOperation = (problem: Problem, count: number): string => {
  if (isOfCall(problem)) return `operations ${problem.firstIndex + 1} to ${problem.lastIndex + 1} of ${problem.of}: `;
  if (!isOfPatch(problem) || problem.code === 'test-failed') return '';
  if (problem.of !== undefined) return `operation ${problem.index + 1} of ${problem.of}: `;
  return count > 1 ? `operation ${problem.index + 1}: ` : '';
};

/** Where an operation was refused, in case the sentence does not say. */
const whereRefused = (problem: Problem): string => {
  const operation = isOfPatch(problem) && isObject(problem.operation) ? problem.operation : {};
  const { op, path } = operation as { readonly [member: string]: unknown };
  if (typeof op !== 'string' || typeof path !== 'string' || problem.code === 'test-failed') return '';
  return problem.message.includes(path.replace(/^\//, '')) ? '' : ` (${op} ${path})`;
};

/** Problems for people, a line each, with a hint where one comes to mind. */
export const problemLines = (problems: readonly Problem[], paint: Paint): string =>
  problems
    .flatMap((problem) => {
      const { hint } = problem;
      const sentence = `${paint.error('stage:')} ${whichOperation(problem, problems.filter(isOfPatch).length)}${printable(problem.message + whereRefused(problem))}`;
      return hint ? [sentence, `  ${printable(hint)}`] : [sentence];
    })
    .map((line) => `${line}\n`)
    .join('');
