/** What is wrong with words that a command does not take. Loaded only on the way to an error. */

import { type Request, targetsOf } from '../commands/command.js';
import { parseMethods } from '../stage/method.js';
import { httpMethods } from '../stage/properties.js';
import { quoteShell } from '../text/quote-shell.js';
import { stageFileName } from '../text/stage-file-name.js';
import { isAddress } from './address.js';
import type { Invocation } from './given-options.js';
import { splitAssignment } from './given-options.js';
import { suggestPath } from './suggest-path.js';
import { notProperty } from './suggestions.js';

/** Whether a word is what people send instead of a patch path. An address may look like that too. */
const isWrongPath = (word: string): boolean =>
  word.startsWith('/') && suggestPath(splitAssignment(word)[0]) !== undefined;

const isHttpMethod = (word: string): boolean => ['ANY', ...httpMethods].includes(word.toUpperCase());

/** Whether a word is a part of a method that a shell took apart. A path after --method is that, not a file. */
const isMethodPart = (word: string, { options, words }: Invocation): boolean => {
  if (isHttpMethod(word)) return true;
  const isTakenApart = words.some((other) => isHttpMethod(other.split('.').at(-1) ?? ''));
  if (!word.startsWith('/') || (word.includes('=') && !isTakenApart)) return false;
  return options.has('method') ? !stageFileName.test(word) : !isAddress(word);
};

const isExpanded = (word: string, { options }: Invocation): boolean =>
  options.has('method') && word.includes('/') && !isAddress(word);

export const wasExpanded = "Did the shell expand */*? Quote it: --method '*/*'.";

const quoteMethod = ({ command: { options } }: Invocation): string => {
  const example = options.some(({ name }) => name === 'method') ? "--method 'GET /pets'" : "'methodSettings.GET /pets'";
  return `Quote a method, so that it stays one word: ${example}.`;
};

/** What probably happened where there are more words than a command takes. */
const explainExtra = (extra: readonly string[], most: number, invocation: Invocation): string => {
  const { name, words, ...command } = invocation.command;
  const methods = extra.filter((word) => word.includes(' ') && 'methods' in parseMethods(word));
  if (invocation.options.has('method') && methods.length > 0)
    return `Repeat the option for each method: ${methods.map((method) => `--method ${quoteShell(method)}`).join(' ')}.`;
  if (words !== 'none' && extra.some((word) => isMethodPart(word, invocation))) return quoteMethod(invocation);
  if (extra.some((word) => isExpanded(word, invocation))) return wasExpanded;
  const takes = 'takes' in command ? command.takes : most === 2 ? 'two stages' : 'one stage';
  const quote = extra.every(isAddress) || 'takes' in command ? '' : ' A value with spaces has to be quoted.';
  return `stage ${name} takes ${takes}.${quote}`;
};

/** The extra words that were rather meant for properties. */
const unknownWords = (targets: readonly string[], extra: number, invocation: Invocation): readonly string[] => {
  const isOther = (word: string): boolean =>
    isAddress(word) || isMethodPart(word, invocation) || isExpanded(word, invocation);
  const unknown = targets.filter((word) => !isOther(word) || isWrongPath(word));
  return invocation.command.words === 'properties' && unknown.length >= extra ? unknown.slice(-extra) : [];
};

const notTaken = (word: string, { command, options }: Invocation): string => {
  if (command.words === 'none') return `Too many words: ${word}. stage ${command.name} takes no properties.`;
  // Elsewhere this option takes a value; here it says what the edit is about.
  const chosen = command.options.find(
    ({ name, kind, property }) => kind === 'switch' && property?.codec !== undefined && options.has(name),
  );
  return chosen === undefined || word.includes('=')
    ? notProperty(word, { options: command.options })
    : `${word} is not a property, and --${chosen.name} of stage ${command.name} takes no value.`;
};

const tooFew = ([first]: readonly string[], { command }: Invocation): string => {
  const needed = command.does === 'diff' ? 'two stages, or TARGET and -f DESIRED' : 'SOURCE and TARGET';
  return `${command.name} needs ${needed}; got ${first === undefined ? 'neither' : `only ${first}`}.`;
};

/** What is wrong with the words that are not properties, a sentence each. */
export const explainWords = (
  targets: readonly string[],
  options: Request['options'],
  invocation: Invocation,
): readonly string[] => {
  const isAssignment = (word: string): boolean =>
    word.includes('=') && (isWrongPath(word) || (!isAddress(word) && !isMethodPart(word, invocation)));
  const assignments = targets.filter(isAssignment);
  if (assignments.length > 0) return assignments.map((word) => notTaken(word, invocation));
  const most = targetsOf(invocation.command, options);
  // One of two stages may be given by --rest-api-id.
  const least = most !== 2 ? 0 : invocation.options.has('rest-api-id') ? 1 : 2;
  if (targets.length < least) return [tooFew(targets, invocation)];
  const extra = targets.slice(most);
  if (extra.length === 0) return [];
  const unknown = unknownWords(targets, extra.length, invocation);
  if (unknown.length > 0) return unknown.map((word) => notTaken(word, invocation));
  return [`Too many words: ${extra.join(' ')}. ${explainExtra(extra, most, invocation)}`];
};
