/** An edit of a live stage: what is foreseen of it, all its calls, and what is to be said of it. */
import type { Call, CallState, Calls, Notice, OnPartial, Outcome } from '../../stage/plan.js';
import { StageError } from '../../stage/problem.js';
import type { Stage } from '../../stage/stage.js';
import { differences, type Foresight, foreseeCalls, ownOf, unprovenNotices } from './foreseen.js';
import { makeCalls } from './make-calls.js';
import { ownerNotices } from './owner.js';
import { failedEdit } from './partial.js';
import type { Edited } from './write-step.js';

export interface EditOptions {
  /** Send the operations as they are: all of them, in their order, and what nobody knows the effect of too. */
  readonly verbatim: boolean;
  readonly onPartial: OnPartial;
  readonly ownerTags: readonly string[];
  readonly refuseOwned: boolean;
}

const callsOf = ({ steps, tests }: Foresight, state: CallState): readonly Call[] =>
  steps.map(({ operations }, index) => ({
    operations: index === 0 ? [...tests, ...operations] : operations,
    state,
  }));

const refuseOwner = (notices: readonly Notice[], label: string): void => {
  throw new StageError(
    'expectation',
    notices.map(({ code, message }) => ({ code, message: `${label}: ${message} Nothing was written.` })),
  );
};

interface Prepared {
  readonly foresight: Foresight;
  /** What is to be said of the edit before anything is sent. */
  readonly notices: readonly Notice[];
}

const prepare = (
  before: Stage,
  decide: (stage: Stage) => Calls,
  { session }: Pick<Edited, 'session'>,
  { verbatim, ownerTags, refuseOwned }: EditOptions,
): Prepared => {
  const foresight = foreseeCalls(before, decide(before), verbatim);
  if (foresight.steps.length === 0) return { foresight, notices: [] };
  const owners = ownerNotices(before, ownerTags);
  if (refuseOwned && owners.length > 0) refuseOwner(owners, session.at.label);
  return { foresight, notices: [...owners, ...unprovenNotices(foresight)] };
};

/** What `editStage` would do, as far as that can be foreseen. */
export const foreseeEdit = (
  before: Stage,
  decide: (stage: Stage) => Calls,
  edited: Pick<Edited, 'session'>,
  options: EditOptions,
): Outcome => {
  const { foresight, notices } = prepare(before, decide, edited, options);
  return { before, after: foresight.after, calls: callsOf(foresight, 'not-made'), notices };
};

/**
 * Does with a stage that was read what `decide` says: in as few calls as it takes, none where nothing changes. What API Gateway
 * answered otherwise than foreseen is among the notices.
 *
 * @throws StageError where the edit could not be made; its problems say what the stage holds.
 */
export const editStage = async (
  before: Stage,
  decide: (stage: Stage) => Calls,
  edited: Omit<Edited, 'tests'>,
  options: EditOptions,
): Promise<Outcome> => {
  const { foresight, notices } = prepare(before, decide, edited, options);
  if (foresight.steps.length === 0) return { before, after: before, calls: [] };
  // What is expected has to hold of the stage that is written to, not of the one that was read for the decision.
  const whole = { ...edited, tests: foresight.tests, recheck: edited.recheck || foresight.tests.length > 0 };
  const progress = await makeCalls(foresight.steps, before, whole);
  if (progress.failed) throw await failedEdit(foresight, progress, whole, options.onPartial);
  return {
    before,
    after: progress.stage,
    own: ownOf(before, progress.made),
    calls: callsOf(foresight, 'made'),
    notices: [...notices, ...progress.notices, ...differences(before, foresight, progress.stage, edited.show)],
  };
};
