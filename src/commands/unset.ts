import { resolve } from '../stage/choice.js';
import { isProblem, type Leaf } from '../stage/codec.js';
import { diffStages } from '../stage/diff.js';
import { coveredBy, decodeAt, leavesOf, type Place, withLeaves } from '../stage/place.js';
import { type Property, unsetBy } from '../stage/properties.js';
import type { Stage } from '../stage/stage.js';
import { chosen } from './choosing.js';
import { type CommandOption, type EditCommand, oneCall, refusePlaces, usageProblem } from './command.js';
import { choosingOptions, methodOptions } from './options.js';
import { inTheWay } from './taking.js';

const isLasting = (property: Property): boolean => unsetBy(property) === undefined;

const clearedTo = (place: Place): Leaf | undefined => {
  const { clear } = place.property;
  const leaf = clear === undefined || clear === '' ? undefined : decodeAt(place, clear);
  return leaf === undefined || isProblem(leaf) ? undefined : leaf;
};

const withoutPlaces = (stage: Stage, places: readonly Place[]): Stage => {
  // A switch that is named is cleared to its value; with its group it goes.
  const goesWhole = coveredBy(places.filter(({ property }) => property.codec === undefined));
  return withLeaves(
    stage,
    leavesOf(stage)
      .filter(coveredBy(places))
      .map((place) => ({ place, leaf: goesWhole(place) ? undefined : clearedTo(place) })),
  );
};

const withVisibility = (flag: CommandOption): CommandOption =>
  flag.property && isLasting(flag.property) ? { ...flag, isHidden: true } : flag;

export const unset: EditCommand = {
  name: 'unset',
  also: ['disable', 'remove', 'rm', 'clear', 'reset'],
  summary: 'Take properties of a stage away, or back to their default',
  usage: '[TARGET] [PROPERTY...]',
  example: "stage unset prod.json --variable color --method 'GET /pets'",
  does: 'edit',
  options: [...choosingOptions.map(withVisibility), ...methodOptions],
  targets: 1,
  words: 'properties',
  check: ({ choices, methods }) =>
    choices.length > 0 || methods !== undefined
      ? []
      : [usageProblem('Nothing to unset was given: name flags (stage unset --help lists them) or PROPERTY words.')],
  plan: (input) => {
    const { stage } = input;
    const { resolved, notices } = resolve(chosen(input), stage, input.methods);
    const places = resolved.map(({ place }) => place);
    const lasting = places.filter(({ property }) => isLasting(property));
    if (lasting.length > 0) return refusePlaces('not-unsettable', 'cannot be unset', lasting);
    const { operations, problems } = diffStages(stage, withoutPlaces(stage, places), coveredBy(places));
    const left = inTheWay(problems, coveredBy(places));
    if (left.length > 0) return { kind: 'patch', problems: left };
    return oneCall(operations, notices);
  },
};
