import type { Leaf } from '../stage/codec.js';
import { changesBetween, diffStages } from '../stage/diff.js';
import { readableName } from '../stage/method.js';
import { findPlace, type Place, readLeaf, wholeOf, withLeaves } from '../stage/place.js';
import type { OtherCall, Plan } from '../stage/plan.js';
import { deploymentStays } from '../stage/result.js';
import type { Stage } from '../stage/stage.js';
import { type EditCommand, noticeIf, oneCall, optionsUnder, refuse, type Touched, type Undoable } from './command.js';

const option = optionsUnder('Undo');

interface Undone extends Touched {
  readonly place: Place;
}

const shown = (leaf: Leaf | undefined): string => (leaf === undefined ? 'unset' : String(leaf));

const namesOf = (undone: readonly Undone[]): string => undone.map(({ place }) => readableName(place)).join(', ');

const secretsStay = (masked: readonly Undone[]): string =>
  `The journal does not hold the values of secrets, so these stay: ${namesOf(masked)}. Set journal: full to record them.`;

const goOn = 'To undo an earlier edit, give its id as stage history lists it: stage undo --id ID.';

/** Calls that no operation can undo. */
const deeds: Readonly<Partial<Record<OtherCall['kind'], string>>> = {
  CreateStage: 'created the stage, which only aws apigateway delete-stage undoes.',
  FlushStageCache: 'flushed the cache, which cannot be undone.',
};

/** Sorts the properties that an edit touched by their current state. */
const findTouched = ({ touched }: Undoable, stage: Stage) => {
  const undone = touched.flatMap((one): Undone | readonly [] => {
    const place = findPlace(one.path);
    return place ? { ...one, place } : [];
  });
  const ours = undone.filter(({ isMasked }) => !isMasked);
  const left = ours.filter(({ place, after }) => readLeaf(stage, place) === after);
  return {
    /** Secrets, whose values are not in the journal. */
    masked: undone.filter(({ isMasked }) => isMasked),
    /** Properties that are as the edit left them. */
    left,
    /** Properties that were changed later. With its old value a property needs nothing: the edit may not have been made. */
    moved: ours.filter((one) => !left.includes(one) && readLeaf(stage, one.place) !== one.before),
    /** The edit changed only secrets. */
    isSecret: undone.length > 0 && ours.length === 0,
  };
};

type Found = ReturnType<typeof findTouched>;

const refuseMoved = ({ moved }: Found, { id }: Undoable, stage: Stage): Plan => ({
  kind: 'expectation',
  problems: [
    ...moved.map(({ place, path, after }, index) => ({
      // Reported as a failed test, so that its values are masked like those of --expect.
      code: 'test-failed',
      message: `${readableName(place)} is ${shown(readLeaf(stage, place))}, but the edit left it ${shown(after)}.`,
      index,
      operation: { op: 'test', path, value: String(after ?? '') },
    })),
    { code: 'moved-on', message: `Nothing was undone. --force undoes the rest of edit ${id}.` },
  ],
});

/** What stays with `moved`: the rest of an entry or a group that the edit created, which goes only as a whole. */
const stuckWith = ({ left, moved }: Found): readonly Undone[] => {
  const nameOfWhole = ({ place }: Undone): string => wholeOf(place).join('.');
  const old = new Set([...left, ...moved].filter(({ before }) => before !== undefined).map(nameOfWhole));
  const stays = new Set(moved.map(nameOfWhole).filter((name) => name !== '' && !old.has(name)));
  return left.filter((one) => stays.has(nameOfWhole(one)));
};

const takeBack = (found: Found, entry: Undoable, stage: Stage): Plan => {
  const { masked, left, moved } = found;
  const stuck = stuckWith(found);
  const goal = withLeaves(
    stage,
    left.filter((one) => !stuck.includes(one)).map(({ place, before }) => ({ place, leaf: before })),
  );
  const { operations, problems } = diffStages(stage, goal);
  const secrets = noticeIf(masked.length > 0, 'not-undone', secretsStay(masked));
  if (operations.length === 0 && problems.length > 0)
    return { kind: 'expectation', problems: [...problems, ...secrets] };
  const isDeployed = left.length > 0 && entry.others?.includes('CreateDeployment') === true;
  const isUnmade = entry.state !== 'done' && changesBetween(stage, goal).length === 0;
  const wasMoved = `Not undone, because they were changed after the edit: ${namesOf(moved)}.`;
  const areStuck = `Not undone either, because the edit created them together: ${namesOf(stuck)}.`;
  const wasNotMade = `Edit ${entry.id} was not made, so there is nothing to undo. ${goOn}`;
  return oneCall(operations, [
    ...secrets,
    ...noticeIf(isDeployed, 'deployment-stays', deploymentStays),
    ...problems.map(({ code, message }) => ({ code, message })),
    ...noticeIf(moved.length > 0, 'moved-on', wasMoved),
    ...noticeIf(stuck.length > 0, 'moved-on', areStuck),
    ...noticeIf(isUnmade, 'not-made', wasNotMade),
  ]);
};

export const undo: EditCommand = {
  name: 'undo',
  also: ['revert', 'redo'],
  summary: 'Undo the last edit of a stage, or an earlier one by its id',
  usage: '[TARGET]',
  example: 'stage undo a1b2c3d4e5/prod --dry-run',
  does: 'edit',
  options: [
    option('id', 'ID', 'The edit to undo, as stage history lists it (default: the last edit of TARGET)'),
    option('force', undefined, 'Undo the rest if properties were changed since; edit a file with several hard links'),
  ],
  targets: 1,
  words: 'none',
  undoes: true,
  intends: ['canary-not-promoted', 'overrides-not-promoted'],
  plan: ({ stage, entry, options }) => {
    if (entry === undefined) return refuse('expectation', 'nothing-to-undo', 'The journal has no edit of this stage.');
    const found = findTouched(entry, stage);
    const deed = entry.others?.map((kind) => deeds[kind]).find(Boolean);
    const why = deed ?? (found.isSecret ? `changed only secrets. ${secretsStay(found.masked)}` : undefined);
    if (why !== undefined) return refuse('expectation', 'cannot-undo', `Edit ${entry.id} ${why} ${goOn}`);
    if (found.moved.length > 0 && options['force'] !== true) return refuseMoved(found, entry, stage);
    return takeBack(found, entry, stage);
  },
};
