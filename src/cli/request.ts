/** From a command line to what a command is asked to do. All problems are reported together. */

import {
  type AnyCommand,
  type CommandOption,
  type ParsedRequest,
  type Request,
  targetsOf,
} from '../commands/command.js';
import { takesName } from '../commands/options.js';
import { type Choice, isProperty, type MethodChoice, parseProperty, splitProperties } from '../stage/choice.js';
import { logFormat, variableValue } from '../stage/codec.js';
import { type Method, parseMethods } from '../stage/method.js';
import { StageError } from '../stage/problem.js';
import type { Property } from '../stage/properties.js';
import { optionsOf } from './common-options.js';
import { type Invocation, isOn, splitAssignment, textOptions, usageError } from './given-options.js';
import { addProblem, checkMask, type Reading, readValue, type Texts } from './texts.js';

/** Loaded only where words are strange, and by `explain`. */
const loadSuggestions = () => import('./suggestions.js');
const loadExplainWords = () => import('./explain-words.js');
const loadStructured = () => import('./structured-options.js');

const inTurn = async <Item, Found>(
  items: readonly Item[],
  find: (item: Item) => Promise<readonly Found[]>,
): Promise<readonly Found[]> => {
  const all: Found[] = [];
  for (const item of items) all.push(...(await find(item)));
  return all;
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text.replace(/\$[\w.]+/g, '0'));
    return true;
  } catch {
    return false;
  }
};

/** A log format is one line; lines of JSON break only between its tokens. */
const toOneLine = (text: string, isFile: boolean, asker: string, reading: Reading): string => {
  if (!text.includes('\n')) return text;
  if (isFile && isJson(text)) {
    const message = `${asker}: the JSON is joined into one line, because a log format is one line.`;
    reading.notices.push({ code: 'log-format-joined', message });
    return text.replace(/\s*\n\s*/g, '');
  }
  const how = isFile ? 'join the lines' : 'join the lines, or put JSON into a file and give file://FILE';
  addProblem(reading, `${asker}: expected a log format on one line, got ${text.split('\n').length} lines; ${how}.`);
  return text;
};

const resolveText = async ({ codec }: Property, text: string, asker: string, reading: Reading): Promise<string> => {
  const resolved = await readValue(text, codec === variableValue || codec === logFormat, asker, reading);
  checkMask(resolved, asker, reading);
  return codec === logFormat ? toOneLine(resolved, resolved !== text, asker, reading) : resolved;
};

const chooseNamed = async (
  option: CommandOption,
  property: Property,
  item: string,
  reading: Reading,
): Promise<readonly Choice[]> => {
  const [name, text] = splitAssignment(item);
  const isName = takesName(option);
  if (isName !== (text === undefined) || name === '')
    return addProblem(reading, `--${option.name}: expected ${isName ? 'NAME' : 'NAME=VALUE'}, got ${item}.`);
  if (text === undefined) return [{ property, name }];
  const word = `--${option.name} ${name}`;
  return [{ property, name, word, text: await resolveText(property, text, word, reading) }];
};

const chooseByOption = async (option: CommandOption, reading: Reading): Promise<readonly Choice[]> => {
  const { name, property, kind } = option;
  const value = reading.options.get(name);
  if (value === undefined || property === undefined) return [];
  if (Array.isArray(value)) return inTurn(value, (item: string) => chooseNamed(option, property, item, reading));
  const word = `--${value === false ? 'no-' : ''}${name}`;
  if (kind === 'switch') return [{ property, word }];
  return [{ property, word, text: await resolveText(property, String(value), word, reading) }];
};

/** `behind` is the option before the word, for sentences: `--expect `. */
const addStrange = async (word: string, behind: string, reading: Reading): Promise<readonly []> => {
  const { options, words } = reading.command;
  const { notProperty } = await loadSuggestions();
  return addProblem(reading, notProperty(word, behind ? { behind } : words === 'names' ? {} : { options }));
};

const parseName = (name: string, behind: string, reading: Reading): readonly Choice[] => {
  const parsed = parseProperty(name);
  if ('problem' in parsed) return addProblem(reading, `${behind}${name} is not a property: ${parsed.problem}.`);
  reading.notices.push(...parsed.notices);
  return parsed.choices;
};

const choosePlain = async (word: string, behind: string, reading: Reading): Promise<readonly Choice[]> => {
  const [name, text] = splitAssignment(word);
  if (!isProperty(word)) return addStrange(word, behind, reading);
  if (text === undefined || !isProperty(name)) return parseName(word, behind, reading);
  const taker = behind.trim() || `stage ${reading.command.name}`;
  return addProblem(reading, `${taker} takes PROPERTY without a value: ${name}.`);
};

const chooseAssigned = async (word: string, behind: string, reading: Reading): Promise<readonly Choice[]> => {
  const [name, text] = splitAssignment(word);
  if (text === undefined) return addProblem(reading, `${behind}${word}: expected PROPERTY=VALUE, got no equals sign.`);
  const choices = isProperty(name) ? parseName(name, behind, reading) : await addStrange(word, behind, reading);
  if (choices[0] === undefined) return [];
  const resolved = await resolveText(choices[0].property, text, `${behind}${name}`, reading);
  return choices.map((choice) => ({ ...choice, text: resolved }));
};

