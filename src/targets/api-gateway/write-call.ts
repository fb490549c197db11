/** One call of UpdateStage, sent until it is known what became of it. */
import { type Change, changesBetween } from '../../stage/changes.js';
import type { Leaf } from '../../stage/codec.js';
import { readableName } from '../../stage/method.js';
import { nameOf, type Place } from '../../stage/place.js';
import type { Notice } from '../../stage/plan.js';
import { type Problem, StageError } from '../../stage/problem.js';
import type { Stage } from '../../stage/stage.js';
import { namedBy, type Step } from './calls.js';
import { awsFailure, faultSentence, NoAnswerInTime } from './failures.js';
import { type FoundStage, readLive, withOtherStages } from './lookups.js';
import { tryOnce, unclear, waitForNext } from './session.js';

/** The value at a place as a message may show it: secrets are masked. */
export type ShowLeaf = (place: Place, leaf: Leaf | undefined) => string;

/** What became of a call by the places that it names: applied, untouched, or else how they changed. */
const compare = ({ operations, after, unproven }: Step, held: Stage, now: Stage): string | readonly Change[] => {
  const isNamed = namedBy(operations);
  const moved = changesBetween(held, now, isNamed);
  if (moved.length === 0) return 'untouched';
  return unproven.length === 0 && changesBetween(after, now, isNamed).length === 0 ? 'applied' : moved;
};

/** Exit code 7, whatever the last attempt ended in. */
const unclearFailure = (failed: unknown, label: string, more: readonly Problem[] = []): unknown =>
  failed instanceof StageError
    ? new StageError('unavailable', [...failed.problems, { code: 'unclear', message: `${label}: ${unclear}` }, ...more])
    : failed;

/** API Gateway answered, and places that should have changed still hold their old values. */
const refuseUnapplied = (step: Step, held: Stage, answer: Stage, label: string, show: ShowLeaf): void => {
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

const readBackNotices = (lost: unknown): readonly Notice[] => {
  const message = `No answer to the update (${faultSentence(lost)}); the stage shows that it was applied.`;
  return lost === undefined ? [] : [{ code: 'read-back', message }];
};

/**
 * Makes one call of an edit. `held` is the stage as API Gateway last answered with it, `unwritten` what to say if the call was not made.
 * Returns the stage after the call.
 *
 * @throws StageError if it was not made, or if that is unclear: then one of its problems has the code `unclear`.
 */
export const makeCall = async (
  step: Step,
  held: Stage,
  unwritten: string,
  found: FoundStage,
  show: ShowLeaf,
): Promise<{ readonly stage: Stage; readonly notices: readonly Notice[] }> => {
  const { restApiId, stageName } = found;
  const { operations } = step;
  let lost: unknown;
  const session = { ...found.session, standing: () => (lost === undefined ? unwritten : unclear) };
  const { api, at } = session;
  for (let attempts = 1; ; attempts += 1) {
    if (attempts > 1) api.reconnect();
    const tried = await tryOnce(
      (signal) => api.updateStage(restApiId, stageName, operations, signal),
      'write',
      session,
    );
    if ('answer' in tried) {
      refuseUnapplied(step, held, tried.answer, at.label, show);
      return { stage: tried.answer, notices: [] };
    }
    const { error, fault } = tried;
    if (fault === 'lost' || fault === 'strange') lost = error;
    const tries = { ...at, operation: 'UpdateStage', attempts, patchOperations: operations };
    const isLast = !(await waitForNext(error, fault, attempts, 'write', session));
    // A conflict may be with this very edit, if something on the way sent it twice.
    if (lost !== undefined || fault === 'conflict') {
      const now = await readLive({ ...found, session }).catch((failed) => {
        throw failed instanceof StageError && failed.kind === 'interrupted'
          ? failed
          : unclearFailure(awsFailure(error, tries), at.label);
      });
      const became = compare(step, held, now);
      if (became === 'applied') return { stage: now, notices: readBackNotices(lost) };
      if (typeof became !== 'string') {
        const state = lost === undefined ? ` ${unwritten}` : '';
        const moved = became.map(({ place, before, after }) => ({
          code: 'concurrent-change',
          message: `${at.label}: ${readableName(place)} changed from ${show(place, before)} to ${show(place, after)} during this edit.${state}`,
        }));
        throw lost === undefined
          ? new StageError('expectation', moved)
          : unclearFailure(awsFailure(error, tries), at.label, moved);
      }
    }
    // What was never answered may still be applied.
    if (isLast && lost instanceof NoAnswerInTime) throw unclearFailure(awsFailure(error, tries), at.label);
    if (isLast) throw await withOtherStages(awsFailure(error, tries, unwritten), { ...found, session });
  }
};
