/** From a command line to what a verb is asked: texts are read from where they lie, and every slip is told together. */

import type { AnyCommand, CommandOption, Request } from '../commands/command.js';
import { takesName } from '../commands/options.js';
import { maskWord } from '../render/mask-given.js';
import type { IsSecret } from '../render/redact.js';
import { type Choice, isProperty, type MethodChoice, parseProperty, splitProperties } from '../stage/choice.js';
import { logFormat, variableValue } from '../stage/codec.js';
import { type Method, parseMethods } from '../stage/method.js';
import { StageError } from '../stage/problem.js';
import type { Property } from '../stage/properties.js';
import { propertiesCalled } from './advice.js';
import { optionsOf } from './common-options.js';
import { isOn, textOptions, usageError } from './given-options.js';
import { type Items, readItems } from './patch-items.js';
import type { Invocation } from './program.js';
import { checkMask, type Reading, slip } from './reading.js';
import { notProperty, slipsOfTargets, splitAssignment, wasExpanded } from './strangers.js';
import type { Texts } from './texts.js';
import { chooseVariables } from './variables-flag.js';

export interface ParsedRequest extends Request {
  /** The words that are no properties, in the order given: TARGET, or SOURCE and TARGET. */
  readonly targets: readonly string[];
  /** What `--expect` names, with the text that it is to have. */
  readonly expected: readonly Choice[];
}

// Elsewhere @ is itself.
const takesFiles = ({ codec }: Property): boolean => codec === variableValue || codec === logFormat;

const withoutFinalNewline = (text: string): string => text.replace(/\r?\n$/, '');

const readAt = async (source: string, asker: string, reading: Reading): Promise<string> => {
  if (source !== '-') return withoutFinalNewline(reading.texts.readFile(source));
  reading.readers.push(asker);
  return withoutFinalNewline(await reading.texts.readStdin());
};

/** The text that a value stands for; `asker` is what the user wrote it behind. */
const resolveText = async (property: Property, text: string, asker: string, reading: Reading): Promise<string> => {
  const resolved =
    takesFiles(property) && text.startsWith('@') ? await readAt(text.slice(1), `${asker} @-`, reading) : text;
  checkMask(resolved, asker, reading);
  return resolved;
};

/** What is no more than a name in a word: the rest may be a secret. */
const nameIn = (word: string): string => word.replace(/(?<=^\w*)\W.*$/s, '…');

const chooseNamed = async (
  flag: CommandOption,
  property: Property,
  item: string,
  reading: Reading,
): Promise<readonly Choice[]> => {
  const [name, text] = splitAssignment(item);
  if (takesName(flag))
    return text === undefined
      ? [{ property, name: item }]
      : slip(reading, `--${flag.name} ${name}=…: expected NAME alone, came a value too.`);
  if (text === undefined)
    return slip(reading, `--${flag.name} ${nameIn(item)}: expected NAME=VALUE, came no equals sign.`);
  if (name === '') return slip(reading, `--${flag.name} =…: expected NAME=VALUE, came no name.`);
  const word = `--${flag.name} ${name}`;
  return [{ property, name, word, text: await resolveText(property, text, word, reading) }];
};

const chooseByFlag = async (flag: CommandOption, property: Property, reading: Reading): Promise<readonly Choice[]> => {
  const value = reading.options.get(flag.name);
  if (value === undefined) return [];
  const word = `--${value === false ? 'no-' : ''}${flag.name}`;
  if (typeof value === 'string') return [{ property, word, text: await resolveText(property, value, word, reading) }];
  if (typeof value === 'boolean') return [{ property, word, ...(flag.kind === 'on-off' && { text: String(value) }) }];
  const choices: Choice[] = [];
  for (const item of value) choices.push(...(await chooseNamed(flag, property, item, reading)));
  return choices;
};

/** What a word stands behind, in sentences: `--expect `. */
type Behind = string | undefined;

const strange = (word: string, behind: Behind, reading: Reading): readonly [] => {
  const { options, words } = reading.command;
  const where = words === 'names' ? {} : { options };
  return slip(reading, notProperty(word, behind === undefined ? where : { behind }, reading.isSecret));
};

const parseName = (name: string, behind: Behind, reading: Reading): readonly Choice[] => {
  const parsed = parseProperty(name);
  if ('problem' in parsed) return slip(reading, `${behind ?? ''}${name} is no property: ${parsed.problem}.`);
  reading.notices.push(...parsed.notices);
  return parsed.choices;
};

const choosePlain = (word: string, behind: Behind, reading: Reading): readonly Choice[] => {
  const [name, text] = splitAssignment(word);
  if (!isProperty(word)) return strange(word, behind, reading);
  return text === undefined || !isProperty(name)
    ? parseName(word, behind, reading)
    : slip(reading, `${behind?.trim() ?? `stage ${reading.command.name}`} takes PROPERTY without a value: ${name}.`);
};

