import { type Change, changesBetween, diffStages, type StageDiff } from './diff.js';
import { applyPatch, type PatchContext } from './patch.js';
import type { Call, CallState, Calls, Notice, Outcome } from './plan.js';
import type { PatchOperation, Stage } from './stage.js';

/** Which live stage was edited, and how to reach it. */
export interface Whereabouts {
  readonly restApiId: string;
  readonly stageName: string;
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
  readonly caBundle?: string;
  readonly roleArn?: string;
}

/** Everything about an edit; every renderer works from it. */
export interface StageResult extends Outcome {
  /** The name of the target. */
  readonly label: string;
  /** Of a live stage. */
  readonly whereabouts?: Whereabouts;
  /** Of the command, the rules and the target. */
  readonly notices: readonly Notice[];
  readonly isDryRun: boolean;
}

/** The stage after these calls. Throws the PatchError of the first that is refused. */
export const applyCalls = (stage: Stage, calls: Calls, context: PatchContext = {}): Stage =>
  calls.reduce((held, operations) => applyPatch(held, operations, context), stage);

export const withState = (calls: Calls, state: CallState): readonly Call[] =>
  calls.map((operations) => ({ operations, state }));

/** The operations of a call that are sent: all but `test`. */
export const sent = (operations: readonly PatchOperation[]): readonly PatchOperation[] =>
  operations.filter(({ op }) => op !== 'test');

export const operationsOf = ({ calls }: Pick<Outcome, 'calls'>): readonly PatchOperation[] =>
  calls.flatMap(({ operations }) => sent(operations));

/** What this edit changed, without other people's changes. */
export const changesOf = ({ before, after, own = after }: Outcome): readonly Change[] => changesBetween(before, own);

/** The operations that undo this edit, without other people's changes, and the problems of what they cannot undo. */
export const inverseOf = ({ before, after, own = after }: Outcome): StageDiff => diffStages(own, before);

/** The state of each call that sends something. */
export const statesOf = ({ calls }: Outcome): readonly CallState[] =>
  calls.filter(({ operations }) => sent(operations).length > 0).map(({ state }) => state);
