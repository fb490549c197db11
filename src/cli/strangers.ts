/** Words that a verb does not take, and what probably happened. */

import { type Request, targetsOf, type Verb } from '../commands/command.js';
import { maskWord } from '../render/mask-given.js';
import { type IsSecret, mask } from '../render/redact.js';
import { nearMiss } from '../stage/near-miss.js';
import { httpMethods } from '../stage/properties.js';
import { isAddress } from './address.js';
import { adviseWord, type Stranger } from './advice.js';
import { flagTexts } from './given.js';
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
  const shown = where.behind === undefined && text !== undefined ? `${name}=${text}` : name;
  const advice = adviseWord({ ...where, name, text }) ?? 'stage explain lists them.';
  return `${where.behind ?? ''}${name === '' ? '=…' : shown} is no property. ${advice}`;
};

/** Whether a word is what people send in the place of a patch path. An address may look like that too. */
const isWrongPath = (word: string): boolean => word.startsWith('/') && nearMiss(splitAssignment(word)[0]) !== undefined;

const isAssignment = (word: string): boolean =>
  word.includes('=') && (word.startsWith('/') ? isWrongPath(word) : !isAddress(word));

const isVerb = (word: string): boolean => ['ANY', ...httpMethods].includes(word.toUpperCase());

/** Whether a word is a part of a method that a shell took apart. A path behind --method is that rather than a file. */
const isMethodPart = (word: string, { flags }: Invocation): boolean =>
  isVerb(word) || (word.startsWith('/') && (flags.has('method') ? !word.endsWith('.json') : !isAddress(word)));

export const wasExpanded = "Did the shell expand */*? Quote it: --method '*/*'.";

const isExpanded = (word: string, { flags }: Invocation): boolean =>
  flags.has('method') && word.includes('/') && !isAddress(word);

const takes = (command: Verb, most: number): string => {
  if ('takes' in command) return command.takes;
  return most === 2 ? 'two stages' : 'one stage';
};

const explainMethod = ({ command: { flags } }: Invocation): string => {
  const example = flags.some(({ name }) => name === 'method') ? "--method 'GET /pets'" : "'methodSettings.GET /pets'";
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
const choosingIn = ({ command, flags }: Invocation): readonly string[] =>
  command.flags
    .filter(({ name, kind, property }) => kind === 'switch' && property?.codec !== undefined && flags.has(name))
    .map(({ name }) => `--${name}`);

const notChosen = (word: string, invocation: Invocation, isSecret: IsSecret): string => {
  const [flag] = choosingIn(invocation);
  const { name, flags } = invocation.command;
  return flag === undefined || word.includes('=')
    ? notProperty(word, { flags }, isSecret)
    : `${word} is no property, and ${flag} of stage ${name} takes no value.`;
};

/** Whether a secret may stand among the words, where an equals sign was forgotten: `--variable apiKey hush`. */
const isBesideSecret = (invocation: Invocation, isSecret: IsSecret): boolean =>
  invocation.command.flags
    .filter((flag) => 'argument' in flag && flag.argument === 'NAME=VALUE')
    .flatMap(({ name }) => flagTexts(invocation, name))
    .some((item) => !item.includes('=') && isSecret(item));

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
  const shown = isBesideSecret(invocation, isSecret) ? [mask] : extra.map((word) => maskWord(word, isSecret));
  return [`Too many words: ${shown.join(' ')}. ${explainExtra(extra, most, invocation)}`];
};

const tooFew = (targets: readonly string[], most: number, { command, flags }: Invocation): readonly string[] =>
  most < 2 || targets.length >= (flags.has('rest-api-id') ? 1 : 2)
    ? []
    : [`${command.name} needs SOURCE and TARGET; came ${targets.length === 0 ? 'neither' : `only ${targets[0]}`}.`];

const notTaken = (word: string, { command }: Invocation, isSecret: IsSecret): string => {
  if (command.words !== 'none') return notProperty(word, { flags: command.flags }, isSecret);
  return `Too many words: ${maskWord(word, isSecret)}. stage ${command.name} takes no properties.`;
};

/** What is wrong with the words that are no properties, a sentence each. */
export const slipsOfTargets = (
  targets: readonly string[],
  options: Request['options'],
  invocation: Invocation,
  isSecret: IsSecret,
): readonly string[] => {
  const assigned = targets.filter(isAssignment);
  if (assigned.length > 0) return assigned.map((word) => notTaken(word, invocation, isSecret));
  const most = targetsOf(invocation.command, options);
  return [...tooMany(targets, most, invocation, isSecret), ...tooFew(targets, most, invocation)];
};
