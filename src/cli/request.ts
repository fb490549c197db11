/** From a command line to what a verb is asked: texts are read from where they lie, and every slip is told together. */

import type { Flag, Request, StageCommand, Verb } from '../commands/command.js';
import { type IsSecret, mask } from '../render/redact.js';
import { type Choice, isProperty, type MethodChoice, parseProperty } from '../stage/choice.js';
import { logFormat, variableValue } from '../stage/codec.js';
import { type Method, parseMethods } from '../stage/method.js';
import type { PatchOperation } from '../stage/operation.js';
import { readOperations } from '../stage/parse-operations.js';
import { propertyNamed } from '../stage/place.js';
import type { Notice } from '../stage/plan.js';
import { type Problem, StageError } from '../stage/problem.js';
import type { Property } from '../stage/properties.js';
import { parseShorthand } from '../stage/shorthand.js';
import { isObject, kindOf } from '../stage/stage.js';
import { adviseWord, propertiesCalled } from './advice.js';
import { flagsOf } from './common-flags.js';
import type { Invocation } from './program.js';

/** Where texts come from that the command line only names. */
export interface Texts {
  readonly readFile: (path: string) => string;
  /** All of standard input. */
  readonly readStdin: () => Promise<string>;
}

export interface ParsedRequest extends Request {
  /** The words that are no properties, in the order given: TARGET, or SOURCE and TARGET. */
  readonly targets: readonly string[];
  /** What `--expect` names, with the text that it is to have. */
  readonly expected: readonly Choice[];
}

/** What is gathered while a command line is read. */
interface Desk {
  readonly texts: Texts;
  readonly isSecret: IsSecret;
  readonly problems: Problem[];
  readonly notices: Notice[];
  /** Who reads standard input. */
  readonly readers: string[];
}

const slip = ({ problems }: Desk, message: string): readonly [] => {
  problems.push({ code: 'usage', message });
  return [];
};

const listOf = ({ flags }: Invocation, name: string): readonly string[] => {
  const value = flags.get(name);
  return Array.isArray(value) ? value : [];
};

const textOf = ({ flags }: Pick<Invocation, 'flags'>, name: string): string | undefined => {
  const value = flags.get(name);
  return typeof value === 'string' ? value : undefined;
};

// Elsewhere @ is itself.
const takesFiles = ({ codec }: Property): boolean => codec === variableValue || codec === logFormat;

const withoutFinalNewline = (text: string): string => text.replace(/\r?\n$/, '');

const readAt = async (source: string, asker: string, desk: Desk): Promise<string> => {
  if (source !== '-') return withoutFinalNewline(desk.texts.readFile(source));
  desk.readers.push(asker);
  return withoutFinalNewline(await desk.texts.readStdin());
};

const checkMask = (text: string, asker: string, desk: Desk): void => {
  if (text === mask) slip(desk, `${asker}: ${mask} is what stage shows in the place of a secret, and no value.`);
};

/** The text that a value stands for; `asker` is what the user wrote it behind. */
const resolveText = async (property: Property, text: string, asker: string, desk: Desk): Promise<string> => {
  const resolved =
    takesFiles(property) && text.startsWith('@') ? await readAt(text.slice(1), `${asker} @-`, desk) : text;
  checkMask(resolved, asker, desk);
  return resolved;
};

const splitAssignment = (assignment: string): readonly [string, string | undefined] => {
  const at = assignment.indexOf('=');
  return at < 0 ? [assignment, undefined] : [assignment.slice(0, at), assignment.slice(at + 1)];
};

const chooseNamed = async (flag: Flag, property: Property, item: string, desk: Desk): Promise<readonly Choice[]> => {
  const [name, text] = splitAssignment(item);
  if (flag.argument === 'NAME')
    return text === undefined
      ? [{ property, name: item }]
      : slip(desk, `--${flag.name} ${name}=…: expected NAME alone, came a value too.`);
  if (text === undefined) return slip(desk, `--${flag.name} ${item}: expected NAME=VALUE, came no equals sign.`);
  if (name === '') return slip(desk, `--${flag.name} =…: expected NAME=VALUE, came no name.`);
  return [{ property, name, text: await resolveText(property, text, `--${flag.name} ${name}`, desk) }];
};

const chooseByFlag = async (
  flag: Flag,
  property: Property,
  invocation: Invocation,
  desk: Desk,
): Promise<readonly Choice[]> => {
  const value = invocation.flags.get(flag.name);
  if (value === undefined) return [];
  if (typeof value === 'string')
    return [{ property, text: await resolveText(property, value, `--${flag.name}`, desk) }];
  if (typeof value === 'boolean') return [flag.kind === 'on-off' ? { property, text: String(value) } : { property }];
  const choices: Choice[] = [];
  for (const item of value) choices.push(...(await chooseNamed(flag, property, item, desk)));
  return choices;
};

