import { changesBetween } from '../stage/changes.js';
import { resolve } from '../stage/choice.js';
import { isProblem, type Leaf } from '../stage/codec.js';
import { diffStages } from '../stage/diff.js';
import { applyPatch } from '../stage/patch.js';
import { coveredBy, decodeAt, leavesOf, nameOf, type Place, withLeaves } from '../stage/place.js';
import { type Property, unsetBy } from '../stage/properties.js';
import type { Stage } from '../stage/stage.js';
import { chosen } from './choosing.js';
import { type Flag, oneCall, refusePlaces, type StageCommand, usageProblem } from './command.js';
import { choosingFlags, methodFlags } from './flags.js';

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

const withVisibility = (flag: Flag): Flag =>
  flag.property && isLasting(flag.property) ? { ...flag, isHidden: true } : flag;

export const unset: StageCommand = {
  name: 'unset',
  summary: 'Take properties of a stage away, or back to their default',
  usage: '[TARGET] [PROPERTY...]',
  example: "stage unset prod.json --variable color --method 'GET /pets'",
  does: 'edit',
  flags: [...choosingFlags.map(withVisibility), ...methodFlags],
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
    const { operations, problems } = diffStages(stage, withoutPlaces(stage, places));
    // An entry that is built again starts from defaults: what is unset there has its default, and not nothing.
    const unset = new Set(places.map(nameOf));
    const lost = problems.filter(({ name }) => !unset.has(name));
    if (lost.length > 0) return { kind: 'patch', problems: lost };
    // The default may be what it had.
    const isChange = changesBetween(stage, applyPatch(stage, operations)).length > 0;
    return oneCall(isChange ? operations : [], notices);
  },
};
