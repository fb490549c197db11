/** Words that a verb does not take, and what probably happened. */

import { type AnyCommand, type Request, targetsOf } from '../commands/command.js';
import { maskWord } from '../render/mask-given.js';
import { type IsSecret, mask } from '../render/redact.js';
import { isProperty } from '../stage/choice.js';
import { nearMiss } from '../stage/near-miss.js';
import { httpMethods } from '../stage/properties.js';
import { isAddress } from './address.js';
import { adviseWord, type Stranger } from './advice.js';
import { textOptions } from './given-options.js';
import type { Invocation } from './program.js';

/** The name before the first equals sign, and the text behind it where there is one. */
export const splitAssignment = (assignment: string): readonly [string, string | undefined] => {
  const at = assignment.indexOf('=');
  return at < 0 ? [assignment, undefined] : [assignment.slice(0, at), assignment.slice(at + 1)];
};

/** The sentence for a word that is no property; `where` says what it stands behind, and which flags the verb has. */
export const notProperty = (word: string, where: Omit<Stranger, 'name' | 'text'>, isSecret: IsSecret): string => {
  const [name, given] = splitAssignment(word);
  const text = given !== undefined && isSecret(name) ? mask : given;
  const shownName = maskWord(name, isSecret);
  const shown = where.behind === undefined && text !== undefined ? `${shownName}=${text}` : shownName;
  const advice = adviseWord({ ...where, name: shownName, text }) ?? 'stage explain lists them.';
  return `${where.behind ?? ''}${name === '' ? '=…' : shown} is no property. ${advice}`;
};

/** Whether a word is what people send in the place of a patch path. An address may look like that too. */
const isWrongPath = (word: string): boolean => word.startsWith('/') && nearMiss(splitAssignment(word)[0]) !== undefined;

const isHttpMethod = (word: string): boolean => ['ANY', ...httpMethods].includes(word.toUpperCase());

const endsInMethod = (word: string): boolean => isHttpMethod(word.split('.').at(-1) ?? '');

/** Whether a word is a part of a method that a shell took apart. A path behind --method is that rather than a file. */
const isMethodPart = (word: string, { options, words }: Invocation): boolean => {
  if (isHttpMethod(word)) return true;
  if (!word.startsWith('/') || (word.includes('=') && !words.some(endsInMethod))) return false;
  return options.has('method') ? !word.endsWith('.json') : !isAddress(word);
};

const isAssignment = (word: string, invocation: Invocation): boolean =>
  word.includes('=') && (isWrongPath(word) || (!isAddress(word) && !isMethodPart(word, invocation)));

export const wasExpanded = "Did the shell expand */*? Quote it: --method '*/*'.";

const isExpanded = (word: string, { options }: Invocation): boolean =>
  options.has('method') && word.includes('/') && !isAddress(word);

const takes = (command: AnyCommand, most: number): string => {
  if ('takes' in command) return command.takes;
  return most === 2 ? 'two stages' : 'one stage';
};

const explainMethod = ({ command: { options } }: Invocation): string => {
  const example = options.some(({ name }) => name === 'method') ? "--method 'GET /pets'" : "'methodSettings.GET /pets'";
  return `Quote a method, so that it stays one word: ${example}.`;
};

/** What probably happened where there are more words than a verb takes. */
const explainExtra = (extra: readonly string[], most: number, invocation: Invocation): string => {
  const { command } = invocation;
  if (command.words !== 'none' && extra.some((word) => isMethodPart(word, invocation)))
    return explainMethod(invocation);
  if (extra.some((word) => isExpanded(word, invocation))) return wasExpanded;
  if (extra.every(isAddress) || 'takes' in command) return `stage ${command.name} takes ${takes(command, most)}.`;
  return `stage ${command.name} takes ${takes(command, most)}. A value with spaces has to be quoted.`;
};

