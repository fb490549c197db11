/** Completes the word being typed. The scripts of `stage completion` call it on Tab. It never contacts AWS. */

import type { AnyCommand, CommandOption } from '../commands/command.js';
import { commands, findCommand } from '../commands/commands.js';
import { secretNames } from '../render/redact.js';
import type { Settings } from '../settings/settings.js';
import { isProperty } from '../stage/choice.js';
import { everyMethod } from '../stage/properties.js';
import type { Stage } from '../stage/stage.js';
import { isRegularFile, stageFile } from '../targets/file.js';
import { pathOfWord } from '../targets/list-paths.js';
import { printable } from '../text/printable.js';
import type { World } from '../world.js';
import { optionsOf } from './common-options.js';
import { type Candidate, type Known, optionValues, prefixed, type TypedLine, wordsFor } from './completions.js';
import { settingsFor } from './context.js';
import { splitAssignment } from './given-options.js';

const isOption = (word: string): boolean => word.startsWith('-') && word !== '-';

/** Finds an option by `--name`, `--alias` or `-n`. */
const findOption = (command: AnyCommand, written: string): CommandOption | undefined =>
  optionsOf(command).find(({ name, alias = name, short = name }) =>
    [`--${name}`, `--${alias}`, `-${short}`].includes(written),
  );

/** Parses the words before the cursor, without the name of the command. */
const readTypedLine = (command: AnyCommand, typed: readonly string[]): TypedLine => {
  const words: string[] = [];
  const given: Record<string, string> = {};
  let open: CommandOption | undefined;
  for (const word of typed) {
    const [written, text] = splitAssignment(word);
    const option = isOption(word) ? findOption(command, written) : undefined;
    if (option) given[option.name] = text ?? '';
    else if (open) given[open.name] = word;
    else if (!isOption(word)) words.push(word);
    if (option) open = 'argument' in option && text === undefined ? option : undefined;
    else if (open?.kind !== 'items') open = undefined;
  }
  const targets = words.filter((word) => command.words === 'none' || !isProperty(word));
  return { command, targets, given, open };
};

const showHelp: Candidate = { word: '--help', help: 'Show this help' };

const commandNames: readonly Candidate[] = commands.flatMap(({ name, aliases = [], summary }) =>
  [name, ...aliases].map((word) => ({ word, help: summary })),
);

const optionWords = ({ name, alias, kind, help }: CommandOption): readonly Candidate[] =>
  [name, ...(alias ? [alias] : []), ...(kind === 'on-off' ? [`no-${name}`] : [])].map((word) => ({
    word: `--${word}`,
    help,
  }));

/** The options that are not on the line yet or can be repeated. */
const optionNames = ({ command, given }: TypedLine): readonly Candidate[] => {
  const left = optionsOf(command).filter(({ name, kind }) => kind === 'list' || given[name] === undefined);
  return [...left.filter(({ isHidden }) => !isHidden).flatMap(optionWords), showHelp];
};

/** Undefined if the configuration is invalid: running the command reports that. */
const settingsOf = ({ given }: TypedLine, world: World): Promise<Settings | undefined> => {
  const options = new Map(Object.entries(given).map(([name, text]) => [name, text || true]));
  return settingsFor({ options }, world).catch(() => undefined);
};

/** The stage file on the line, or the default one. */
const fileOf = ({ targets: [named] }: TypedLine, settings: Settings | undefined, world: World): string | undefined => {
  const { value: word, base } = named === undefined ? (settings?.default ?? {}) : { value: named, base: world.cwd };
  const entry = settings?.stages.get(word ?? '');
  if (entry) return 'file' in entry ? entry.file : undefined;
  return word && pathOfWord(word.replace(/^file:(?:\/\/)?/, ''), { ...world, cwd: base ?? '' });
};

/** The stage in a file, always with an entry for all methods; only that entry if the file cannot be read. */
const stageIn = async (file: string | undefined, world: World): Promise<Stage> => {
  // Opening a pipe would block until it has a writer.
  const isReadable = file !== undefined && isRegularFile(file);
  const read = isReadable ? stageFile(file, { world, lockTimeout: 0 }).read() : {};
  const stage = await Promise.resolve<Stage>(read).catch((): Stage => ({}));
  return { ...stage, methodSettings: { [everyMethod]: {}, ...stage.methodSettings } };
};

const knownFor = async (line: TypedLine, world: World): Promise<Known> => {
  const settings = await settingsOf(line, world);
  const stage = await stageIn(fileOf(line, settings, world), world);
  return { ...line, settings, stage, isSecret: secretNames(settings?.redact ?? []), world };
};

const inCommand = async (line: TypedLine, typed: string, world: World): Promise<readonly Candidate[]> => {
  if (!isOption(typed)) return wordsFor(typed, await knownFor(line, world));
  const [written, text] = splitAssignment(typed);
  if (text === undefined) return optionNames(line);
  const option = findOption(line.command, written);
  return option ? prefixed(`${written}=`, optionValues(option, text, await knownFor(line, world))) : [];
};

/** All candidates for the position of the cursor, not yet filtered by the text typed so far. */
const candidatesFor = async (before: readonly string[], typed: string, world: World): Promise<readonly Candidate[]> => {
  const at = before.findIndex((word) => !isOption(word));
  const command = findCommand(before[at]);
  if (command) return inCommand(readTypedLine(command, before.toSpliced(at, 1)), typed, world);
  if (before[at] === 'help' && at === before.length - 1) return [...commandNames, { word: 'options' }];
  if (at >= 0) return [];
  return isOption(typed) ? [showHelp, { word: '--version', help: 'Show the version' }] : commandNames;
};

/** Prints the completions of the last word, one per line, with a tab before the description. */
export const printCompletions = async (words: readonly string[], world: World): Promise<void> => {
  const typed = words.at(-1) ?? '';
  const candidates = await candidatesFor(words.slice(0, -1), typed, world);
  const lines = candidates
    .filter(({ word }) => word.startsWith(typed) && printable(word) === word)
    .map(({ word, help = '' }) => `${word}\t${printable(help)}\n`);
  world.stdout.write([...new Set(lines)].join(''));
};
