/** What people probably meant by what stage does not know. Loaded only on the way to an error. */

import { type AnyCommand, type CommandOption, type Request, targetsOf } from '../commands/command.js';
import { commands } from '../commands/commands.js';
import { isOfSet, takesName } from '../commands/options.js';
import { loggingLevel } from '../stage/codec.js';
import { parseMethods, readableKey } from '../stage/method.js';
import { findPlace, isKeyed, isMethodRow, settingPath } from '../stage/place.js';
import type { Problem } from '../stage/problem.js';
import { everyMethod, httpMethods, type Property, properties, unsetBy } from '../stage/properties.js';
import { isObject, stageShape } from '../stage/stage.js';
import { quoteShell } from '../text/quote-shell.js';
import { nearestWord } from '../text/spelling.js';
import { isAddress } from './address.js';
import { type Invocation, splitAssignment } from './given-options.js';
import { lettersOf, suggestPath } from './suggest-path.js';

type Table = readonly (readonly [word: string, meant: string])[];

const tableOf = (lists: Readonly<Record<string, string>>): Table =>
  Object.entries(lists).flatMap(([words, meant]) => words.split(' ').map((word) => [word, meant] as const));

const exactIn = (table: Table, word: string): string | undefined =>
  table.find(([known]) => lettersOf(known) === lettersOf(word))?.[1];

/** What a word means in a table: by its letters, as the beginning of one meaning alone, or misspelled. */
const lookUp = (word: string, table: Table): string | undefined => {
  const given = lettersOf(word);
  const longer = new Set(table.filter(([known]) => lettersOf(known).startsWith(given)).map(([, meant]) => meant));
  const near = nearestWord(
    given,
    table.map(([known]) => lettersOf(known)),
  );
  return exactIn(table, word) ?? (given.length > 2 && longer.size === 1 ? [...longer][0] : exactIn(table, near ?? ' '));
};

const endingCanary =
  'To end a canary: stage unset TARGET --canary. To promote it first: stage promote-canary TARGET --end-canary.';
const tagging =
  'Tags are set by aws apigateway tag-resource --resource-arn arn:aws:apigateway:REGION::/restapis/API/stages/STAGE ' +
  '--tags NAME=VALUE, and removed by aws apigateway untag-resource.';
const ofStage = '--rest-api-id API --stage-name STAGE';

/** Words that are not another word for one command. */
const commandSentences = tableOf({
  'undo rollback revert':
    'To take an edit back, apply the inverse that -o json prints: stage patch TARGET --patch-operations file://FILE.',
  'diff compare':
    'To see what an edit would change, use --dry-run. To compare two stages: stage copy SOURCE TARGET --all --dry-run.',
  'validate lint verify check':
    'To see whether an edit would be accepted, use --dry-run. To check a stage file: stage get TARGET.',
  'canary start-canary create-canary': `To start a canary: stage set TARGET --canary-deployment-id ID --canary-percent-traffic NUMBER. To promote it: stage promote-canary TARGET. ${endingCanary}`,
  'abort-canary end-canary stop-canary delete-canary remove-canary cancel-canary': endingCanary,
  apply:
    'To apply patch operations: stage patch TARGET --patch-operations file://FILE. To make a stage like another: stage copy SOURCE TARGET --all.',
  watch: 'To see a stage every two seconds: watch stage get TARGET.',
  'deploy deployment create-deployment': `A deployment is made by aws apigateway create-deployment ${ofStage}.`,
  'create new create-stage': `A stage is created by aws apigateway create-stage ${ofStage} --deployment-id ID.`,
  'delete delete-stage': `To unset a property: stage unset TARGET PROPERTY. A stage is deleted by aws apigateway delete-stage ${ofStage}.`,
  'flush-cache flush flush-stage-cache': `The cache is flushed by aws apigateway flush-stage-cache ${ofStage}.`,
  'tag tags untag tag-resource untag-resource': tagging,
  version: 'To see the version: stage --version.',
});

const optionSentences = tableOf({
  'delete-canary remove-canary abort-canary': endingCanary,
  'var-file variables-file': 'To set several variables from a file: stage set TARGET --variables file://FILE.',
  'tag tags no-tag': tagging,
  query: 'The stage is printed as JSON: pipe it to jq, or read one property with stage get.',
  'cli-input-json':
    'Give the operations as --patch-operations file://FILE, which takes {"patchOperations": [...]} too.',
  'cli-input-yaml': 'Give the operations as JSON, with --patch-operations file://FILE.',
  'confirm approve assume-yes no-confirm':
    'Only a protected stage is asked about: answer at the prompt, or give --yes.',
});

