/** Edits a live stage: foresees the result, makes the calls one after another, and reports the outcome. */

import { newDeploymentId } from '../../stage/canary-deployment.js';
import { settingAll } from '../../stage/creation.js';
import { type Change, changesBetween } from '../../stage/diff.js';
import { readableName } from '../../stage/method.js';
import { ownersOf } from '../../stage/owners.js';
import { coveredBy, readLeaf, withLeaves } from '../../stage/place.js';
import type { Call, CallState, Decide, Notice, Outcome } from '../../stage/plan.js';
import { failure, StageError } from '../../stage/problem.js';
import type { PatchOperation, Stage } from '../../stage/stage.js';
import { listed } from '../../text/printable.js';
import { quoteShell } from '../../text/quote-shell.js';
import { type Foresight, foreseeCalls, namedBy } from './calls.js';
import { type FoundStage, findStage } from './lookups.js';
import { makeCall, type ShowLeaf } from './make-call.js';
import { checkDeployments } from './resources.js';

export interface EditOptions {
  /** For `patch`: all operations are sent as they are, even undocumented ones. */
  readonly verbatim: boolean;
  /** Tags, besides CloudFormation's, which show that something else deploys the stage. */
  readonly ownerTags: readonly string[];
  readonly refuseOwned: boolean;
  /** Whether to create the stage if it does not exist. */
  readonly creates?: boolean;
  readonly showLeaf: ShowLeaf;
}

const unprovenIn = (steps: Foresight['steps']) => steps.flatMap(({ unproven }) => unproven);

const noticesBefore = async (
  { before, steps, listed }: Foresight,
  found: FoundStage,
  { ownerTags, refuseOwned }: EditOptions,
): Promise<readonly Notice[]> => {
  const [first] = steps;
  if (first === undefined) return [];
  const { label } = found.session.at;
  if (first.kind === 'CreateStage' && first.stage.deploymentId === undefined)
    throw failure(
      'usage',
      'usage',
      `${label}: the stage does not exist. To create it, add --deployment-id ID to --create.`,
    );
  const owners = ownersOf(before, ownerTags).map((owner) => ({
    code: 'owned',
    message: `This stage belongs to ${owner}, whose next deploy may undo this edit.`,
  }));
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

/** The stage without other people's changes: only touched leaves are as answered, or all if an effect is unknown. */
const ownOf = ({ before, after, steps }: Foresight, answer: Stage): Stage => {
  if (unprovenIn(steps).length > 0) return answer;
  const others = changesBetween(after, answer, coveredBy(changesBetween(before, after).map(({ place }) => place)));
  const leaves = others.map(({ place, after: leaf }) => ({ place, leaf }));
  return leaves.length === 0 ? after : withLeaves(after, leaves);
};

const differences = ({ before, after, steps }: Foresight, answer: Stage, show: ShowLeaf): readonly Notice[] => {
  const isAsked = namedBy(steps.flatMap(({ operations }) => operations));
  if (unprovenIn(steps).length > 0) return [];
  // The initial throttles of a new entry differ by account, and a cluster always gets a size.
  const isStart = ({ place }: Change): boolean =>
    /[.]throttling|^cacheClusterSize$/.test(place.property.name) &&
    !isAsked(place) &&
    readLeaf(before, place) === undefined;
  const isNewId = ({ place, before: foreseen, after: now }: Change): boolean =>
    foreseen === newDeploymentId && now !== undefined && now !== readLeaf(before, place);
  return changesBetween(after, answer)
    .filter((change) => !isStart(change) && !isNewId(change))
    .map(({ place, before: foreseen, after: now }) => ({
      code: 'not-as-foreseen',
      message: `${readableName(place)} is ${show(place, now)} after this edit, expected ${show(place, foreseen)}.`,
    }));
};

/** Lists what is still missing from a stage that was only created. */
const createdPart = (stage: Stage, { after }: Foresight): string => {
  const names = changesBetween(stage, after).map(({ place }) => readableName(place));
  return `the stage was created, and lacks ${listed(names, 10)}; run the command again to finish`;
};

/** The failure of a call, with its operation numbered within the whole edit, and the state of the other calls. */
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
    ? `to send the remaining operations: --patch-operations ${quoteShell(JSON.stringify(left))}`
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
  return new StageError(error.kind, [...problems, part], state === 'unknown' ? undefined : stage);
};

/** Applies the decision to a stage, or without `isMade` only foresees it. Unforeseen differences become notices. */
export const editLive = async (
  decide: Decide,
  found: FoundStage,
  options: EditOptions,
  isMade: boolean,
): Promise<Outcome> => {
  const before = await findStage(found, options.creates);
  const foresight = foreseeCalls(before, decide(before), options.verbatim, found.stageName);
  const { steps, after } = foresight;
  const notices = [...(await noticesBefore(foresight, found, options))];
  if (!isMade || steps.length === 0)
    return { before, after, own: after, calls: callsOf(foresight, 'not-made'), notices };
  let stage = before;
  for (const [index, step] of steps.entries()) {
    const unwritten = index === 0 ? 'Nothing was written.' : `Call ${index + 1} was not made.`;
    const trial = { step, held: stage, unwritten, found, show: options.showLeaf };
    const written = await makeCall(trial).catch((error) => {
      throw failedEdit(error, foresight, index, stage, options);
    });
    notices.push(...written.notices);
    stage = written.stage;
  }
  notices.push(...differences(foresight, stage, options.showLeaf));
  return { before, after: stage, own: ownOf(foresight, stage), calls: callsOf(foresight, 'made'), notices };
};
