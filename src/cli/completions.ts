/** Completion candidates: targets, properties, and option values. */

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

/** A word for the cursor position. A word that ends in `=`, `.`, `:` or `/` is incomplete. */
export interface Candidate {
  readonly word: string;
  readonly help?: string;
}

/** A command line that is still being typed. Completion does not check it. */
export interface TypedLine {
  readonly command: AnyCommand;
  /** The words before the cursor that name stages. */
  readonly targets: readonly string[];
  /** The options before the cursor; a switch has an empty text. */
  readonly given: Readonly<Record<string, string>>;
  /** The option whose value is at the cursor. */
  readonly open: CommandOption | undefined;
}

/** The input for completion. */
export interface Known extends TypedLine {
  readonly settings: Settings | undefined;
  /** The stage in the file that the line names. */
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

/** Paths after a prefix such as `file://` or `@`. */
const pathsAfter = (prefix: string, typed: string, known: Known): readonly Candidate[] =>
  prefixed(prefix, paths(typed.slice(prefix.length), known));

/** The values of a property: its allowed values and its value in the stage file. */
const leafValues = (choices: readonly Choice[], { stage, isSecret }: Known): readonly Candidate[] =>
  resolve(choices, stage).resolved.flatMap(({ place }) => {
    const { schema } = place.property.codec ?? {};
    const allowed = schema?.type === 'boolean' ? ['true', 'false'] : schema?.['enum'];
    if (Array.isArray(allowed)) return plain(allowed);
    const leaf = readLeaf(stage, place);
    return leaf === undefined || isSecretPlace(place, isSecret) ? [] : [{ word: String(leaf), help: 'as it is now' }];
  });

/** The keys of a property in the stage file, as users write them. */
const keysOf = (property: Property, { stage }: Known): readonly string[] => {
  const nameOf = property.group === 'methodSettings' ? methodNamesIn(stage) : String;
  return placesFor(stage, property).map(({ key }) => nameOf(key));
};

/** Names of properties, each followed by `end`. User-chosen keys are offered once the part before them is typed. */
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
  namesAmong(known.command.does === 'edit' ? editable : properties, typed, '', known);

/** Completes `NAME` or `NAME=VALUE` of a variable. */
const named = (property: Property, end: string, typed: string, known: Known): readonly Candidate[] => {
  const [name, text] = splitAssignment(typed);
  if (text === undefined) return plain(keysOf(property, known).map((key) => `${key}${end}`));
  return prefixed(`${name}=`, leafValues([{ property, name }], known));
};

/** By the name of the option's argument in help. */
const byArgument: Readonly<Record<string, Find>> = {
  'PROPERTY=VALUE': assignments,
  PROPERTY: names,
  METHOD: (_typed, known) => plain(keysOf(methodEntry, known)),
  PATH: paths,
  FILE: paths,
  DESIRED: paths,
  DIR: folders,
};

/** The values of an option. Any text can come from a file. */
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

/** Stages of the configuration, files that can be a TARGET as spelled, and folders. */
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

/** Words that a command takes before its properties. */
const wordsOf: Find = (typed, known) => {
  const { command } = known;
  if (!('takes' in command)) return targets(typed, known);
  if (command.wordChoices) return plain(command.wordChoices);
  if (command.takes === 'one folder') return folders(typed, known);
  return command.takes === 'one API' ? [] : targets(typed, known);
};

/** Candidates other than options: the value of the preceding option, targets, and properties. */
export const wordsFor: Find = (typed, known) => {
  const { command, open } = known;
  const values = open ? optionValues(open, typed, known) : [];
  if (open && open.kind !== 'items') return values;
  const isNext = known.targets.length < targetsOf(command, known.given);
  // Before a stage is named, the long list of properties would hide the targets.
  const isAboutStage = !isNext || typed !== '' || known.settings?.default !== undefined;
  return [
    ...values,
    ...(isNext ? wordsOf(typed, known) : []),
    ...(isAboutStage ? byWords[command.words](typed, known) : []),
  ];
};
