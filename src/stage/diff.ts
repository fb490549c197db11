import { sameValue } from '../text/same-value.js';
import type { Leaf } from './codec.js';
import { diffMethods, filledMethods } from './diff-methods.js';
import { picked } from './draft.js';
import { readableName } from './method.js';
import { applyPatch, checkStage } from './patch.js';
import {
  child,
  differingKeys,
  isAlike,
  isNamed,
  leafRows,
  leavesOf,
  nameOf,
  type Place,
  pathOf,
  placesThatMayDiffer,
  propertyNamed,
  readLeaf,
  removeAt,
  replaceAt,
  withLeaves,
} from './place.js';
import { PatchError, type Problem } from './problem.js';
import {
  defaultMethodSetting,
  everyMethod,
  type GroupName,
  type Property,
  seedCanarySettings,
  seedMethodSetting,
} from './properties.js';
import { isObject, type PatchOperation, type Shape, type Stage, stageShape } from './stage.js';

/** A place with its values before and after. `undefined` means not set. */
export interface Change {
  readonly place: Place;
  readonly before: Leaf | undefined;
  readonly after: Leaf | undefined;
}

/** Which places to compare. */
export type Wanted = (place: Place) => boolean;

const comparedRows = leafRows.filter(({ volatile }) => !volatile);

const changesAt = (rows: readonly Property[], before: Stage, after: Stage): readonly Change[] => {
  const read = (stage: Stage, place: Place): Leaf | undefined => {
    const leaf = readLeaf(stage, place);
    // The text that clears a property counts as not set.
    return leaf === '' && place.property.clear === '' ? undefined : leaf;
  };
  return rows
    .flatMap(placesThatMayDiffer(before, after))
    .map((place) => ({ place, before: read(before, place), after: read(after, place) }))
    .filter((change) => change.before !== change.after);
};

const changesIn = (group: GroupName, before: Stage, after: Stage): readonly Change[] =>
  changesAt(
    comparedRows.filter((property) => property.group === group),
    before,
    after,
  );

/**
 * Every leaf that differs between two stages, in the order of the table. Dates and statuses are not compared.
 *
 * @param wanted Which places to compare (default: all).
 *
 * @example
 * changesBetween({}, { description: 'x' }).map(({ before, after }) => [before, after]); // [[undefined, 'x']]
 */
export const changesBetween = (before: Stage, after: Stage, wanted: Wanted = () => true): readonly Change[] =>
  changesAt(comparedRows, before, after).filter(({ place }) => wanted(place));

/** A difference that no patch can make. */
export interface DiffProblem extends Problem {
  /** The path to the leaf in AWS's field names: `canarySettings.deploymentId`. */
  readonly name: string;
  /** The leaf, if it belongs to a property. */
  readonly place?: Place;
}

export interface StageDiff {
  readonly operations: readonly PatchOperation[];
  readonly problems: readonly DiffProblem[];
}

const removeGroup = (name: GroupName) => removeAt({ property: propertyNamed(name), key: '' });

// A field of the stage that cannot be cleared stays, and is reported as a problem.
const written = (changes: readonly Change[]): readonly PatchOperation[] =>
  changes.flatMap(({ place, after = place.property.clear === '' ? '' : undefined }) =>
    after === undefined || !place.property.ops.includes('replace') ? [] : [replaceAt(place, after)],
  );

/** Removals first, to make room. */
const diffVariables = (changes: readonly Change[]): readonly PatchOperation[] => [
  ...changes.filter(({ after }) => after === undefined).map(({ place }) => removeAt(place)),
  ...written(changes),
];

/** Access log settings are removed as a whole: to remove one of the two, the other is written again. */
const diffAccessLog = (changes: readonly Change[], after: Stage): readonly PatchOperation[] =>
  changes.some((change) => change.after === undefined)
    ? [removeGroup('accessLogSettings'), ...written(changesIn('accessLogSettings', {}, after))]
    : written(changes);

const diffCanary = (changes: readonly Change[], before: Stage, after: Stage): readonly PatchOperation[] => {
  if (changes.length === 0) return [];
  const leaves = changesIn('canarySettings', {}, after);
  if (leaves.length === 0) return [removeGroup('canarySettings')];
  if (before.canarySettings !== undefined)
    return diffVariables(
      changes.filter((change) => change.after !== undefined || change.place.property.ops.includes('remove')),
    );
  // The first replace creates a canary on the deployment that the stage serves at that point.
  const seeded: Stage = { canarySettings: seedCanarySettings({ ...before, ...after }) };
  const differing = leaves.filter((leaf) => readLeaf(seeded, leaf.place) !== leaf.after);
  return written(differing.length > 0 ? differing : leaves.slice(0, 1));
};

/** `before` with the wanted leaves of `after`, and the values that API Gateway fills in for them. */
const overlay = (before: Stage, after: Stage, wanted: Wanted): Stage => {
  const goal = withLeaves(
    before,
    changesBetween(before, after, wanted).map((change) => ({ place: change.place, leaf: change.after })),
  );
  const entry = (key: string) => (key === everyMethod ? defaultMethodSetting : seedMethodSetting(goal));
  const seeded: Stage = {
    methodSettings: Object.fromEntries(filledMethods(before, goal).map((key) => [key, entry(key)])),
    ...(goal.canarySettings && !before.canarySettings && { canarySettings: seedCanarySettings(goal) }),
  };
  const filled = leavesOf(seeded).filter((place) => readLeaf(goal, place) === undefined && !wanted(place));
  return withLeaves(
    goal,
    filled.map((place) => ({ place, leaf: readLeaf(seeded, place) })),
  );
};

