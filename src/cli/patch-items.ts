/** `--patch-operations`, as the AWS CLI takes them. */

import type { PatchOperation } from '../stage/operation.js';
import { looksLikeOperations, readOperations } from '../stage/parse-operations.js';
import { ours } from '../stage/refusals.js';
import { isLoneMember, joinMembers, operationExample } from '../stage/shorthand.js';
import { quoteShell } from '../text/quote-shell.js';
import { checkMask, discreet, type Reading, slip } from './reading.js';
import { quotesLost } from './suggestions.js';

export interface Items {
  readonly operations: readonly PatchOperation[];
  /** The TARGET, where one stands behind the items. */
  readonly target: readonly string[];
}

const checkMasks = (operations: readonly PatchOperation[], reading: Reading): void => {
  for (const operation of operations) {
    if ('value' in operation) checkMask(operation.value, operation.path, reading);
  }
};

const explainSpaces = (items: readonly string[], { isSecret }: Reading): string => {
  const joined = joinMembers(items);
  const shown = joined.some(isSecret) ? [operationExample] : joined.map(quoteShell);
  return `An operation is one word, with commas: ${shown.join(' ')}.`;
};

const readTexts = async (items: readonly string[], reading: Reading): Promise<readonly PatchOperation[]> => {
  const reads = items.some((item) => item === '-' || item === 'file://-');
  if (reads) reading.readers.push('--patch-operations -');
  const stdin = reads ? await reading.texts.readStdin() : '';
  const { operations, problems } = readOperations(items, {
    readFile: (name) => (name === '-' ? stdin : reading.texts.readReference(name)),
  });
  for (const { index, reason, operation } of problems)
    slip(
      reading,
      `${ours.malformed(index, discreet(reason, String(operation), reading)).message} ${quotesLost(operation) ?? ''}`.trimEnd(),
    );
  return operations;
};

const divide = (given: readonly string[]): readonly [items: readonly string[], target: readonly string[]] => {
  const last = given.slice(-1);
  return given.length > 1 && !last.some(looksLikeOperations) ? [given.slice(0, -1), last] : [given, []];
};

/** The items of `--patch-operations`; a last one that is no operation is the TARGET. */
export const readItems = async (given: readonly string[], reading: Reading): Promise<Items> => {
  const [items, target] = divide(given);
  if (items.some(isLoneMember)) return { operations: slip(reading, explainSpaces(items, reading)), target };
  const operations = await readTexts(items, reading);
  checkMasks(operations, reading);
  return { operations, target };
};