/** What is written for options that belong to no property. */
const optionWords = tableOf({
  'dryrun what-if check plan': 'dry-run',
  json: 'output json',
  yaml: 'output yaml',
  format: 'output',
  silent: 'quiet',
  end: 'end-canary',
  'vars stage-variables': 'variables',
  'expect-deployment-id': 'expect-canary-deployment-id',
  'patch-ops patch-operation operations ops': 'patch-operations',
});

// These skip a question, so nobody is led to them by a slip.
const neverSuggested: readonly string[] = ['yes', 'force'];

/** The sentence for a word that is not a command. */
export const suggestCommand = (word: string): string =>
  lookUp(word, [
    ...commands.flatMap(({ name, also = [] }) =>
      [name, ...also].map((called) => [called, `Did you mean stage ${name}?`] as const),
    ),
    ...commandSentences,
  ]) ?? `The commands are ${commands.map(({ name }) => name).join(', ')}; stage --help describes them.`;

const isCalled =
  (word: string) =>
  (name = ''): boolean =>
    !name.startsWith('{') && lettersOf(name) === lettersOf(word);

const namesOf = (property: Property): readonly (string | undefined)[] => {
  const { name, field, flag, alias, path } = property;
  return [name, field, flag, alias, path, ...(isMethodRow(property) ? [settingPath(property)] : [])];
};

/** Properties that a word means, those first that are called just so. */
const propertiesMeant = (word: string): readonly Property[] =>
  lettersOf(word) === ''
    ? []
    : [
        ...properties.filter((property) => namesOf(property).some(isCalled(word))),
        ...properties.filter(({ also = [] }) => also.some(isCalled(word))),
      ];

const partsOf = ({ name, flag = '' }: Property): readonly string[] =>
  `${name.replace(/\{\w+\}/, '')} ${flag}`.match(/[A-Z]?[a-z0-9]+/g)?.map(lettersOf) ?? [];

/** Properties by any word of theirs: `percentTraffic`, `--canary-percent-traffic`, `xray`; else `throttling`, a part of two names. */
export const propertiesCalled = (word: string): readonly Property[] => {
  const exact = properties.filter((property) => namesOf(property).some(isCalled(word)));
  const parts = properties.filter((property) => partsOf(property).includes(lettersOf(word)));
  return exact.length > 0 ? exact : [...new Set([...propertiesMeant(word), ...parts])];
};

const methodIn = (text = ''): string | undefined => {
  const method = [text, `GET ${text}`].find((candidate) => 'methods' in parseMethods(candidate));
  return text === '' ? undefined : method;
};

/** The name of a property as it can be pasted: with a key, or with what shows that one belongs there. */
const pasteable = ({ name, field }: Property, key?: string): string =>
  name
    .replace('{name}', () => key?.replace(/=.*$/s, '') || 'NAME')
    .replace('{method}', () => (field === '{method}' ? (methodIn(key) ?? 'GET /pets') : everyMethod));

/** How a command names what others have an option for; `value` comes after that option. */
const nameIn = (property: Property, value: string | undefined, { name, words }: AnyCommand): string | undefined => {
  if (words === 'names') return `Did you mean stage ${name} ${property.name}?`;
  if (words === 'properties' && (name === 'get' || unsetBy(property)))
    return `Write stage ${name} … ${quoteShell(pasteable(property, value))}.`;
  if (property.flag === undefined || words === 'properties') return property.instead;
  return `--${property.flag} is an option of ${isOfSet(property) ? 'stage set' : 'stage unset and stage copy'}.`;
};

/** The options that may be suggested, under all that they are called. */
const optionTable = (options: readonly CommandOption[]): Table => {
  const offered = options.filter(({ name, isHidden }) => !isHidden && !neverSuggested.includes(name));
  const called = offered.flatMap(({ name, property }) =>
    [name, ...(property ? namesOf(property) : []), ...(property?.also ?? [])].map(
      (word) => [word ?? '', name] as const,
    ),
  );
  const others = optionWords.filter(([, meant]) => offered.some(({ name }) => name === meant.split(' ')[0]));
  return [...offered.map(({ name }) => [name, name] as const), ...others, ...called.filter(([word]) => word !== '')];
};

const isOnOff = ({ kind }: CommandOption): boolean => kind === 'on-off';

const suggestNo = (name: string, options: readonly CommandOption[]): string | undefined => {
  const meant = lookUp(name, optionTable(options.filter(isOnOff)));
  return meant && `Did you mean --no-${meant}?`;
};

const cacheOptions = (name: string, options: readonly CommandOption[]): string | undefined =>
  name === 'cache' && options.some((option) => isOnOff(option) && option.name === 'caching-enabled')
    ? "To turn the cache cluster of the stage on: --cache-cluster-enabled. To cache the responses of a method: --caching-enabled --method 'GET /pets'."
    : undefined;

