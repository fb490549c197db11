import type { FailureKind, Problem } from './problem.js';
import type { CanarySettings, PatchOperation, Stage } from './stage.js';

/** A message that does not stop an edit. */
export interface Notice {
  readonly code: string;
  readonly message: string;
}

/** A deployment for the canary of the stage. */
export interface CanaryDeployment {
  readonly kind: 'CreateDeployment';
  /** Marks the deployment, so that it can be found if the answer is lost. */
  readonly runId: string;
  readonly description?: string;
  readonly canarySettings: Omit<CanarySettings, 'deploymentId'>;
}

/** A call other than UpdateStage. The target sets the name of a live stage. */
export type OtherCall =
  | { readonly kind: 'CreateStage'; readonly stage: Stage }
  | { readonly kind: 'FlushStageCache' }
  | CanaryDeployment;

/** Calls in order, nearly always one. A list of operations means UpdateStage. */
export type Calls = readonly (readonly PatchOperation[] | OtherCall)[];

/** Decides what to do with the current stage. If it throws, nothing is edited. */
export type Decide = (stage: Stage) => Calls;

export type Plan =
  | { readonly calls: Calls; readonly notices: readonly Notice[] }
  | { readonly kind: FailureKind; readonly problems: readonly Problem[] };

/** `unknown`: sent, but not answered. */
export type CallState = 'made' | 'not-made' | 'unknown';

export type Call = ({ readonly kind: 'UpdateStage' } | OtherCall) & {
  /** Empty except for UpdateStage. */
  readonly operations: readonly PatchOperation[];
  readonly state: CallState;
};

export interface Outcome {
  readonly before: Stage;
  /** The stage as it is now, including other people's changes. */
  readonly after: Stage;
  readonly calls: readonly Call[];
  readonly notices?: readonly Notice[];
  /** The result of these calls alone, if others may have changed the stage too. */
  readonly own?: Stage;
}
