import { readableName } from '../stage/method.js';
import { findPlace } from '../stage/place.js';
import type { PatchProblem, Problem } from '../stage/problem.js';
import { isObject } from '../stage/stage.js';
import { printable } from '../text/printable.js';
import type { Paint } from './human.js';
import { type IsSecret, isSecretAt, mask } from './redact.js';

/** An operation as it was given, which may be anything. */
interface GivenOperation {
  readonly op?: unknown;
  readonly path?: unknown;
  readonly value?: unknown;
}

const isOfPatch = (problem: Problem): problem is PatchProblem => 'operation' in problem;

export const operationOf = (problem: Problem): GivenOperation =>
  isOfPatch(problem) && isObject(problem.operation) ? problem.operation : {};

const isSecretOperation = ({ path, value }: GivenOperation, isSecret: IsSecret): boolean =>
  typeof path === 'string' && isSecretAt(path, value, isSecret);

/** A shorter value may be part of any word. */
const shortestSecret = 4;

const withoutValues = (message: string, operations: readonly GivenOperation[]): string =>
  operations
    .map(({ value }) => String(value))
    .filter(({ length }) => length >= shortestSecret)
    .reduce((text, value) => text.replaceAll(value, mask), message);

/** The stage's value is a secret too. */
const unmet = ({ path, value }: GivenOperation): string => {
  const place = findPlace(String(path));
  const name = place ? readableName(place) : path;
  return `Expected ${name} to be ${value === '' ? 'absent' : mask}, but it is not.`;
};

/** A problem without secrets in its operation and its sentence, which may quote what was sent. */
export const maskProblem = (problem: Problem, isSecret: IsSecret, sent: readonly GivenOperation[]): Problem => {
  const operation = operationOf(problem);
  const isHidden = isSecretOperation(operation, isSecret);
  const secrets = [operation, ...sent].filter((one) => isSecretOperation(one, isSecret));
  // Operations that are left to send can be pasted.
  const isExact = 'left' in problem;
  const isUnmet = isHidden && problem.code === 'test-failed';
  return {
    ...problem,
    message: isUnmet ? unmet(operation) : isExact ? problem.message : withoutValues(problem.message, secrets),
    ...(isHidden && operation.value !== undefined && { operation: { ...operation, value: mask } }),
  };
};

/** Which operation of a patch is at fault, where there may be several. */
const whichOperation = (problem: Problem, count: number): string =>
  isOfPatch(problem) && problem.code !== 'test-failed' && count > 1 ? `operation ${problem.index + 1}: ` : '';

/** Where an operation was refused, in case the sentence does not say. */
const whereRefused = (problem: Problem): string => {
  const { op, path } = operationOf(problem);
  if (typeof op !== 'string' || typeof path !== 'string' || problem.code === 'test-failed') return '';
  return problem.message.includes(path.replace(/^\//, '')) ? '' : ` (${op} ${path})`;
};

/** The list of paths that API Gateway gives as an answer has more than a thousand characters. */
const longList = /\.? Must be one of ?: \[[^\]]{300,}\]/;

/** Problems for people, a line each, with a hint where there is one. A long list of API Gateway's comes once, last. */
export const problemLines = (problems: readonly Problem[], paint: Paint): string => {
  const count = problems.filter(isOfPatch).length;
  const lists = problems.flatMap(({ message }) => longList.exec(message)?.[0].replace(/^\.? /, '') ?? []);
  const lines = problems.flatMap((problem) => {
    const short = { ...problem, message: problem.message.replace(longList, '.') };
    const sentence = printable(`${short.message}${whereRefused(short)}`);
    return [
      `${paint.error('stage:')} ${whichOperation(problem, count)}${sentence}`,
      ...(problem.hint === undefined ? [] : [`  ${printable(problem.hint)}`]),
    ];
  });
  return [...lines, ...lists.slice(0, 1).map((list) => `  ${printable(list)}`)].map((line) => `${line}\n`).join('');
};
