/** Words and values that can stand in a command line: targets, properties, and what options take. */

import { type AnyCommand, type CommandOption, targetsOf } from '../commands/command.js';
import { type IsSecret, isSecretPlace } from '../render/redact.js';
import type { Settings } from '../settings/settings.js';
import { type Choice, isProperty, parseProperty, resolve } from '../stage/choice.js';
import { methodNamesIn } from '../stage/method.js';
import { isNamed, methodEntry, placesFor, readLeaf } from '../stage/place.js';
import { type Property, properties, unsetBy } from '../stage/properties.js';
import type { Stage } from '../stage/stage.js';
import { listPaths } from '../targets/list-paths.js';
import type { World } from '../world.js';
import { isAddress } from './address.js';
import { splitAssignment } from './given-options.js';

/** A word that may stand at the cursor. One that ends in `=`, `.`, `:` or `/` goes on. */
export interface Candidate {
  readonly word: string;
  readonly help?: string;
}

/** A command line that is still being typed. What is wrong with it is found out when it is run. */
export interface TypedLine {
  readonly command: AnyCommand;
  /** The words before the cursor that say which stages are meant. */
  readonly targets: readonly string[];
  /** The options before the cursor; the text of a switch is empty. */
  readonly given: Readonly<Record<string, string>>;
  /** The option whose value is at the cursor. */
  readonly open: CommandOption | undefined;
}

/** What completion goes by. */
export interface Known {
  readonly line: TypedLine;
  readonly settings: Settings | undefined;
  /** That of the stage file which the line names. */
  readonly stage: Stage;
  readonly isSecret: IsSecret;
  readonly world: World;
}

type Find = (typed: string, known: Known) => readonly Candidate[];

export const prefixed = (prefix: string, candidates: readonly Candidate[]): readonly Candidate[] =>
  candidates.map(({ word, ...rest }) => ({ word: `${prefix}${word}`, ...rest }));

const plain = (words: readonly string[]): readonly Candidate[] => words.map((word) => ({ word }));

const paths: Find = (typed, { world }) => plain(listPaths(typed, world));

const folders: Find = (typed, known) => paths(typed, known).filter(({ word }) => word.endsWith('/'));

/** Paths after what says that a file follows: `file://`, `@`. */
const pathsAfter = (prefix: string, typed: string, known: Known): readonly Candidate[] =>
  prefixed(prefix, paths(typed.slice(prefix.length), known));

/** What a property may have: one of its values, or what the stage file has there. */
const leafValues = (choices: readonly Choice[], { stage, isSecret }: Known): readonly Candidate[] =>
  resolve(choices, stage).resolved.flatMap(({ place }) => {
    const { schema } = place.property.codec ?? {};
    const allowed = schema?.type === 'boolean' ? ['true', 'false'] : schema?.['enum'];
    if (Array.isArray(allowed)) return plain(allowed);
    const leaf = readLeaf(stage, place);
    return leaf === undefined || isSecretPlace(place, isSecret) ? [] : [{ word: String(leaf), help: 'as it is now' }];
  });

/** The keys that a property has in the stage file, as users write them. */
const keysOf = (property: Property, { stage }: Known): readonly string[] => {
  const nameOf = property.group === 'methodSettings' ? methodNamesIn(stage) : String;
  return placesFor(stage, property).map(({ key }) => nameOf(key));
};

/** The names of properties, each followed by `end`. What users name in one comes after the part before that is typed. */
const namesAmong = (rows: readonly Property[], typed: string, end: string, known: Known): readonly Candidate[] =>
  rows.flatMap((property) => {
    const { name, help } = property;
    const [before = '', after] = name.split(/\{\w+\}/);
    if (after === undefined) return [{ word: `${name}${end}`, help }];
    if (!typed.startsWith(before)) return [{ word: before }];
    return keysOf(property, known).map((key) => ({ word: `${before}${key}${after}${end}`, help }));
  });

