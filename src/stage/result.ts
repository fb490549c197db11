import { absentStage, createdStage, settingAll } from './creation.js';
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

const applyCall = (stage: Stage, call: Calls[number], context: PatchContext): Stage => {
  if (!('kind' in call)) return applyPatch(stage, call, context);
  return call.kind === 'CreateStage' ? createdStage(call.stage, context) : stage;
};

/** The stage after these calls. Throws the PatchError of the first that is refused. */
export const applyCalls = (stage: Stage, calls: Calls, context: PatchContext = {}): Stage =>
  calls.reduce<Stage>((held, call) => applyCall(held, call, context), stage);

export const withState = (calls: Calls, state: CallState): readonly Call[] =>
  calls.map((call) =>
    'kind' in call ? { ...call, operations: [], state } : { kind: 'UpdateStage', operations: call, state },
  );

/** The operations of a call that are sent: all but `test`. */
export const sent = (operations: readonly PatchOperation[]): readonly PatchOperation[] =>
  operations.filter(({ op }) => op !== 'test');

const operationsOfCall = (call: Calls[number]): readonly PatchOperation[] => {
  if (!('kind' in call)) return call;
  return call.kind === 'CreateStage' ? settingAll(call.stage) : [];
};

/** All operations of planned calls, tests too. CreateStage counts as those that say the same. */
export const plannedOperations = (calls: Calls): readonly PatchOperation[] => calls.flatMap(operationsOfCall);

/** The operations of an edit, calls joined. */
export const operationsOf = ({ calls }: Pick<Outcome, 'calls'>): readonly PatchOperation[] =>
  calls.flatMap(({ operations }) => sent(operations));

/** What this edit changed, without other people's changes. */
export const changesOf = ({ before, after, own = after }: Outcome): readonly Change[] => changesBetween(before, own);

/** Whether an edit makes a call of this kind. */
export const makesCall = ({ calls }: Pick<Outcome, 'calls'>, kind: Call['kind']): boolean =>
  calls.some((call) => call.kind === kind);

const cannotUndo = (name: string, message: string) => ({ code: 'cannot-undo', name, message });

/** The operations that undo this edit, without other people's changes, and the problems of what they cannot undo. */
export const inverseOf = ({
  before,
  after,
  own = after,
  calls = [],
}: Pick<Outcome, 'before' | 'after' | 'own'> & Partial<Pick<Outcome, 'calls'>>): StageDiff => {
  if (before === absentStage) {
    const message = 'The stage was created; aws apigateway delete-stage deletes it.';
    return { operations: [], problems: [cannotUndo('CreateStage', message)] };
  }
  const { operations, problems } = diffStages(own, before);
  const flushed = makesCall({ calls }, 'FlushStageCache')
    ? [cannotUndo('FlushStageCache', 'The cache fills again with new responses only.')]
    : [];
  return { operations, problems: [...problems, ...flushed] };
};

/** Each call that sends something: what it is, and its state. */
export const sentCalls = ({ calls }: Pick<Outcome, 'calls'>): readonly Pick<Call, 'kind' | 'state'>[] =>
  calls
    .filter(({ kind, operations }) => kind !== 'UpdateStage' || sent(operations).length > 0)
    .map(({ kind, state }) => ({ kind, state }));
