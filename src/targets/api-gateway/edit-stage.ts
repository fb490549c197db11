/** An edit of a live stage: its calls one after another, and what there is to say of it. */
import { type Change, changesBetween } from '../../stage/diff.js';
import { readableName } from '../../stage/method.js';
import { nameOf, type Place, readLeaf, withLeaves } from '../../stage/place.js';
import type { Call, CallState, Decide, Notice, Outcome } from '../../stage/plan.js';
import { type Problem, StageError } from '../../stage/problem.js';
import { withState } from '../../stage/result.js';
import type { PatchOperation, Stage } from '../../stage/stage.js';
import { quoteShell } from '../../text/quote-shell.js';
import { type Foresight, foreseeCalls, namedLeaves } from './calls.js';
import type { Opened } from './read-stage.js';
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

const stackTag = 'aws:cloudformation:stack-name';

const ownerNotices = ({ tags = {} }: Stage, ownerTags: readonly string[]): readonly Notice[] =>
  [...new Set([stackTag, ...ownerTags])]
    .filter((tag) => Object.hasOwn(tags, tag))
    .map((tag) => {
      const owner = tag === stackTag ? `the CloudFormation stack ${tags[tag]}` : `${tags[tag]} (tag ${tag})`;
      return { code: 'owned', message: `This stage belongs to ${owner}, whose next deploy may undo this edit.` };
    });

const unprovenNotices = ({ steps }: Foresight): readonly Notice[] =>
  steps
    .flatMap(({ unproven }) => unproven)
    .map(({ op, path }) => ({
      code: 'unproven',
      message: `${op} at ${path} is undocumented; it is sent as given, and its effect is unknown.`,
    }));

const refuseOwner = (owners: readonly Notice[], label: string): void => {
  const refuse = ({ code, message }: Notice) => ({ code, message: `${label}: ${message} Nothing was written.` });
  if (owners.length > 0) throw new StageError('expectation', owners.map(refuse));
};

/** What there is to say of an edit before it is made. Throws what prevents it. */
const noticesBefore = async (
  foresight: Foresight,
  opened: Opened,
  { ownerTags, refuseOwned }: EditOptions,
): Promise<readonly Notice[]> => {
  if (foresight.steps.length === 0) return [];
  const owners = ownerNotices(foresight.before, ownerTags);
  if (refuseOwned) refuseOwner(owners, opened.session.at.label);
  const unchecked = await checkDeployments(foresight.before, foresight.listed, opened);
  return [...owners, ...unchecked, ...unprovenNotices(foresight)];
};

const callsOf = ({ steps: [first, ...rest], tests }: Foresight, state: CallState): readonly Call[] =>
  first === undefined
    ? []
    : withState([[...tests, ...first.operations], ...rest.map(({ operations }) => operations)], state);

/** What `editStage` would do, as far as that can be foreseen. */
export const foreseeEdit = async (
  before: Stage,
  decide: Decide,
  opened: Opened,
  options: EditOptions,
): Promise<Outcome> => {
  const foresight = foreseeCalls(before, decide(before), options.verbatim);
  const notices = await noticesBefore(foresight, opened, options);
  const { after, steps } = foresight;
  return { before, after, ...(steps.length > 0 && { own: after }), calls: callsOf(foresight, 'not-made'), notices };
};

/** What operations with an unknown effect name. */
const doubtedIn = ({ before, steps }: Foresight, answer: Stage): ReadonlyMap<string, Place> =>
  namedLeaves(
    steps.flatMap(({ unproven }) => unproven),
    [before, answer],
  );

/** The effect of the edit without what others did: the leaves that it touches, as API Gateway answered. */
const ownOf = (foresight: Foresight, answer: Stage): Stage => {
  const { before, after } = foresight;
  const doubted = doubtedIn(foresight, answer).values();
  const leaves = [...changesBetween(before, after).map(({ place }) => place), ...doubted]
    .map((place) => ({ place, leaf: readLeaf(answer, place) }))
    .filter(({ place, leaf }) => leaf !== readLeaf(after, place));
  return leaves.length === 0 ? after : withLeaves(after, leaves);
};

