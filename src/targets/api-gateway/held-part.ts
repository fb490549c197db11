/** What the stage holds of an edit of which one call failed for good, in sentences. */
import { changesBetween } from '../../stage/changes.js';
import { readableName } from '../../stage/method.js';
import type { CallState, Notice } from '../../stage/plan.js';
import type { Problem } from '../../stage/problem.js';
import { type Foresight, type Made, ownOf, type Step } from './foreseen.js';
import { interruption } from './session.js';
import type { Edited, Failed } from './write-step.js';

/** An edit that came to an end before its last call. */
export interface Stopped extends Foresight {
  /** The calls that were made. */
  readonly made: readonly Made[];
  /** The one after them. */
  readonly failed: Failed;
  /** What there is to say of the edit so far. */
  readonly notices: readonly Notice[];
}

/** What the stage holds of an edit that stopped. */
export interface PartProblem extends Problem {
  /** What became of each call. */
  readonly calls: readonly CallState[];
  /** What the calls changed that were made and kept, as reports show it. */
  readonly changes?: readonly { readonly name: string; readonly before: string; readonly after: string }[];
}

export const failedStep = ({ steps, made }: Stopped): Step | undefined => steps[made.length];

const firstCalls = ({ length }: readonly Made[]): string => (length === 1 ? 'call 1' : `calls 1 to ${length}`);

const countOf = (steps: readonly Step[]): number =>
  steps.reduce((count, { operations }) => count + operations.length, 0);

/** Said of the call that failed, where it may have been made all the same. */
const doubt = ({ made, failed }: Stopped): string =>
  failed.state === 'unknown' ? `; of call ${made.length + 1} it is not known` : '';

/** Said of the stage after some of the calls. */
const holds = ({ steps, made }: Stopped): string => {
  const held = countOf(made.map(({ step }) => step));
  return `holds ${held} of the ${countOf(steps)} operations (${firstCalls(made)} of ${steps.length})`;
};

/** Said of the stage where some of that may have been taken back. */
const mayHold = ({ steps, made }: Stopped): string =>
  `may hold some of the ${countOf(steps)} operations (of ${firstCalls(made)} of ${steps.length})`;

const statesOf = ({ steps, made, failed }: Stopped, ofMade: CallState): readonly CallState[] =>
  steps.map((_, index) => {
    if (index < made.length) return ofMade;
    return index === made.length ? failed.state : 'not-made';
  });

export const takenBack = (stopped: Stopped, isAsItWas: boolean): PartProblem => {
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
export type Returned = 'in-part' | 'not-at-all' | 'unknown';

const returned: Readonly<Record<Returned, string>> = {
  'in-part': 'could be taken back only in part',
  'not-at-all': 'could not be taken back',
  unknown: 'whether that was taken back is not known',
};

const lookYourself = 'stage get shows what it holds now.';

/** Said of the stage where a rollback did not come to its end. */
const stillHolds = (stopped: Stopped, how: Returned): string =>
  `${how === 'not-at-all' ? holds(stopped) : mayHold(stopped)}${doubt(stopped)}`;

const statesAfter = (stopped: Stopped, how: Returned): readonly CallState[] =>
  statesOf(stopped, how === 'not-at-all' ? 'made' : 'unknown');

export const notTakenBack = (stopped: Stopped, why: string, how: Returned): PartProblem => ({
  code: 'not-rolled-back',
  message: `The stage ${stillHolds(stopped, how)}, and ${returned[how]}: ${why.replace(/\.?\s*$/, '.')} ${lookYourself}`,
  calls: statesAfter(stopped, how),
});

export const gone = (stopped: Stopped): PartProblem => ({
  code: 'stage-gone',
  message: `The edit takes ${stopped.steps.length} calls; ${firstCalls(stopped.made)} had been made before the stage was deleted.`,
  calls: statesOf(stopped, 'made'),
});

const changeTexts = ({ before, made }: Stopped, { show }: Edited): NonNullable<PartProblem['changes']> =>
  changesBetween(before, ownOf(before, made)).map(({ place, before: was, after: is }) => ({
    name: readableName(place),
    before: show(place, was),
    after: show(place, is),
  }));

/** More than that nobody reads in a sentence. */
const mostInSentence = 5;

/** Of calls that were made and are kept. */
export const kept = (stopped: Stopped, edited: Edited): PartProblem => {
  const changes = changeTexts(stopped, edited);
  const texts = changes.map(({ name, before, after }) => `${name} ${before} → ${after}`);
  const list = texts.length > mostInSentence ? '' : `: ${texts.join(', ')}`;
  const message = `The stage ${holds(stopped)}${list}${doubt(stopped)}. Run the command again for the rest.`;
  return { code: 'kept-in-part', message, calls: statesOf(stopped, 'made'), changes };
};

const interrupted = (state: string, calls: PartProblem['calls'], { session }: Edited): readonly PartProblem[] =>
  interruption(session, state).problems.map((problem) => ({ ...problem, calls }));

/** Of an edit that was interrupted: neither what was still to come nor what would take back is sent. */
export const cutOff = (stopped: Stopped, edited: Edited): readonly PartProblem[] =>
  interrupted(
    `the stage ${holds(stopped)}${doubt(stopped)}. Run the command again for the rest.`,
    statesOf(stopped, 'made'),
    edited,
  );

/** Of a rollback that was interrupted. */
export const cutBack = (stopped: Stopped, how: Returned, edited: Edited): readonly PartProblem[] =>
  interrupted(
    `what had been made was being taken back, and the stage ${stillHolds(stopped, how)}. ${lookYourself}`,
    statesAfter(stopped, how),
    edited,
  );
