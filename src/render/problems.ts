import { readableName } from '../stage/method.js';
import { nearMiss } from '../stage/near-miss.js';
import { findPlace } from '../stage/place.js';
import type { CallProblem, PatchProblem, Problem } from '../stage/problem.js';
import { ours } from '../stage/refusals.js';
import { isObject } from '../stage/stage.js';
import { printable } from '../text/printable.js';
import type { Paint } from './human.js';
import { type IsSecret, isSecretPlace, mask } from './redact.js';

const isOfPatch = (problem: Problem): problem is PatchProblem => 'operation' in problem;

const secretIn = (operation: unknown, isSecret: IsSecret): string | undefined => {
  const path = isObject(operation) ? operation['path'] : undefined;
  const place = typeof path === 'string' ? findPlace(path) : undefined;
  return place && isSecretPlace(place, isSecret) ? readableName(place) : undefined;
};

const maskOperation = (operation: unknown): unknown =>
  isObject(operation) && 'value' in operation ? { ...operation, value: mask } : operation;

const maskOfPatch = (problem: PatchProblem, isSecret: IsSecret): PatchProblem => {
  const name = secretIn(problem.operation, isSecret);
  if (name === undefined) return problem;
  const { message } = problem.code === 'test-failed' ? ours.testFailed(name, mask, 'another value') : problem;
  return { ...problem, operation: maskOperation(problem.operation), message };
};

/** A problem without the values of secrets: neither in its operation nor in its sentence. */
export const maskProblem = (problem: Problem, isSecret: IsSecret): Problem =>
  isOfPatch(problem) ? maskOfPatch(problem, isSecret) : problem;

const hintFor = (problem: Problem): string | undefined => {
  if (!isOfPatch(problem) || !isObject(problem.operation)) return undefined;
  const path = problem.operation['path'];
  return typeof path === 'string' && problem.code !== 'test-failed' ? nearMiss(path) : undefined;
};

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
      const hint = hintFor(problem);
      const sentence = `${paint.error('stage:')} ${whichOperation(problem, problems.filter(isOfPatch).length)}${printable(problem.message + whereRefused(problem))}`;
      return hint ? [sentence, `  ${printable(hint)}`] : [sentence];
    })
    .map((line) => `${line}\n`)
    .join('');
