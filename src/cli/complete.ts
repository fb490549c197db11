/** What a word that is being typed may become. The scripts of `stage completion` ask on Tab. Nothing here asks AWS. */

import type { AnyCommand, CommandOption } from '../commands/command.js';
import { commands } from '../commands/commands.js';
import { secretNames } from '../render/redact.js';
import { loadSettings } from '../settings/load-settings.js';
import type { Settings } from '../settings/settings.js';
import { type Stage, stageShape } from '../stage/stage.js';
import { defaults } from '../targets/defaults.js';
import { isRegularFile, stageFile } from '../targets/file.js';
import { pathOfWord } from '../targets/list-paths.js';
import { printable } from '../text/printable.js';
import type { World } from '../world.js';
import { optionsOf } from './common-options.js';
import { type Candidate, type Known, optionValues, prefixed, wordsFor } from './completions.js';
import { splitAssignment } from './given-options.js';
import { findOption, isOption, readTypedLine, type TypedLine, takesValue, typedTargets } from './typed-line.js';

const commandNames: readonly Candidate[] = commands.flatMap(({ name, aliases = [], summary }) =>
  [name, ...aliases].map((word) => ({ word, help: summary })),
);

const topOptions: readonly Candidate[] = [
  { word: '--help', help: 'Show this help' },
  { word: '--version', help: 'Show the version' },
];

const helpTopics: readonly Candidate[] = [
  ...commandNames,
  { word: 'options', help: 'The options that commands share' },
];

const optionWords = ({ name, alias, kind, help }: CommandOption): readonly Candidate[] =>
  [name, ...(alias ? [alias] : []), ...(kind === 'on-off' ? [`no-${name}`] : [])].map((word) => ({
    word: `--${word}`,
    help,
  }));

/** The options that can still be given. */
const optionNames = (command: AnyCommand, { given }: TypedLine): readonly Candidate[] => [
  ...optionsOf(command)
    .filter(({ name, kind, isHidden }) => !isHidden && (kind === 'list' || !given.has(name)))
    .flatMap(optionWords),
  { word: '--help', help: 'Show this help' },
];

const textOf = (value: string | true | undefined): string | undefined => (value === true ? undefined : value);

/** Without a configuration that is broken, which a run will report. */
const settingsOf = async ({ given }: TypedLine, { cwd, env }: World): Promise<Settings | undefined> => {
  const answer = await loadSettings({
    cwd,
    env,
    flag: (name) => textOf(given.get(name)),
    noConfig: given.has('no-config'),
    reservedNames: Object.keys(stageShape),
  });
  return 'settings' in answer ? answer.settings : undefined;
};

/** The file that the line names, or that a run would take by default. */
const fileOf = (line: TypedLine, settings: Settings | undefined, world: World): string | undefined => {
  const named = line.command?.targets === 0 ? undefined : typedTargets(line)[0];
  const word = named ?? settings?.default?.value;
  if (word === undefined) return undefined;
  const entry = settings?.stages.get(word);
  if (entry) return 'file' in entry ? entry.file : undefined;
  const cwd = named === undefined ? (settings?.default?.base ?? world.cwd) : world.cwd;
  return pathOfWord(word.replace(/^file:(?:\/\/)?/, ''), { cwd, env: world.env });
};

/** An empty stage where the line names none, or none that can be read. */
const stageOf = async (file: string | undefined, world: World): Promise<Stage> => {
  // Opening a pipe would wait for its writer.
  if (file === undefined || !isRegularFile(file)) return {};
  const { lockTimeout } = defaults;
  return stageFile(file, { world, lockTimeout })
    .read()
    .catch(() => ({}));
};

const knownFor = async (line: TypedLine, world: World): Promise<Known> => {
  const settings = await settingsOf(line, world);
  const stage = await stageOf(fileOf(line, settings, world), world);
  return { line, settings, stage, isSecret: secretNames(settings?.redact ?? []), world };
};

/** All that may stand at the cursor, whether or not it begins like what is typed there. */
const candidatesFor = async (line: TypedLine, typed: string, world: World): Promise<readonly Candidate[]> => {
  const { command, words, open, isAfterDashes } = line;
  if (command === undefined) {
    if (words.length === 0) return isOption(typed) ? topOptions : commandNames;
    return words.length === 1 && words[0] === 'help' ? helpTopics : [];
  }
  const [written, text] = splitAssignment(typed);
  const assigned = isOption(typed) && text !== undefined ? findOption(command, written) : undefined;
  if (isAfterDashes || !isOption(typed)) {
    const known = await knownFor(line, world);
    if (open === undefined) return wordsFor(command, typed, known);
    const values = optionValues(open, typed, known);
    return open.kind === 'items' ? [...values, ...wordsFor(command, typed, known)] : values;
  }
  if (text === undefined) return optionNames(command, line);
  if (assigned === undefined) return [];
  const isSwitch = !takesValue(assigned);
  const values = isSwitch
    ? assigned.kind === 'on-off' && written === `--${assigned.name}`
      ? ['true', 'false'].map((word) => ({ word }))
      : []
    : optionValues(assigned, text, await knownFor(line, world));
  return prefixed(`${written}=`, values);
};

/** Prints what the last word of the line may become: a line each, with a tab before its description. */
export const printCompletions = async (typed: readonly string[], world: World): Promise<void> => {
  const current = typed.at(-1) ?? '';
  const candidates = await candidatesFor(readTypedLine(typed.slice(0, -1)), current, world);
  const fitting = new Map(
    candidates
      .filter(({ word }) => word.startsWith(current) && printable(word) === word)
      .map(({ word, help = '' }) => [word, printable(help)]),
  );
  world.stdout.write([...fitting].map(([word, help]) => `${word}\t${help}\n`).join(''));
};
