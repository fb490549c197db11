/** From a command line to what a verb is asked: texts are read from where they lie, and every slip is told together. */

import { type Flag, type Request, usageProblem, type Verb } from '../commands/command.js';
import { takesName } from '../commands/flags.js';
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
import { ours } from '../stage/refusals.js';
import { parseShorthand } from '../stage/shorthand.js';
import { isObject, kindOf } from '../stage/stage.js';
import { quoteShell } from '../text/quote-shell.js';
import { propertiesCalled } from './advice.js';
import { flagsOf } from './common-flags.js';
import { flagText, flagTexts, isOn, usageError } from './given.js';
import type { Invocation } from './program.js';
import { notProperty, slipsOfTargets, splitAssignment } from './strangers.js';
import type { Texts } from './texts.js';

export interface ParsedRequest extends Request {
  /** The words that are no properties, in the order given: TARGET, or SOURCE and TARGET. */
  readonly targets: readonly string[];
  /** What `--expect` names, with the text that it is to have. */
  readonly expected: readonly Choice[];
}

/** What is gathered while a command line is read. */
interface Desk {
  readonly command: Verb;
  readonly texts: Texts;
  readonly isSecret: IsSecret;
  readonly problems: Problem[];
  readonly notices: Notice[];
  /** Who reads standard input. */
  readonly readers: string[];
}

