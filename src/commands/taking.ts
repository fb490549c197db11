import type { Wanted } from '../stage/changes.js';
import type { DiffProblem } from '../stage/diff.js';
import { isMethodRow } from '../stage/place.js';
import type { Problem } from '../stage/problem.js';

/**
 * What is in the way of an edit that takes properties away. That a setting of a method is not gone is nothing: its entry is built
 * again, and there it has its default.
 */
export const inTheWay = (problems: readonly DiffProblem[], isTaken: Wanted): readonly Problem[] =>
  problems
    .filter(({ place }) => place === undefined || !isMethodRow(place.property) || !isTaken(place))
    .map(({ place: _, ...problem }) => problem);
