/** An edit of a live stage: its calls one after another, each sent until it is known what became of it. */

import type { Leaf } from '../../stage/codec.js';
import { absentStage, settingAll } from '../../stage/creation.js';
import { type Change, changesBetween } from '../../stage/diff.js';
import { readableName } from '../../stage/method.js';
import { ownersOf } from '../../stage/owners.js';
import { coveredBy, nameOf, type Place, readLeaf, withLeaves } from '../../stage/place.js';
import type { Call, CallState, Decide, Notice, Outcome } from '../../stage/plan.js';
import { type Problem, StageError, toStageError } from '../../stage/problem.js';
import type { PatchOperation, Stage } from '../../stage/stage.js';
import { quoteShell } from '../../text/quote-shell.js';
import { type Foresight, foreseeCalls, namedBy, type Step } from './calls.js';
import { awsFailure, failureSentence, NoAnswerInTime } from './failures.js';
import { type FoundStage, findStage, findStageOrNone, readLive, withOtherStages } from './lookups.js';
import { checkDeployments } from './resources.js';
import { tryOnce, unclear, waitForNext } from './session.js';

/** The value at a place as a message may show it: secrets are masked. */
type ShowLeaf = (place: Place, leaf: Leaf | undefined) => string;

export interface EditOptions {
  /** For `patch`: all operations are sent as they are, also undocumented ones. */
  readonly verbatim: boolean;
  /** Tags besides CloudFormation's that say that something else deploys the stage. */
  readonly ownerTags: readonly string[];
  readonly refuseOwned: boolean;
  /** Whether the stage may be created if it is not there. */
  readonly creates?: boolean;
  readonly showLeaf: ShowLeaf;
}

const unprovenIn = (steps: Foresight['steps']) => steps.flatMap(({ unproven }) => unproven);

const ownerNotices = (stage: Stage, ownerTags: readonly string[]): readonly Notice[] =>
  ownersOf(stage, ownerTags).map((owner) => {
    const message = `This stage belongs to ${owner}, whose next deploy may undo this edit.`;
    return { code: 'owned', message };
  });

const expectDeployment = (step: Step | undefined, label: string): void => {
  if (step?.kind !== 'CreateStage' || step.stage.deploymentId !== undefined) return;
  const message = `${label}: there is no such stage, and a new one serves a deployment: add --deployment-id ID to --create.`;
  throw new StageError('usage', [{ code: 'usage', message }]);
};

const noticesBefore = async (
  { before, steps, listed }: Foresight,
  found: FoundStage,
  { ownerTags, refuseOwned }: EditOptions,
): Promise<readonly Notice[]> => {
  const [first] = steps;
  if (first === undefined) return [];
  expectDeployment(first, found.session.at.label);
  const owners = ownerNotices(before, ownerTags);
  const { label } = found.session.at;
  const refuse = ({ code, message }: Notice) => ({ code, message: `${label}: ${message} Nothing was written.` });
  if (refuseOwned && owners.length > 0) throw new StageError('expectation', owners.map(refuse));
  const created = first.kind === 'CreateStage' ? settingAll(first.stage) : [];
  const unchecked = await checkDeployments(before, [...created, ...listed], found);
  const unproven = unprovenIn(steps).map(({ op, path }) => ({
    code: 'unproven',
    message: `${op} at ${path} is undocumented; it is sent as given, and its effect is unknown.`,
  }));
  return [...owners, ...unchecked, ...unproven];
};

const callsOf = ({ steps, listed }: Foresight, state: CallState): readonly Call[] => {
  const tests = listed.filter(({ op }) => op === 'test');
  return steps.map(({ after: _, unproven: __, operations, ...call }, index) => ({
    ...call,
    operations: [...(index === 0 ? tests : []), ...operations],
    state,
  }));
};

/** A stage is created whole. */
const compareCreated = (after: Stage, now: Stage): string | readonly Change[] => {
  if (now === absentStage) return 'untouched';
  const isMeant = (place: Place): boolean => readLeaf(after, place) !== undefined;
  return changesBetween(after, now, isMeant).length === 0 ? 'applied' : changesBetween(absentStage, now);
};

/** Emptied twice is emptied: where the status does not tell, the call may be made again. */
const compareFlushed = (held: Stage, now: Stage): string | readonly Change[] => {
  const moved = changesBetween(held, now, ({ property }) => property.name === 'cacheClusterEnabled');
  if (moved.length > 0) return moved;
  return now.cacheClusterStatus === 'FLUSH_IN_PROGRESS' ? 'applied' : 'untouched';
};

