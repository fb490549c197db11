/** An edit of which one call failed for good: what is done about those before it, and what is told. */
import type { CallState, OnPartial } from '../../stage/plan.js';
import { type Problem, StageError } from '../../stage/problem.js';
import { counted } from './counted.js';
import { type Foresight, type Made, ownOf, type Step } from './foreseen.js';
import { leftToOthers, messageOf, type Rollback, rollBack, whyNotBack } from './roll-back.js';
import { restarted } from './session.js';
import type { Edited, Failed } from './write-step.js';

/** An edit that came to an end before its last call. */
export interface Stopped extends Foresight {
  /** The calls that were made. */
  readonly made: readonly Made[];
  /** The one after them. */
  readonly failed: Failed;
}

/** What the stage holds of an edit that stopped. */
interface PartProblem extends Problem {
  /** What became of each call. */
  readonly calls: readonly CallState[];
}

const failedStep = ({ steps, made }: Stopped): Step | undefined => steps[made.length];

const firstCalls = ({ length }: readonly Made[]): string => (length === 1 ? 'call 1' : `calls 1 to ${length}`);

const countOf = (steps: readonly Step[]): number =>
  steps.reduce((count, { operations }) => count + operations.length, 0);

/** Said of the call that failed, where it may have been made all the same. */
const doubt = ({ made, failed }: Stopped): string =>
  failed.state === 'unknown' ? `; of call ${made.length + 1} it is not known` : '';

/** What the stage holds after some of the calls. */
const heldPart = (stopped: Stopped): string => {
  const { steps, made } = stopped;
  const held = countOf(made.map(({ step }) => step));
  return `The stage holds ${held} of the ${countOf(steps)} operations (${firstCalls(made)} of ${steps.length})${doubt(stopped)}`;
};

const statesOf = ({ steps, made, failed }: Stopped, ofMade: CallState): readonly CallState[] =>
  steps.map((_, index) => {
    if (index < made.length) return ofMade;
    return index === made.length ? failed.state : 'not-made';
  });

const takenBack = (stopped: Stopped, isAsItWas: boolean): PartProblem => {
  const { steps, made } = stopped;
  const now = doubt(stopped) || (isAsItWas ? ': the stage is as it was' : '');
  const others = isAsItWas ? '' : ' What somebody else changed meanwhile was left.';
  return {
    code: 'rolled-back',
    message: `The edit takes ${steps.length} calls; ${firstCalls(made)} had been made and taken back${now}.${others}`,
    calls: statesOf(stopped, 'not-made'),
  };
};

/** How far a rollback came that did not come to its end. */
type Returned = 'in-part' | 'not-at-all' | 'unknown';

const returned: Readonly<Record<Returned, string>> = {
  'in-part': 'could be taken back only in part',
  'not-at-all': 'could not be taken back',
  unknown: 'whether that was taken back is not known',
};

const notTakenBack = (stopped: Stopped, why: string, how: Returned): PartProblem => ({
  code: 'not-rolled-back',
  message: `${heldPart(stopped)}, and ${returned[how]}: ${why.replace(/\.?\s*$/, '.')} stage get shows what it holds now.`,
  calls: statesOf(stopped, how === 'not-at-all' ? 'made' : 'unknown'),
});

const kept = (stopped: Stopped): PartProblem => ({
  code: 'kept-in-part',
  message: `${heldPart(stopped)}. Run the command again for the rest.`,
  calls: statesOf(stopped, 'made'),
});

const howFar = ({ back: { made, failed } }: Rollback): Returned => {
  if (made.length > 0) return 'in-part';
  return failed?.state === 'unknown' ? 'unknown' : 'not-at-all';
};

const toldOf = (rollback: Rollback, stopped: Stopped, { show }: Edited): readonly Problem[] => {
  const doubted = stopped.failed.state === 'unknown' ? (failedStep(stopped)?.changes ?? []) : [];
  const left = leftToOthers(rollback, doubted, show);
  const why = whyNotBack(rollback, show);
  const told = why === undefined ? takenBack(stopped, left.length === 0) : notTakenBack(stopped, why, howFar(rollback));
  return [told, ...left];
};

/** Takes back what was made: not what others did meanwhile. It has the whole time of an edit again. */
const takeBack = async (stopped: Stopped, edited: Edited): Promise<readonly Problem[]> => {
  const { before, made } = stopped;
  const again = { ...edited, session: restarted(edited.session), recheck: false };
  return rollBack(before, ownOf(before, made), again).then(
    (rollback) => toldOf(rollback, stopped, edited),
    (error) => [notTakenBack(stopped, messageOf(error), 'not-at-all')],
  );
};

/** An expectation that failed after some calls no longer means that nothing was written. */
const partialKind = ({ kind }: StageError): StageError['kind'] => (kind === 'expectation' ? 'refused' : kind);

/** The failure of an edit, once what was made of it has been taken back or kept. */
export const failedEdit = async (stopped: Stopped, edited: Edited, onPartial: OnPartial): Promise<unknown> => {
  const { made, failed, listed } = stopped;
  const error = counted(failed.error, failedStep(stopped)?.operations ?? [], listed);
  if (made.length === 0) return error;
  const isInterrupted = error instanceof StageError && error.kind === 'interrupted';
  const told = onPartial === 'keep' || isInterrupted ? [kept(stopped)] : await takeBack(stopped, edited);
  return error instanceof StageError ? new StageError(partialKind(error), [...error.problems, ...told]) : error;
};