const elsewhere = (name: string): string | undefined => {
  const others = commands.filter(({ options }) => options.some((option) => option.name === name && !option.isHidden));
  const named = others.map((command) => `stage ${command.name}`).join(' and ');
  return named === '' || neverSuggested.includes(name) ? undefined : `--${name} is an option of ${named}.`;
};

/** The sentence for an option that the command does not have; `value` is what comes after it. */
export const suggestOption = (
  name: string,
  value: string | undefined,
  options: readonly CommandOption[],
  command: AnyCommand,
): string => {
  const hidden = options.find(
    ({ isHidden, property }) => isHidden && property && namesOf(property).some(isCalled(name)),
  );
  const property = properties.find(({ flag, alias }) => name === flag || name === alias);
  const [meant] = propertiesMeant(name);
  const known = (): string | undefined => {
    const option = lookUp(name, optionTable(options));
    return option && `Did you mean --${option}?`;
  };
  return (
    exactIn(optionSentences, name) ??
    (name.startsWith('no-') ? suggestNo(name.slice('no-'.length), options) : cacheOptions(name, options)) ??
    hidden?.property?.instead ??
    (property && nameIn(property, value, command)) ??
    (name.startsWith('no-') ? undefined : known()) ??
    (meant && nameIn(meant, value, command)) ??
    elsewhere(name) ??
    `stage ${command.name} --help lists the options.`
  );
};

/** A word that is not a property, and where it was written. */
export interface UnknownWord {
  readonly name: string;
  /** What comes after its equals sign. */
  readonly text?: string | undefined;
  /** The option that it comes after, with a space: `--expect `. */
  readonly behind?: string;
  /** The options of the command, where it edits properties. */
  readonly options?: readonly CommandOption[];
}

const optionForm = (option: CommandOption, text: string | undefined): string => {
  const { name, kind } = option;
  if (!('argument' in option)) return isOnOff(option) && text !== undefined ? `--${name}=${text}` : `--${name}`;
  const isWhole = text !== undefined && (kind !== 'list' || text.includes('='));
  return `--${name} ${isWhole ? quoteShell(text) : option.argument}`;
};

const assigned = (name: string, text: string | undefined): string =>
  quoteShell(text === undefined ? name : `${name}=${text}`);

const propertyForm = (name: string, { text, behind = '' }: UnknownWord): string =>
  behind === '' && text === undefined ? `the property ${quoteShell(name)}` : `${behind}${assigned(name, text)}`;

/** A variable, by its name alone. */
const variableForm = ({ name, text, behind, options }: UnknownWord): string | undefined => {
  if (!/^\w+$/.test(name)) return undefined;
  if (behind !== undefined) return `${behind}${assigned(`variables.${name}`, text)}`;
  const option = options?.find((known) => known.name === 'variable');
  if (option && (takesName(option) || text !== undefined))
    return `--variable ${assigned(name, takesName(option) ? undefined : text)}`;
  return options && text === undefined ? `the property variables.${name}` : undefined;
};

/** `variable.color`, with the first part as a stage spells it. */
const nearProperty = (name: string): string | undefined => {
  const [head = ''] = name.split('.');
  const near = lookUp(
    head,
    Object.keys(stageShape).map((field) => [field, field] as const),
  );
  return near && `${near}${name.slice(head.length)}`;
};

/** What to do with a property that an edit cannot be asked for. */
const insteadOf = (property: Property, { text, behind, options }: UnknownWord): string | undefined => {
  // Of the commands that take properties, only get has no option for one.
  if (!options?.some((option) => option.property) || behind !== undefined) return undefined;
  const isSettable = text === undefined ? unsetBy(property) !== undefined : property.ops.includes('replace');
  const isChosen = options.some((option) => option.property === property && option.isHidden !== true);
  return isSettable || isChosen ? undefined : property.instead;
};

/** The sentence for a word that is neither a property nor a target. */
export const suggestProperty = (word: UnknownWord): string | undefined => {
  const { name, text, options = [] } = word;
  if (name.startsWith('/')) return suggestPath(name);
  const [property] = propertiesMeant(name);
  const instead = property && insteadOf(property, word);
  if (instead) return instead;
  const option = property && isKeyed(property) ? options.find((known) => known.name === property.flag) : undefined;
  const near = property ? pasteable(property) : nearProperty(name);
  const form = option ? optionForm(option, text) : near === undefined ? variableForm(word) : propertyForm(near, word);
  return form && `Did you mean ${form}?`;
};

/** The sentence for a word that is not a property; `where` says what it comes after, and which options the command has. */
export const notProperty = (word: string, where: Omit<UnknownWord, 'name' | 'text'>): string => {
  const [name, text] = splitAssignment(word);
  const shown = where.behind === undefined && text !== undefined ? word : name;
  const suggestion = suggestProperty({ ...where, name, text }) ?? 'stage explain lists them.';
  return `${where.behind ?? ''}${name === '' ? '=…' : shown} is not a property. ${suggestion}`;
};