const slip = ({ problems }: Desk, message: string): readonly [] => {
  problems.push(usageProblem(message));
  return [];
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

const chooseNamed = async (flag: Flag, property: Property, item: string, desk: Desk): Promise<readonly Choice[]> => {
  const [name, text] = splitAssignment(item);
  if (takesName(flag))
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

// What came, where a text is no JSON, may be a whole word of it.
const quotation = /; write .*$|(?<=column \d+: .*), came .*$/s;

/** A reason without its quotation of the text, where that may hold a secret. */
const discreet = (reason: string, text: string, { isSecret }: Desk): string =>
  isSecret(text) ? reason.replace(quotation, '') : reason;

/** The AWS CLI's `file://`. */
const readReference = (text: string, { texts }: Desk): string =>
  text.startsWith('file://') ? texts.readFile(text.slice('file://'.length)) : text;

const variablesFromShorthand = (text: string, desk: Desk): readonly Choice[] => {
  const parsed = parseShorthand(text, { example: 'variables look like color=blue,size=2', isMap: true });
  if ('reason' in parsed) return slip(desk, `--variables: ${discreet(parsed.reason, text, desk)}.`);
  return [...parsed.members].map(([name, { text: value, isReference }]) => ({
    property: variable,
    name,
    text: isReference ? readReference(value, desk) : value,
  }));
};

/** What create-stage's `--variables` takes: `a=1,b=2`, JSON, or a file of either. */
const chooseVariables = (invocation: Invocation, desk: Desk): readonly Choice[] => {
  const given = flagText(invocation, 'variables');
  if (given === undefined) return [];
  const text = readReference(given, desk).trim();
  const choices = text.startsWith('{') ? variablesFromJson(text, desk) : variablesFromShorthand(text, desk);
  for (const { name, text: value = '' } of choices) checkMask(value, `--variables: ${name}`, desk);
  return choices;
};

/** What a word stands behind, in sentences: `--expect `. */
type Behind = string | undefined;

const strange = (word: string, behind: Behind, desk: Desk): readonly [] => {
  const { flags } = desk.command;
  return slip(desk, notProperty(word, behind === undefined ? { flags } : { behind }, desk.isSecret));
};

const parseName = (name: string, behind: Behind, desk: Desk): readonly Choice[] => {
  const parsed = parseProperty(name);
  if ('problem' in parsed) return slip(desk, `${behind ?? ''}${name} is no property: ${parsed.problem}.`);
  desk.notices.push(...parsed.notices);
  return parsed.choices;
};

const choosePlain = (word: string, behind: Behind, desk: Desk): readonly Choice[] => {
  const [name, text] = splitAssignment(word);
  if (!isProperty(word)) return strange(word, behind, desk);
  return text === undefined || !isProperty(name)
    ? parseName(word, behind, desk)
    : slip(desk, `${behind?.trim() ?? `stage ${desk.command.name}`} takes PROPERTY without a value: ${name}.`);
};

const chooseAssigned = async (word: string, behind: Behind, desk: Desk): Promise<readonly Choice[]> => {
  const asker = behind ?? '';
  const [name, text] = splitAssignment(word);
  if (text === undefined) return slip(desk, `${asker}${word}: expected PROPERTY=VALUE, came no equals sign.`);
  const choices = isProperty(name) ? parseName(name, behind, desk) : strange(word, behind, desk);
  const property = choices[0]?.property;
  if (property === undefined) return [];
  const resolved = await resolveText(property, text, `${asker}${name}`, desk);
  return choices.map((choice) => ({ ...choice, text: resolved }));
};

/** The last name of a property will do. */
const chooseLoosely = (word: string, desk: Desk): readonly Choice[] => {
  const called = isProperty(word) ? [] : propertiesCalled(word);
  return called.length > 0 ? called.map((property) => ({ property })) : choosePlain(word, undefined, desk);
};

const chooseByWords = async (words: readonly string[], desk: Desk): Promise<readonly Choice[]> => {
  const kind = desk.command.words;
  const choices: Choice[] = [];
  for (const word of words) {
    if (kind === 'assignments') choices.push(...(await chooseAssigned(word, undefined, desk)));
    else choices.push(...(kind === 'names' ? chooseLoosely(word, desk) : choosePlain(word, undefined, desk)));
  }
  return choices;
};

const methodsOf = (invocation: Invocation, desk: Desk): MethodChoice | undefined => {
  const named = flagTexts(invocation, 'method').flatMap((text): readonly Method[] => {
    const parsed = parseMethods(text);
    if ('problem' in parsed) return slip(desk, `--method: ${parsed.problem}.`);
    desk.notices.push(...parsed.notices);
    return parsed.methods;
  });
  if (isOn(invocation, 'all-methods')) {
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

/** A member of an operation that spaces took apart, where commas belong. */
const isLoneMember = (item: string): boolean => /^(path|value|from)@?=/.test(item) && !/,op@?=/.test(item);

const explainSpaces = (items: readonly string[], { isSecret }: Desk): string => {
  const joined = items.join(',').split(/,(?=op@?=)/);
  const shown = joined.some(isSecret) ? ['op=replace,path=/description,value=x'] : joined.map(quoteShell);
  return `An operation is one word, with commas: ${shown.join(' ')}.`;
};

/** The items of `--patch-operations`; a last one that is no operation is the TARGET. */
const readItems = async (invocation: Invocation, desk: Desk): Promise<Items> => {
  const given = flagTexts(invocation, 'patch-operations');
  // How they are read is not loaded for other verbs.
  if (given.length === 0) return { operations: [], target: [] };
  const last = given.at(-1) ?? '';
  const isTarget = given.length > 1 && !isOperation(last);
  const items = isTarget ? given.slice(0, -1) : given;
  const target = isTarget ? [last] : [];
  if (items.some(isLoneMember)) {
    slip(desk, explainSpaces(items, desk));
    return { operations: [], target };
  }
  const reads = items.filter((item) => item === '-' || item === 'file://-');
  if (reads.length > 0) desk.readers.push('--patch-operations -');
  const stdin = reads.length > 0 ? await desk.texts.readStdin() : '';
  const { operations, problems } = readOperations([...items], {
    readFile: (name) => (name === '-' ? stdin : desk.texts.readFile(name)),
  });
  for (const { index, reason, operation } of problems)
    slip(desk, ours.malformed(index, discreet(reason, String(operation), desk)).message);
  checkMasks(operations, desk);
  return { operations, target };
};

const checkRequired = ({ command, flags }: Invocation, desk: Desk): void => {
  for (const flag of command.flags) {
    if ('isRequired' in flag && !flags.has(flag.name))
      slip(desk, `${command.name} needs --${flag.name} ${flag.argument}, as in: ${command.example}`);
  }
};

/** Told alone: of what two readers were to find there, nothing is known. */
const checkReaders = ({ readers }: Desk, targets: readonly string[]): void => {
  const all = [...targets.filter((word) => word === '-'), ...readers];
  const message = `Standard input can be read once, and ${all.length} want it: ${all.join(', ')}.`;
  if (all.length > 1) throw usageError(message);
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
  for (const item of flagTexts(invocation, 'expect')) expected.push(...(await chooseAssigned(item, '--expect ', desk)));
  return expected;
};

const chooseExcluded = (invocation: Invocation, desk: Desk): readonly Choice[] =>
  flagTexts(invocation, 'exclude').flatMap((word) => choosePlain(word, '--exclude ', desk));

/** Every word of a verb without targets is a property, or was meant to be one. */
const isChoice =
  ({ words, targets }: Verb) =>
  (word: string): boolean =>
    words !== 'none' && (targets === 0 || isProperty(word));

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
  const desk: Desk = { command, texts, isSecret, problems: [], notices: [], readers: [] };
  const properties = words.filter(isChoice(command));
  checkRequired(invocation, desk);
  const { operations, target } = await readItems(invocation, desk);
  const targets = [...words.filter((word) => !properties.includes(word)), ...target];
  const byWords = await chooseByWords(properties, desk);
  const choices = [...(await chooseByFlags(invocation, desk)), ...byWords];
  const methods = methodsOf(invocation, desk);
  const expected = await chooseExpected(invocation, desk);
  const excluded = chooseExcluded(invocation, desk);
  const options = optionsOf(command, invocation);
  for (const message of slipsOfTargets(targets, options, invocation, isSecret)) slip(desk, message);
  checkReaders(desk, targets);
  const request = { choices, methods, excluded, operations, options, notices: desk.notices, targets, expected };
  const problems = desk.problems.length > 0 ? desk.problems : (command.check?.(request) ?? []);
  if (problems.length > 0) throw new StageError('usage', problems);
  return request;
};
