import type { PatchOperation } from './operation.js';
import type { FailureKind, Problem } from './problem.js';
import type { Stage } from './stage.js';

/** Something worth saying that stops nothing. */
export interface Notice {
  /** A word to test for or to filter by; it outlives changes of the sentence. */
  readonly code: string;
  readonly message: string;
}

/** UpdateStage calls, each a list of operations. Nearly always one. */
export type Calls = readonly (readonly PatchOperation[])[];

/** Says what to do with the stage that is there. What it throws prevents the edit. */
export type Decide = (stage: Stage) => Calls;

/** What a verb decided: the calls to make and what to say about them, or why not. */
export type Plan =
  | { readonly calls: Calls; readonly notices: readonly Notice[] }
  | { readonly kind: FailureKind; readonly problems: readonly Problem[] };

/** What became of a call. `unknown`: it was sent, and no answer came back. */
export type CallState = 'made' | 'not-made' | 'unknown';

export interface Call {
  readonly operations: readonly PatchOperation[];
  readonly state: CallState;
}

/** What an edit did to a stage. */
export interface Outcome {
  readonly before: Stage;
  /** The stage as it is now, with what others did meanwhile. */
  readonly after: Stage;
  readonly calls: readonly Call[];
  /** What the target has to say of it. */
  readonly notices?: readonly Notice[];
  /** What the calls alone made of `before`, where somebody else may have changed the stage too. */
  readonly own?: Stage;
}