const variable = propertyNamed('variables.{name}');

const mapFromJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const variablesFromJson = (text: string, desk: Desk): readonly Choice[] => {
  const map = mapFromJson(text);
  if (!isObject(map))
    return slip(
      desk,
      `--variables: expected a JSON object of names and texts, came ${map === undefined ? 'broken JSON' : kindOf(map)}.`,
    );
  return Object.entries(map).flatMap(([name, value]): readonly Choice[] =>
    typeof value === 'string'
      ? [{ property: variable, name, text: value }]
      : slip(desk, `--variables: ${name}: expected a text, came ${kindOf(value)}.`),
  );
};

/** A reason without its quotation of the text, where that may hold a secret. */
const discreet = (reason: string, text: string, { isSecret }: Desk): string =>
  isSecret(text) ? reason.replace(/(?:; write |, (?:\.{3})?").*$/s, '') : reason;

/** The AWS CLI's `file://`. */
const readReference = (text: string, { texts }: Desk): string =>
  text.startsWith('file://') ? texts.readFile(text.slice('file://'.length)) : text;

const variablesFromShorthand = (text: string, desk: Desk): readonly Choice[] => {
  const parsed = parseShorthand(text, { example: 'variables look like color=blue,size=2', isMap: true });
  if ('reason' in parsed) return slip(desk, `--variables: ${discreet(parsed.reason, text, desk)}`);
  return [...parsed.members].map(([name, { text: value, isReference }]) => ({
    property: variable,
    name,
    text: isReference ? readReference(value, desk) : value,
  }));
};

/** What create-stage's `--variables` takes: `a=1,b=2`, JSON, or a file of either. */
const chooseVariables = (invocation: Invocation, desk: Desk): readonly Choice[] => {
  const given = textOf(invocation, 'variables');
  if (given === undefined || invocation.command.name !== 'set') return [];
  const text = readReference(given, desk).trim();
  const choices = text.startsWith('{') ? variablesFromJson(text, desk) : variablesFromShorthand(text, desk);
  for (const { name, text: value = '' } of choices) checkMask(value, `--variables: ${name}`, desk);
  return choices;
};

const notProperty = (word: string, asker: string, { isSecret }: Desk): string => {
  const [name, text] = splitAssignment(word);
  const shown = text !== undefined && isSecret(name) ? `${name}=${mask}` : word;
  return `${asker}${shown} is no property. ${adviseWord(shown) ?? 'stage explain lists them.'}`;
};

const parseWord = (word: string, asker: string, desk: Desk): readonly Choice[] => {
  const parsed = parseProperty(word);
  if ('problem' in parsed) return slip(desk, `${asker}${word} is no property: ${parsed.problem}.`);
  desk.notices.push(...parsed.notices);
  return parsed.choices;
};

const chooseAssigned = async (word: string, asker: string, desk: Desk): Promise<readonly Choice[]> => {
  const [name, text] = splitAssignment(word);
  if (text === undefined) return slip(desk, `${asker}${word}: expected PROPERTY=VALUE, came no equals sign.`);
  const choices = isProperty(name)
    ? parseWord(name, asker, desk)
    : slip(desk, notProperty(name === '' ? '=…' : name, asker, desk));
  const property = choices[0]?.property;
  if (property === undefined) return [];
  const resolved = await resolveText(property, text, `${asker}${name}`, desk);
  return choices.map((choice) => ({ ...choice, text: resolved }));
};

/** For `explain`, the last name of a property will do. */
const chooseLoosely = (word: string, desk: Desk): readonly Choice[] => {
  if (isProperty(word)) return parseWord(word, '', desk);
  const names = propertiesCalled(word);
  if (names.length === 0) return slip(desk, `${word} is no property. stage explain lists them.`);
  return names.map((name) => ({ property: propertyNamed(name) }));
};

const chooseByWords = async (
  words: readonly string[],
  { words: kind }: Pick<StageCommand, 'words'>,
  desk: Desk,
): Promise<readonly Choice[]> => {
  const choices: Choice[] = [];
  for (const word of words)
    choices.push(...(kind === 'assignments' ? await chooseAssigned(word, '', desk) : parseWord(word, '', desk)));
  return choices;
};

const methodsOf = (invocation: Invocation, desk: Desk): MethodChoice | undefined => {
  const named = listOf(invocation, 'method').flatMap((text): readonly Method[] => {
    const parsed = parseMethods(text);
    if ('problem' in parsed) return slip(desk, `--method: ${parsed.problem}.`);
    desk.notices.push(...parsed.notices);
    return parsed.methods;
  });
  if (invocation.flags.get('all-methods') === true) {
    if (named.length > 0)
      slip(desk, '--all-methods and --method cannot be given together: the first means every method.');
    return 'all-entries';
  }
  return invocation.flags.has('method') ? named : undefined;
};

const isOperation = (item: string): boolean => /^\s*[[{]|^file:\/\/|(^|,)\s*(op|path|value|from)\s*@?=/.test(item);

interface Items {
  readonly operations: readonly PatchOperation[];
  readonly target: readonly string[];
}

const checkMasks = (operations: readonly PatchOperation[], desk: Desk): void => {
  for (const operation of operations) {
    if ('value' in operation) checkMask(operation.value, operation.path, desk);
  }
};

/** The items of `--patch-operations`; a last one that is no operation is the TARGET. */
const readItems = async (invocation: Invocation, desk: Desk): Promise<Items> => {
  if (invocation.command.name !== 'patch') return { operations: [], target: [] };
  const given = listOf(invocation, 'patch-operations');
  if (given.length === 0)
    slip(desk, 'patch needs --patch-operations: op=replace,path=/description,value=x, JSON, file://FILE, or -.');
  const last = given.at(-1) ?? '';
  const isTarget = given.length > 1 && !isOperation(last);
  const items = isTarget ? given.slice(0, -1) : given;
  const reads = items.filter((item) => item === '-' || item === 'file://-');
  if (reads.length > 0) desk.readers.push('--patch-operations -');
  const stdin = reads.length > 0 ? await desk.texts.readStdin() : '';
  const { operations, problems } = readOperations([...items], {
    readFile: (name) => (name === '-' ? stdin : desk.texts.readFile(name)),
  });
  for (const { index, reason, operation } of problems)
    slip(desk, `Operation ${index + 1} of the patch cannot be read: ${discreet(reason, String(operation), desk)}`);
  const plain = operations.map(({ index: _, ...operation }) => operation as PatchOperation);
  checkMasks(plain, desk);
  return { operations: plain, target: isTarget ? [last] : [] };
};

const isMethodLike = (word: string): boolean => /^(GET|PUT|POST|DELETE|PATCH|HEAD|OPTIONS|ANY)$/i.test(word);

const isFile = (word: string): boolean => /^[.~]|^file:|\.json$/.test(word);

const isStage = (word: string): boolean => isFile(word) || /^(name:|arn:|https?:)|^[a-z0-9]{10}\/[\w-]+$/.test(word);

/** What a verb takes, besides its properties. */
const takes: Readonly<Record<string, string>> = { copy: 'two stages', list: 'one API', serve: 'one folder' };

/** What probably happened where there are more words than a verb takes. */
const explainExtra = (extra: readonly string[], { command, flags }: Invocation): string => {
  if (extra.some((word) => isMethodLike(word) || word.startsWith('/')))
    return "Quote a method, so that it stays one word: --method 'GET /pets'.";
  if (flags.has('method') && extra.some((word) => word.includes('/')))
    return "Did the shell expand */*? Quote it: --method '*/*'.";
  if (extra.every(isStage) || ['list', 'serve'].includes(command.name))
    return `stage ${command.name} takes ${takes[command.name] ?? 'one stage'}.`;
  const advice = command.words === 'none' ? undefined : extra.map(adviseWord).find(Boolean);
  return advice ?? 'A value with spaces has to be quoted.';
};

const mostTargets = ({ name }: { readonly name: string }, isWithin: boolean): number =>
  name === 'explain' ? 0 : name === 'copy' && !isWithin ? 2 : 1;

const checkTargets = (targets: readonly string[], invocation: Invocation, desk: Desk): void => {
  const most = mostTargets(invocation.command, invocation.flags.has('from') || invocation.flags.has('to'));
  const assigned = targets.filter((word) => word.includes('=') && !isFile(word) && !/^\/|^https?:/.test(word));
  for (const word of assigned) slip(desk, notProperty(word, '', desk));
  const extra = targets.slice(most);
  if (assigned.length === 0 && extra.length > 0)
    slip(desk, `Too many words: ${extra.join(' ')}. ${explainExtra(extra, invocation)}`);
};

const checkCopy = (
  { command, flags }: Invocation,
  targets: readonly string[],
  choices: readonly Choice[],
  desk: Desk,
): void => {
  if (command.name !== 'copy') return;
  const [from, to] = [flags.has('from'), flags.has('to')];
  if (from !== to) slip(desk, `copy within a stage needs --from and --to; came only ${from ? '--from' : '--to'}.`);
  else if (from && choices.length > 0)
    slip(desk, 'copy --from --to copies one value within a stage; it takes no other choice.');
  else if (!from && targets.length < (flags.has('rest-api-id') ? 1 : 2))
    slip(desk, `copy needs SOURCE and TARGET; came ${targets.length === 0 ? 'neither' : `only ${targets[0]}`}.`);
};

const checkSet = (
  { command, flags }: Invocation,
  choices: readonly Choice[],
  methods: MethodChoice | undefined,
  desk: Desk,
): void => {
  if (desk.problems.length > 0) return;
  const isNothing =
    choices.length === 0 && (command.name === 'set' || (command.name === 'unset' && methods === undefined));
  if (isNothing)
    slip(
      desk,
      `Nothing to ${command.name} was given. stage ${command.name} --help lists the flags; PROPERTY words do too.`,
    );
  const isAboutMethods = choices.some(({ property, method }) => property.group === 'methodSettings' && !method);
  if (
    command.name === 'set' &&
    (flags.has('method') || flags.has('all-methods')) &&
    !isAboutMethods &&
    choices.length > 0
  ) {
    slip(
      desk,
      '--method says which method the flags of methods are for, and none of them was given, such as --logging-level INFO.',
    );
  }
};

const checkReaders = ({ readers }: Desk, targets: readonly string[], desk: Desk): void => {
  const all = [...targets.filter((word) => word === '-'), ...readers];
  if (all.length > 1) slip(desk, `Standard input can be read once, and ${all.length} want it: ${all.join(', ')}.`);
};

const optionsOf = (command: Verb, invocation: Invocation): Request['options'] =>
  Object.fromEntries(
    command.flags.flatMap(({ name }) => {
      const value = invocation.flags.get(name);
      return typeof value === 'string' || value === true ? [[name, value] as const] : [];
    }),
  );

const chooseByFlags = async (invocation: Invocation, desk: Desk): Promise<readonly Choice[]> => {
  const choices: Choice[] = [];
  for (const flag of flagsOf(invocation.command)) {
    if (flag.property) choices.push(...(await chooseByFlag(flag, flag.property, invocation, desk)));
  }
  // Of two for one variable the later stays: --variable says more than --variables.
  return [...chooseVariables(invocation, desk), ...choices];
};

const chooseExpected = async (invocation: Invocation, desk: Desk): Promise<readonly Choice[]> => {
  const expected: Choice[] = [];
  for (const item of listOf(invocation, 'expect')) expected.push(...(await chooseAssigned(item, '--expect ', desk)));
  return expected;
};

const chooseExcluded = (invocation: Invocation, desk: Desk): readonly Choice[] =>
  listOf(invocation, 'exclude').flatMap((word) =>
    isProperty(word) ? parseWord(word, '--exclude ', desk) : slip(desk, notProperty(word, '--exclude ', desk)),
  );

/**
 * What a verb is asked to do.
 *
 * @throws StageError with every slip of the command line.
 */
export const parseRequest = async (
  invocation: Invocation,
  texts: Texts,
  isSecret: IsSecret,
): Promise<ParsedRequest> => {
  const { command, words } = invocation;
  const desk: Desk = { texts, isSecret, problems: [], notices: [], readers: [] };
  const isLoose = command.name === 'explain';
  const properties = isLoose ? [] : words.filter((word) => command.words !== 'none' && isProperty(word));
  const items = await readItems(invocation, desk);
  const targets = isLoose ? [] : [...words.filter((word) => !properties.includes(word)), ...items.target];
  const byWords = isLoose
    ? words.flatMap((word) => chooseLoosely(word, desk))
    : await chooseByWords(properties, command, desk);
  const choices = [...(await chooseByFlags(invocation, desk)), ...byWords];
  const methods = methodsOf(invocation, desk);
  const expected = await chooseExpected(invocation, desk);
  const excluded = chooseExcluded(invocation, desk);
  checkTargets(targets, invocation, desk);
  checkCopy(invocation, targets, choices, desk);
  checkSet(invocation, choices, methods, desk);
  checkReaders(desk, targets, desk);
  if (desk.problems.length > 0) throw new StageError('usage', desk.problems);
  const { operations } = items;
  const options = optionsOf(command, invocation);
  return { choices, methods, excluded, operations, options, notices: desk.notices, targets, expected };
};
