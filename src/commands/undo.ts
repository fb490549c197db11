import type { Leaf } from '../stage/codec.js';
import { changesBetween, diffStages } from '../stage/diff.js';
import { readableName } from '../stage/method.js';
import { findPlace, type Place, readLeaf, withLeaves } from '../stage/place.js';
import type { OtherCall, Plan } from '../stage/plan.js';
import { deploymentStays } from '../stage/result.js';
import type { Stage } from '../stage/stage.js';
import { type EditCommand, oneCall, refuse, type Touched, type Undoable } from './command.js';

interface Undone extends Touched {
  readonly place: Place;
}

const placesOf = ({ touched }: Undoable): readonly Undone[] =>
  touched.flatMap((one) => {
    const place = findPlace(one.path);
    return place ? [{ ...one, place }] : [];
  });

const shown = (leaf: Leaf | undefined): string => (leaf === undefined ? 'unset' : String(leaf));

const movedSentence = ({ place, after }: Undone, stage: Stage): string =>
  `${readableName(place)} is ${shown(readLeaf(stage, place))}, but the edit left it ${shown(after)}.`;

const namesOf = (undone: readonly Undone[]): string => undone.map(({ place }) => readableName(place)).join(', ');

const secretsStay = (masked: readonly Undone[]): string =>
  `The journal does not hold the values of secrets, so these stay: ${namesOf(masked)}. Set journal: full to record them.`;

const goOn = 'To undo an earlier edit, give its id as stage history lists it: stage undo --id ID.';

/** Calls that no operation can undo. */
const deeds: Readonly<Partial<Record<OtherCall['kind'], string>>> = {
  CreateStage: 'created the stage, which only aws apigateway delete-stage undoes.',
  FlushStageCache: 'flushed the cache, which cannot be undone.',
};

interface Found {
  /** Secrets, whose values are not in the journal. */
  readonly masked: readonly Undone[];
  /** Properties that are as the edit left them. */
  readonly left: readonly Undone[];
  /** Properties that were changed after the edit. */
  readonly moved: readonly Undone[];
  /** The edit changed only secrets. */
  readonly isSecret: boolean;
}

/** Sorts the properties that an edit touched by their current state. */
const findTouched = (entry: Undoable, stage: Stage): Found => {
  const touched = placesOf(entry);
  const masked = touched.filter(({ isMasked }) => isMasked);
  const ours = touched.filter(({ isMasked }) => !isMasked);
  const left = ours.filter(({ place, after }) => readLeaf(stage, place) === after);
  // A property with its value from before the edit needs nothing; this covers an edit that was never made.
  const moved = ours.filter((one) => !left.includes(one) && readLeaf(stage, one.place) !== one.before);
  return { masked, left, moved, isSecret: masked.length > 0 && ours.length === 0 };
};

const refuseMoved = (moved: readonly Undone[], { id }: Undoable, stage: Stage): Plan => ({
  kind: 'expectation',
  problems: [
    // Reported as a failed test, so that its values are masked like those of --expect.
    ...moved.map((one, index) => ({
      ...{ code: 'test-failed', message: movedSentence(one, stage), index },
      operation: { op: 'test', path: one.path, value: String(one.after ?? '') },
    })),
    { code: 'moved-on', message: `Nothing was undone. --force undoes the rest of edit ${id}.` },
  ],
});

const takeBack = ({ masked, left, moved }: Found, entry: Undoable, stage: Stage): Plan => {
  const goal = withLeaves(
    stage,
    left.map(({ place, before }) => ({ place, leaf: before })),
  );
  const { operations, problems } = diffStages(stage, goal);
  const made = left.length > 0 && entry.others?.includes('CreateDeployment');
  const isUnmade = entry.state !== 'done' && changesBetween(stage, goal).length === 0;
  const notices = [
    masked.length > 0 && { code: 'not-undone', message: secretsStay(masked) },
    made && { code: 'deployment-stays', message: deploymentStays },
    ...problems.map(({ code, message }) => ({ code, message })),
    moved.length > 0 && {
      code: 'moved-on',
      message: `Not undone, because they were changed after the edit: ${namesOf(moved)}.`,
    },
    isUnmade && { code: 'not-made', message: `Edit ${entry.id} was not made, so there is nothing to undo. ${goOn}` },
  ];
  return oneCall(
    operations,
    notices.filter((notice) => notice !== false && notice !== undefined),
  );
};

export const undo: EditCommand = {
  name: 'undo',
  also: ['revert', 'redo'],
  summary: 'Undo the last edit of a stage, or an earlier one by its id',
  usage: '[TARGET]',
  example: 'stage undo a1b2c3d4e5/prod --dry-run',
  does: 'edit',
  options: [
    {
      name: 'id',
      kind: 'text',
      argument: 'ID',
      heading: 'Undo',
      help: 'The edit to undo, as stage history lists it (default: the last edit of TARGET)',
    },
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
    if (found.moved.length > 0 && options['force'] !== true) return refuseMoved(found.moved, entry, stage);
    return takeBack(found, entry, stage);
  },
};
