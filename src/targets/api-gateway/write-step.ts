/** One call of UpdateStage, until it is known what became of it. */
import type { PatchOperation } from '../../stage/operation.js';
import type { Notice } from '../../stage/plan.js';
import { type Problem, StageError, withMore } from '../../stage/problem.js';
import type { Stage } from '../../stage/stage.js';
import { faultOf, faultSentence } from './aws-errors.js';
import type { ShowLeaf, Step } from './foreseen.js';
import { isMoved, type Look, movedProblems, overwritten, strayed } from './meanwhile.js';
import { whatBecameOf } from './read-back.js';
import { isNotFound, type Opened, readAside, readStage, withOtherStages } from './read-stage.js';
import { type Fault, nextMove } from './retries.js';
import { NoAnswerInTime } from './said.js';
import {
  callFailure,
  interruptedWriting,
  isInterruption,
  type Session,
  timeLeft,
  tryOnce,
  waitAfter,
} from './session.js';

/** The stage that is edited, and how. */
export interface Edited extends Opened {
  /** Whether to read the stage again just before it is written to. */
  readonly recheck: boolean;
  /** What must hold by then. */
  readonly tests: readonly PatchOperation[];
  readonly show: ShowLeaf;
}

/** A call that was not made, as far as is known. */
export interface Failed {
  readonly state: 'not-made' | 'unknown';
  readonly error: unknown;
}

/** What became of a call. `stage`: as API Gateway last answered with it. */
export type Written = { readonly state: 'made'; readonly stage: Stage; readonly notices: readonly Notice[] } | Failed;

/** Which of the calls of an edit one is, from 1, and how many there are. */
export interface Turn {
  readonly number: number;
  readonly of: number;
}

/** A call that is being made. */
interface Writing {
  readonly step: Step;
  readonly turn: Turn;
  /** The stage as API Gateway last answered with it. */
  readonly held: Stage;
  readonly attempts: number;
  /** Why the answer to an attempt was lost, where one was. */
  readonly lost?: unknown;
  /** What somebody else was seen to have changed of what this call will go over. */
  readonly overwrites: readonly Notice[];
  /** What the last of the attempts was told that ended in a conflict, and how many did. */
  readonly conflict?: { readonly error: unknown; readonly count: number };
}

/** What is said where a call was not made. Of an edit, that nothing was written is true until its first call was made. */
const unchanged = ({ turn: { number } }: Writing): string =>
  number === 1 ? 'Nothing was written.' : `Call ${number} was not made.`;

const lookAt = (fresh: Stage, { step, held }: Writing, { show }: Edited): Look => ({ step, held, fresh, show });

/** Problems where the stage that is there now is not the one that was decided on. */
const changedProblems = (fresh: Stage, writing: Writing, edited: Edited, state: string): readonly Problem[] => {
  // After the first call the stage is what the edit makes of it.
  const tests = writing.turn.number === 1 ? edited.tests : [];
  return movedProblems(lookAt(fresh, writing, edited), tests, edited.session.at.label, state);
};

const expectUnchanged = (fresh: Stage, writing: Writing, edited: Edited): void => {
  const problems = changedProblems(fresh, writing, edited, unchanged(writing));
  if (problems.length > 0) throw new StageError('expectation', problems);
};

const recheck = async (writing: Writing, edited: Edited): Promise<void> => {
  if (edited.recheck) expectUnchanged(await readStage(edited), writing, edited);
};

const updateFailure = (error: unknown, { step, attempts }: Writing, { session }: Edited, state: string): unknown =>
  callFailure(
    error,
    session,
    { operation: 'UpdateStage', attempts: Math.max(1, attempts), patchOperations: step.operations },
    state,
  );

const notMade = async (error: unknown, writing: Writing, edited: Edited): Promise<Written> => ({
  state: 'not-made',
  error: await withOtherStages(updateFailure(error, writing, edited, unchanged(writing)), edited),
});

const gone = 'Whether the edit was made is not known: the stage is not there any more.';
const lookYourself = 'Whether the edit was made is not known; stage get shows the stage as it is.';

