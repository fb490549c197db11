/** What `--only` and `--exclude` choose, of two stages. */

import type { Wanted } from '../stage/changes.js';
import { type Choice, resolve } from '../stage/choice.js';
import { readableName } from '../stage/method.js';
import { coveredBy, isKeyed, isMethodRow, methodEntry, type Place, placesFor, readPlace } from '../stage/place.js';
import type { Problem } from '../stage/problem.js';
import { everyMethod } from '../stage/properties.js';
import type { Stage } from '../stage/stage.js';
import { type CommandOption, type PlanInput, usageProblem } from './command.js';

/** The options of what is compared with a document, or brought to it. */
export const documentOptions = (heading: string): readonly CommandOption[] => [
  {
    name: 'file',
    short: 'f',
    kind: 'text',
    argument: 'DESIRED',
    heading,
    help: 'Stage file or a part of one; FILE#NAME: a stage in a CloudFormation or SAM template, or in terraform show -json',
  },
  {
    name: 'parameter',
    kind: 'list',
    argument: 'NAME=VALUE',
    heading,
    help: 'Value of a parameter of the template (default: what the template says)',
  },
  {
    name: 'only',
    kind: 'list',
    argument: 'PROPERTY',
    heading,
    help: 'Only this property: variables, canarySettings.percentTraffic',
  },
  {
    name: 'exclude',
    kind: 'list',
    argument: 'PROPERTY',
    heading,
    help: 'All but this property: deploymentId, variables.DEBUG',
  },
  {
    name: 'prune',
    kind: 'switch',
    heading,
    help:
      'Remove variables, overrides and methods that the document lacks; if it is a whole stage, also turn off canary, cache ' +
      'cluster, access logs and tracing where it has none',
  },
];

const placesOf = (choices: readonly Choice[], input: PlanInput, source: Stage): readonly Place[] => {
  const methodSettings = { ...source.methodSettings, ...input.stage.methodSettings };
  return resolve(choices, { methodSettings }, input.methods).resolved.map(({ place }) => place);
};

/** Whether `--only` and `--exclude` leave a place. */
export const selecting = (input: PlanInput, source: Stage): Wanted => {
  const isChosen = input.only.length === 0 ? () => true : coveredBy(placesOf(input.only, input, source));
  if (input.excluded.length === 0) return isChosen;
  const isExcluded = coveredBy(placesOf(input.excluded, input, source));
  return (place) => isChosen(place) && !isExcluded(place);
};

const sharedStart = (one: string, other: string): number => {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
};

/** Words of an option whose variables or methods neither stage has: a slip would choose something else. */
const unknownIn = (
  option: 'only' | 'exclude',
  given: readonly Choice[],
  input: PlanInput,
  source: Stage,
  sides: string,
): readonly Problem[] => {
  const stages = [source, input.stage];
  const entryOf = (place: Place) => (isMethodRow(place.property) ? { ...place, property: methodEntry } : place);
  const isKnown = (place: Place): boolean =>
    !isKeyed(place.property) ||
    place.key === everyMethod ||
    stages.some((stage) => readPlace(stage, place) !== undefined);
  return [...new Set(given.map(({ word }) => word))].flatMap((word) => {
    const choices = given.filter((choice) => choice.word === word);
    const places = placesOf(choices, input, source).map(entryOf);
    const [first] = places;
    if (first === undefined || places.some(isKnown)) return [];
    const there = new Set(
      stages.flatMap((stage) => placesFor(stage, first.property)).map((place) => readableName(place)),
    );
    const near = [...there].sort((a, b) => sharedStart(b, readableName(first)) - sharedStart(a, readableName(first)));
    const advice = near.length > 0 ? ` Did you mean ${near.slice(0, 5).join(', ')}?` : '';
    return [usageProblem(`--${option} ${word}: neither ${sides} has it.${advice}`)];
  });
};

/** What is wrong with `--only` and `--exclude`. `sides` are called so in sentences. */
export const unknownChoices = (input: PlanInput, source: Stage, sides: string): readonly Problem[] => [
  ...unknownIn('only', input.only, input, source, sides),
  ...unknownIn('exclude', input.excluded, input, source, sides),
];
