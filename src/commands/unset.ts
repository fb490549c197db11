import { resolve } from '../stage/choice.js';
import { isProblem, type Leaf } from '../stage/codec.js';
import { changesBetween, diffStages } from '../stage/diff.js';
import { applyPatch } from '../stage/patch.js';
import { coveredBy, leavesOf, nameOf, type Place, withLeaves } from '../stage/place.js';
import type { Plan } from '../stage/plan.js';
import type { Property } from '../stage/properties.js';
import type { Stage } from '../stage/stage.js';
import { chosen } from './choosing.js';
import { type Flag, oneCall, type StageCommand } from './command.js';
import { choosingFlags, methodFlags } from './flags.js';

/** Whether a property can be unset at all: by a value that clears it, by removal, or by building anew what holds it. */
const isUnsettable = ({ clear, ops, group, name }: Property): boolean =>
  clear !== undefined ||
  ops.includes('remove') ||
  group === 'variables' ||
  group === 'accessLogSettings' ||
  group === 'methodSettings' ||
  name === 'canarySettings.stageVariableOverrides';

const refuseLasting = (places: readonly Place[]): Plan => ({
  kind: 'usage',
  problems: places.map((place) => ({
    code: 'not-unsettable',
    message: `${nameOf(place)} cannot be unset. ${place.property.instead ?? ''}`,
  })),
});

const clearedTo = ({ property: { clear, codec }, ...place }: Place): Leaf | undefined => {
  if (clear === undefined || clear === '') return undefined;
  const leaf = codec?.decode(clear, { op: 'replace', path: clear, key: place.key });
  return leaf === undefined || isProblem(leaf) ? undefined : leaf;
};

const withoutPlaces = (stage: Stage, places: readonly Place[]): Stage => {
  const names = new Set(places.map(nameOf));
  return withLeaves(
    stage,
    leavesOf(stage)
      .filter(coveredBy(places))
      // A switch is cleared to its value only where it is named; with its group it goes.
      .map((place) => ({ place, leaf: names.has(nameOf(place)) ? clearedTo(place) : undefined })),
  );
};

const withVisibility = (flag: Flag): Flag =>
  flag.property && !isUnsettable(flag.property) ? { ...flag, isHidden: true } : flag;

export const unset: StageCommand = {
  name: 'unset',
  summary: 'Take properties of a stage away, or back to their default',
  usage: '[TARGET] [PROPERTY...]',
  example: "stage unset prod.json --variable color --method 'GET /pets'",
  flags: [...choosingFlags.map(withVisibility), ...methodFlags],
  words: 'properties',
  plan: (input) => {
    const { stage } = input;
    const { resolved, notices } = resolve(chosen(input), stage, input.methods);
    const places = resolved.map(({ place }) => place);
    const lasting = places.filter(({ property }) => !isUnsettable(property));
    if (lasting.length > 0) return refuseLasting(lasting);
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