/** Milliseconds that another attempt, or a look at what became of one, has to have. */
const reserveOf = ({ timeout }: Session): number => Math.min(5000, timeout / 4);

/** What became of an edit is asked for, however little time is left. */
const withTimeToRead = (edited: Edited): Edited => {
  const { session } = edited;
  const deadline = Math.max(session.deadline, session.clock.now() + reserveOf(session));
  return { ...edited, session: { ...session, deadline } };
};

/** The stage read back after an answer was lost, or why it cannot be read. */
const readBack = async (
  writing: Writing,
  edited: Edited,
): Promise<{ readonly stage: Stage } | { readonly written: Written }> => {
  try {
    return { stage: await readStage(withTimeToRead(edited)) };
  } catch (error) {
    if (isInterruption(error)) throw error;
    const state = isNotFound(error) ? gone : lookYourself;
    return { written: { state: 'unknown', error: updateFailure(writing.lost, writing, edited, state) } };
  }
};

/** What is said of a call whose answer was lost: of one of several not that it is the edit. */
const afterLost = ({ lost, turn: { number, of } }: Writing, became: string): string => {
  const [name, again] = of === 1 ? ['the edit', 'the edit'] : [`call ${number} of ${of}`, 'that call'];
  return `The answer to ${name} did not arrive (${faultSentence(lost)}), so the stage was read back: ${again} ${became}.`;
};

const madeAfterAll = (stage: Stage, writing: Writing): Written => ({
  state: 'made',
  stage,
  notices: [{ code: 'read-back', message: afterLost(writing, 'was made') }],
});

const mayFollow =
  'The stage was read back and had not been changed by then; API Gateway may still make the edit. stage get shows the stage as it is.';

const notMadeByThen =
  'The stage was read back and the edit had not been made by then; API Gateway may still make it. stage get shows the stage as it is.';
const notSentAgain = 'The edit was not sent again.';

const mixedUp =
  'The stage was read back and is neither as it was nor as it should be, so somebody else has probably changed it too. Whether the edit was made is not known; stage get shows the stage as it is.';

const touched =
  'The stage was read back and has been changed since it was first read, which may have been the edit, undone by somebody else. Whether it was made is not known; stage get shows the stage as it is.';

/** What is told where the stage does not tell what became of the call. */
const inDoubt = (error: unknown, stage: Stage, writing: Writing, edited: Edited): Written => {
  const look = lookAt(stage, writing, edited);
  const failure = updateFailure(error, writing, edited, isMoved(look) ? mixedUp : touched);
  return { state: 'unknown', error: withMore(failure, strayed(look)) };
};

/** Why a stage that is as it was could not be changed: a conflict that never cleared, however its last attempt happened to end. */
const causeOfEnd = (error: unknown, { conflict, attempts }: Writing): unknown =>
  conflict !== undefined && conflict.count * 2 >= attempts && faultOf(error).kind !== 'final' ? conflict.error : error;

/**
 * Before a call whose answer was lost is sent again: what is told where the stage is not the one that was decided on any more.
 * An attempt that nobody answered may be made after that.
 */
const settleChanged = (error: unknown, fresh: Stage, writing: Writing, edited: Edited): Written | undefined => {
  if (!(writing.lost instanceof NoAnswerInTime)) {
    expectUnchanged(fresh, writing, edited);
    return undefined;
  }
  const problems = changedProblems(fresh, writing, edited, notSentAgain);
  if (problems.length === 0) return undefined;
  return { state: 'unknown', error: withMore(updateFailure(error, writing, edited, notMadeByThen), problems) };
};

/** What became of a call whose answer was lost. Undefined: it was not made, and may be sent again. */
const settle = async (
  error: unknown,
  writing: Writing,
  edited: Edited,
  mayRepeat: boolean,
): Promise<Written | undefined> => {
  const back = await readBack(writing, edited);
  if ('written' in back) return back.written;
  const state = whatBecameOf(writing.step, writing.held, back.stage);
  if (state === 'made') return madeAfterAll(back.stage, writing);
  if (state === 'unknown') return inDoubt(error, back.stage, writing, edited);
  const cause = causeOfEnd(error, writing);
  if (!mayRepeat && writing.lost instanceof NoAnswerInTime)
    return { state: 'unknown', error: updateFailure(cause, writing, edited, mayFollow) };
  if (!mayRepeat) return notMade(cause, writing, edited);
  return edited.recheck ? settleChanged(cause, back.stage, writing, edited) : undefined;
};