const settable = properties.filter(({ codec, ops }) => codec !== undefined && ops.includes('replace'));
const editable = properties.filter((property) => property.ops.length > 0 || unsetBy(property) !== undefined);

/** `PROPERTY=VALUE` */
const assignments: Find = (typed, known) => {
  const [name, text] = splitAssignment(typed);
  if (text === undefined) return namesAmong(settable, typed, '=', known);
  const parsed = isProperty(name) ? parseProperty(name) : { choices: [] };
  return 'choices' in parsed ? prefixed(`${name}=`, leafValues(parsed.choices, known)) : [];
};

const names: Find = (typed, known) =>
  namesAmong(known.line.command.does === 'edit' ? editable : properties, typed, '', known);

/** `NAME` or `NAME=VALUE`, of a variable. */
const named = (property: Property, end: string, typed: string, known: Known): readonly Candidate[] => {
  const [name, text] = splitAssignment(typed);
  if (text === undefined) return plain(keysOf(property, known).map((key) => `${key}${end}`));
  return prefixed(`${name}=`, leafValues([{ property, name }], known));
};

/** By what the help calls the value of an option. */
const byArgument: Readonly<Record<string, Find>> = {
  'PROPERTY=VALUE': assignments,
  PROPERTY: names,
  METHOD: (_typed, known) => plain(keysOf(methodEntry, known)),
  PATH: paths,
  FILE: paths,
  DESIRED: paths,
  DIR: folders,
};

/** What an option may be given. Every text may come from a file. */
export const optionValues = (option: CommandOption, typed: string, known: Known): readonly Candidate[] => {
  if (option.kind === 'on-off') return plain(['true', 'false']);
  if (!('argument' in option)) return [];
  const { argument, choices, property } = option;
  if (choices) return plain(choices);
  const [file] = /^(?:[^=]*=)?(?:file:\/\/|@)/.exec(typed) ?? [];
  if (file) return pathsAfter(file, typed, known);
  if (property && isNamed(property)) return named(property, argument.endsWith('=VALUE') ? '=' : '', typed, known);
  return property ? leafValues([{ property }], known) : (byArgument[argument]?.(typed, known) ?? []);
};

/** Stages of the configuration, files that can be a target as they are spelled, and folders on the way to them. */
const targets: Find = (typed, known) => {
  const [prefix = ''] = /^file:(?:\/\/)?/.exec(typed) ?? [];
  const stages = [...(known.settings?.stages.keys() ?? [])];
  return [
    ...stages.map((word) => ({ word, help: 'a stage of .stagerc' })),
    ...pathsAfter(prefix, typed, known).filter(({ word }) => word.endsWith('/') || isAddress(word)),
  ];
};

const byWords: Readonly<Record<AnyCommand['words'], Find>> = {
  none: () => [],
  properties: names,
  assignments,
  names: () => properties.map(({ name: word, help }) => ({ word, help })),
};

/** The words that a command takes before properties. */
const wordsOf: Find = (typed, known) => {
  const { command } = known.line;
  if (!('takes' in command)) return targets(typed, known);
  if (command.wordChoices) return plain(command.wordChoices);
  if (command.takes === 'one folder') return folders(typed, known);
  return command.takes === 'one API' ? [] : targets(typed, known);
};

/** What may stand where no option is typed: the value of the option before, targets, and properties. */
export const wordsFor: Find = (typed, known) => {
  const { command, open } = known.line;
  const values = open ? optionValues(open, typed, known) : [];
  if (open && open.kind !== 'items') return values;
  const isNext = known.line.targets.length < targetsOf(command, known.line.given);
  // Before it is said which stage is meant, the names of all properties would hide the targets.
  const isAboutStage = !isNext || typed !== '' || known.settings?.default !== undefined;
  return [
    ...values,
    ...(isNext ? wordsOf(typed, known) : []),
    ...(isAboutStage ? byWords[command.words](typed, known) : []),
  ];
};
