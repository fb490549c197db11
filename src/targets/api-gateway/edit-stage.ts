/** An edit of a live stage: all its calls, and what is done when one of them fails for good. */
import { type Change, changesBetween } from '../../stage/changes.js';
import { diffStages } from '../../stage/diff.js';
import { readableName } from '../../stage/method.js';
import { nameOf, readLeaf } from '../../stage/place.js';
import type { Call, CallState, Calls, Notice, OnPartial, Outcome } from '../../stage/plan.js';
import { type Problem, StageError } from '../../stage/problem.js';
import type { Stage } from '../../stage/stage.js';
import { differences, type Foresight, foresee, type Made, ownOf, type Step, unprovenNotices } from './foreseen.js';
import { ownerNotices } from './owner.js';
import { interruptedWrite, restarted } from './session.js';
import { type Edited, readStage, type Written, writeStep } from './write-step.js';

export interface EditOptions {
  /** Send the operations as they are: all of them, in their order, and what nobody knows the effect of too. */
  readonly verbatim: boolean;
  readonly onPartial: OnPartial;
  readonly ownerTags: readonly string[];
  readonly refuseOwned: boolean;
}

/** How far an edit came. */
interface Progress {
  readonly made: readonly Made[];
  readonly stage: Stage;
  readonly notices: readonly Notice[];
  /** The call that failed for good. */
  readonly failed?: Exclude<Written, { state: 'made' }>;
}

const tryStep = async (step: Step, held: Stage, edited: Edited): Promise<Written> => {
  try {
    return await writeStep(step, held, edited);
  } catch (error) {
    // An interruption cuts the answer off; another's change was seen before anything was sent.
    const isCut = error instanceof StageError && error.problems.some(({ code }) => code === interruptedWrite);
    return { state: isCut ? 'unknown' : 'not-made', error };
  }
};

/** What a call was to change, and has not, by the answer. */
const unlike = (step: Step | undefined, answer: Stage): readonly Change[] =>
  step?.changes.filter(({ place, after }) => readLeaf(answer, place) !== after) ?? [];

/** A call that stands on the one before it is not sent where that was answered otherwise than foreseen. */
const notConfirmed = (
  changes: readonly Change[],
  answer: Stage,
  { session, show }: Edited,
): Exclude<Written, { state: 'made' }> => {
  const problems = changes.map(({ place, after }) => ({
    code: 'not-confirmed',
    message: `${session.at.label}: ${readableName(place)} should be ${show(place, after)} by now, and API Gateway answered ${show(place, readLeaf(answer, place))}; what was to follow was not done.`,
  }));
  return { state: 'not-made', error: new StageError('refused', problems) };
};

const makeCalls = async (steps: readonly Step[], before: Stage, edited: Edited): Promise<Progress> => {
  const made: Made[] = [];
  const notices: Notice[] = [];
  let stage = before;
  for (const step of steps) {
    const unconfirmed = step.awaitsConfirmation ? unlike(made.at(-1)?.step, stage) : [];
    if (unconfirmed.length > 0) return { made, stage, notices, failed: notConfirmed(unconfirmed, stage, edited) };
    // What was expected held before the first call; after that the stage is what the edit makes of it.
    const written = await tryStep(step, stage, made.length === 0 ? edited : { ...edited, tests: [] });
    if (written.state !== 'made') return { made, stage, notices, failed: written };
    made.push({ step, held: stage, answer: written.stage });
    notices.push(...written.notices);
    stage = written.stage;
  }
  return { made, stage, notices };
};

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

/** A rollback: the stage as it was to be again, as it was found, what the calls were that took back, and how far they came. */
interface Rollback {
  readonly before: Stage;
  readonly own: Stage;
  readonly steps: readonly Step[];
  readonly back: Progress;
  /** Why not all of it can be taken back. */
  readonly why: string | undefined;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Takes back what still is as the edit made it. */
const rollBack = async (before: Stage, own: Stage, edited: Edited): Promise<Rollback> => {
  const fresh = await readStage(edited);
  const theirs = new Set(changesBetween(own, fresh).map(({ place }) => nameOf(place)));
  const { operations, problems } = diffStages(fresh, before, (place) => !theirs.has(nameOf(place)));
  const { steps } = foresee(fresh, [operations]);
  const back = await makeCalls(steps, fresh, edited);
  return { before, own, steps, back, why: back.failed ? messageOf(back.failed.error) : problems[0]?.message };
};

const howFar = ({ made, failed }: Progress): Returned => {
  if (made.length > 0) return 'in-part';
  return failed?.state === 'unknown' ? 'unknown' : 'not-at-all';
};

/** What a rollback wrote and API Gateway answered otherwise. */
const notAsBefore = ({ back }: Rollback, show: Edited['show']): string | undefined => {
  const meant = back.made.at(-1)?.step.after ?? back.stage;
  const [missed] = changesBetween(meant, ownOf(meant, back.made));
  if (missed === undefined) return undefined;
  const { place, before, after } = missed;
  return `${readableName(place)} should be ${show(place, before)} again, and API Gateway answered ${show(place, after)}`;
};

/** A problem for each property that is not as it was, and that is not of this edit either. */
const leftToOthers = (
  { before, own, steps, back }: Rollback,
  doubted: readonly Change[],
  show: Edited['show'],
): readonly Problem[] => {
  const ours = new Set([...steps.flatMap(({ changes }) => changes), ...doubted].map(({ place }) => nameOf(place)));
  return changesBetween(before, back.stage)
    .filter(({ place, after }) => readLeaf(own, place) !== after && !ours.has(nameOf(place)))
    .map(({ place, before: was, after: is }) => {
      const made = readLeaf(own, place);
      const meant = made === was ? '' : `, was made ${show(place, made)} by this edit`;
      const message = `${readableName(place)} was ${show(place, was)} when the stage was read${meant}, and is ${show(place, is)} now, which this edit did not ask for: it was left.`;
      return { code: 'changed-meanwhile', message };
    });
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
  const { back, why = notAsBefore(rollback, edited.show) } = rollback;
  const doubted = progress.failed?.state === 'unknown' ? foresight.steps[progress.made.length]?.changes : [];
  const left = leftToOthers(rollback, doubted ?? [], edited.show);
  const told =
    why === undefined
      ? takenBack(foresight, progress, left.length === 0)
      : notTakenBack(foresight, progress, why, howFar(back));
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

const fail = async (
  foresight: Foresight,
  progress: Progress,
  edited: Edited,
  onPartial: OnPartial,
): Promise<unknown> => {
  const error = progress.failed?.error;
  if (progress.made.length === 0) return error;
  const isInterrupted = error instanceof StageError && error.kind === 'interrupted';
  const told =
    onPartial === 'keep' || isInterrupted ? [kept(foresight, progress)] : await takeBack(foresight, progress, edited);
  return partialFailure(error, progress, told);
};

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
  const foresight = foresee(before, decide(before), verbatim);
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
  if (progress.failed) throw await fail(foresight, progress, whole, options.onPartial);
  return {
    before,
    after: progress.stage,
    own: ownOf(before, progress.made),
    calls: callsOf(foresight, 'made'),
    notices: [...notices, ...progress.notices, ...differences(before, foresight, progress.stage, edited.show)],
  };
};