const chooseAssigned = async (word: string, behind: Behind, reading: Reading): Promise<readonly Choice[]> => {
  const asker = behind ?? '';
  const [name, text] = splitAssignment(word);
  if (text === undefined) {
    const shown = maskWord(word, reading.isSecret);
    return slip(reading, `${asker}${shown}: expected PROPERTY=VALUE, came no equals sign.`);
  }
  const choices = isProperty(name) ? parseName(name, behind, reading) : strange(word, behind, reading);
  const property = choices[0]?.property;
  if (property === undefined) return [];
  const resolved = await resolveText(property, text, `${asker}${name}`, reading);
  return choices.map((choice) => ({ ...choice, text: resolved }));
};

/** The last name of a property will do. */
const chooseLoosely = (word: string, reading: Reading): readonly Choice[] => {
  const called = isProperty(word) ? [] : propertiesCalled(word);
  return called.length > 0 ? called.map((property) => ({ property })) : choosePlain(word, undefined, reading);
};

const chooseByWords = async (words: readonly string[], reading: Reading): Promise<readonly Choice[]> => {
  const kind = reading.command.words;
  const choices: Choice[] = [];
  for (const word of words) {
    if (kind === 'assignments') choices.push(...(await chooseAssigned(word, undefined, reading)));
    else choices.push(...(kind === 'names' ? chooseLoosely(word, reading) : choosePlain(word, undefined, reading)));
  }
  return choices;
};

/** What probably happened where a file stands in the place of a method. */
const adviceFor = (method: string, { texts }: Reading): string =>
  /^[^/]+\/[^/]+$/.test(method) && texts.isThere(method) ? ` ${wasExpanded}` : '';

const methodsOf = (reading: Reading): MethodChoice | undefined => {
  const named = textOptions(reading, 'method').flatMap((text): readonly Method[] => {
    const parsed = parseMethods(text);
    if ('problem' in parsed) return slip(reading, `--method: ${parsed.problem}.${adviceFor(text, reading)}`);
    reading.notices.push(...parsed.notices);
    return parsed.methods;
  });
  if (isOn(reading, 'all-methods')) {
    if (named.length > 0)
      slip(reading, '--all-methods and --method cannot be given together: the first means every method.');
    return 'all-entries';
  }
  return reading.options.has('method') ? named : undefined;
};

const checkRequired = (reading: Reading): void => {
  const { command, options } = reading;
  for (const flag of command.options) {
    if ('isRequired' in flag && !options.has(flag.name))
      slip(reading, `${command.name} needs --${flag.name} ${flag.argument}, as in: ${command.example}`);
  }
};

/** Told alone: of what two readers were to find there, nothing is known. */
const checkReaders = ({ readers }: Reading, targets: readonly string[]): void => {
  const all = [...targets.filter((word) => word === '-'), ...readers];
  const message = `Standard input can be read once, and ${all.length} want it: ${all.join(', ')}.`;
  if (all.length > 1) throw usageError(message);
};

const ownOptionsOf = ({ command, options }: Reading): Request['options'] =>
  Object.fromEntries(
    command.options.flatMap(({ name }) => {
      const value = options.get(name);
      return typeof value === 'string' || value === true ? [[name, value] as const] : [];
    }),
  );

const chooseByFlags = async (reading: Reading): Promise<readonly Choice[]> => {
  const choices: Choice[] = [];
  for (const flag of optionsOf(reading.command)) {
    if (flag.property) choices.push(...(await chooseByFlag(flag, flag.property, reading)));
  }
  return [...textOptions(reading, 'variables').flatMap((given) => chooseVariables(given, reading)), ...choices];
};

const chooseExpected = async (reading: Reading): Promise<readonly Choice[]> => {
  const expected: Choice[] = [];
  for (const item of textOptions(reading, 'expect'))
    expected.push(...(await chooseAssigned(item, '--expect ', reading)));
  return expected;
};

const chooseExcluded = (reading: Reading): readonly Choice[] =>
  textOptions(reading, 'exclude')
    .flatMap(splitProperties)
    .flatMap((word) => choosePlain(word, '--exclude ', reading));

// How they are read is not loaded for other verbs.
const itemsOf = async (reading: Reading): Promise<Items> => {
  const given = textOptions(reading, 'patch-operations');
  return given.length === 0 ? { operations: [], target: [] } : readItems(given, reading);
};

/** Every word of a verb without targets is a property, or was meant to be one. */
const isChoice =
  ({ words, targets }: AnyCommand) =>
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
  const { command, options, words } = invocation;
  const reading: Reading = { command, options, texts, isSecret, problems: [], notices: [], readers: [] };
  const properties = words.filter(isChoice(command));
  checkRequired(reading);
  const { operations, target } = await itemsOf(reading);
  const targets = [...words.filter((word) => !properties.includes(word)), ...target];
  const byWords = await chooseByWords(properties, reading);
  const choices = [...(await chooseByFlags(reading)), ...byWords];
  const methods = methodsOf(reading);
  const expected = await chooseExpected(reading);
  const excluded = chooseExcluded(reading);
  const own = ownOptionsOf(reading);
  for (const message of slipsOfTargets(targets, own, invocation, isSecret)) slip(reading, message);
  checkReaders(reading, targets);
  const request = { choices, methods, excluded, operations, options: own, notices: reading.notices, targets, expected };
  const problems = reading.problems.length > 0 ? reading.problems : (command.check?.(request) ?? []);
  if (problems.length > 0) throw new StageError('usage', problems);
  return request;
};
