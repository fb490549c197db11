import type { FailureKind, Problem } from './problem.js';
import type { PatchOperation, Stage } from './stage.js';

/** Something worth saying that does not stop an edit. */
export interface Notice {
  /** A word to test for or to filter by; it outlives changes of the sentence. */
  readonly code: string;
  readonly message: string;
}

/** A call that is not UpdateStage. The name of the stage is the target's. */
export type OtherCall = { readonly kind: 'CreateStage'; readonly stage: Stage } | { readonly kind: 'FlushStageCache' };

/** Calls in their order: a list of operations is UpdateStage. Nearly always one. */
export type Calls = readonly (readonly PatchOperation[] | OtherCall)[];

/** Decides what to do with the current stage. If it throws, nothing is edited. */
export type Decide = (stage: Stage) => Calls;

/** What a command decided: calls with notices, or problems. */
export type Plan =
  | { readonly calls: Calls; readonly notices: readonly Notice[] }
  | { readonly kind: FailureKind; readonly problems: readonly Problem[] };

/** `unknown`: sent, but not answered. */
export type CallState = 'made' | 'not-made' | 'unknown';

export type Call = ({ readonly kind: 'UpdateStage' } | OtherCall) & {
  /** Of UpdateStage; otherwise none. */
  readonly operations: readonly PatchOperation[];
  readonly state: CallState;
};

/** What an edit did to a stage. */
export interface Outcome {
  readonly before: Stage;
  /** The stage as it is now, including other people's changes. */
  readonly after: Stage;
  readonly calls: readonly Call[];
  /** Of the target. */
  readonly notices?: readonly Notice[];
  /** `before` after these calls alone, if others may have changed the stage too. */
  readonly own?: Stage;
}
