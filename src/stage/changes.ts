import type { Leaf } from './codec.js';
import { leafRows, type Place, placesThatMayDiffer, readLeaf } from './place.js';
import type { Stage } from './stage.js';

/** A place with its values before and after; undefined is not set. */
export interface Change {
  readonly place: Place;
  readonly before: Leaf | undefined;
  readonly after: Leaf | undefined;
}

/** Which places to compare. */
export type Wanted = (place: Place) => boolean;

/** The text that clears a property counts as not set. */
const clearedLeaf = (stage: Stage, place: Place): Leaf | undefined => {
  const leaf = readLeaf(stage, place);
  return leaf === '' && place.property.clear === '' ? undefined : leaf;
};

/**
 * Every leaf that differs between two stages, in the order of the table. Dates and statuses are not compared.
 *
 * @param wanted Which places to compare (default: all).
 *
 * @example
 * changesBetween({}, { description: 'x' }).map(({ before, after }) => [before, after]); // [[undefined, 'x']]
 */
export const changesBetween = (before: Stage, after: Stage, wanted: Wanted = () => true): readonly Change[] =>
  leafRows
    .filter(({ volatile }) => !volatile)
    .flatMap((property) => placesThatMayDiffer(before, after, property))
    .map((place) => ({ place, before: clearedLeaf(before, place), after: clearedLeaf(after, place) }))
    .filter((change) => change.before !== change.after && wanted(change.place));
