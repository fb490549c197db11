/** What people probably meant by what stage does not know. Loaded only on the way to an error. */

import type { AnyCommand, CommandOption } from '../commands/command.js';
import { commands } from '../commands/commands.js';
import { isOfSet, takesName } from '../commands/options.js';
import { isProperty, parseProperty } from '../stage/choice.js';
import { loggingLevel } from '../stage/codec.js';
import { parseMethods, readableKey } from '../stage/method.js';
import { findPlace, findProperty, isKeyed, isMethodRow, settingPath } from '../stage/place.js';
import type { Problem } from '../stage/problem.js';
import { everyMethod, type Property, properties, unsetBy } from '../stage/properties.js';
import { isObject, stageShape } from '../stage/stage.js';
import { quoteShell } from '../text/quote-shell.js';
import { nearestWord } from '../text/spelling.js';
import { splitAssignment } from './given-options.js';
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
  'diff compare plan preview':
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
  cache:
    "To turn the cache cluster on: stage set TARGET --cache-cluster-enabled. To cache the responses of a method: stage set TARGET --caching-enabled --method 'GET /pets'.",
  'confirm approve auto-approve assume-yes no-confirm':
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
  env: 'variable',
  log: 'logging-level',
  'expect-deployment-id': 'expect-canary-deployment-id',
  'patch-ops patch-operation operations ops': 'patch-operations',
});

// These skip a question, so nobody is led to them by a slip.
const neverSuggested: readonly string[] = ['yes', 'force'];

const sameFor = (words: readonly string[], meant: string): Table => words.map((word) => [word, meant] as const);

/** The sentence for a word that is not a command. */
export const suggestCommand = (word: string): string => {
  const names = commands.flatMap(({ name, also = [] }) => sameFor([name, ...also], `Did you mean stage ${name}?`));
  const others = `The commands are ${commands.map(({ name }) => name).join(', ')}; stage --help describes them.`;
  return lookUp(word, [...names, ...commandSentences]) ?? others;
};

const namesOf = (property: Property): readonly string[] => {
  const { name, field, flag, alias, path } = property;
  return [name, field, flag, alias, path, isMethodRow(property) ? settingPath(property) : undefined].filter(
    (word): word is string => word !== undefined && !word.startsWith('{'),
  );
};

const allNamesOf = (property: Property): readonly string[] => [...namesOf(property), ...(property.also ?? [])];

const rowsCalled = (word: string, names: (property: Property) => readonly string[]): readonly Property[] =>
  properties.filter((property) => names(property).some((name) => lettersOf(name) === lettersOf(word)));

/** The property that a word means, first one that is called just so. */
const propertyMeant = (word: string): Property | undefined =>
  rowsCalled(word, namesOf)[0] ?? rowsCalled(word, allNamesOf)[0];

const partsOf = ({ name, flag = '' }: Property): readonly string[] =>
  `${name.replace(/\{\w+\}/, '')} ${flag}`.match(/[A-Z]?[a-z0-9]+/g) ?? [];

/** Properties by any word of theirs: `percentTraffic`, `--canary-percent-traffic`, `xray`; else `throttling`, a part of two names. */
export const propertiesCalled = (word: string): readonly Property[] => {
  const exact = rowsCalled(word, namesOf);
  return exact.length > 0 ? exact : rowsCalled(word, (property) => [...allNamesOf(property), ...partsOf(property)]);
};

const methodMeant = (text = ''): string => {
  const method = text.startsWith('/') && 'problem' in parseMethods(text) ? `GET ${text}` : text;
  return 'methods' in parseMethods(method) ? method : 'GET /pets';
};

/** The name of a property as it can be pasted: with a key, or with what shows that one belongs there. */
const pasteable = ({ name, field }: Property, key?: string): string =>
  name
    .replace('{name}', () => key?.replace(/=.*$/s, '') || 'NAME')
    .replace('{method}', () => (field === '{method}' ? methodMeant(key) : everyMethod));

/** How a command names what others have an option for; `value` comes after that option. */
const nameIn = (property: Property, value: string | undefined, { name, words }: AnyCommand): string | undefined => {
  if (words === 'names') return `Did you mean stage ${name} ${property.name}?`;
  if (words === 'properties' && (name === 'get' || unsetBy(property)))
    return `Write stage ${name} … ${quoteShell(pasteable(property, value))}.`;
  if (property.flag === undefined || words === 'properties') return property.instead;
  return `--${property.flag} is an option of ${isOfSet(property) ? 'stage set' : 'stage unset and stage copy'}.`;
};