/** The stage after the operations that can be applied, and by path, why the others cannot. */
const tryAll = (
  stage: Stage,
  operations: readonly PatchOperation[],
): { readonly stage: Stage; readonly reasons: ReadonlyMap<string, string> } => {
  try {
    return { stage: applyPatch(stage, operations), reasons: new Map() };
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    const refused = new Set(error.problems.map(({ index }) => index));
    const rest = operations.filter((_, index) => !refused.has(index));
    const reasons = error.problems.map(({ index, message }) => [operations[index]?.path ?? '', message] as const);
    return { stage: applyPatch(stage, rest), reasons: new Map(reasons) };
  }
};

const leftover = ({ place, before, after }: Change, why: string | undefined): DiffProblem => {
  const shown = (leaf: Leaf | undefined): string => (leaf === undefined ? 'not set' : JSON.stringify(leaf));
  // The value of a variable may be a secret.
  const change = isNamed(place.property) ? '' : ` from ${shown(before)} to ${shown(after)}`;
  const reason = why ?? place.property.instead ?? 'No patch operation can do that.';
  const message = `${readableName(place)} cannot be changed${change}. ${reason}`;
  return { code: 'cannot-express', name: nameOf(place), place, message };
};

/**
 * Both stages without the method entries that are equal, usually nearly all of them. The entry for all methods stays:
 * new entries start from it.
 */
const narrowed = (before: Stage, after: Stage): readonly [before: Stage, after: Stage] => {
  const { methodSettings: was } = before;
  const { methodSettings: is } = after;
  if (was === undefined || is === undefined) return [before, after];
  const differing = differingKeys(was, is);
  const keys = differing.includes(everyMethod) ? differing : [everyMethod, ...differing];
  const part = (map: NonNullable<Stage['methodSettings']>) =>
    picked(
      map,
      keys.filter((key) => Object.hasOwn(map, key)),
    );
  return [
    { ...before, methodSettings: part(was) },
    { ...after, methodSettings: part(is) },
  ];
};

/**
 * The names of members outside the table that differ: a new member of API Gateway's, or a value of the wrong type.
 *
 * @param countsMissing Whether a member that the goal lacks counts.
 * @param shape Undefined outside the table.
 */
const unknownNames = (
  stage: unknown,
  goal: unknown,
  countsMissing: boolean,
  shape: Shape | undefined,
  name: string,
): readonly string[] => {
  const isMap = typeof shape !== 'string';
  const hasShape = (value: unknown): boolean =>
    isObject(value) === isMap || (value === undefined && shape !== undefined);
  if (isAlike(stage, goal) || shape === 'timestamp' || (goal === undefined && !countsMissing)) return [];
  if (!hasShape(stage) || !hasShape(goal)) return sameValue(stage ?? {}, goal ?? {}) ? [] : [name];
  if (!isMap) return [];
  return Object.keys({ ...(stage ?? {}), ...(goal ?? {}) }).flatMap((key) => {
    const member = shape && (Object.hasOwn(shape, key) ? shape[key] : shape['*']);
    return unknownNames(
      child(stage, key),
      child(goal, key),
      countsMissing,
      member,
      name === '' ? key : `${name}.${key}`,
    );
  });
};

/** Differences outside the property table. A member that the goal lacks counts only if everything is compared. */
export const diffUnknown = (stage: Stage, goal: Stage, isAll: boolean): readonly DiffProblem[] =>
  unknownNames(stage, goal, isAll, stageShape, '').map((name) => ({
    code: 'cannot-express',
    name,
    message: `${name} is not a property that UpdateStage can change.`,
  }));

/**
 * The operations that turn `before` into `after`: as few as possible, in an order that API Gateway accepts. `{}` and a
 * missing member are equal; dates and cacheClusterStatus are not compared. What no operation can change is returned as
 * problems.
 *
 * @param wanted Which places to compare (default: all).
 * @throws StageError if one of the two is not a stage; RangeError if both contain a cycle.
 * @see https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateStage-Patch
 *
 * @example
 * diffStages({ variables: { a: '1' } }, {}).operations; // [{ op: 'remove', path: '/variables/a' }]
 */
export const diffStages = (given: Stage, desired: Stage, wanted?: Wanted): StageDiff => {
  for (const stage of [given, desired]) checkStage(stage);
  const [before, after] = narrowed(given, desired);
  const goal = wanted === undefined ? after : overlay(before, after, wanted);
  const changes = (group: GroupName) => changesIn(group, before, goal);
  const candidates = [
    ...written(changes('stage')),
    ...diffVariables(changes('variables')),
    ...diffAccessLog(changes('accessLogSettings'), goal),
    ...diffCanary(changes('canarySettings'), before, goal),
    ...diffMethods(before, goal),
  ];
  const { stage, reasons } = tryAll(before, candidates);
  const [made, meant] = narrowed(stage, goal);
  return {
    operations: candidates.filter(({ path }) => !reasons.has(path)),
    problems: [
      ...changesBetween(made, meant).map((change) => leftover(change, reasons.get(pathOf(change.place)))),
      // Compared after the operations: a rebuilt entry loses unknown members, and a new entry copies those of `*/*`.
      ...diffUnknown(made, meant, wanted === undefined),
    ],
  };
};