const sentAgain = (writing: Writing): readonly Notice[] => {
  if (writing.lost === undefined) return [];
  const byThen = writing.lost instanceof NoAnswerInTime ? ' by then' : '';
  return [{ code: 'sent-again', message: afterLost(writing, `had not been made${byThen}, and was sent again`) }];
};

/** Whether a notice tells how a call was made: nothing that is worth saying once it was taken back. */
export const isOfMaking = ({ code }: Notice): boolean => code === 'read-back' || code === 'sent-again';

/** After an attempt that failed: what became of the call, or undefined where it is to be sent again. */
const afterFault = async (
  error: unknown,
  fault: Fault,
  writing: Writing,
  edited: Edited,
): Promise<Written | undefined> => {
  const { session } = edited;
  const { maxAttempts, clock } = session;
  const budget = { attempts: writing.attempts, maxAttempts, left: timeLeft(session) - reserveOf(session) };
  const move = nextMove(fault, 'write', budget, clock.random);
  if (move.next !== 'give-up') await waitAfter(error, move.after, session, move.next);
  // What was refused at last may have been made by an attempt whose answer was lost.
  if (writing.lost !== undefined) {
    const isLast = move.next === 'give-up' || (move.next === 'ask' && move.isLast === true);
    const mayRepeat = !isLast && writing.attempts < maxAttempts && timeLeft(session) > reserveOf(session);
    return settle(error, writing, edited, mayRepeat);
  }
  if (move.next === 'give-up') return notMade(causeOfEnd(error, writing), writing, edited);
  await recheck(writing, edited);
  return undefined;
};

/** After a conflict: whoever it was with may have changed the same. That is looked for where it is not refused anyway. */
const lookAround = async (writing: Writing, edited: Edited): Promise<Writing> => {
  if (edited.recheck || writing.lost !== undefined) return writing;
  const fresh = await readAside(edited);
  return fresh ? { ...writing, overwrites: overwritten(lookAt(fresh, writing, edited)) } : writing;
};

/** One attempt: what became of the call, or the call as it stands for the next attempt. */
const attemptWrite = async (begun: Writing, edited: Edited): Promise<Written | { readonly writing: Writing }> => {
  const { session, restApiId, stageName } = edited;
  const { operations } = begun.step;
  const tried = await tryOnce(
    (signal) => session.api.updateStage(restApiId, stageName, operations, signal),
    'write',
    session,
  );
  if ('answer' in tried)
    return { state: 'made', stage: tried.answer, notices: [...sentAgain(begun), ...begun.overwrites] };
  const { error, fault } = tried;
  const writing = {
    ...begun,
    attempts: begun.attempts + 1,
    ...(fault.kind === 'lost' && { lost: error }),
    ...(fault.kind === 'conflict' && { conflict: { error, count: (begun.conflict?.count ?? 0) + 1 } }),
  };
  const written = await afterFault(error, fault, writing, edited).catch((failure) => {
    throw isInterruption(failure) && writing.lost !== undefined ? interruptedWriting(session) : failure;
  });
  return written ?? { writing: fault.kind === 'conflict' ? await lookAround(writing, edited) : writing };
};

/**
 * Makes one call of an edit, as often as it takes. Throws only where the run is interrupted, or a fresh read shows another's
 * change.
 */
export const writeStep = async (step: Step, turn: Turn, held: Stage, edited: Edited): Promise<Written> => {
  let writing: Writing = { step, turn, held, attempts: 0, overwrites: [] };
  await recheck(writing, edited);
  for (;;) {
    const written = await attemptWrite(writing, edited);
    if ('state' in written) return written;
    writing = written.writing;
  }
};