/** What became of a call by the places that it names: applied, untouched, or else how they changed. */
const compare = (step: Step, held: Stage, now: Stage): string | readonly Change[] => {
  const { operations, after, unproven } = step;
  if (step.kind === 'CreateStage') return compareCreated(after, now);
  if (step.kind === 'FlushStageCache') return compareFlushed(held, now);
  const isNamed = namedBy(operations);
  const moved = changesBetween(held, now, isNamed);
  if (moved.length === 0) return 'untouched';
  return unproven.length === 0 && changesBetween(after, now, isNamed).length === 0 ? 'applied' : moved;
};

/** API Gateway answered, and places that should have changed still hold their old values. */
const refuseUnapplied = (step: Step, held: Stage, answer: Stage, label: string, show: ShowLeaf): void => {
  if (step.unproven.length > 0) return;
  const isNamed = namedBy(step.operations);
  const moved = new Set(changesBetween(held, answer, isNamed).map(({ place }) => nameOf(place)));
  const problems = changesBetween(held, step.after, isNamed)
    .filter(({ place }) => !moved.has(nameOf(place)))
    .map(({ place, before, after }) => ({
      code: 'not-applied',
      message: `${label}: API Gateway answered the update without applying it: ${readableName(place)} is still ${show(place, before)}, expected ${show(place, after)}.`,
    }));
  if (problems.length > 0) throw new StageError('refused', problems);
};

/** One attempt. Returns the stage as it is then, as far as the answer says. */
const send = async (step: Step, held: Stage, found: FoundStage, signal: AbortSignal): Promise<Stage> => {
  const { restApiId, stageName, session } = found;
  if (step.kind === 'CreateStage') return session.api.createStage(restApiId, stageName, step.stage, signal);
  if (step.kind === 'UpdateStage') return session.api.updateStage(restApiId, stageName, step.operations, signal);
  await session.api.flushStageCache(restApiId, stageName, signal);
  return held;
};

/**
 * Sends one call until it is known what became of it. `held` is the stage as API Gateway last answered with it, `unwritten` what to say
 * if the call was not made. If that is unclear, a problem says so by its code.
 */
const makeCall = async (
  step: Step,
  held: Stage,
  unwritten: string,
  found: FoundStage,
  show: ShowLeaf,
): Promise<{ readonly stage: Stage; readonly notices: readonly Notice[] }> => {
  const { kind, operations } = step;
  const isNew = kind === 'CreateStage';
  let lost: unknown;
  const session = { ...found.session, standing: () => (lost === undefined ? unwritten : unclear) };
  const writing = { ...session, isWriting: true };
  const { api, at } = session;
  const doubt = { code: 'unclear', message: `${at.label}: ${unclear}` };
  for (let attempts = 1; ; attempts += 1) {
    if (attempts > 1) api.reconnect();
    const tried = await tryOnce((signal) => send(step, held, found, signal), writing);
    if ('answer' in tried) {
      refuseUnapplied(step, held, tried.answer, at.label, show);
      return { stage: tried.answer, notices: [] };
    }
    const { error, fault } = tried;
    if (fault === 'lost' || fault === 'strange') lost = error;
    const tries = { ...at, operation: kind, attempts, patchOperations: operations };
    const unsure = (more: readonly Problem[] = []): StageError =>
      new StageError('unavailable', [...toStageError(awsFailure(error, tries)).problems, doubt, ...more]);
    const isLast = !(await waitForNext(error, fault, tries, writing));
    // A conflict may be with this very edit, if something on the way sent it twice.
    if (lost !== undefined || fault === 'conflict') {
      const look = isNew ? findStageOrNone : readLive;
      const now = await look({ ...found, session }).catch((failed) => {
        throw failed instanceof StageError && failed.kind === 'interrupted' ? failed : unsure();
      });
      const became = compare(step, held, now);
      if (became === 'applied') {
        if (lost === undefined) return { stage: now, notices: [] };
        const message = `${failureSentence(lost, { ...tries, attempts: 1 })}; the stage shows that it was applied.`;
        return { stage: now, notices: [{ code: 'read-back', message }] };
      }
      if (typeof became !== 'string') {
        const state = lost === undefined ? ` ${unwritten}` : '';
        const moved = became.map(({ place, before, after }) => ({
          code: 'concurrent-change',
          message: `${at.label}: ${readableName(place)} changed from ${show(place, before)} to ${show(place, after)} during this edit.${state}`,
        }));
        throw lost === undefined ? new StageError('expectation', moved) : unsure(moved);
      }
    }
    // What was never answered may still be applied.
    if (isLast && lost instanceof NoAnswerInTime) throw unsure();
    if (isLast) {
      const failed = awsFailure(error, tries, unwritten);
      throw isNew ? failed : await withOtherStages(failed, { ...found, session });
    }
  }
};

