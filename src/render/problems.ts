import { findPlace } from '../stage/place.js';
import type { PatchProblem, Problem } from '../stage/problem.js';
import { isObject } from '../stage/stage.js';
import { printable } from '../text/printable.js';
import { nameAt, type Paint } from './human.js';
import { type IsSecret, isSecretAt, mask } from './redact.js';

/** An operation as given, not yet validated. */
interface GivenOperation {
  readonly op?: unknown;
  readonly path?: unknown;
  readonly value?: unknown;
}

const isOfPatch = (problem: Problem): problem is PatchProblem => 'operation' in problem;

const operationOf = (problem: Problem): GivenOperation =>
  isOfPatch(problem) && isObject(problem.operation) ? problem.operation : {};

const isSecretOperation = ({ path, value }: GivenOperation, isSecret: IsSecret): boolean =>
  typeof path === 'string' && isSecretAt(path, value, isSecret);

/** Omits the stage's current value, which is a secret too. */
const unmet = ({ path, value }: GivenOperation): string =>
  `Expected ${nameAt(String(path))} to be ${value === '' ? 'absent' : mask}, but it is not.`;

/** Masks secrets in a problem's operation and in its message, which may quote a sent value. */
export const maskProblem = (problem: Problem, isSecret: IsSecret, sent: readonly GivenOperation[]): Problem => {
  // The remaining operations stay exact, so that they can be pasted.
  if ('left' in problem) return problem;
  const operation = operationOf(problem);
  const isHidden = isSecretOperation(operation, isSecret);
  const secrets = [operation, ...sent]
    .filter((one) => isSecretOperation(one, isSecret))
    .map(({ value }) => String(value));
  const isLeaf = findPlace(String(operation.path))?.property.codec !== undefined;
  const message = isHidden && isLeaf && problem.code === 'test-failed' ? unmet(operation) : problem.message;
  return {
    ...problem,
    // A shorter value could be part of any word.
    message: secrets.filter(({ length }) => length > 3).reduce((text, value) => text.replaceAll(value, mask), message),
    ...(isHidden && operation.value !== undefined && { operation: { ...operation, value: mask } }),
  };
};

/** The refused operation, if the message does not name its path. */
const whereRefused = (problem: Problem): string => {
  const { op, path } = operationOf(problem);
  if (typeof op !== 'string' || typeof path !== 'string' || problem.code === 'test-failed') return '';
  return problem.message.includes(path.replace(/^\//, '')) ? '' : ` (${op} ${path})`;
};

/** API Gateway's list of valid paths has more than a thousand characters. */
const longList = /\.? Must be one of ?: \[[^\]]{300,}\]/;

/** Problems as text, one line each, followed by any hint. API Gateway's long list of paths is printed once, last. */
export const problemLines = (problems: readonly Problem[], paint: Paint): string => {
  const count = problems.filter(isOfPatch).length;
  const lists = problems.flatMap(({ message }) => longList.exec(message)?.[0].replace(/^\.? /, '') ?? []);
  const lines = problems.flatMap((problem) => {
    const short = { ...problem, message: problem.message.replace(longList, '.') };
    const which =
      isOfPatch(problem) && problem.code !== 'test-failed' && count > 1 ? `operation ${problem.index + 1}: ` : '';
    return [
      `${paint.error('stage:')} ${which}${printable(`${short.message}${whereRefused(short)}`)}`,
      ...(problem.hint === undefined ? [] : [`  ${printable(problem.hint)}`]),
    ];
  });
  return [...lines, ...lists.slice(0, 1).map((list) => `  ${printable(list)}`)].map((line) => `${line}\n`).join('');
};