/** The words of too many that were rather meant for properties. */
const strangersIn = (targets: readonly string[], most: number, invocation: Invocation): readonly string[] => {
  const isStranger = (word: string): boolean =>
    !isAddress(word) && !isMethodPart(word, invocation) && !isExpanded(word, invocation);
  const others = targets.filter((word) => isStranger(word) || isWrongPath(word));
  const extra = Math.max(targets.length - most, 0);
  return invocation.command.words === 'properties' && others.length >= extra && extra > 0 ? others.slice(-extra) : [];
};

/** The flags that were given and take a value elsewhere: here they choose what they are about. */
const choosingIn = ({ command, options }: Invocation): readonly string[] =>
  command.options
    .filter(({ name, kind, property }) => kind === 'switch' && property?.codec !== undefined && options.has(name))
    .map(({ name }) => `--${name}`);

/**
 * Whether a word may be a secret, because another one, or the text of a flag, names one: an equals sign was slipped, as in
 * `--variable apiKey hush`, or quotes were forgotten. A word with an equals sign has a name of its own, unless the other has no value.
 */
const isBesideSecret = (word: string, invocation: Invocation, isSecret: IsSecret): boolean => {
  const texts = [...invocation.options.keys()].flatMap((name) => textOptions(invocation, name));
  const others = invocation.words.filter((other) => other !== word && (isProperty(other) || !isAddress(other)));
  return [...others, ...texts].some((other) => isSecret(other) && !(word.includes('=') && /=./s.test(other)));
};

/** A word of too many, without what may be a secret. */
const shownWord = (word: string, invocation: Invocation, isSecret: IsSecret): string =>
  isBesideSecret(word, invocation, isSecret) ? mask : maskWord(word, isSecret);

const notChosen = (word: string, invocation: Invocation, isSecret: IsSecret): string => {
  if (isBesideSecret(word, invocation, isSecret)) return `${mask} is no property. stage explain lists them.`;
  const [flag] = choosingIn(invocation);
  const { name, options } = invocation.command;
  return flag === undefined || word.includes('=')
    ? notProperty(word, { options }, isSecret)
    : `${maskWord(word, isSecret)} is no property, and ${flag} of stage ${name} takes no value.`;
};

const tooMany = (
  targets: readonly string[],
  most: number,
  invocation: Invocation,
  isSecret: IsSecret,
): readonly string[] => {
  const extra = targets.slice(most);
  if (extra.length === 0) return [];
  const strangers = strangersIn(targets, most, invocation);
  if (strangers.length > 0) return strangers.map((word) => notChosen(word, invocation, isSecret));
  const shown = extra.map((word) => shownWord(word, invocation, isSecret));
  return [`Too many words: ${shown.join(' ')}. ${explainExtra(extra, most, invocation)}`];
};

const tooFew = (
  [first, ...rest]: readonly string[],
  most: number,
  { command, options }: Invocation,
  isSecret: IsSecret,
): readonly string[] => {
  const isEnough = rest.length > 0 || (first !== undefined && options.has('rest-api-id'));
  if (most < 2 || isEnough) return [];
  const came = first === undefined ? 'neither' : `only ${maskWord(first, isSecret)}`;
  return [`${command.name} needs SOURCE and TARGET; came ${came}.`];
};

const notTaken = (word: string, invocation: Invocation, isSecret: IsSecret): string => {
  const { command } = invocation;
  if (command.words !== 'none') return notChosen(word, invocation, isSecret);
  return `Too many words: ${shownWord(word, invocation, isSecret)}. stage ${command.name} takes no properties.`;
};

/** What is wrong with the words that are no properties, a sentence each. */
export const slipsOfTargets = (
  targets: readonly string[],
  options: Request['options'],
  invocation: Invocation,
  isSecret: IsSecret,
): readonly string[] => {
  const assigned = targets.filter((word) => isAssignment(word, invocation));
  if (assigned.length > 0) return assigned.map((word) => notTaken(word, invocation, isSecret));
  const most = targetsOf(invocation.command, options);
  return [...tooMany(targets, most, invocation, isSecret), ...tooFew(targets, most, invocation, isSecret)];
};
