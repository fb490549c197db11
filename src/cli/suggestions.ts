/** Suggests corrections for unknown words. */

import type { AnyCommand, CommandOption } from '../commands/command.js';
import { commands } from '../commands/commands.js';
import { loggingLevel } from '../stage/codec.js';
import { readableKey } from '../stage/method.js';
import { findPlace, isMethodRow, isNamed } from '../stage/place.js';
import type { Problem } from '../stage/problem.js';
import { everyMethod, type Property, properties, unsetBy } from '../stage/properties.js';
import { isObject } from '../stage/stage.js';
import { quoteShell } from '../text/quote-shell.js';
import { nearestWord } from '../text/spelling.js';
import { optionsOf } from './common-options.js';
import { splitAssignment } from './given-options.js';
import { lettersOf, namesOf, suggestPath } from './suggest-path.js';

/** Words, each with the sentence to answer with. */
type Answers = readonly (readonly [word: string, answer: string | undefined])[];

/** The answer for the same letters, for a word that starts with them, or for the nearest spelling. */
const answerTo = (word: string, answers: Answers): string | undefined => {
  const known = answers.flatMap(([name, answer]) => (answer === undefined ? [] : [[lettersOf(name), answer] as const]));
  const exact = (letters: string | undefined) => known.find(([name]) => name === letters)?.[1];
  const given = lettersOf(word);
  const longer = new Set(known.flatMap(([name, answer]) => (name.startsWith(given) ? [answer] : [])));
  const begun = given.length > 2 && longer.size === 1 ? [...longer][0] : undefined;
  const names = known.map(([name]) => name);
  return exact(given) ?? begun ?? exact(nearestWord(given, names));
};

const didYouMean = (form: string): string => `Did you mean ${form}?`;

const endingCanary =
  'To end a canary: stage abort-canary TARGET --remove. To promote it first: stage promote-canary TARGET --end-canary.';
const ofStage = '--rest-api-id API --stage-name STAGE';

/** Answers for commands and options that users look for but stage does not have. */
const sentences: Answers = Object.entries({
  'plan preview': 'To see what an edit would change, use --dry-run. To compare two stages: stage diff TARGET OTHER.',
  'canary start-canary create-canary': `To start a canary: stage start-canary TARGET --deployment-id ID. To change its traffic: stage shift-canary TARGET PERCENT. To promote it: stage promote-canary TARGET. ${endingCanary}`,
  'end abort-canary end-canary stop-canary delete-canary remove-canary cancel-canary': endingCanary,
  watch: 'To see a stage every five seconds: stage status TARGET --watch.',
  'deploy create-deployment': `stage start-canary makes one for a canary, with --create-deployment. Any other deployment is made by aws apigateway create-deployment ${ofStage}.`,
  'create new create-stage':
    'To create a stage like another: stage copy SOURCE TARGET --all --create --deployment-id ID.',
  'delete delete-stage': `To unset a property: stage unset TARGET PROPERTY. A stage is deleted by aws apigateway delete-stage ${ofStage}.`,
  'tag tags untag tag-resource untag-resource':
    'Tags are set by aws apigateway tag-resource --resource-arn arn:aws:apigateway:REGION::/restapis/API/stages/STAGE --tags NAME=VALUE.',
  version: 'To see the version: stage --version.',
  'var-file': 'To set several variables: stage set TARGET --variables file://FILE.',
  'patch-operations patch-ops operations cli-input-json cli-input-yaml':
    'To send patch operations, as JSON too: stage patch TARGET --patch-operations file://FILE.',
  'json yaml format': 'To choose the form of the output: --output json, for example.',
  cache:
    "To turn the cache cluster on: stage set TARGET --cache-cluster-enabled. To cache the responses of a method: stage set TARGET --caching-enabled --method 'GET /pets'.",
  'confirm approve auto-approve assume-yes no-confirm':
    'Only a protected stage is asked about: answer at the prompt, or give --yes.',
}).flatMap(([words, answer]) => words.split(' ').map((word) => [word, answer] as const));

// These skip a confirmation, so a typo must never lead to them.
const neverSuggested: readonly string[] = ['yes', 'force'];

/** The sentence for a word that is not a command. */
export const suggestCommand = (word: string): string => {
  const names = commands.flatMap(({ name, aliases = [], also = [] }) =>
    [name, ...aliases, ...also].map((known) => [known, didYouMean(`stage ${name}`)] as const),
  );
  const others = `The commands are ${commands.map(({ name }) => name).join(', ')}; stage --help describes them.`;
  return answerTo(word, [...names, ...sentences]) ?? others;
};

/** Finds properties by any of their names: `percentTraffic`, `--canary-percent-traffic`, `xray`, `throttling`. */
export const propertiesCalled = (word: string): readonly Property[] =>
  properties.filter((property) => {
    const { name, flag = '' } = property;
    const parts = `${name.replace(/\{\w+\}/, '')} ${flag}`.match(/[A-Z]?[a-z0-9]+/g) ?? [];
    return [...namesOf(property), ...parts].some((known) => lettersOf(known) === lettersOf(word));
  });

/** The name of a property, ready to paste. */
const pasteable = ({ name, field }: Property): string =>
  name.replace('{name}', 'NAME').replace('{method}', field === '{method}' ? 'GET /pets' : everyMethod);

