/** Turns a command line into the request for a command. Reports all problems together. */

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
import { httpMethods, type Property } from '../stage/properties.js';
import { parseJson } from '../text/json.js';
import { quoteShell } from '../text/quote-shell.js';
import { isAddress } from './address.js';
import { optionsOf } from './common-options.js';
import { type Invocation, isOn, splitAssignment, textOptions, usageError } from './given-options.js';
import { suggestPath } from './suggest-path.js';
import { notProperty, propertiesCalled } from './suggestions.js';
import { addProblem, checkMask, type Reading, readValue, type Texts } from './texts.js';

/** A log format must be one line. JSON can be joined, since its line breaks are only between tokens. */
const toOneLine = (text: string, isFile: boolean, asker: string, reading: Reading): string => {
  if (!text.includes('\n')) return text;
  if (isFile && parseJson(text.replace(/\$[\w.]+/g, '0')) !== undefined) {
    const message = `${asker}: the JSON is joined into one line, because a log format is one line.`;
    reading.notices.push({ code: 'log-format-joined', message });
    return text.replace(/\s*\n\s*/g, '');
  }
  const how = isFile ? 'join the lines' : 'join the lines, or put JSON into a file and give file://FILE';
  addProblem(reading, `${asker}: expected a log format on one line, got ${text.split('\n').length} lines; ${how}.`);
  return text;
};

const resolveText = ({ codec }: Property, text: string, asker: string, reading: Reading): string => {
  const resolved = readValue(text, codec === variableValue || codec === logFormat, asker, reading);
  checkMask(resolved, asker, reading);
  return codec === logFormat ? toOneLine(resolved, resolved !== text, asker, reading) : resolved;
};

const chooseNamed = (option: CommandOption, property: Property, item: string, reading: Reading): readonly Choice[] => {
  const [name, text] = splitAssignment(item);
  const isName = takesName(option);
  if (isName !== (text === undefined) || name === '')
    return addProblem(reading, `--${option.name}: expected ${isName ? 'NAME' : 'NAME=VALUE'}, got ${item}.`);
  if (text === undefined) return [{ property, name }];
  const word = `--${option.name} ${name}`;
  return [{ property, name, word, text: resolveText(property, text, word, reading) }];
};

