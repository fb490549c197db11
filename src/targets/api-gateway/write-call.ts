/** One call of UpdateStage, sent until it is known what became of it. */
import { readableName } from '../../stage/method.js';
import type { Place } from '../../stage/place.js';
import type { Notice } from '../../stage/plan.js';
import { type Problem, StageError } from '../../stage/problem.js';
import type { Stage } from '../../stage/stage.js';
import { faultSentence } from './aws-failure.js';
import { namedLeaves, type Step, valueAt } from './calls.js';
import { NoAnswerInTime } from './causes.js';
import { type Opened, readStage, withOtherStages } from './read-stage.js';
import { callFailure, tryOnce, unclear, waitAfter, waitBeforeNext } from './session.js';

/** The value at a place as a message may show it: secrets are masked. */
export type ShowLeaf = (place: Place, leaf: ReturnType<typeof valueAt>) => string;

/** The stage that is edited, and how. */
export interface Edited extends Opened {
  readonly show: ShowLeaf;
}

interface Moved {
  readonly place: Place;
  readonly was: ReturnType<typeof valueAt>;
  readonly now: ReturnType<typeof valueAt>;
}

/** What became of a call by the places that it names: applied, untouched, or else how they changed. */
const compare = (
  { operations, after, unproven }: Step,
  held: Stage,
  now: Stage,
): 'applied' | 'untouched' | readonly Moved[] => {
  const places = [...namedLeaves(operations, [held, after, now]).values()];
  const moved = places
    .map((place) => ({ place, was: valueAt(held, place), now: valueAt(now, place) }))
    .filter((move) => move.was !== move.now);
  if (moved.length === 0) return 'untouched';
  const isForeseen = places.every((place) => valueAt(now, place) === valueAt(after, place));
  return isForeseen && unproven.length === 0 ? 'applied' : moved;
};

const movedProblems = (moved: readonly Moved[], { session, show }: Edited, state: string): readonly Problem[] =>
  moved.map(({ place, was, now }) => ({
    code: 'concurrent-change',
    message: `${session.at.label}: ${readableName(place)} changed from ${show(place, was)} to ${show(place, now)} during this edit.${state}`,
  }));

/** Exit code 7, whatever the last attempt ended in. */
const unclearFailure = (failed: unknown, { session }: Edited, more: readonly Problem[] = []): unknown => {
  if (!(failed instanceof StageError)) return failed;
  const problem = { code: 'unclear', message: `${session.at.label}: ${unclear}` };
  return new StageError('unavailable', [...failed.problems, problem, ...more]);
};

/** API Gateway answered, and places that should have changed still hold their old values. */
const refuseUnapplied = ({ operations, after, unproven }: Step, held: Stage, answer: Stage, edited: Edited): void => {
  const doubted = namedLeaves(unproven, [held, answer]);
  const left = [...namedLeaves(operations, [held, after])].filter(([name, place]) => {
    const was = valueAt(held, place);
    return !doubted.has(name) && was !== valueAt(after, place) && was === valueAt(answer, place);
  });
  if (left.length === 0) return;
  const { session, show } = edited;
  const problems = left.map(([, place]) => ({
    code: 'not-applied',
    message: `${session.at.label}: API Gateway answered the update without applying it: ${readableName(place)} is still ${show(place, valueAt(held, place))}, expected ${show(place, valueAt(after, place))}.`,
  }));
  throw new StageError('refused', problems);
};

export interface Written {
  /** The stage after the call, as API Gateway answered. */
  readonly stage: Stage;
  readonly notices: readonly Notice[];
}

const readBackNotice = (lost: unknown): readonly Notice[] =>
  lost === undefined
    ? []
    : [
        {
          code: 'read-back',
          message: `No answer to the update (${faultSentence(lost)}); the stage shows that it was applied.`,
        },
      ];

/**
 * Makes one call of an edit. `held` is the stage as API Gateway last answered with it, `unwritten` what to say if the call was not made.
 *
 * @throws StageError if it was not made, or if that is unclear: then one of its problems has the code `unclear`.
 */
export const makeCall = async (step: Step, held: Stage, unwritten: string, edited: Edited): Promise<Written> => {
  const { operations: patchOperations } = step;
  const { restApiId, stageName } = edited;
  let lost: unknown;
  const session = { ...edited.session, standing: () => (lost === undefined ? unwritten : unclear) };
  for (let attempts = 1; ; attempts += 1) {
    if (attempts > 1) session.api.reconnect();
    const tried = await tryOnce(
      (signal) => session.api.updateStage(restApiId, stageName, patchOperations, signal),
      'write',
      session,
    );
    if ('answer' in tried) {
      refuseUnapplied(step, held, tried.answer, edited);
      return { stage: tried.answer, notices: [] };
    }
    const { error, fault } = tried;
    if (fault === 'lost') lost = error;
    const explain = (state?: string): unknown =>
      callFailure(error, session, { operation: 'UpdateStage', attempts, patchOperations }, state);
    const wait = waitBeforeNext(error, attempts, 'write', session);
    if (wait !== undefined) await waitAfter(error, wait, session);
    // A conflict may be with this very edit, if something on the way sent it twice.
    if (lost !== undefined || fault === 'conflict') {
      const now = await readStage({ ...edited, session }).catch((failed) => {
        throw failed instanceof StageError && failed.kind === 'interrupted'
          ? failed
          : unclearFailure(explain(), edited);
      });
      const became = compare(step, held, now);
      if (became === 'applied') return { stage: now, notices: readBackNotice(lost) };
      if (became !== 'untouched') {
        if (lost === undefined) throw new StageError('expectation', movedProblems(became, edited, ` ${unwritten}`));
        throw unclearFailure(explain(), edited, movedProblems(became, edited, ''));
      }
    }
    // What was never answered may still be applied.
    if (wait === undefined && lost instanceof NoAnswerInTime) throw unclearFailure(explain(), edited);
    if (wait === undefined) throw await withOtherStages(explain(unwritten), edited);
  }
};
