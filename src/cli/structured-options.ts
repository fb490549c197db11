/** Parses `--patch-operations` and `--variables`: JSON or shorthand, as in the AWS CLI. */

import type { Choice } from '../stage/choice.js';
import { looksLikeOperations, readOperations } from '../stage/parse-operations.js';
import { propertyNamed } from '../stage/place.js';
import { isLoneMember, joinMembers, parseShorthand } from '../stage/shorthand.js';
import { isObject, kindOf, type PatchOperation } from '../stage/stage.js';
import { parseJson } from '../text/json.js';
import { jsonProblem } from '../text/json-problem.js';
import { quoteShell } from '../text/quote-shell.js';
import { textOptions } from './given-options.js';
import { quotesLost } from './suggestions.js';
import { addProblem, checkMask, type Reading, readValue } from './texts.js';

const readItems = (items: readonly string[], reading: Reading): readonly PatchOperation[] => {
  const readFile = (name: string): string => {
    if (name !== '-') return reading.texts.readReference(name);
    reading.readers.push('--patch-operations -');
    return reading.stdin;
  };
  const { operations, problems } = readOperations(items, { readFile });
  for (const { message, operation } of problems) addProblem(reading, message, quotesLost(operation));
  for (const operation of operations) if ('value' in operation) checkMask(operation.value, operation.path, reading);
  return operations;
};

/** The operations from `--patch-operations`; a last item that is not an operation is the TARGET. */
export const itemsFrom = (reading: Reading) => {
  const given = textOptions(reading, 'patch-operations');
  const target = given
    .slice(1)
    .slice(-1)
    .filter((last) => !looksLikeOperations(last));
  const items = given.slice(0, given.length - target.length);
  if (items.length === 0) return { operations: [], target };
  if (!items.some(isLoneMember)) return { operations: readItems(items, reading), target };
  const joined = joinMembers(items).map(quoteShell).join(' ');
  return { operations: addProblem(reading, `An operation is one word, with commas: ${joined}.`), target };
};

type Variables = readonly (readonly [name: string, text: string])[];

const variablesFromJson = (text: string, reading: Reading): Variables => {
  const wanted = '--variables: expected a JSON object of names and texts';
  const map = parseJson(text);
  const problem = map === undefined ? jsonProblem(text) : undefined;
  if (problem) return addProblem(reading, `${wanted}, got broken JSON: ${problem.sentence}.`, quotesLost(text));
  if (!isObject(map)) return addProblem(reading, `${wanted}, got ${kindOf(map)}.`);
  return Object.entries(map).flatMap(
    ([name, value]): Variables =>
      typeof value === 'string'
        ? [[name, value]]
        : addProblem(reading, `--variables: ${name}: expected a text, got ${kindOf(value)}.`),
  );
};

const variablesFromShorthand = (text: string, reading: Reading): Variables => {
  const parsed = parseShorthand(text, 'variables look like color=blue,size=2');
  if ('reason' in parsed) return addProblem(reading, `--variables: ${parsed.reason}.`);
  return [...parsed.members].map(([name, { text: value, isReference }]) => [
    name,
    isReference ? readValue(value, false, `--variables ${name}`, reading) : value,
  ]);
};

const variable = propertyNamed('variables.{name}');

/** Parses `--variables` as create-stage does: `a=1,b=2`, JSON, or a file with either. */
export const variablesFrom = (reading: Reading): readonly Choice[] =>
  textOptions(reading, 'variables').flatMap((given) => {
    const text = readValue(given, true, '--variables', reading).trim();
    const read = (text.startsWith('{') ? variablesFromJson : variablesFromShorthand)(text, reading);
    for (const [name, value] of read) checkMask(value, `--variables: ${name}`, reading);
    return read.map(([name, value]) => ({ property: variable, name, text: value, word: `--variables ${name}` }));
  });