const chooseByOption = (option: CommandOption, reading: Reading): readonly Choice[] => {
  const { name, property, kind } = option;
  const value = reading.options.get(name);
  if (value === undefined || property === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((item: string) => chooseNamed(option, property, item, reading));
  const word = `--${value === false ? 'no-' : ''}${name}`;
  return [{ property, word, ...(kind !== 'switch' && { text: resolveText(property, String(value), word, reading) }) }];
};

/** `before` is the option before the word, for messages: `--expect `. */
const parseName = (name: string, before: string, reading: Reading): readonly Choice[] => {
  if (!isProperty(name)) return addProblem(reading, notProperty(name, before, reading.command));
  const parsed = parseProperty(name);
  if ('problem' in parsed) return addProblem(reading, `${before}${name} is not a property: ${parsed.problem}.`);
  reading.notices.push(...parsed.notices);
  return parsed.choices;
};

const choosePlain = (word: string, before: string, reading: Reading): readonly Choice[] => {
  const [name, text] = splitAssignment(word);
  if (text === undefined || !isProperty(name)) return parseName(word, before, reading);
  const taker = before.trim() || `stage ${reading.command.name}`;
  return addProblem(reading, `${taker} takes PROPERTY without a value: ${name}.`);
};

const chooseAssigned = (word: string, before: string, reading: Reading): readonly Choice[] => {
  const [name, text] = splitAssignment(word);
  if (text === undefined) return addProblem(reading, `${before}${word}: expected PROPERTY=VALUE, got no equals sign.`);
  const choices = parseName(isProperty(name) ? name : word, before, reading);
  if (choices[0] === undefined) return [];
  const resolved = resolveText(choices[0].property, text, `${before}${name}`, reading);
  return choices.map((choice) => ({ ...choice, text: resolved }));
};

/** `explain` accepts any name of a property, and the name of its option. */
const chooseByWord = (word: string, reading: Reading): readonly Choice[] => {
  const { words } = reading.command;
  if (words === 'assignments') return chooseAssigned(word, '', reading);
  const called = words === 'names' && !isProperty(word) ? propertiesCalled(word) : [];
  return called.length > 0 ? called.map((property) => ({ property })) : choosePlain(word, '', reading);
};

const methodsOf = (reading: Reading): MethodChoice | undefined => {
  const named = textOptions(reading, 'method').flatMap((text): readonly Method[] => {
    const parsed = parseMethods(text);
    if ('problem' in parsed) return addProblem(reading, `--method: ${parsed.problem}.`);
    reading.notices.push(...parsed.notices);
    return parsed.methods;
  });
  if (isOn(reading, 'all-methods')) return 'all-entries';
  return reading.options.has('method') ? named : undefined;
};

/** In a command without targets, every word must be a property. */
const isChoice = (word: string, { words, targets }: AnyCommand): boolean =>
  words !== 'none' && (targets === 0 || isProperty(word));

/** Whether a word is a method, or a part of an unquoted method that the shell split or expanded. */
const isMethodPart = (word: string): boolean =>
  'methods' in parseMethods(word) || (word.includes('/') ? !word.includes('=') : httpMethods.includes(word));

/** Looks for patch paths first: a misspelled one can look like an address. */
const isUnknownProperty = (word: string): boolean =>
  (word.startsWith('/') && suggestPath(splitAssignment(word)[0]) !== undefined) ||
  !(isAddress(word) || isMethodPart(word));

const howToQuote = (extra: readonly string[], { options, command }: Invocation): string => {
  const methods = extra.filter((word) => 'methods' in parseMethods(word));
  if (options.has('method') && methods.length > 0)
    return ` Repeat the option for each method: ${methods.map((method) => `--method ${quoteShell(method)}`).join(' ')}.`;
  const list = ['only', 'exclude'].find((name) => options.has(name));
  if (list !== undefined && extra.every(isProperty))
    return ` Separate properties by commas: --${list} ${[...textOptions({ options }, list), ...extra].join(',')}.`;
  if (options.has('method') || extra.some((word) => isMethodPart(word) && !isAddress(word)))
    return " Quote a method, so that it stays one word: 'GET /pets' or '*/*'.";
  return extra.every(isAddress) || command.words === 'none' ? '' : ' A value with spaces has to be quoted.';
};

/** Problems of the words that are not properties, one sentence each. */
const wordProblems = (targets: readonly string[], most: number, line: Invocation): readonly string[] => {
  const { command, options } = line;
  // --rest-api-id can name one of the two stages.
  const isMissing = most === 2 && targets.length < (options.has('rest-api-id') ? 1 : 2);
  if (isMissing)
    return [
      `${command.name} needs ${'takes' in command ? command.takes : 'SOURCE and TARGET'}; got ${targets[0] ? `only ${targets[0]}` : 'neither'}.`,
    ];
  const extra = targets.slice(most);
  const unknown = command.words === 'none' ? [] : targets.filter(isUnknownProperty);
  const assignments = unknown.filter((word) => word.includes('='));
  if (assignments.length > 0) return assignments.map((word) => notProperty(word, '', command));
  if (extra.length === 0) return [];
  if (command.words === 'properties' && unknown.length >= extra.length)
    return unknown.slice(-extra.length).map((word) => notProperty(word, '', command));
  const takes = 'takes' in command ? command.takes : most === 2 ? 'two stages' : 'one stage';
  return [`Too many words: ${extra.join(' ')}. stage ${command.name} takes ${takes}.${howToQuote(extra, line)}`];
};

/** The command's own options. Property options are read as choices instead. */
const givenOptions = (reading: Reading): Request['options'] => {
  const own = new Set(reading.command.options.filter(({ property }) => !property).map(({ name }) => name));
  const given = [...reading.options].flatMap(([name, value]): readonly (readonly [string, string | true])[] => {
    if (typeof value === 'string' && own.has(name)) return [[name, readValue(value, false, `--${name}`, reading)]];
    return typeof value === 'string' || value === true ? [[name, value]] : [];
  });
  return Object.fromEntries(given);
};

const lastWordOf = ({ lastWord }: AnyCommand, named: readonly string[]): Request['options'] => {
  const word = named.at(-1);
  return lastWord === undefined || word === undefined ? {} : { [lastWord]: word };
};

type Structured = typeof import('./structured-options.js');

const readRequest = (line: Invocation, texts: Texts, stdin: string, structured: Structured | undefined) => {
  const { command, options, words } = line;
  const reading: Reading = { command, options, texts, stdin, problems: [], notices: [], readers: [] };
  const { operations, target } = structured?.itemsFrom(reading) ?? { operations: [], target: [] };
  const named = [...words.filter((word) => !isChoice(word, command)), ...target];
  const targets = command.lastWord === undefined ? named : named.slice(0, -1);
  const choices = [
    ...(structured?.variablesFrom(reading) ?? []),
    ...optionsOf(command).flatMap((option) => chooseByOption(option, reading)),
    ...words.filter((word) => isChoice(word, command)).flatMap((word) => chooseByWord(word, reading)),
  ];
  const methods = methodsOf(reading);
  const expected = textOptions(reading, 'expect').flatMap((item) => chooseAssigned(item, '--expect ', reading));
  const choicesOf = (option: string) =>
    textOptions(reading, option)
      .flatMap(splitProperties)
      .flatMap((name) => choosePlain(name, `--${option} `, reading));
  const [only, excluded] = [choicesOf('only'), choicesOf('exclude')];
  const given = { ...givenOptions(reading), ...lastWordOf(command, named) };
  for (const message of wordProblems(targets, targetsOf(command, given), line)) addProblem(reading, message);
  const { notices, problems } = reading;
  const readers = [...targets.filter((word) => word === '-'), ...reading.readers];
  const request = { choices, methods, only, excluded, operations, options: given, notices, targets, expected };
  return { request, problems, readers };
};

/**
 * Parses the request for a command.
 *
 * @throws StageError with all problems of the command line.
 */
export const parseRequest = async (line: Invocation, texts: Texts): Promise<ParsedRequest> => {
  const { command, options } = line;
  // The JSON parser is loaded only if needed: few runs need it.
  const isStructured = options.has('variables') || options.has('patch-operations');
  const structured = isStructured ? await import('./structured-options.js') : undefined;
  let read = readRequest(line, texts, '', structured);
  const { readers } = read;
  if (readers.length > 1) throw usageError(`only one argument can read standard input; got ${readers.join(', ')}`);
  // Only the first pass tells whether an argument reads standard input; the second pass has its text.
  if (readers.some((reader) => reader !== '-')) read = readRequest(line, texts, await texts.readStdin(), structured);
  const { request } = read;
  const problems = read.problems.length > 0 ? read.problems : (command.check?.(request) ?? []);
  if (problems.length > 0) throw new StageError('usage', problems);
  return request;
};
