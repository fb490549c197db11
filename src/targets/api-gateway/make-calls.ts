/** Calls of UpdateStage one after another, until one of them fails for good. */
import type { Change } from '../../stage/changes.js';
import { readableName } from '../../stage/method.js';
import { readLeaf } from '../../stage/place.js';
import type { Notice } from '../../stage/plan.js';
import { StageError } from '../../stage/problem.js';
import type { Stage } from '../../stage/stage.js';
import type { Made, Step } from './foreseen.js';
import { interruptedWrite } from './session.js';
import { type Edited, type Failed, type Turn, type Written, writeStep } from './write-step.js';

/** How far an edit came. */
export interface Progress {
  readonly made: readonly Made[];
  readonly stage: Stage;
  readonly notices: readonly Notice[];
  /** The call that failed for good. */
  readonly failed?: Failed;
}

const tryStep = async (step: Step, turn: Turn, held: Stage, edited: Edited): Promise<Written> => {
  try {
    return await writeStep(step, turn, held, edited);
  } catch (error) {
    // An interruption cuts the answer off; another's change was seen before anything was sent.
    const isCut = error instanceof StageError && error.problems.some(({ code }) => code === interruptedWrite);
    return { state: isCut ? 'unknown' : 'not-made', error };
  }
};

/** What a call was to change, and has not, by the answer. */
const unlike = (step: Step | undefined, answer: Stage): readonly Change[] =>
  step?.asked.filter(({ place, after }) => readLeaf(answer, place) !== after) ?? [];

/** A call that stands on the one before it is not sent where that was answered otherwise than foreseen. */
const notConfirmed = (changes: readonly Change[], answer: Stage, { session, show }: Edited): Failed => {
  const problems = changes.map(({ place, after }) => ({
    code: 'not-confirmed',
    message: `${session.at.label}: ${readableName(place)} should be ${show(place, after)} by now, and API Gateway answered ${show(place, readLeaf(answer, place))}; what was to follow was not done.`,
  }));
  return { state: 'not-made', error: new StageError('refused', problems) };
};

/** Makes a call for each step, until one fails for good or stands on another that was not answered as foreseen. */
export const makeCalls = async (steps: readonly Step[], before: Stage, edited: Edited): Promise<Progress> => {
  const made: Made[] = [];
  const notices: Notice[] = [];
  let stage = before;
  for (const step of steps) {
    const unconfirmed = step.awaitsConfirmation ? unlike(made.at(-1)?.step, stage) : [];
    if (unconfirmed.length > 0) return { made, stage, notices, failed: notConfirmed(unconfirmed, stage, edited) };
    const written = await tryStep(step, { number: made.length + 1, of: steps.length }, stage, edited);
    if (written.state !== 'made') return { made, stage, notices, failed: written };
    made.push({ step, held: stage, answer: written.stage });
    notices.push(...written.notices);
    stage = written.stage;
  }
  return { made, stage, notices };
};
