/** Words that a verb does not take, and what probably happened. */

import { type AnyCommand, type Request, targetsOf } from '../commands/command.js';
import { nearMiss } from '../stage/near-miss.js';
import { httpMethods } from '../stage/properties.js';
import { isAddress } from './address.js';
import { adviseWord, type Stranger } from './advice.js';
import { splitAssignment } from './given-options.js';
import type { Invocation } from './program.js';

/** The sentence for a word that is no property; `where` says what it stands behind, and which flags the verb has. */
export const notProperty = (word: string, where: Omit<Stranger, 'name' | 'text'>): string => {
  const [name, text] = splitAssignment(word);
  const shown = where.behind === undefined && text !== undefined ? `${name}=${text}` : name;
  const advice = adviseWord({ ...where, name, text }) ?? 'stage explain lists them.';
  return `${where.behind ?? ''}${name === '' ? '=…' : shown} is not a property. ${advice}`;
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

const notChosen = (word: string, invocation: Invocation): string => {
  const [flag] = choosingIn(invocation);
  const { name, options } = invocation.command;
  return flag === undefined || word.includes('=')
    ? notProperty(word, { options })
    : `${word} is not a property, and ${flag} of stage ${name} takes no value.`;
};

const tooMany = (targets: readonly string[], most: number, invocation: Invocation): readonly string[] => {
  const extra = targets.slice(most);
  if (extra.length === 0) return [];
  const strangers = strangersIn(targets, most, invocation);
  if (strangers.length > 0) return strangers.map((word) => notChosen(word, invocation));
  return [`Too many words: ${extra.join(' ')}. ${explainExtra(extra, most, invocation)}`];
};

const tooFew = (
  [first, ...rest]: readonly string[],
  most: number,
  { command, options }: Invocation,
): readonly string[] => {
  const isEnough = rest.length > 0 || (first !== undefined && options.has('rest-api-id'));
  if (most < 2 || isEnough) return [];
  const came = first === undefined ? 'neither' : `only ${first}`;
  return [`${command.name} needs SOURCE and TARGET; got ${came}.`];
};

const notTaken = (word: string, invocation: Invocation): string => {
  const { command } = invocation;
  if (command.words !== 'none') return notChosen(word, invocation);
  return `Too many words: ${word}. stage ${command.name} takes no properties.`;
};

/** What is wrong with the words that are no properties, a sentence each. */
export const slipsOfTargets = (
  targets: readonly string[],
  options: Request['options'],
  invocation: Invocation,
): readonly string[] => {
  const assigned = targets.filter((word) => isAssignment(word, invocation));
  if (assigned.length > 0) return assigned.map((word) => notTaken(word, invocation));
  const most = targetsOf(invocation.command, options);
  return [...tooMany(targets, most, invocation), ...tooFew(targets, most, invocation)];
};
