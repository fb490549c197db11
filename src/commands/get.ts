import { resolve } from '../stage/choice.js';
import { nameOf, readPlace } from '../stage/place.js';
import type { LookCommand, PlanInput, Sight } from './command.js';

const values = ({ choices, stage, methods }: PlanInput): readonly (readonly [string, unknown])[] =>
  resolve(choices, stage, methods).resolved.map(({ place, choice }) => [
    choice.word ?? nameOf(place),
    readPlace(stage, place),
  ]);

const one = (value: unknown, instead: string | true | undefined): Sight => {
  if (value !== undefined) return { value };
  return typeof instead === 'string' ? { value: instead } : { nothing: true };
};

export const get: LookCommand = {
  name: 'get',
  summary: 'Print a stage, or properties of it',
  usage: '[TARGET] [PROPERTY...]',
  example: 'stage get prod.json variables.color canarySettings.percentTraffic',
  flags: [
    {
      name: 'default',
      kind: 'text',
      argument: 'TEXT',
      heading: 'Look',
      help: 'What to print where a single property is not set',
    },
  ],
  words: 'properties',
  reads: true,
  look: (input) => {
    const found = values(input);
    if (found.length === 0) return { value: input.stage };
    if (found.length === 1) return one(found[0]?.[1], input.options['default']);
    return { value: Object.fromEntries(found.map(([word, value]) => [word, value ?? null])) };
  },
};
