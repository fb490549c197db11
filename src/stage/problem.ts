export type Problem = { readonly code: string; readonly message: string };
/** What kind of failure ended a run; `main` has the exit code of each. */
export type FailureKind = 'unexpected' | 'usage' | 'input' | 'file' | 'patch' | 'config' | 'expectation' | 'lock' | 'interrupted';

/** The one error that the program throws on purpose: every problem of a run, and what kind of failure they make. */
export class StageError extends Error {
  override readonly name: string = 'StageError';
  constructor(
    readonly kind: FailureKind,
    readonly problems: readonly Problem[],
  ) {
    super(problems[0]?.message ?? kind);
  }
}
