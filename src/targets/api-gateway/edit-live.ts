/** An edit of a live stage: its calls one after another, and what there is to say of it. */
import { changesBetween } from '../../stage/changes.js';
import { readableName } from '../../stage/method.js';
import type { PatchOperation } from '../../stage/operation.js';
import { coveredBy, type Place, readLeaf, withLeaves } from '../../stage/place.js';
import type { Call, CallState, Decide, Notice, Outcome } from '../../stage/plan.js';
import { StageError } from '../../stage/problem.js';
import type { Stage } from '../../stage/stage.js';
import { quoteShell } from '../../text/quote-shell.js';
import { type Foresight, foreseeCalls, namedBy } from './calls.js';
import { type FoundStage, findStage } from './lookups.js';
import { checkDeployments } from './resources.js';
import { makeCall, type ShowLeaf } from './write-call.js';

export interface EditOptions {
  /** For `patch`: all operations are sent as they are, also undocumented ones. */
  readonly verbatim: boolean;
  /** Tags besides CloudFormation's that say that something else deploys the stage. */
  readonly ownerTags: readonly string[];
  /** Whether to refuse to edit a stage that something else deploys. */
  readonly refuseOwned: boolean;
  readonly showLeaf: ShowLeaf;
}

const unprovenIn = (steps: Foresight['steps']) => steps.flatMap(({ unproven }) => unproven);

const stackTag = 'aws:cloudformation:stack-name';

const ownerNotices = ({ tags = {} }: Stage, ownerTags: readonly string[]): readonly Notice[] =>
  [...new Set([stackTag, ...ownerTags])]
    .filter((tag) => Object.hasOwn(tags, tag))
    .map((tag) => {
      const owner = tag === stackTag ? `the CloudFormation stack ${tags[tag]}` : `${tags[tag]} (tag ${tag})`;
      return { code: 'owned', message: `This stage belongs to ${owner}, whose next deploy may undo this edit.` };
    });

/** What there is to say of an edit before it is made. Throws what prevents it. */
const noticesBefore = async (
  { before, steps, listed }: Foresight,
  found: FoundStage,
  { ownerTags, refuseOwned }: EditOptions,
): Promise<readonly Notice[]> => {
  if (steps.length === 0) return [];
  const owners = ownerNotices(before, ownerTags);
  const refuse = ({ code, message }: Notice) => ({
    code,
    message: `${found.session.at.label}: ${message} Nothing was written.`,
  });
  if (refuseOwned && owners.length > 0) throw new StageError('expectation', owners.map(refuse));
  const unchecked = await checkDeployments(before, listed, found);
  const unproven = unprovenIn(steps).map(({ op, path }) => ({
    code: 'unproven',
    message: `${op} at ${path} is undocumented; it is sent as given, and its effect is unknown.`,
  }));
  return [...owners, ...unchecked, ...unproven];
};

const callsOf = ({ steps, tests }: Foresight, state: CallState): readonly Call[] =>
  steps.map(({ operations }, index) => ({ operations: index === 0 ? [...tests, ...operations] : operations, state }));

/** The effect of the edit without what others did: the leaves that it touches, as API Gateway answered. Unknown is all of it. */
const ownOf = ({ before, after, steps }: Foresight, answer: Stage): Stage => {
  if (unprovenIn(steps).length > 0) return answer;
  const others = changesBetween(after, answer, coveredBy(changesBetween(before, after).map(({ place }) => place)));
  const leaves = others.map(({ place, after: leaf }) => ({ place, leaf }));
  return leaves.length === 0 ? after : withLeaves(after, leaves);
};

/** A notice for each leaf that is not as foreseen. */
const differences = ({ before, after, steps }: Foresight, answer: Stage, show: ShowLeaf): readonly Notice[] => {
  const isAsked = namedBy(steps.flatMap(({ operations }) => operations));
  if (unprovenIn(steps).length > 0) return [];
  // The throttles that a new entry starts with differ by account.
  const isStart = (place: Place): boolean =>
    place.property.name.includes('.throttling') && !isAsked(place) && readLeaf(before, place) === undefined;
  return changesBetween(after, answer, (place) => !isStart(place)).map(({ place, before: foreseen, after: now }) => {
    const was = readLeaf(before, place);
    const [name, wasText, text] = [readableName(place), show(place, was), show(place, now)];
    return was === foreseen
      ? {
          code: 'concurrent-change',
          message: `${name} changed from ${wasText} to ${text} during this edit, but not by it.`,
        }
      : {
          code: 'not-as-foreseen',
          message: `${name} was ${wasText} and should be ${show(place, foreseen)} by this edit; API Gateway answered ${text}.`,
        };
  });
};

/** The failure of a call, with its operation counted in the whole edit, and what became of the other calls. */
const failedEdit = (error: unknown, { steps, listed }: Foresight, made: number, verbatim: boolean): unknown => {
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
    message: `${made} of ${steps.length} calls ${made === 1 ? 'was' : 'were'} applied; ${next}`,
    calls: steps.map((_, index) => (index < made ? 'made' : index === made ? state : 'not-made')),
    ...(verbatim && { left }),
  };
  return new StageError(error.kind, [...problems, part]);
};

/**
 * Reads a stage and does with it what `decide` says, in as few calls as it takes; without `isMade` only foresees that. Differences from
 * what was foreseen are notices.
 *
 * @throws StageError if the edit was not made, in part or whole, or if that is unclear; its problems say which.
 */
export const editLive = async (
  decide: Decide,
  found: FoundStage,
  options: EditOptions,
  isMade: boolean,
): Promise<Outcome> => {
  const before = await findStage(found);
  const foresight = foreseeCalls(before, decide(before), options.verbatim);
  const { steps, after } = foresight;
  const notices = [...(await noticesBefore(foresight, found, options))];
  if (!isMade || steps.length === 0)
    return { before, after, own: after, calls: callsOf(foresight, 'not-made'), notices };
  let stage = before;
  for (const [index, step] of steps.entries()) {
    const unwritten = index === 0 ? 'Nothing was written.' : `Call ${index + 1} was not made.`;
    const written = await makeCall(step, stage, unwritten, found, options.showLeaf).catch((error) => {
      throw failedEdit(error, foresight, index, options.verbatim);
    });
    notices.push(...written.notices);
    stage = written.stage;
  }
  notices.push(...differences(foresight, stage, options.showLeaf));
  return { before, after: stage, own: ownOf(foresight, stage), calls: callsOf(foresight, 'made'), notices };
};