/** `explain` takes any word of a property, and the name of its option. */
const chooseLoosely = async (word: string, reading: Reading): Promise<readonly Choice[]> => {
  const called = isProperty(word) ? [] : (await loadSuggestions()).propertiesCalled(word);
  return called.length > 0 ? called.map((property) => ({ property })) : choosePlain(word, '', reading);
};

const chooseByWord = (word: string, reading: Reading): Promise<readonly Choice[]> => {
  const { words } = reading.command;
  if (words === 'assignments') return chooseAssigned(word, '', reading);
  return words === 'names' ? chooseLoosely(word, reading) : choosePlain(word, '', reading);
};

const parseMethod = async (text: string, reading: Reading): Promise<readonly Method[]> => {
  const parsed = parseMethods(text);
  if ('problem' in parsed) {
    const isFile = /^[^/]+\/[^/]+$/.test(text) && reading.texts.isThere(text);
    const suggestion = isFile ? ` ${(await loadExplainWords()).wasExpanded}` : '';
    return addProblem(reading, `--method: ${parsed.problem}.${suggestion}`);
  }
  reading.notices.push(...parsed.notices);
  return parsed.methods;
};

const methodsOf = async (reading: Reading): Promise<MethodChoice | undefined> => {
  const named = await inTurn(textOptions(reading, 'method'), (text) => parseMethod(text, reading));
  if (!isOn(reading, 'all-methods')) return reading.options.has('method') ? named : undefined;
  if (named.length > 0) addProblem(reading, '--all-methods already includes every method; leave out --method.');
  return 'all-entries';
};

/** Every word of a command without targets is a property, or was meant to be one. */
const isChoice = (word: string, { words, targets }: AnyCommand): boolean =>
  words !== 'none' && (targets === 0 || isProperty(word));

const checkRequired = (reading: Reading): void => {
  const { command, options } = reading;
  for (const option of command.options) {
    if ('isRequired' in option && !options.has(option.name))
      addProblem(reading, `${command.name} needs --${option.name} ${option.argument}, as in: ${command.example}`);
  }
};

/** Told alone: what the second reader would find is unknown. */
const checkReaders = ({ readers }: Reading, targets: readonly string[]): void => {
  const all = [...targets.filter((word) => word === '-'), ...readers];
  if (all.length > 1) throw usageError(`only one argument can read standard input; got ${all.join(', ')}`);
};

const wordProblems = async (targets: readonly string[], options: Request['options'], line: Invocation) => {
  const most = targetsOf(line.command, options);
  const isFit = targets.length === most || (targets.length < most && most !== 2);
  return isFit && !targets.some((word) => word.includes('='))
    ? []
    : (await loadExplainWords()).explainWords(targets, options, line);
};

/** Texts of properties are read with their choices. */
const givenOptions = async (reading: Reading): Promise<Request['options']> => {
  const own = new Set(reading.command.options.filter(({ property }) => !property).map(({ name }) => name));
  const given: [string, string | true][] = [];
  for (const [name, value] of reading.options) {
    const isText = typeof value === 'string';
    if (value === true || (isText && !own.has(name))) given.push([name, value]);
    else if (isText) given.push([name, await readValue(value, false, `--${name}`, reading)]);
  }
  return Object.fromEntries(given);
};

const chooseByOptions = async (reading: Reading): Promise<readonly Choice[]> => [
  ...(await inTurn(textOptions(reading, 'variables'), async (given) =>
    (await loadStructured()).variablesFrom(given, reading),
  )),
  ...(await inTurn(optionsOf(reading.command), (option) => chooseByOption(option, reading))),
];

const itemsOf = async (reading: Reading) => {
  const given = textOptions(reading, 'patch-operations');
  return given.length === 0 ? { operations: [], target: [] } : (await loadStructured()).itemsFrom(given, reading);
};

/**
 * What a command is asked to do.
 *
 * @throws StageError with all problems of the command line.
 */
export const parseRequest = async (line: Invocation, texts: Texts): Promise<ParsedRequest> => {
  const { command, options, words } = line;
  const reading: Reading = { command, options, texts, problems: [], notices: [], readers: [] };
  checkRequired(reading);
  const { operations, target } = await itemsOf(reading);
  const targets = [...words.filter((word) => !isChoice(word, command)), ...target];
  const byWords = await inTurn(words, async (word) => (isChoice(word, command) ? chooseByWord(word, reading) : []));
  const choices = [...(await chooseByOptions(reading)), ...byWords];
  const methods = await methodsOf(reading);
  const expected = await inTurn(textOptions(reading, 'expect'), (item) => chooseAssigned(item, '--expect ', reading));
  const excluded = await inTurn(textOptions(reading, 'exclude').flatMap(splitProperties), (word) =>
    choosePlain(word, '--exclude ', reading),
  );
  const only = await inTurn(textOptions(reading, 'only').flatMap(splitProperties), (word) =>
    choosePlain(word, '--only ', reading),
  );
  const given = await givenOptions(reading);
  for (const message of await wordProblems(targets, given, line)) addProblem(reading, message);
  checkReaders(reading, targets);
  const { notices } = reading;
  const request = { choices, methods, only, excluded, operations, options: given, notices, targets, expected };
  const problems = reading.problems.length > 0 ? reading.problems : (command.check?.(request) ?? []);
  if (problems.length > 0) throw new StageError('usage', problems);
  return request;
};
