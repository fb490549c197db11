import { type Resolved, resolve } from '../stage/choice.js';
import { nameOf, readPlace } from '../stage/place.js';
import type { PlanInput, ReadCommand, View } from './command.js';

/** As typed, except if one word means several methods. */
const keyOf = ({ place, choice }: Resolved, all: readonly Resolved[]): string =>
  choice.word !== undefined && all.filter((other) => other.choice.word === choice.word).length === 1
    ? choice.word
    : nameOf(place);

const values = ({ choices, stage, methods }: PlanInput): readonly (readonly [string, unknown])[] => {
  const { resolved } = resolve(choices, stage, methods);
  return resolved.map((one) => [keyOf(one, resolved), readPlace(stage, one.place)]);
};

/** The default as data: JSON if it is JSON. */
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

const misplacedDefault: View = {
  kind: 'usage',
  problems: [{ code: 'misplaced-default', message: '--default needs exactly one PROPERTY.' }],
};

export const get: ReadCommand = {
  name: 'get',
  also: ['show', 'describe', 'cat', 'view', 'read', 'print', 'get-stage'],
  summary: 'Print a stage, or properties of it',
  usage: '[TARGET] [PROPERTY...]',
  example: 'stage get prod.json variables.color canarySettings.percentTraffic',
  does: 'read',
  options: [
    {
      name: 'default',
      kind: 'text',
      argument: 'TEXT',
      heading: 'Output',
      takesEmpty: true,
      help: 'What to print if a single property is not set',
    },
    {
      name: 'query',
      kind: 'text',
      argument: 'JMESPATH',
      heading: 'Output',
      help: 'Print what this JMESPath expression finds, as the AWS CLI does',
    },
  ],
  targets: 1,
  words: 'properties',
  view: (input) => {
    const found = values(input);
    const instead = input.options['default'];
    if (found.length === 1) return one(found[0]?.[1], instead);
    if (instead !== undefined) return misplacedDefault;
    if (found.length === 0) return { value: input.stage };
    return { value: Object.fromEntries(found.map(([word, value]) => [word, value ?? null])) };
  },
};
