/** The stage that a document describes, and the goal that it sets for the current stage. */

import { printable } from '../text/printable.js';
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

/** The stage that a document describes. */
export interface Desired {
  /** The members in the document, with method keys as API Gateway spells them (`*` + `/*`, `~1a/GET`). */
  readonly stage: Stage;
  /** Names that the document sets to null, which unsets them: `variables.color`, `canarySettings`. */
  readonly unset: readonly string[];
  /** Names without a known value, and why. A name covers everything below it, except what `stage` sets. */
  readonly unknown: ReadonlyMap<string, string>;
  /** Whether the document describes a whole stage, so that missing members may be turned off. */
  readonly isWhole: boolean;
  readonly notices: readonly Notice[];
}

/** The stage that a document describes, applied to the current stage. */
export interface Goal {
  /** The current stage with everything in the document applied. */
  readonly stage: Stage;
  /** The places that the document sets or unsets, or that are pruned. */
  readonly wanted: Wanted;
  readonly notices: readonly Notice[];
}

const keyedRows = properties.filter(isKeyed).map((property) => {
  const [start = '', end = ''] = property.name.split(/\{.*\}/);
  return { property, start, end };
});

/** The place for a name that includes a key: `methodSettings.~1pets/GET.loggingLevel`. */
export const placeNamed = (name: string): Place | undefined => {
  const plain = findProperty(name);
  if (plain !== undefined) return { property: plain, key: '' };
  const row = keyedRows.find(
    ({ start, end }) => name.length > start.length + end.length && name.startsWith(start) && name.endsWith(end),
  );
  return row && { property: row.property, key: name.slice(row.start.length, name.length - row.end.length) };
};

export const placesNamed = (names: Iterable<string>): readonly Place[] =>
  [...names].flatMap((name) => placeNamed(name) ?? []);

const inSpelling =
  (keys: Spellings) =>
  ({ property, key }: Place): Place => ({ property, key: keys.get(key) ?? key });

/** A document with method keys in the spelling of a stage. */
interface Asked {
  readonly stage: Stage;
  readonly unset: readonly Place[];
  readonly unknown: readonly Place[];
  readonly spell: (place: Place) => Place;
}

const askedOf = (desired: Desired, stage: Stage): Asked => {
  const [unset, unknown] = [placesNamed(desired.unset), placesNamed(desired.unknown.keys())];
  const named = [...unset, ...unknown].filter(({ property: { group } }) => group === 'methodSettings');
  const all = [...Object.keys(desired.stage.methodSettings ?? {}), ...named.map(({ key }) => key)];
  const keys = spellings(desired.stage, stage, all);
  const spell = inSpelling(keys);
  return { stage: respelled(desired.stage, keys), unset: unset.map(spell), unknown: unknown.map(spell), spell };
};

const covering = (places: readonly Place[]): Wanted => (places.length === 0 ? () => false : coveredBy(places));

const clearedTo = (place: Place): Leaf | undefined => {
  const { clear } = place.property;
  const leaf = clear === undefined || clear === '' ? undefined : decodeAt(place, clear);
  return leaf === undefined || isProblem(leaf) ? undefined : leaf;
};

/** The stage with these places unset. A named boolean becomes false; unsetting its whole group removes it. */
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
/** Members that a whole stage turns off by omitting them. */
const turnedOff = ['canarySettings', 'accessLogSettings', 'cacheClusterEnabled', 'tracingEnabled'];

/** The places that `--prune` unsets: the stage has them, and the document neither has them nor leaves them unknown. */
const prunedPlaces = (stage: Stage, asked: Asked, isWhole: boolean): readonly Place[] => {
  const isUnknown = covering(asked.unknown);
  const hasUnknown = (place: Place): boolean => asked.unknown.some(covering([place]));
  return [...pruned, ...(isWhole ? turnedOff : [])]
    .flatMap((name) => placesFor(stage, propertyNamed(name)))
    .filter((place) => readPlace(stage, place) !== undefined && readPlace(asked.stage, place) === undefined)
    .filter((place) => !isUnknown(place) && !hasUnknown(place));
};

const unknownNotice = (unknown: readonly (readonly [name: string, why: string])[]): readonly Notice[] => {
  const named = unknown.map(([name, why]) => `${name} (${why})`).join(', ');
  const message = printable(`Left alone, since the document does not have the value: ${named}.`);
  return unknown.length === 0 ? [] : [{ code: 'unknown-values', message }];
};

/** Applies the stage that a document describes to the current stage. */
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
  const left = [...desired.unknown].filter(([name]) => placesNamed([name]).map(asked.spell).some(isSelected));
  const said = leavesOf(asked.stage);
  const leaves = said.map((place) => ({ place, leaf: readLeaf(asked.stage, place) }));
  return {
    stage: withLeaves(withoutPlaces(stage, going), leaves),
    wanted: isWanted,
    notices: [...unknownNotice(left), ...desired.notices],
  };
};

const neverReached = ['stageName', 'tags.{name}', 'webAclArn'];

/**
 * Whether apply reports a difference and leaves it, as it does unknown values: the name, the tags or the web ACL of a
 * stage, or a cache size to be unset. Any other difference that cannot be applied is an error.
 */
export const isOutOfReach = ({ place }: DiffProblem, goal: Stage): boolean => {
  if (place === undefined) return false;
  const { name } = place.property;
  return neverReached.includes(name) || (name === 'cacheClusterSize' && readLeaf(goal, place) === undefined);
};