/** The effect of the edit without what others did: the leaves that it touches, as API Gateway answered. Unknown is all of it. */
const ownOf = ({ before, after, steps }: Foresight, answer: Stage): Stage => {
  if (unprovenIn(steps).length > 0) return answer;
  const others = changesBetween(after, answer, coveredBy(changesBetween(before, after).map(({ place }) => place)));
  const leaves = others.map(({ place, after: leaf }) => ({ place, leaf }));
  return leaves.length === 0 ? after : withLeaves(after, leaves);
};

const differences = ({ before, after, steps }: Foresight, answer: Stage, show: ShowLeaf): readonly Notice[] => {
  const isAsked = namedBy(steps.flatMap(({ operations }) => operations));
  if (unprovenIn(steps).length > 0) return [];
  // The throttles that a new entry starts with differ by account, and a cluster has a size, whether one is asked for or not.
  const isStart = (place: Place): boolean =>
    /[.]throttling|^cacheClusterSize$/.test(place.property.name) &&
    !isAsked(place) &&
    readLeaf(before, place) === undefined;
  return changesBetween(after, answer, (place) => !isStart(place)).map(({ place, before: foreseen, after: now }) => ({
    code: 'not-as-foreseen',
    message: `${readableName(place)} is ${show(place, now)} after this edit, expected ${show(place, foreseen)}.`,
  }));
};

/** What a stage that was only created lacks. */
const createdPart = (stage: Stage, { after }: Foresight): string => {
  const names = changesBetween(stage, after).map(({ place }) => readableName(place));
  const more = names.length > 10 ? ` and ${names.length - 10} more` : '';
  return `the stage was created, and lacks ${names.slice(0, 10).join(', ')}${more}; run the command again to finish`;
};

/** The failure of a call, with its operation counted in the whole edit, and what became of the other calls. */
const failedEdit = (
  error: unknown,
  foresight: Foresight,
  made: number,
  stage: Stage,
  { verbatim }: EditOptions,
): unknown => {
  const { steps, listed } = foresight;
  if (!(error instanceof StageError)) return error;
  const problems = error.problems.map((problem) =>
    'operation' in problem ? { ...problem, index: listed.indexOf(problem.operation as PatchOperation) } : problem,
  );
  if (made === 0) return new StageError(error.kind, problems);
  const state = error.problems.some(({ code }) => code === 'unclear') ? 'unknown' : 'not-made';
  const left = steps.slice(made).flatMap(({ operations }) => operations);
  const next = verbatim
    ? `these operations are left: --patch-operations ${quoteShell(JSON.stringify(left))}`
    : 'run the command again to finish';
  const part = {
    code: 'partly-applied',
    message:
      steps[0]?.kind === 'CreateStage'
        ? createdPart(stage, foresight)
        : `${made} of ${steps.length} calls ${made === 1 ? 'was' : 'were'} applied; ${next}`,
    calls: steps.map((_, index) => (index < made ? 'made' : index === made ? state : 'not-made')),
    ...(verbatim && { left }),
  };
  return new StageError(error.kind, [...problems, part]);
};

/** Does with a stage what `decide` says; without `isMade` only foresees that. Differences from what was foreseen are notices. */
export const editLive = async (
  decide: Decide,
  found: FoundStage,
  options: EditOptions,
  isMade: boolean,
): Promise<Outcome> => {
  const before = await (options.creates ? findStageOrNone(found) : findStage(found));
  const foresight = foreseeCalls(before, decide(before), options.verbatim, found.stageName);
  const { steps, after } = foresight;
  const notices = [...(await noticesBefore(foresight, found, options))];
  if (!isMade || steps.length === 0)
    return { before, after, own: after, calls: callsOf(foresight, 'not-made'), notices };
  let stage = before;
  for (const [index, step] of steps.entries()) {
    const unwritten = index === 0 ? 'Nothing was written.' : `Call ${index + 1} was not made.`;
    const written = await makeCall(step, stage, unwritten, found, options.showLeaf).catch((error) => {
      throw failedEdit(error, foresight, index, stage, options);
    });
    notices.push(...written.notices);
    stage = written.stage;
  }
  notices.push(...differences(foresight, stage, options.showLeaf));
  return { before, after: stage, own: ownOf(foresight, stage), calls: callsOf(foresight, 'made'), notices };
};
