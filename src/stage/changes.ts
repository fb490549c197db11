import type { Leaf } from './codec.js';
import { leafRows, type Place, placesThatMayDiffer, readLeaf } from './place.js';
import type { Stage } from './stage.js';

/** A place with what stands there before and after; undefined is nothing. */
export interface Change {
  readonly place: Place;
  readonly before: Leaf | undefined;
  readonly after: Leaf | undefined;
}

/** Which places to look at. */
export type Wanted = (place: Place) => boolean;

/** A text that clears its property stands for nothing. */
const clearedLeaf = (stage: Stage, place: Place): Leaf | undefined => {
  const leaf = readLeaf(stage, place);
  return leaf === '' && place.property.clear === '' ? undefined : leaf;
};

/**
 * Every leaf that is not the same in both stages, in the order of the table. What changes by itself is left out.
 *
 * @param wanted Which places to look at; all, where it is left out.
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
