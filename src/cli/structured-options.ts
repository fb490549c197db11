/** `--patch-operations` and `--variables`: JSON or shorthand, as the AWS CLI takes them. */

import type { Choice } from '../stage/choice.js';
import { looksLikeOperations, readOperations } from '../stage/parse-operations.js';
import { propertyNamed } from '../stage/place.js';
import { isLoneMember, joinMembers, parseShorthand } from '../stage/shorthand.js';
import type { PatchOperation } from '../stage/stage.js';
import { isObject, kindOf } from '../stage/stage.js';
import { parseJson } from '../text/json.js';
import { jsonProblem } from '../text/json-problem.js';
import { quoteShell } from '../text/quote-shell.js';
import { addProblem, checkMask, type Reading, readValue, refuseBytes } from './texts.js';

interface Items {
  readonly operations: readonly PatchOperation[];
  /** The TARGET, if one stands after the items. */
  readonly target: readonly string[];
}

/** Loaded only on the way to an error. */
const hintOf = async (text: unknown): Promise<string | undefined> =>
  (await import('./suggestions.js')).quotesLost(text);

const readItems = async (items: readonly string[], reading: Reading): Promise<readonly PatchOperation[]> => {
  const reads = items.some((item) => item === '-' || item === 'file://-');
  if (reads) reading.readers.push('--patch-operations -');
  const stdin = reads ? await reading.texts.readStdin() : '';
  const { operations, problems } = readOperations(items, {
    readFile: (name) => (name === '-' ? stdin : reading.texts.readReference(name)),
  });
  for (const { message, operation } of problems) addProblem(reading, message, await hintOf(operation));
  for (const operation of operations) if ('value' in operation) checkMask(operation.value, operation.path, reading);
  return operations;
};

const divide = (given: readonly string[]): readonly [items: readonly string[], target: readonly string[]] => {
  const last = given.slice(-1);
  return given.length > 1 && !last.some(looksLikeOperations) ? [given.slice(0, -1), last] : [given, []];
};

/** The items of `--patch-operations`; a last one that is not an operation is the TARGET. */
export const itemsFrom = async (given: readonly string[], reading: Reading): Promise<Items> => {
  const [items, target] = divide(given);
  if (items.some((item) => item.startsWith('fileb://'))) {
    for (const item of items) refuseBytes(item, '--patch-operations', reading);
    return { operations: [], target };
  }
  if (!items.some(isLoneMember)) return { operations: await readItems(items, reading), target };
  const joined = joinMembers(items).map(quoteShell).join(' ');
  return { operations: addProblem(reading, `An operation is one word, with commas: ${joined}.`), target };
};

type Variables = readonly (readonly [name: string, text: string])[];

const variablesFromJson = async (text: string, reading: Reading): Promise<Variables> => {
  const wanted = '--variables: expected a JSON object of names and texts';
  const map = parseJson(text);
  const problem = map === undefined ? jsonProblem(text) : undefined;
  if (problem) return addProblem(reading, `${wanted}, got broken JSON: ${problem.sentence}.`, await hintOf(text));
  if (!isObject(map)) return addProblem(reading, `${wanted}, got ${kindOf(map)}.`);
  return Object.entries(map).flatMap(
    ([name, value]): Variables =>
      typeof value === 'string'
        ? [[name, value]]
        : addProblem(reading, `--variables: ${name}: expected a text, got ${kindOf(value)}.`),
  );
};

const variablesFromShorthand = async (text: string, reading: Reading): Promise<Variables> => {
  const parsed = parseShorthand(text, 'variables look like color=blue,size=2');
  if ('reason' in parsed) return addProblem(reading, `--variables: ${parsed.reason}.`);
  return Promise.all(
    [...parsed.members].map(async ([name, { text: value, isReference }]) => {
      return [name, isReference ? await readValue(value, false, `--variables ${name}`, reading) : value] as const;
    }),
  );
};

const variable = propertyNamed('variables.{name}');

/** What create-stage's `--variables` takes: `a=1,b=2`, JSON, or a file of either. */
export const variablesFrom = async (given: string, reading: Reading): Promise<readonly Choice[]> => {
  const text = (await readValue(given, true, '--variables', reading)).trim();
  const read = await (text.startsWith('{') ? variablesFromJson : variablesFromShorthand)(text, reading);
  for (const [name, value] of read) checkMask(value, `--variables: ${name}`, reading);
  return read.map(([name, value]) => ({ property: variable, name, text: value, word: `--variables ${name}` }));
};
