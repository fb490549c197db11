/** An edit of which one call failed for good: what is done about those before it. */
import type { Notice, OnPartial } from '../../stage/plan.js';
import { type Problem, StageError, toStageError } from '../../stage/problem.js';
import { counted } from './counted.js';
import { differences, ownOf } from './foreseen.js';
import {
  cutBack,
  cutOff,
  failedStep,
  gone,
  kept,
  notTakenBack,
  type Returned,
  type Stopped,
  takenBack,
} from './held-part.js';
import { isNotFound, isStageGone } from './read-stage.js';
import { leftToOthers, messageOf, type Rollback, rollBack, whyNotBack } from './roll-back.js';
import { isInterruption, restarted } from './session.js';
import { type Edited, isOfMaking } from './write-step.js';

/** Where the answers to the calls that were kept were others than foreseen. */
const differencesOf = ({ made, ...foresight }: Stopped, { show }: Edited): readonly Notice[] => {
  const last = made.at(-1);
  if (last === undefined) return [];
  return differences({ ...foresight, steps: made.map(({ step }) => step), after: last.step.after }, last.answer, show);
};

const howFar = ({ back: { made, failed } }: Rollback): Returned => {
  if (made.length > 0) return 'in-part';
  return failed?.state === 'unknown' ? 'unknown' : 'not-at-all';
};

/** An expectation that failed after calls of which something is left no longer means that nothing was written. */
const partialKind = ({ kind }: StageError): StageError['kind'] => (kind === 'expectation' ? 'refused' : kind);

const withTold = (error: StageError, told: readonly Problem[], { notices }: Stopped): StageError =>
  new StageError(partialKind(error), [...error.problems, ...told, ...notices]);

/** Of an edit of which nothing is left: that an expectation failed still means so, and how the calls were made is of no use. */
const withTakenBack = (error: StageError, told: readonly Problem[], { notices }: Stopped): StageError =>
  new StageError(error.kind, [...error.problems, ...told, ...notices.filter((notice) => !isOfMaking(notice))]);

/** What is not as it was and not of this edit either: all of it, and without what the failure tells already. */
const leftOf = ({ kind }: StageError, rollback: Rollback, stopped: Stopped, { show }: Edited) => {
  const { changes = [], asked = [] } = failedStep(stopped) ?? {};
  const left = leftToOthers(rollback, stopped.failed.state === 'unknown' ? changes : [], show);
  // A call is not sent where somebody else has changed what it asks for.
  return { left, untold: kind === 'expectation' ? leftToOthers(rollback, asked, show) : left };
};

const withRollback = (error: StageError, rollback: Rollback, stopped: Stopped, edited: Edited): StageError => {
  const { left, untold } = leftOf(error, rollback, stopped, edited);
  const why = whyNotBack(rollback, edited.show);
  if (why === undefined) return withTakenBack(error, [takenBack(stopped, left.length === 0), ...untold], stopped);
  return withTold(error, [notTakenBack(stopped, why, howFar(rollback)), ...untold], stopped);
};

const cut = (problems: readonly Problem[]): StageError => new StageError('interrupted', problems);

/** Takes back what was made: not what others did meanwhile. It has the whole time of an edit again. */
const takeBack = async (error: StageError, stopped: Stopped, edited: Edited): Promise<StageError> => {
  const { before, made } = stopped;
  const again = { ...edited, session: restarted(edited.session), recheck: false };
  try {
    const rollback = await rollBack(before, ownOf(before, made), again);
    const failure = rollback.back.failed?.error;
    if (isInterruption(failure)) return cut([...cutBack(stopped, howFar(rollback), edited), ...error.problems]);
    if (isNotFound(failure)) return withTold(error, [gone(stopped)], stopped);
    return withRollback(error, rollback, stopped, edited);
  } catch (failure) {
    if (isInterruption(failure)) return cut([...cutBack(stopped, 'not-at-all', edited), ...error.problems]);
    const told = isNotFound(failure) ? gone(stopped) : notTakenBack(stopped, messageOf(failure), 'not-at-all');
    return withTold(error, [told], stopped);
  }
};

/** The failure of an edit, once what was made of it has been taken back or kept. */
export const failedEdit = async (stopped: Stopped, edited: Edited, onPartial: OnPartial): Promise<unknown> => {
  const { made, failed, listed } = stopped;
  const thrown = counted(failed.error, failedStep(stopped)?.operations ?? [], listed);
  if (made.length === 0) return thrown;
  const error = toStageError(thrown);
  if (isInterruption(error)) return cut([...cutOff(stopped, edited), ...stopped.notices]);
  if (onPartial === 'rollback') return takeBack(error, stopped, edited);
  if (isNotFound(error) && (await isStageGone(edited))) return withTold(error, [gone(stopped)], stopped);
  return withTold(error, [kept(stopped, edited), ...differencesOf(stopped, edited)], stopped);
};
