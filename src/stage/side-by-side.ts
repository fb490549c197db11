/** Several stages, property by property. */
import type { Leaf } from './codec.js';
import { methodNamesIn, readableName } from './method.js';
import { leavesOf, nameOf, type Place, readLeaf } from './place.js';
import { properties } from './properties.js';
import { respelled, spellings } from './respell.js';
import type { Stage } from './stage.js';

/** A property with its value in each stage; undefined is not set. */
interface SideBySide {
  readonly name: string;
  readonly place: Place;
  readonly leaves: readonly (Leaf | undefined)[];
}

/** One spelling of each method, that of the first stage which has it. */
const inOneSpelling = (stages: readonly Stage[]): readonly Stage[] => {
  let seen: Stage = {};
  return stages.map((stage) => {
    const own = respelled(stage, spellings(stage, seen));
    seen = { methodSettings: { ...own.methodSettings, ...seen.methodSettings } };
    return own;
  });
};

/** The properties of stages, in the order of the table. Dates and statuses never differ. */
export const sideBySide = (given: readonly Stage[], onlyDifferences: boolean): readonly SideBySide[] => {
  const stages = inOneSpelling(given);
  const methodName = methodNamesIn(...stages);
  const merged = new Map(stages.flatMap((stage) => leavesOf(stage).map((place) => [nameOf(place), place] as const)));
  const places = [...merged.values()].sort(
    (one, other) => properties.indexOf(one.property) - properties.indexOf(other.property),
  );
  const rows = places.map((place) => ({
    name: readableName(place, methodName),
    place,
    leaves: stages.map((stage) => readLeaf(stage, place)),
  }));
  return onlyDifferences
    ? rows.filter(({ place, leaves }) => !place.property.volatile && new Set(leaves).size > 1)
    : rows;
};