const answersBy = (answer: (property: Property) => string | undefined): Answers =>
  properties.flatMap((property) => namesOf(property).map((name) => [name, answer(property)] as const));

const isVisible = ({ name, isHidden }: CommandOption): boolean => !isHidden && !neverSuggested.includes(name);

/** The sentence for an unknown option. */
export const unknownOption = (word: string, command: AnyCommand): string => {
  const [shown = word, name] = /^--([^=]*)/.exec(word) ?? [];
  const offered = optionsOf(command).filter(isVisible);
  const ofProperty = (property: Property): string | undefined => {
    const option = offered.find((known) => known.property === property);
    if (option) return didYouMean(`--${option.name}`);
    if (command.name === 'get') return `Write stage get … ${quoteShell(pasteable(property))}.`;
    return property.flag === undefined && command.words !== 'none' ? property.instead : undefined;
  };
  const names = offered.map((option) => [option.name, didYouMean(`--${option.name}`)] as const);
  const answer = name === undefined ? undefined : answerTo(name, [...names, ...sentences, ...answersBy(ofProperty)]);
  return `stage ${command.name} has no option ${shown}. ${answer ?? `stage ${command.name} --help lists the options.`}`;
};

/** A word that is not a property. `before` is the preceding option with a space: `--expect `. */
type UnknownWord = Readonly<{ name: string; text?: string | undefined; before?: string; command?: AnyCommand }>;

const propertyForm = (name: string, { text, before, command }: UnknownWord): string => {
  const takesText = before ? before === '--expect ' : command?.words === 'assignments';
  return didYouMean(quoteShell(takesText && text !== undefined ? `${name}=${text}` : name));
};

/** Suggests the option for a method setting if the command has it: the property name would mean all methods. */
const answerOf = (property: Property, word: UnknownWord): string | undefined => {
  const { text, before, command } = word;
  if (before || command?.does !== 'edit') return propertyForm(pasteable(property), word);
  const isOffered = command.options.some((option) => option.property === property && isVisible(option));
  if (!isOffered) return property.flag === undefined ? property.instead : undefined;
  const isOption = isMethodRow(property) || (isNamed(property) && text?.includes('='));
  return propertyForm(isOption ? `--${property.flag}` : pasteable(property), word);
};

/** The sentence for a word that is neither a property nor a target. */
export const suggestProperty = (word: UnknownWord): string | undefined => {
  const { name, command } = word;
  if (name.startsWith('/')) return suggestPath(name);
  const answers = answersBy((property) => answerOf(property, word));
  const isVariable = command !== undefined && command.words !== 'names' && /^(?!__proto__$)\w+$/.test(name);
  return answerTo(name, answers) ?? (isVariable ? propertyForm(`variables.${name}`, word) : undefined);
};

/** The sentence for a word that is not a property. */
export const notProperty = (word: string, before: string, command: AnyCommand): string => {
  const [name, text] = splitAssignment(word);
  const suggestion = suggestProperty({ name, text, before, command }) ?? 'stage explain lists them.';
  return `${before}${word} is not a property. ${suggestion}`;
};

/** The sentence for JSON whose quotes were removed by a shell. */
export const quotesLost = (text: unknown): string | undefined => {
  if (typeof text !== 'string' || !/^\s*[[{]+\s*\w[^"]*$/.test(text)) return undefined;
  const example = /\bop\b/.test(text) ? '[{"op": "remove", "path": "/variables/color"}]' : '{"color": "blue"}';
  return `Did the shell take the quotes? Put the JSON in single quotes: '${example}'.`;
};

const hintOfRemoval = (path: string): string | undefined => {
  const place = findPlace(path);
  if (place === undefined || place.property.ops.includes('remove')) return suggestPath(path, 'remove');
  const { property, key } = place;
  const command = `stage unset TARGET${isMethodRow(property) ? ` --method ${quoteShell(readableKey(key))}` : ''} --${property.flag}`;
  if (isMethodRow(property))
    return `API Gateway removes only whole method entries. To rebuild the entry without it: ${command}.`;
  return property.flag && unsetBy(property) ? `To unset it: ${command}.` : property.instead;
};

const hintOfValue = (path: string, value: unknown): string | undefined => {
  const codec = findPlace(path)?.property.codec;
  const values: unknown = codec?.schema['enum'];
  if (!Array.isArray(values) || values.includes(value)) return undefined;
  const meant = String(value).trim().toUpperCase();
  if (values.includes(meant)) return didYouMean(meant);
  // API Gateway's message does not list them.
  return codec === loggingLevel ? `Expected one of ${values.join(', ')}.` : undefined;
};

/** The hint for an operation that stage or API Gateway refused; undefined without one. */
export const hintFor = (problem: Problem): string | undefined => {
  const operation = 'operation' in problem ? problem.operation : undefined;
  if (problem.code === 'malformed-operation') return quotesLost(operation);
  if (!isObject(operation) || problem.code === 'test-failed') return undefined;
  const { op, path, value } = operation;
  if (problem.code === 'variable-value' && value === '')
    return 'The value is empty. To remove a variable, use stage unset.';
  if (typeof op !== 'string' || typeof path !== 'string') return undefined;
  return op === 'remove' ? hintOfRemoval(path) : (hintOfValue(path, value) ?? suggestPath(path, op));
};
