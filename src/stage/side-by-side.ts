/** Compares several stages, property by property. */
import type { Leaf } from './codec.js';
import { methodNamesIn, readableName } from './method.js';
import { leafRows, type Place, placesFor, readLeaf } from './place.js';
import { respelled, spellings } from './respell.js';
import type { Stage } from './stage.js';

/** A property with its value in each stage. `undefined` means not set. */
interface SideBySide {
  readonly name: string;
  readonly place: Place;
  readonly leaves: readonly (Leaf | undefined)[];
}

/** Stages with one spelling of each method: that of the first stage that has the method. */
const inOneSpelling = (stages: readonly Stage[]): readonly Stage[] => {
  let seen: Stage = {};
  return stages.map((stage) => {
    const own = respelled(stage, spellings(stage, seen));
    seen = { methodSettings: { ...own.methodSettings, ...seen.methodSettings } };
    return own;
  });
};

/** Every place that any of the stages has, in the order of the table. */
const placesIn = (stages: readonly Stage[]): readonly Place[] =>
  leafRows.flatMap((property) => {
    const keys = new Set(stages.flatMap((stage) => placesFor(stage, property)).map(({ key }) => key));
    return [...keys].map((key) => ({ property, key }));
  });

/** The properties of stages, in the order of the table. Dates and statuses never count as different. */
export const sideBySide = (given: readonly Stage[], onlyDifferences: boolean): readonly SideBySide[] => {
  const stages = inOneSpelling(given);
  const methodName = methodNamesIn(...stages);
  return placesIn(stages)
    .map((place) => ({
      name: readableName(place, methodName),
      place,
      leaves: stages.map((stage) => readLeaf(stage, place)),
    }))
    .filter(({ place, leaves }) =>
      onlyDifferences
        ? !place.property.volatile && new Set(leaves).size > 1
        : leaves.some((leaf) => leaf !== undefined),
    );
};
