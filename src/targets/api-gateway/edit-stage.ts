/** An edit of a live stage: what is foreseen of it, all its calls, and what is to be said of it. */
import type { Call, CallState, Decide, Notice, OnPartial, Outcome } from '../../stage/plan.js';
import { StageError } from '../../stage/problem.js';
import { withState } from '../../stage/result.js';
import type { Stage } from '../../stage/stage.js';
import { differences, type Foresight, foreseeCalls, ownOf, type ShowLeaf, unprovenNotices } from './foreseen.js';
import { makeCalls } from './make-calls.js';
import { ownerNotices } from './owner.js';
import { failedEdit } from './partial.js';
import type { Opened } from './read-stage.js';

export interface EditOptions {
  /** For `patch`: the operations are sent as they are, all of them, and also what nobody has shown API Gateway to accept. */
  readonly verbatim: boolean;
  /** Read again just before writing, and refuse where what the edit touches has changed: for `--expect` and protected stages. */
  readonly recheck: boolean;
  readonly onPartial: OnPartial;
  /** Tags besides CloudFormation's own whose presence says that something else deploys the stage. */
  readonly ownerTags: readonly string[];
  /** Whether a stage that something else deploys is left alone. */
  readonly refuseOwned: boolean;
  /** A value in a notice; masks what is secret. */
  readonly showLeaf: ShowLeaf;
}

const callsOf = ({ steps: [first, ...rest], tests }: Foresight, state: CallState): readonly Call[] => {
  if (first === undefined) return [];
  return withState([[...tests, ...first.operations], ...rest.map(({ operations }) => operations)], state);
};

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
  decide: Decide,
  { session }: Opened,
  { verbatim, ownerTags, refuseOwned }: EditOptions,
): Prepared => {
  const foresight = foreseeCalls(before, decide(before), verbatim);
  if (foresight.steps.length === 0) return { foresight, notices: [] };
  const owners = ownerNotices(before, ownerTags);
  if (refuseOwned && owners.length > 0) refuseOwner(owners, session.at.label);
  return { foresight, notices: [...owners, ...unprovenNotices(foresight)] };
};

/** What `editStage` would do, as far as that can be foreseen. */
export const foreseeEdit = (before: Stage, decide: Decide, opened: Opened, options: EditOptions): Outcome => {
  const { foresight, notices } = prepare(before, decide, opened, options);
  const { after, steps } = foresight;
  return { before, after, ...(steps.length > 0 && { own: after }), calls: callsOf(foresight, 'not-made'), notices };
};

/**
 * Does with a stage that was read what `decide` says: in as few calls as it takes, none where nothing changes. What API Gateway
 * answered otherwise than foreseen is among the notices.
 *
 * @throws StageError where the edit could not be made; its problems say what the stage holds.
 */
export const editStage = async (
  before: Stage,
  decide: Decide,
  opened: Opened,
  options: EditOptions,
): Promise<Outcome> => {
  const { foresight, notices } = prepare(before, decide, opened, options);
  const { steps, tests } = foresight;
  if (steps.length === 0) return { before, after: before, calls: [] };
  const { recheck, showLeaf: show, onPartial } = options;
  // What is expected has to hold of the stage that is written to, not of the one that was read for the decision.
  const edited = { ...opened, tests, recheck: recheck || tests.length > 0, show };
  const { made, failed, stage: after, notices: told } = await makeCalls(steps, before, edited);
  if (failed) throw await failedEdit({ ...foresight, made, failed, notices: [...notices, ...told] }, edited, onPartial);
  return {
    before,
    after,
    own: ownOf(before, made),
    calls: callsOf(foresight, 'made'),
    notices: [...notices, ...told, ...differences(foresight, after, show)],
  };
};
