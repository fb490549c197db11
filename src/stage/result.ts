import { type Change, changesBetween } from './changes.js';
import { diffStages } from './diff.js';
import type { PatchOperation } from './operation.js';
import { applyPatch } from './patch.js';
import type { Call, CallState, Calls, Notice } from './plan.js';
import type { Stage } from './stage.js';

/** The whole story of an edit; every renderer works from it. */
export interface StageResult {
  /** What the target is called. */
  readonly label: string;
  /** The API of a live stage, where its id is known. */
  readonly restApiId?: string;
  readonly before: Stage;
  /** The stage as it is now, with what others did meanwhile. */
  readonly after: Stage;
  /** What the calls alone made of `before`, where somebody else may have changed the stage too. */
  readonly own?: Stage;
  readonly calls: readonly Call[];
  readonly notices: readonly Notice[];
  readonly isDryRun: boolean;
}

/** What a stage becomes by calls made one after another. Throws what they are refused for. */
export const applyCalls = (stage: Stage, calls: Calls): Stage =>
  calls.reduce((held, operations) => applyPatch(held, operations), stage);

/** What is sent of a call: `test` operations are ours to check. */
export const sent = (operations: readonly PatchOperation[]): readonly PatchOperation[] =>
  operations.filter(({ op }) => op !== 'test');

/** The operations of an edit, calls joined. */
export const operationsOf = ({ calls }: StageResult): readonly PatchOperation[] =>
  calls.flatMap(({ operations }) => sent(operations));

/** What an edit changed; not what others did meanwhile. */
export const changesOf = ({
  before,
  after,
  own = after,
}: Pick<StageResult, 'before' | 'after' | 'own'>): readonly Change[] => changesBetween(before, own);

/** What takes an edit back: from what it made of the stage, not from what others did meanwhile. */
export const inverseOf = ({ before, after, own = after }: StageResult): readonly PatchOperation[] =>
  diffStages(own, before).operations;

/** What became of each call that sends something. */
export const statesOf = ({ calls }: Pick<StageResult, 'calls'>): readonly CallState[] =>
  calls.filter(({ operations }) => sent(operations).length > 0).map(({ state }) => state);