const isOnOff = ({ kind }: CommandOption): boolean => kind === 'on-off';

/** The options that may be suggested, under all that they are called. */
const optionTable = (options: readonly CommandOption[]): Table => {
  const offered = options.filter(({ name, isHidden }) => !isHidden && !neverSuggested.includes(name));
  return [
    ...offered.flatMap(({ name }) => sameFor([name], name)),
    ...optionWords.filter(([, meant]) => offered.some(({ name }) => name === meant.split(' ')[0])),
    ...offered.flatMap(({ name, property }) => sameFor(property ? allNamesOf(property) : [], name)),
  ];
};

/** The same for what turns something off, without `no-`. */
const offTable = (options: readonly CommandOption[]): Table => [
  ...optionTable(options.filter(isOnOff)),
  ...optionTable(options).flatMap(([word, name]) =>
    word.startsWith('no-') ? sameFor([word.slice(3)], name.slice(3)) : [],
  ),
];

const elsewhere = (name: string): string | undefined => {
  const others = commands.filter(({ options }) => optionTable(options).some(([word]) => word === name));
  return others.length === 0
    ? undefined
    : `--${name} is an option of ${others.map((command) => `stage ${command.name}`).join(' and ')}.`;
};

/** The sentence for an option that the command does not have; `value` is what comes after it. */
export const suggestOption = (
  name: string,
  value: string | undefined,
  options: readonly CommandOption[],
  command: AnyCommand,
): string => {
  const [, prefix, word = name] = /^(no-|disable-|enable-)?(.+)$/s.exec(name) ?? [];
  const no = prefix === 'no-' || prefix === 'disable-' ? 'no-' : '';
  const table = no === '' ? optionTable(prefix ? options.filter(isOnOff) : options) : offTable(options);
  const property = propertyMeant(word);
  const sentence = (option: string | undefined) => option && `Did you mean --${no}${option}?`;
  return (
    exactIn(optionSentences, name) ??
    sentence(exactIn(table, word)) ??
    (property && nameIn(property, value, command)) ??
    sentence(lookUp(word, table)) ??
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

const propertyWords = properties.flatMap((property) => sameFor(allNamesOf(property), property.name));
const fields = Object.keys(stageShape).flatMap((field) => sameFor([field], field));

/** `variable.color`, with the first part as a stage spells it; another name as that of the nearest property. */
const nearProperty = (word: string): { property: Property; name: string } | undefined => {
  const [head = ''] = word.split('.');
  const near = lookUp(head, head === word ? propertyWords : fields);
  const row = head === word ? findProperty(near ?? '') : undefined;
  if (row) return { property: row, name: pasteable(row) };
  const name = `${near}${word.slice(head.length)}`;
  const parsed = isProperty(name) ? parseProperty(name) : { choices: [] };
  const [choice] = 'choices' in parsed ? parsed.choices : [];
  return choice && { property: choice.property, name };
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
  const meant = propertyMeant(name);
  const near = meant ? { property: meant, name: pasteable(meant) } : nearProperty(name);
  const instead = near && insteadOf(near.property, word);
  if (instead) return instead;
  // What is not under a key is as short in its own words, which may be any property's.
  const isOption = near !== undefined && isKeyed(near.property) && !name.includes('.');
  const option = isOption ? options.find((known) => known.name === near.property.flag) : undefined;
  const form = option ? optionForm(option, text) : near ? propertyForm(near.name, word) : variableForm(word);
  return form && `Did you mean ${form}?`;
};

/** The sentence for a word that is not a property; `where` says what it comes after, and which options the command has. */
export const notProperty = (word: string, where: Omit<UnknownWord, 'name' | 'text'>): string => {
  const [name, text] = splitAssignment(word);
  const shown = where.behind === undefined && text !== undefined ? word : name;
  const suggestion = suggestProperty({ ...where, name, text }) ?? 'stage explain lists them.';
  return `${where.behind ?? ''}${name === '' ? '=…' : shown} is not a property. ${suggestion}`;
};

/** The sentence for JSON that has lost its quotes on the way through a shell. */
export const quotesLost = (text: unknown): string | undefined => {
  if (typeof text !== 'string' || !/^\s*[[{]+\s*\w[^"]*$/.test(text)) return undefined;
  const example = /\bop\b/.test(text) ? '[{"op": "remove", "path": "/variables/color"}]' : '{"color": "blue"}';
  return `Did the shell take the quotes? Put the JSON in single quotes: '${example}'.`;
};

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
