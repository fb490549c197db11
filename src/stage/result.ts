import { type Change, changesBetween } from './changes.js';
import { diffStages, type StageDiff } from './diff.js';
import type { PatchOperation } from './operation.js';
import { applyPatch, type PatchContext } from './patch.js';
import type { Call, CallState, Calls, Notice, Outcome } from './plan.js';
import type { Stage } from './stage.js';

/** Which live stage was edited, and how it was reached. */
export interface Whereabouts {
  readonly restApiId: string;
  readonly stageName: string;
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
  readonly caBundle?: string;
  readonly roleArn?: string;
}

/** The whole story of an edit; every renderer works from it. */
export interface StageResult extends Outcome {
  /** What the target is called. */
  readonly label: string;
  /** Of a live stage. */
  readonly whereabouts?: Whereabouts;
  /** What anybody had to say of it: the verb, the rules, the target. */
  readonly notices: readonly Notice[];
  readonly isDryRun: boolean;
}

/** What a stage becomes by calls made one after another. Throws what they are refused for. */
export const applyCalls = (stage: Stage, calls: Calls, context: PatchContext = {}): Stage =>
  calls.reduce((held, operations) => applyPatch(held, operations, context), stage);

/** Calls of which all became the same. */
export const withState = (calls: Calls, state: CallState): readonly Call[] =>
  calls.map((operations) => ({ operations, state }));

/** What is sent of a call: `test` operations are ours to check. */
export const sent = (operations: readonly PatchOperation[]): readonly PatchOperation[] =>
  operations.filter(({ op }) => op !== 'test');

/** The operations of an edit, calls joined. */
export const operationsOf = ({ calls }: Pick<Outcome, 'calls'>): readonly PatchOperation[] =>
  calls.flatMap(({ operations }) => sent(operations));

/** What an edit changed; not what others did meanwhile. */
export const changesOf = ({
  before,
  after,
  own = after,
}: Pick<Outcome, 'before' | 'after' | 'own'>): readonly Change[] => changesBetween(before, own);

/** What takes an edit back, and what of it cannot be: from what it made of the stage, not from what others did meanwhile. */
export const inverseOf = ({ before, after, own = after }: Pick<Outcome, 'before' | 'after' | 'own'>): StageDiff =>
  diffStages(own, before);

/** What became of each call that sends something. */
export const statesOf = ({ calls }: Pick<Outcome, 'calls'>): readonly CallState[] =>
  calls.filter(({ operations }) => sent(operations).length > 0).map(({ state }) => state);