const differenceNotice = ({ place, before: foreseen, after: now }: Change, before: Stage, show: ShowLeaf): Notice => {
  const was = readLeaf(before, place);
  const [name, wasText, text] = [readableName(place), show(place, was), show(place, now)];
  if (was === foreseen)
    return {
      code: 'concurrent-change',
      message: `${name} changed from ${wasText} to ${text} during this edit, but not by it.`,
    };
  const message = `${name} was ${wasText} and should be ${show(place, foreseen)} by this edit; API Gateway answered ${text}.`;
  return { code: 'not-as-foreseen', message };
};

/** A notice for each leaf that is not as foreseen. */
const differences = (foresight: Foresight, answer: Stage, show: ShowLeaf): readonly Notice[] => {
  const { before, after, steps } = foresight;
  const operations = steps.flatMap((step) => step.operations);
  const [asked, doubted] = [namedLeaves(operations, [before, after]), doubtedIn(foresight, answer)];
  // The throttles that a new entry starts with differ by account.
  const isStart = (place: Place): boolean =>
    place.property.name.includes('.throttling') && !asked.has(nameOf(place)) && readLeaf(before, place) === undefined;
  return changesBetween(after, answer)
    .filter(({ place }) => !doubted.has(nameOf(place)) && !isStart(place))
    .map((change) => differenceNotice(change, before, show));
};

/** What the stage holds of an edit of several calls that failed. */
export interface PartProblem extends Problem {
  /** What became of each call. */
  readonly calls: readonly CallState[];
  /** Of a patch: the operations that were not made. */
  readonly left?: readonly PatchOperation[];
}

const partProblem = ({ steps }: Foresight, made: number, state: CallState, { verbatim }: EditOptions): PartProblem => {
  const left = steps.slice(made).flatMap(({ operations }) => operations);
  const next = verbatim
    ? `these operations are left: --patch-operations ${quoteShell(JSON.stringify(left))}`
    : 'run the command again to finish';
  return {
    code: 'partly-applied',
    message: `${made} of ${steps.length} calls ${made === 1 ? 'was' : 'were'} applied; ${next}`,
    calls: steps.map((_, index) => (index < made ? 'made' : index === made ? state : 'not-made')),
    ...(verbatim && { left }),
  };
};

/** The failure of a call, with its operation counted in the whole edit, and what was made before it. */
const failedEdit = (error: unknown, foresight: Foresight, made: number, options: EditOptions): unknown => {
  if (!(error instanceof StageError)) return error;
  const state = error.problems.some(({ code }) => code === 'unclear') ? 'unknown' : 'not-made';
  const problems = error.problems.map((problem) =>
    'operation' in problem
      ? { ...problem, index: foresight.listed.indexOf(problem.operation as PatchOperation) }
      : problem,
  );
  const part = made === 0 ? [] : [partProblem(foresight, made, state, options)];
  return new StageError(error.kind, [...problems, ...part]);
};

/**
 * Does with a stage that was read what `decide` says, in as few calls as it takes. Differences from what was foreseen are notices.
 *
 * @throws StageError if the edit was not made, in part or whole, or if that is unclear; its problems say which.
 */
export const editStage = async (
  before: Stage,
  decide: Decide,
  opened: Opened,
  options: EditOptions,
): Promise<Outcome> => {
  const foresight = foreseeCalls(before, decide(before), options.verbatim);
  const { steps } = foresight;
  const notices = [...(await noticesBefore(foresight, opened, options))];
  if (steps.length === 0) return { before, after: before, calls: [] };
  const edited = { ...opened, show: options.showLeaf };
  let stage = before;
  for (const [index, step] of steps.entries()) {
    const unwritten = index === 0 ? 'Nothing was written.' : `Call ${index + 1} was not made.`;
    const written = await makeCall(step, stage, unwritten, edited).catch((error) => {
      throw failedEdit(error, foresight, index, options);
    });
    notices.push(...written.notices);
    stage = written.stage;
  }
  notices.push(...differences(foresight, stage, options.showLeaf));
  return { before, after: stage, own: ownOf(foresight, stage), calls: callsOf(foresight, 'made'), notices };
};
