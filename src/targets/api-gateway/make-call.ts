/** One call of an edit, sent until it is known whether it was applied. */
import type { Leaf } from '../../stage/codec.js';
import { type Change, changesBetween } from '../../stage/diff.js';
import { readableName } from '../../stage/method.js';
import { nameOf, type Place } from '../../stage/place.js';
import type { Notice } from '../../stage/plan.js';
import { type Problem, StageError, toStageError } from '../../stage/problem.js';
import type { Stage } from '../../stage/stage.js';
import { namedBy, type Step } from './calls.js';
import { awsFailure, type Circumstances, failureSentence, NoAnswerInTime } from './failures.js';
import { kindOfCall } from './kinds.js';
import { type FoundStage, withOtherStages } from './lookups.js';
import { tryOnce, unclear, waitForNext } from './session.js';

/** Formats the value at a place for a message, with secrets masked. */
export type ShowLeaf = (place: Place, leaf: Leaf | undefined) => string;

interface Made {
  readonly stage: Stage;
  readonly notices: readonly Notice[];
}

interface Trial {
  readonly step: Step;
  /** The stage in the last answer of API Gateway. */
  readonly held: Stage;
  /** What to say if the call was not made. */
  readonly unwritten: string;
  readonly found: FoundStage;
  readonly show: ShowLeaf;
}

/** Throws if API Gateway answered but places that should have changed still have their old values. */
const refuseUnapplied = ({ step, held, found, show }: Trial, answer: Stage): void => {
  const { label } = found.session.at;
  if (step.unproven.length > 0) return;
  const isNamed = namedBy(step.operations);
  const moved = new Set(changesBetween(held, answer, isNamed).map(({ place }) => nameOf(place)));
  const problems = changesBetween(held, step.after, isNamed)
    .filter(({ place }) => !moved.has(nameOf(place)))
    .map(({ place, before, after }) => ({
      code: 'not-applied',
      message: `${label}: API Gateway answered the update without applying it: ${readableName(place)} is still ${show(place, before)}, expected ${show(place, after)}.`,
    }));
  if (problems.length > 0) throw new StageError('refused', problems);
};

/** An attempt that failed. */
interface Failed {
  readonly error: unknown;
  /** Why the answer of this attempt, or of an earlier one, was lost: the call may have been applied. */
  readonly lost: unknown;
  readonly tries: Circumstances;
}

/** The failure of a call that may have been applied. */
const unsure = ({ error, tries }: Failed, more: readonly Problem[] = []): StageError => {
  const doubt = { code: 'unclear', message: `${tries.label}: ${unclear}` };
  return new StageError('unavailable', [...toStageError(awsFailure(error, tries)).problems, doubt, ...more]);
};

/** The failure of a call that conflicts with other people's changes. */
const concurrentChange = (changes: readonly Change[], failed: Failed, { unwritten, show }: Trial): StageError => {
  const isLost = failed.lost !== undefined;
  const problems = changes.map(({ place, before, after }) => ({
    code: 'concurrent-change',
    message: `${failed.tries.label}: ${readableName(place)} changed from ${show(place, before)} to ${show(place, after)} during this edit.${isLost ? '' : ` ${unwritten}`}`,
  }));
  return isLost ? unsure(failed, problems) : new StageError('expectation', problems);
};

/** Checks whether a call was applied; undefined if not. Throws if unclear, or if others changed the same places. */
const findOut = async (trial: Trial, failed: Failed): Promise<Made | undefined> => {
  const { step, held, found } = trial;
  const { look } = kindOfCall(step);
  const { now, isApplied, changes } = await look(step, held, found).catch((error) => {
    throw error instanceof StageError && error.kind === 'interrupted' ? error : unsure(failed);
  });
  if (!isApplied && changes.length > 0) throw concurrentChange(changes, failed, trial);
  if (!isApplied) return undefined;
  if (failed.lost === undefined) return { stage: now, notices: [] };
  const sentence = failureSentence(failed.lost, { ...failed.tries, attempts: 1 });
  return { stage: now, notices: [{ code: 'read-back', message: `${sentence}; the stage shows that it was applied.` }] };
};

const lastFailure = async ({ step, unwritten, found }: Trial, failed: Failed): Promise<unknown> => {
  // A call that was never answered may still be applied later.
  if (failed.lost instanceof NoAnswerInTime) return unsure(failed);
  const failure = awsFailure(failed.error, failed.tries, unwritten);
  return step.kind === 'CreateStage' ? failure : withOtherStages(failure, found);
};

/** Sends one call until it is known whether it was applied. If that stays unclear, a problem has the code `unclear`. */
export const makeCall = async ({ found, ...call }: Trial): Promise<Made> => {
  let lost: unknown;
  const session = { ...found.session, standing: () => (lost === undefined ? call.unwritten : unclear) };
  const writing = { ...session, isWriting: true };
  const trial = { ...call, found: { ...found, session } };
  const { step, held } = call;
  const { send } = kindOfCall(step);
  for (let attempts = 1; ; attempts += 1) {
    if (attempts > 1) session.api.reconnect();
    const tried = await tryOnce((signal) => send(step, held, found, signal), writing);
    if ('answer' in tried) {
      refuseUnapplied(trial, tried.answer);
      return { stage: tried.answer, notices: [] };
    }
    const { error, fault } = tried;
    if (fault === 'lost' || fault === 'strange') lost = error;
    const tries = { ...session.at, operation: step.kind, attempts, patchOperations: step.operations };
    const isLast = !(await waitForNext(error, fault, tries, writing));
    // The conflict may be with this same edit, if a proxy sent it twice.
    const isDoubtful = lost !== undefined || fault === 'conflict';
    const made = isDoubtful ? await findOut(trial, { error, lost, tries }) : undefined;
    if (made) return made;
    if (isLast) throw await lastFailure(trial, { error, lost, tries });
  }
};
