/** Applies `--only` and `--exclude` to two stages, or to a stage and a document. */

import { type Choice, resolve } from '../stage/choice.js';
import { type Desired, placesNamed } from '../stage/desired.js';
import type { Wanted } from '../stage/diff.js';
import { readableName } from '../stage/method.js';
import { coveredBy, isKeyed, isMethodRow, methodEntry, type Place, placesFor, readPlace } from '../stage/place.js';
import type { Problem } from '../stage/problem.js';
import { everyMethod } from '../stage/properties.js';
import type { Stage } from '../stage/stage.js';
import { nearestWord } from '../text/spelling.js';
import { type CommandOption, optionsUnder, type PlanInput, usageProblem } from './command.js';

/** Options of `diff` and `apply` for documents; `file` is what the command says about `--file`. */
export const documentOptions = (heading: string, file: Partial<CommandOption> = {}): readonly CommandOption[] => {
  const option = optionsUnder(heading);
  return [
    option('file', 'DESIRED', 'Stage file or a part of one, or FILE#NAME: a stage in a template or in Terraform', {
      short: 'f',
      ...file,
    }),
    option('parameter', 'NAME=VALUE', 'Parameter of a template (default: what the template says)', {
      kind: 'list',
      needs: ['file'],
    }),
    option('only', 'PROPERTY', 'Only this property: variables, canarySettings.percentTraffic', { kind: 'list' }),
    option('exclude', 'PROPERTY', 'All but this property: deploymentId, variables.DEBUG', { kind: 'list' }),
    option('prune', undefined, 'Also remove or turn off properties that the document does not have', {
      needs: ['file'],
    }),
  ];
};

export const placesOf = (choices: readonly Choice[], input: PlanInput, source: Stage): readonly Place[] => {
  const methodSettings = { ...source.methodSettings, ...input.stage.methodSettings };
  return resolve(choices, { methodSettings }, input.methods).resolved.map(({ place }) => place);
};

/** Whether a place is one of `places` or inside one. A group or an entry also matches if it contains one. */
const touching = (places: readonly Place[]): Wanted => {
  const isIn = coveredBy(places);
  return (place) => isIn(place) || (place.property.codec === undefined && places.some(coveredBy([place])));
};

/** Whether `--only` and `--exclude` select a place or anything in it. */
export const selecting = (input: PlanInput, source: Stage): Wanted => {
  const isChosen = input.only.length === 0 ? () => true : touching(placesOf(input.only, input, source));
  if (input.excluded.length === 0) return isChosen;
  const isExcluded = coveredBy(placesOf(input.excluded, input, source));
  return (place) => isChosen(place) && !isExcluded(place);
};

/** Refuses words of `--only` and `--exclude` whose variables or methods neither side has: they are likely typos. */
export const unknownChoices = (
  input: PlanInput,
  source: Stage,
  sides: string,
  { unset, unknown }: Pick<Desired, 'unset' | 'unknown'> = { unset: [], unknown: new Map() },
): readonly Problem[] => {
  const isInDocument = touching(placesNamed([...unset, ...unknown.keys()]));
  const stages = [source, input.stage];
  const isKnown = (place: Place): boolean =>
    !isKeyed(place.property) ||
    place.key === everyMethod ||
    isInDocument(place) ||
    stages.some((stage) => readPlace(stage, place) !== undefined);
  // A method setting is known if the method is, even if the setting itself is missing.
  const entryOf = (place: Place): Place => (isMethodRow(place.property) ? { ...place, property: methodEntry } : place);
  return Object.entries({ only: input.only, exclude: input.excluded }).flatMap(([option, choices]) =>
    [...new Set(choices.map(({ word }) => word))].flatMap((word) => {
      const named = choices.filter((choice) => choice.word === word);
      const places = placesOf(named, input, source).map(entryOf);
      const [first] = places;
      if (first === undefined || places.some(isKnown)) return [];
      const there = stages.flatMap((stage) => placesFor(stage, first.property)).map((place) => readableName(place));
      const near = nearestWord(readableName(first), there);
      const advice = near === undefined ? '' : ` Did you mean ${near}?`;
      return [usageProblem(`--${option} ${word}: neither ${sides} has it.${advice}`)];
    }),
  );
};
