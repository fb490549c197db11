import type { Stage } from './stage.js';

/** Something that is wrong, in a sentence that people can act on. */
export interface Problem {
  /** A stable word to test for; the message may change. */
  readonly code: string;
  readonly message: string;
  /** What was probably meant, or what to do instead. */
  readonly hint?: string;
}

/** A problem of one operation of a patch. */
export interface PatchProblem extends Problem {
  readonly operation: unknown;
  /** Its position in the list, from 0. */
  readonly index: number;
}

/** The library uses `input`, `patch` and `expectation`; the program also uses the others. */
export type FailureKind =
  | 'unexpected'
  | 'usage'
  | 'input'
  | 'file'
  | 'patch'
  | 'config'
  | 'expectation'
  | 'lock'
  /** AWS refused the call. */
  | 'refused'
  /** AWS did not answer, or was too busy. */
  | 'unavailable'
  | 'interrupted';

/** The only error that is thrown on purpose: all problems that were found, and their kind. */
export class StageError extends Error {
  override readonly name: string = 'StageError';
  constructor(
    readonly kind: FailureKind,
    readonly problems: readonly Problem[],
    /** If only the first calls of an edit were made: the stage that they left. */
    readonly left?: Stage,
  ) {
    super(problems[0]?.message ?? kind);
  }
}

export const failure = (kind: FailureKind, code: string, message: string): StageError =>
  new StageError(kind, [{ code, message }]);

export const toStageError = (error: unknown): StageError => {
  if (error instanceof StageError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return failure('unexpected', 'unexpected', `Unexpected error: ${message}`);
};

/** Whether a failed edit certainly changed nothing. */
export const isUnmade = (error: unknown): error is StageError =>
  error instanceof StageError &&
  ['refused', 'expectation', 'config', 'usage', 'patch', 'file', 'lock'].includes(error.kind) &&
  !error.problems.some(({ code }) => code === 'partly-applied');

/** Adds problems to a failure; any other error is returned unchanged. */
export const withMore = (error: unknown, problems: readonly Problem[]): unknown =>
  error instanceof StageError ? new StageError(error.kind, [...error.problems, ...problems], error.left) : error;

/** Operations were refused. `message` is the first problem's. */
export class PatchError extends StageError {
  override readonly name = 'PatchError';
  declare readonly problems: readonly PatchProblem[];
  constructor(problems: readonly PatchProblem[]) {
    // A failed test often explains what else is refused.
    super(problems.some((problem) => problem.code === 'test-failed') ? 'expectation' : 'patch', problems);
  }
}
