import { type Resolved, resolve } from '../stage/choice.js';
import { nameOf, readPlace } from '../stage/place.js';
import { optionsUnder, type ReadCommand, refuse, type View } from './command.js';

/** The word as typed, unless it means several methods. */
const keyOf = ({ place, choice }: Resolved, all: readonly Resolved[]): string =>
  choice.word !== undefined && all.filter((other) => other.choice.word === choice.word).length === 1
    ? choice.word
    : nameOf(place);

/** The default as data: parsed if it is JSON. */
const dataOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const one = (value: unknown, instead: string | true | undefined): View => {
  if (value !== undefined) return { value };
  return typeof instead === 'string' ? { text: instead, value: dataOf(instead) } : { nothing: true };
};

const option = optionsUnder('Output');

export const get: ReadCommand = {
  name: 'get',
  also: ['cat', 'view', 'read', 'print', 'get-stage'],
  summary: 'Print a stage, or properties of it',
  usage: '[TARGET] [PROPERTY...]',
  example: 'stage get prod.json variables.color canarySettings.percentTraffic',
  does: 'read',
  options: [
    option('default', 'TEXT', 'What to print if a single property is not set', { takesEmpty: true }),
    option('query', 'JMESPATH', 'Print what this JMESPath expression finds, as the AWS CLI does'),
  ],
  targets: 1,
  words: 'properties',
  view: (input) => {
    const { resolved } = resolve(input.choices, input.stage, input.methods);
    const found = resolved.map((each) => [keyOf(each, resolved), readPlace(input.stage, each.place)] as const);
    const instead = input.options['default'];
    if (found.length === 1) return one(found[0]?.[1], instead);
    if (instead !== undefined) return refuse('usage', 'misplaced-default', '--default needs exactly one PROPERTY.');
    if (found.length === 0) return { value: input.stage };
    return { value: Object.fromEntries(found.map(([word, value]) => [word, value ?? null])) };
  },
};
