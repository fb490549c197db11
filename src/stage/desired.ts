/** What a document asks of a stage, and what that means for the stage as it is. */

import { isProblem, type Leaf } from './codec.js';
import type { DiffProblem, Wanted } from './diff.js';
import {
  coveredBy,
  decodeAt,
  findProperty,
  isKeyed,
  leavesOf,
  type Place,
  placesFor,
  propertyNamed,
  readLeaf,
  readPlace,
  withLeaves,
} from './place.js';
import type { Notice } from './plan.js';
import { properties } from './properties.js';
import { respelled, type Spellings, spellings } from './respell.js';
import type { Stage } from './stage.js';

/** A stage as a document asks for it. */
export interface Desired {
  /** What the document says, with method keys as API Gateway spells them (`*` + `/*`, `~1a/GET`). */
  readonly stage: Stage;
  /** Names that the document sets to null, to be unset: `variables.color`, `canarySettings`. */
  readonly unset: readonly string[];
  /** Names whose value only a deployment knows. One may stand for all that is under it; what `stage` says under it holds. */
  readonly unknown: readonly string[];
  /** Whether it is a whole stage, so that what it lacks may be turned off. */
  readonly isWhole: boolean;
  readonly notices: readonly Notice[];
}

/** What a document asks for, put onto a stage. */
export interface Goal {
  /** The stage with all that the document says. */
  readonly stage: Stage;
  /** The places that the document says something about, or that are pruned. */
  readonly wanted: Wanted;
  readonly notices: readonly Notice[];
}

const keyedRows = properties.filter(isKeyed).map((property) => {
  const [start = '', end = ''] = property.name.split(/\{.*\}/);
  return { property, start, end };
});

/** The place of a name with its key in it: `methodSettings.~1pets/GET.loggingLevel`. */
export const placeNamed = (name: string): Place | undefined => {
  const plain = findProperty(name);
  if (plain !== undefined) return { property: plain, key: '' };
  const row = keyedRows.find(
    ({ start, end }) => name.length > start.length + end.length && name.startsWith(start) && name.endsWith(end),
  );
  return row && { property: row.property, key: name.slice(row.start.length, name.length - row.end.length) };
};

const placesNamed = (names: readonly string[]): readonly Place[] => names.flatMap((name) => placeNamed(name) ?? []);

const inSpelling =
  (keys: Spellings) =>
  ({ property, key }: Place): Place => ({ property, key: keys.get(key) ?? key });

/** A document in the spelling of a stage. */
interface Asked {
  readonly stage: Stage;
  readonly unset: readonly Place[];
  readonly unknown: readonly Place[];
}

const askedOf = (desired: Desired, stage: Stage): Asked => {
  const [unset, unknown] = [placesNamed(desired.unset), placesNamed(desired.unknown)];
  const named = [...unset, ...unknown].filter(({ property: { group } }) => group === 'methodSettings');
  const all = [...Object.keys(desired.stage.methodSettings ?? {}), ...named.map(({ key }) => key)];
  const keys = spellings(desired.stage, stage, all);
  const spell = inSpelling(keys);
  return { stage: respelled(desired.stage, keys), unset: unset.map(spell), unknown: unknown.map(spell) };
};

const covering = (places: readonly Place[]): Wanted => (places.length === 0 ? () => false : coveredBy(places));

const clearedTo = (place: Place): Leaf | undefined => {
  const { clear } = place.property;
  const leaf = clear === undefined || clear === '' ? undefined : decodeAt(place, clear);
  return leaf === undefined || isProblem(leaf) ? undefined : leaf;
};

/** The stage with these places unset. A boolean that is named becomes false; with its whole group it goes. */
export const withoutPlaces = (stage: Stage, places: readonly Place[]): Stage => {
  if (places.length === 0) return stage;
  const goesWhole = covering(places.filter(({ property }) => property.codec === undefined));
  return withLeaves(
    stage,
    leavesOf(stage)
      .filter(coveredBy(places))
      .map((place) => ({ place, leaf: goesWhole(place) ? undefined : clearedTo(place) })),
  );
};

const pruned = ['variables.{name}', 'canarySettings.stageVariableOverrides.{name}', 'methodSettings.{method}'];
/** What a stage that is whole turns off by not having it. */
const turnedOff = ['canarySettings', 'accessLogSettings', 'cacheClusterEnabled', 'tracingEnabled'];

/** The places that `--prune` takes away: the stage has them, and the document neither has them nor may have them. */
const prunedPlaces = (stage: Stage, asked: Asked, isWhole: boolean): readonly Place[] => {
  const isUnknown = covering(asked.unknown);
  const hasUnknown = (place: Place): boolean => asked.unknown.some(covering([place]));
  return [...pruned, ...(isWhole ? turnedOff : [])]
    .flatMap((name) => placesFor(stage, propertyNamed(name)))
    .filter((place) => readPlace(stage, place) !== undefined && readPlace(asked.stage, place) === undefined)
    .filter((place) => !isUnknown(place) && !hasUnknown(place));
};

/** What a document means for a stage. */
export const goalOf = (
  stage: Stage,
  desired: Desired,
  { isSelected, prunes }: { readonly isSelected: Wanted; readonly prunes: boolean },
): Goal => {
  const asked = askedOf(desired, stage);
  const going = [...asked.unset, ...(prunes ? prunedPlaces(stage, asked, desired.isWhole) : [])];
  const isGoing = covering(going);
  const isSaid: Wanted = (place) => readLeaf(asked.stage, place) !== undefined;
  const isWanted: Wanted = (place) => isSelected(place) && (isSaid(place) || isGoing(place));
  const said = leavesOf(asked.stage);
  const leaves = said.map((place) => ({ place, leaf: readLeaf(asked.stage, place) }));
  return {
    stage: withLeaves(withoutPlaces(stage, going), leaves),
    wanted: isWanted,
    // Unknown values are told only where some of them are selected.
    notices: desired.notices.filter(({ code }) => code !== 'unknown-values' || asked.unknown.some(isSelected)),
  };
};

const neverReached = ['stageName', 'tags.{name}', 'webAclArn'];

/**
 * What an apply names and leaves as it is, besides values that are unknown: the name, the tags and the web ACL of a stage, and a
 * cache size that is taken away. Whatever else cannot be reached is a fault.
 */
export const isOutOfReach = ({ place }: DiffProblem, goal: Stage): boolean => {
  if (place === undefined) return false;
  const { name } = place.property;
  return neverReached.includes(name) || (name === 'cacheClusterSize' && readLeaf(goal, place) === undefined);
};