/** Whether a word is what people send instead of a patch path. An address may look like that too. */
const isWrongPath = (word: string): boolean =>
  word.startsWith('/') && suggestPath(splitAssignment(word)[0]) !== undefined;

const isHttpMethod = (word: string): boolean => ['ANY', ...httpMethods].includes(word.toUpperCase());

/** Whether a word is a part of a method that a shell took apart. A path after --method is that, not a file. */
const isMethodPart = (word: string, { options, words }: Invocation): boolean => {
  if (isHttpMethod(word)) return true;
  const isTakenApart = words.some((other) => isHttpMethod(other.split('.').at(-1) ?? ''));
  if (!word.startsWith('/') || (word.includes('=') && !isTakenApart)) return false;
  return options.has('method') ? !word.endsWith('.json') : !isAddress(word);
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
const unknownWords = (targets: readonly string[], most: number, invocation: Invocation): readonly string[] => {
  const isOther = (word: string): boolean =>
    isAddress(word) || isMethodPart(word, invocation) || isExpanded(word, invocation);
  const unknown = targets.filter((word) => !isOther(word) || isWrongPath(word));
  const extra = Math.max(targets.length - most, 0);
  return invocation.command.words === 'properties' && unknown.length >= extra && extra > 0 ? unknown.slice(-extra) : [];
};

const notChosen = (word: string, { command, options }: Invocation): string => {
  // Elsewhere this option takes a value; here it says what the edit is about.
  const chosen = command.options.find(
    ({ name, kind, property }) => kind === 'switch' && property?.codec !== undefined && options.has(name),
  );
  return chosen === undefined || word.includes('=')
    ? notProperty(word, { options: command.options })
    : `${word} is not a property, and --${chosen.name} of stage ${command.name} takes no value.`;
};

const notTaken = (word: string, invocation: Invocation): string =>
  invocation.command.words === 'none'
    ? `Too many words: ${word}. stage ${invocation.command.name} takes no properties.`
    : notChosen(word, invocation);

const tooFew = ([first, ...rest]: readonly string[], { command, options }: Invocation): readonly string[] =>
  rest.length > 0 || (first !== undefined && options.has('rest-api-id'))
    ? []
    : [`${command.name} needs SOURCE and TARGET; got ${first === undefined ? 'neither' : `only ${first}`}.`];

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
  const extra = targets.slice(most);
  if (extra.length === 0) return most < 2 ? [] : tooFew(targets, invocation);
  const unknown = unknownWords(targets, most, invocation);
  if (unknown.length > 0) return unknown.map((word) => notChosen(word, invocation));
  return [`Too many words: ${extra.join(' ')}. ${explainExtra(extra, most, invocation)}`];
};

/** The sentence for JSON that has lost its quotes on the way through a shell. */
export const quotesLost = (text: unknown): string | undefined =>
  typeof text === 'string' && /^\s*[[{]+\s*\w[^"]*$/.test(text)
    ? `Did the shell take the quotes? Put the JSON in single quotes: ${text.trim().startsWith('[') ? `'[{"op": "remove", "path": "/variables/color"}]'` : `'{"name": "value"}'`}.`
    : undefined;

/** What API Gateway's sentence about the characters of a variable's value does not say. */
const hintOfVariable = (value: unknown): string | undefined => {
  if (value === '') return 'The value is empty. To remove a variable, use stage unset.';
  const isFile = typeof value === 'string' && value.startsWith('@');
  return isFile ? 'To read a value from a file: --variable NAME=@FILE.' : undefined;
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
  if (typeof value !== 'string' || !Array.isArray(values) || values.includes(value)) return undefined;
  const meant = value.trim().toUpperCase();
  if (values.includes(meant)) return `Did you mean ${meant}?`;
  // API Gateway's own sentence does not say which there are.
  return codec === loggingLevel ? `Expected one of ${values.join(', ')}.` : undefined;
};

/** The hint for an operation that was refused, by stage or by API Gateway; undefined where nothing comes to mind. */
export const hintFor = (problem: Problem): string | undefined => {
  const operation = 'operation' in problem ? problem.operation : undefined;
  if (problem.code === 'malformed-operation') return quotesLost(operation);
  if (!isObject(operation) || problem.code === 'test-failed') return undefined;
  const { op, path, value } = operation;
  if (problem.code === 'variable-value') return hintOfVariable(value);
  if (typeof op !== 'string' || typeof path !== 'string') return undefined;
  return op === 'remove' ? hintOfRemoval(path) : (hintOfValue(path, value) ?? suggestPath(path, op));
};
