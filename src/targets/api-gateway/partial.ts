/** An edit of which one call failed for good: what is done about those before it, and what is told. */
import type { PatchOperation } from '../../stage/operation.js';
import type { CallState, OnPartial } from '../../stage/plan.js';
import { type Problem, StageError } from '../../stage/problem.js';
import { mostOperations } from './batches.js';
import { type Foresight, ownOf, type Step } from './foreseen.js';
import type { Progress } from './make-calls.js';
import { leftToOthers, messageOf, type Rollback, rollBack, whyNotBack } from './roll-back.js';
import { restarted } from './session.js';
import type { Edited } from './write-step.js';

const firstCalls = (count: number): string => (count === 1 ? 'call 1' : `calls 1 to ${count}`);

const countOf = (steps: readonly Step[]): number =>
  steps.reduce((count, { operations }) => count + operations.length, 0);

/** Said of the call that failed, where it may have been made all the same. */
const doubt = ({ made, failed }: Progress): string =>
  failed?.state === 'unknown' ? `; of call ${made.length + 1} it is not known` : '';

/** What the stage holds after some of the calls. */
const heldPart = ({ steps }: Foresight, progress: Progress): string =>
  `The stage holds ${countOf(progress.made.map(({ step }) => step))} of the ${countOf(steps)} operations (${firstCalls(progress.made.length)} of ${steps.length})${doubt(progress)}`;

const partProblem = (
  code: string,
  message: string,
  states: readonly CallState[],
): Problem & { readonly calls: unknown } => ({
  code,
  message,
  calls: states,
});

const statesOf = ({ steps }: Foresight, { made, failed }: Progress, ofMade: CallState): readonly CallState[] =>
  steps.map((_, index) => {
    if (index < made.length) return ofMade;
    return index === made.length && failed ? failed.state : 'not-made';
  });

const takenBack = (foresight: Foresight, progress: Progress, isAsItWas: boolean): Problem => {
  const now = doubt(progress) || (isAsItWas ? ': the stage is as it was' : '');
  const others = isAsItWas ? '' : ' What somebody else changed meanwhile was left.';
  const message = `The edit takes ${foresight.steps.length} calls; ${firstCalls(progress.made.length)} had been made and taken back${now}.${others}`;
  return partProblem('rolled-back', message, statesOf(foresight, progress, 'not-made'));
};

/** How far a rollback came that did not come to its end. */
type Returned = 'in-part' | 'not-at-all' | 'unknown';

const returned: Readonly<Record<Returned, string>> = {
  'in-part': 'could be taken back only in part',
  'not-at-all': 'could not be taken back',
  unknown: 'whether that was taken back is not known',
};

const notTakenBack = (foresight: Foresight, progress: Progress, why: string, how: Returned): Problem => {
  const message = `${heldPart(foresight, progress)}, and ${returned[how]}: ${why.replace(/\.?\s*$/, '.')} stage get shows what it holds now.`;
  return partProblem(
    'not-rolled-back',
    message,
    statesOf(foresight, progress, how === 'not-at-all' ? 'made' : 'unknown'),
  );
};

const howFar = ({ made, failed }: Progress): Returned => {
  if (made.length > 0) return 'in-part';
  return failed?.state === 'unknown' ? 'unknown' : 'not-at-all';
};

/** Takes back what was made: not what others did meanwhile. It has the whole time of an edit again. */
const takeBack = async (foresight: Foresight, progress: Progress, edited: Edited): Promise<readonly Problem[]> => {
  const before = foresight.steps[0]?.before ?? progress.stage;
  const again = { ...edited, session: restarted(edited.session), tests: [], recheck: false };
  let rollback: Rollback;
  try {
    rollback = await rollBack(before, ownOf(before, progress.made), again);
  } catch (error) {
    return [notTakenBack(foresight, progress, messageOf(error), 'not-at-all')];
  }
  const why = whyNotBack(rollback, edited.show);
  const doubted = progress.failed?.state === 'unknown' ? foresight.steps[progress.made.length]?.changes : [];
  const left = leftToOthers(rollback, doubted ?? [], edited.show);
  const told =
    why === undefined
      ? takenBack(foresight, progress, left.length === 0)
      : notTakenBack(foresight, progress, why, howFar(rollback.back));
  return [told, ...left];
};

const kept = (foresight: Foresight, progress: Progress): Problem =>
  partProblem(
    'kept-in-part',
    `${heldPart(foresight, progress)}. Run the command again for the rest.`,
    statesOf(foresight, progress, 'made'),
  );

/** `Nothing was written` is true of the call that failed, and not of the edit. */
const ofCall = (problem: Problem, number: number): Problem => ({
  ...problem,
  message: problem.message.replace('Nothing was written.', `Call ${number} was not made.`),
});

const isExpectation = (error: StageError): boolean => error.kind === 'expectation';

/** The failure of an edit of which some calls were made. An expectation that failed late is no longer "nothing written". */
const partialFailure = (error: unknown, progress: Progress, told: readonly Problem[]): unknown => {
  if (!(error instanceof StageError)) return error;
  const problems = error.problems.map((problem) => ofCall(problem, progress.made.length + 1));
  return new StageError(isExpectation(error) ? 'refused' : error.kind, [...problems, ...told]);
};

/** The failure with its operations counted in the list of the whole edit; of a large one it says which were in the call. */
const counted = (error: unknown, { listed, steps }: Foresight, { made }: Progress): unknown => {
  if (!(error instanceof StageError)) return error;
  const of = listed.length;
  const isLarge = of > mostOperations;
  const indexes = (steps[made.length]?.operations ?? []).map((operation) => listed.indexOf(operation));
  const problems = error.problems.map((problem, position) => {
    const isSentence = position === 0 && error.kind === 'refused';
    if ('operation' in problem)
      return { ...problem, index: listed.indexOf(problem.operation as PatchOperation), ...(isLarge && { of }) };
    return isLarge && isSentence ? { ...problem, firstIndex: indexes[0], lastIndex: indexes.at(-1), of } : problem;
  });
  return new StageError(error.kind, problems);
};

/** The failure of an edit, once what was made of it has been taken back or kept. */
export const failedEdit = async (
  foresight: Foresight,
  progress: Progress,
  edited: Edited,
  onPartial: OnPartial,
): Promise<unknown> => {
  const error = counted(progress.failed?.error, foresight, progress);
  if (progress.made.length === 0) return error;
  const isInterrupted = error instanceof StageError && error.kind === 'interrupted';
  const told =
    onPartial === 'keep' || isInterrupted ? [kept(foresight, progress)] : await takeBack(foresight, progress, edited);
  return partialFailure(error, progress, told);
};
