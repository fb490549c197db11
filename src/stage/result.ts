import { newDeploymentId, settingCanary } from './canary-deployment.js';
import { absentStage, createdStage, settingAll } from './creation.js';
import { type Change, changesBetween, diffStages, type StageDiff } from './diff.js';
import { applyPatch, type PatchContext } from './patch.js';
import type { Call, CallState, Calls, Notice, OtherCall, Outcome } from './plan.js';
import type { PatchOperation, Stage } from './stage.js';

export interface Whereabouts {
  readonly restApiId: string;
  readonly stageName: string;
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
  readonly caBundle?: string;
  readonly roleArn?: string;
}

export interface StageResult extends Outcome {
  /** The name of the target. */
  readonly label: string;
  readonly whereabouts?: Whereabouts;
  readonly notices: readonly Notice[];
  readonly isDryRun: boolean;
}

/** The operations equivalent to a call. */
const operationsLike = (call: OtherCall, stage: Stage): readonly PatchOperation[] => {
  if (call.kind === 'CreateStage') return settingAll(call.stage);
  if (call.kind === 'FlushStageCache') return [];
  return settingCanary({ ...call.canarySettings, deploymentId: newDeploymentId }, stage);
};

/** The stage after one call. A new deployment has a placeholder as its id. */
export const applyCall = (stage: Stage, call: Calls[number], context: PatchContext = {}): Stage => {
  if (!('kind' in call)) return applyPatch(stage, call, context);
  return call.kind === 'CreateStage'
    ? createdStage(call.stage, context)
    : applyPatch(stage, operationsLike(call, stage), context);
};

/** The stage after these calls. Throws the PatchError of the first that is refused. */
export const applyCalls = (stage: Stage, calls: Calls, context: PatchContext = {}): Stage =>
  calls.reduce<Stage>((held, call) => applyCall(held, call, context), stage);

export const withState = (calls: Calls, state: CallState): readonly Call[] =>
  calls.map((call) =>
    'kind' in call ? { ...call, operations: [], state } : { kind: 'UpdateStage', operations: call, state },
  );

export const sent = (operations: readonly PatchOperation[]): readonly PatchOperation[] =>
  operations.filter(({ op }) => op !== 'test');

/** All operations of planned calls, including tests. Calls other than UpdateStage become equivalent operations. */
export const plannedOperations = (calls: Calls): readonly PatchOperation[] =>
  calls.flatMap((call) => ('kind' in call ? operationsLike(call, absentStage) : call));

/** The operations of all calls of an edit. */
export const operationsOf = ({ calls }: Pick<Outcome, 'calls'>): readonly PatchOperation[] =>
  calls.flatMap(({ operations }) => sent(operations));

// Without other people's changes.
export const changesOf = ({ before, after, own = after }: Outcome): readonly Change[] => changesBetween(before, own);

/** Whether an edit makes a call of this kind. */
export const makesCall = ({ calls }: Pick<Outcome, 'calls'>, kind: Call['kind']): boolean =>
  calls.some((call) => call.kind === kind);

const cannotUndo = (name: string, message: string) => ({ code: 'cannot-undo', name, message });

export const deploymentStays = 'The new deployment stays; aws apigateway delete-deployment deletes it.';

/** Why an undo cannot reverse a call. */
const lasting: Readonly<Partial<Record<Call['kind'], string>>> = {
  FlushStageCache: 'The cache fills again with new responses only.',
  CreateDeployment: deploymentStays,
};

/** Operations that undo this edit but not other people's changes, and problems for what they cannot undo. */
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
  const kept = calls.flatMap(({ kind }) => (lasting[kind] === undefined ? [] : [cannotUndo(kind, lasting[kind])]));
  return { operations, problems: [...problems, ...kept] };
};

/** The kind and state of each call that sends something. */
export const sentCalls = ({ calls }: Pick<Outcome, 'calls'>): readonly Pick<Call, 'kind' | 'state'>[] =>
  calls
    .filter(({ kind, operations }) => kind !== 'UpdateStage' || sent(operations).length > 0)
    .map(({ kind, state }) => ({ kind, state }));
