import { resolve } from '../stage/choice.js';
import { withoutPlaces } from '../stage/desired.js';
import { diffStages } from '../stage/diff.js';
import { coveredBy } from '../stage/place.js';
import { type Property, unsetBy } from '../stage/properties.js';
import {
  type CommandOption,
  chosen,
  type EditCommand,
  inTheWay,
  oneCall,
  refusePlaces,
  usageProblem,
} from './command.js';
import { choosingOptions, methodOptions } from './options.js';

const isLasting = (property: Property): boolean => unsetBy(property) === undefined;

const withVisibility = (option: CommandOption): CommandOption =>
  option.property && isLasting(option.property) ? { ...option, isHidden: true } : option;

export const unset: EditCommand = {
  name: 'unset',
  also: ['disable', 'remove', 'rm', 'clear', 'reset'],
  summary: 'Remove properties of a stage, or reset them to their default',
  usage: '[TARGET] [PROPERTY...]',
  example: "stage unset prod.json --variable color --method 'GET /pets'",
  does: 'edit',
  options: [...choosingOptions.map(withVisibility), ...methodOptions],
  targets: 1,
  words: 'properties',
  check: ({ choices, methods }) =>
    choices.length > 0 || methods !== undefined
      ? []
      : [usageProblem('Nothing to unset: give options (stage unset --help lists them) or PROPERTY words.')],
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
