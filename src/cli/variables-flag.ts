/** `--variables`, which takes several variables at once. */

import type { Choice } from '../stage/choice.js';
import { propertyNamed } from '../stage/place.js';
import { parseShorthand } from '../stage/shorthand.js';
import { isObject, kindOf } from '../stage/stage.js';
import { parseJson } from '../text/json.js';
import { jsonProblem } from '../text/json-problem.js';
import { checkMask, discreet, type Reading, slip } from './reading.js';

const variable = propertyNamed('variables.{name}');

const wanted = 'expected a JSON object of names and texts';

const variablesFromJson = (text: string, reading: Reading): readonly Choice[] => {
  const map = parseJson(text);
  const problem = map === undefined ? jsonProblem(text) : undefined;
  if (problem)
    return slip(reading, `--variables: ${wanted}, got broken JSON: ${discreet(problem.sentence, text, reading)}.`);
  if (!isObject(map)) return slip(reading, `--variables: ${wanted}, came ${kindOf(map)}.`);
  return Object.entries(map).flatMap(([name, value]): readonly Choice[] =>
    typeof value === 'string'
      ? [{ property: variable, name, text: value }]
      : slip(reading, `--variables: ${name}: expected a text, came ${kindOf(value)}.`),
  );
};

/** The AWS CLI's `file://`. */
const readReference = (text: string, { texts }: Reading): string =>
  text.startsWith('file://') ? texts.readReference(text.slice('file://'.length)) : text;

const variablesFromShorthand = (text: string, reading: Reading): readonly Choice[] => {
  const parsed = parseShorthand(text, { example: 'variables look like color=blue,size=2', isMap: true });
  if ('reason' in parsed) return slip(reading, `--variables: ${discreet(parsed.reason, text, reading)}.`);
  return [...parsed.members].map(([name, { text: value, isReference }]) => ({
    property: variable,
    name,
    text: isReference ? readReference(value, reading) : value,
  }));
};

/** What create-stage's `--variables` takes: `a=1,b=2`, JSON, or a file of either. */
export const chooseVariables = (given: string, reading: Reading): readonly Choice[] => {
  const text = readReference(given, reading).trim();
  const choices = text.startsWith('{') ? variablesFromJson(text, reading) : variablesFromShorthand(text, reading);
  for (const { name, text: value = '' } of choices) checkMask(value, `--variables: ${name}`, reading);
  return choices.map((choice) => ({ ...choice, word: `--variables ${choice.name}` }));
};
