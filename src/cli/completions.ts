/** Words and values that can stand in a command line: properties, targets, and what options take. */

import type { AnyCommand, CommandOption } from '../commands/command.js';
import { type IsSecret, isSecretPlace } from '../render/redact.js';
import type { Settings, StageEntry } from '../settings/settings.js';
import { type Choice, isProperty, parseProperty, resolve } from '../stage/choice.js';
import { methodNamesIn } from '../stage/method.js';
import { isNamed, locationOf, methodEntry, type Place, placesFor, readLeaf } from '../stage/place.js';
import { everyMethod, type Property, properties, unsetBy } from '../stage/properties.js';
import type { Stage } from '../stage/stage.js';
import { listPaths } from '../targets/list-paths.js';
import type { World } from '../world.js';
import { isAddress } from './address.js';
import { splitAssignment } from './given-options.js';
import { type TypedLine, takesTarget, typedTargets } from './typed-line.js';

/** A word that may stand at the cursor. One that ends in `=`, `.`, `:` or `/` goes on. */
export interface Candidate {
  readonly word: string;
  readonly help?: string;
}

/** What completion goes by. */
export interface Known {
  readonly line: TypedLine;
  /** Undefined where the configuration is broken. */
  readonly settings: Settings | undefined;
  /** The stage file that the line names. */
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

/** Paths behind what says that a file follows: `file://`, `@`. */
const pathsBehind = (prefix: string, typed: string, known: Known): readonly Candidate[] =>
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

const placesIn = (stage: Stage, property: Property): readonly Place[] => {
  const places = placesFor(stage, property);
  const isLacking = property.group === 'methodSettings' && property.name.includes('{');
  return isLacking && !places.some(({ key }) => key === everyMethod)
    ? [{ property, key: everyMethod }, ...places]
    : places;
};

/** The parts of the names of a property: `variables`, `color`. An unknown key is left to the user. */
const namesOf = (property: Property, { stage }: Known): readonly (readonly string[])[] => {
  const methodName = methodNamesIn(stage);
  const places = placesIn(stage, property);
  if (places.length === 0) return [locationOf({ property, key: '' })];
  return places.map((place) =>
    locationOf(place).map((part, index) =>
      property.group === 'methodSettings' && index === 1 ? methodName(part) : part,
    ),
  );
};

/** A name up to its first part that is not typed yet. */
const nextPart = (parts: readonly string[], typed: string, end: string): string | undefined => {
  const steps = parts.map((_, index) => parts.slice(0, index + 1).join('.'));
  // The last part is empty where the key is for the user to name.
  const words = steps.map((step, index) => {
    const isLast = index === parts.length - 1;
    return isLast ? `${step}${parts[index] === '' ? '' : end}` : `${step}.`;
  });
  return words.find(
    (word, index) => word.startsWith(typed) && (word.length > typed.length || index === words.length - 1),
  );
};

const namesAmong = (rows: readonly Property[], typed: string, end: string, known: Known): readonly Candidate[] =>
  rows.flatMap((property) =>
    namesOf(property, known).flatMap((parts) => {
      const word = nextPart(parts, typed, end);
      if (word === undefined) return [];
      return word.endsWith('.') ? plain([word]) : [{ word, help: property.help }];
    }),
  );

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
  namesAmong(known.line.command?.does === 'edit' ? editable : properties, typed, '', known);

const methods: Find = (_typed, { stage }) => {
  const methodName = methodNamesIn(stage);
  return placesIn(stage, methodEntry).map(({ key }) => ({
    word: methodName(key),
    ...(key === everyMethod && { help: 'All methods' }),
  }));
};

/** `NAME`, or `NAME=VALUE`: of a variable or an override. */
const named = (property: Property, argument: string, typed: string, known: Known): readonly Candidate[] => {
  const [name, text] = splitAssignment(typed);
  if (argument !== 'NAME=VALUE') return plain(placesFor(known.stage, property).map(({ key }) => key));
  if (text === undefined) return plain(placesFor(known.stage, property).map(({ key }) => `${key}=`));
  if (text.startsWith('@')) return pathsBehind(`${name}=@`, typed, known);
  return prefixed(`${name}=`, leafValues([{ property, name }], known));
};

/** By what the help calls the value of an option. */
const byArgument: Readonly<Record<string, Find>> = {
  'PROPERTY=VALUE': assignments,
  PROPERTY: names,
  METHOD: methods,
  PATH: paths,
  FILE: paths,
  DESIRED: paths,
  DIR: folders,
};

/** What an option may be given. Every text may come from a file. */
export const optionValues = (option: CommandOption, typed: string, known: Known): readonly Candidate[] => {
  if (!('argument' in option)) return [];
  const { argument, choices, property } = option;
  if (choices) return plain(choices);
  const [file = ''] = /^(?:[^=]*=)?file:\/\//.exec(typed) ?? [];
  if (file !== '') return pathsBehind(file, typed, known);
  if (property && isNamed(property)) return named(property, argument, typed, known);
  if (property?.codec) return leafValues([{ property }], known);
  return byArgument[argument]?.(typed, known) ?? [];
};

const placeOf = (entry: StageEntry): string =>
  'file' in entry ? 'a stage file of .stagerc' : `${entry.restApiId}/${entry.stageName}`;

/** Files that can be a target as they are spelled, and folders on the way to them. */
const targets: Find = (typed, known) => {
  const [prefix = ''] = /^file:(?:\/\/)?/.exec(typed) ?? [];
  const entries = [...(known.settings?.stages.values() ?? [])];
  return [
    ...entries.map((entry) => ({ word: entry.name, help: placeOf(entry) })),
    ...pathsBehind(prefix, typed, known).filter(({ word }) => word.endsWith('/') || isAddress(word)),
  ];
};

/** Some words of a command that is not about one stage. */
const apis: Find = (_typed, { settings }) => [
  ...new Map(
    [...(settings?.stages.values() ?? [])].flatMap((entry) =>
      'restApiId' in entry ? [[entry.restApiId, { word: entry.restApiId }] as const] : [],
    ),
  ).values(),
];

const byTaking: Readonly<Record<string, Find>> = { 'one folder': folders, 'one API': apis };

/** Before it is said which stage is meant, the names of all properties would hide the targets. */
const isAboutStage = ({ line, settings }: Known): boolean =>
  line.command?.targets === 0 ||
  typedTargets(line).length > 0 ||
  settings?.default !== undefined ||
  line.given.has('rest-api-id');

/** The words that may come next: targets, and properties. */
export const wordsFor = (command: AnyCommand, typed: string, known: Known): readonly Candidate[] => {
  const isNext = takesTarget(known.line);
  if ('takes' in command)
    return isNext ? plain(command.wordChoices ?? []).concat(byTaking[command.takes]?.(typed, known) ?? []) : [];
  const before = isNext ? targets(typed, known) : [];
  if (command.words === 'none' || (typed === '' && !isAboutStage(known))) return before;
  if (command.words === 'names') return properties.map(({ name: word, help }) => ({ word, help }));
  return [...before, ...(command.words === 'assignments' ? assignments : names)(typed, known)];
};
