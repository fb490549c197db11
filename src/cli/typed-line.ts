/** A command line that is still being typed. */

import { type AnyCommand, type CommandOption, type Request, targetsOf } from '../commands/command.js';
import { findCommand } from '../commands/commands.js';
import { isProperty } from '../stage/choice.js';
import { optionsOf } from './common-options.js';
import { splitAssignment } from './given-options.js';

export interface TypedLine {
  /** Undefined where no command is typed yet. */
  readonly command: AnyCommand | undefined;
  /** The words before the cursor that are neither the command nor of an option. */
  readonly words: readonly string[];
  readonly given: ReadonlyMap<string, string | true>;
  /** The option whose value is at the cursor. */
  readonly open: CommandOption | undefined;
  /** Whether `--` was typed, which no option follows. */
  readonly isAfterDashes: boolean;
}

export const isOption = (word: string): boolean => word.startsWith('-') && word !== '-';

export const takesValue = (option: CommandOption): boolean => 'argument' in option;

/** The option that is written `--name`, `--alias`, `--no-name` or `-n`. */
export const findOption = (command: AnyCommand, written: string): CommandOption | undefined =>
  optionsOf(command).find(({ name, alias, short, kind }) => {
    const others = [alias && `--${alias}`, short && `-${short}`, kind === 'on-off' && `--no-${name}`];
    return written === `--${name}` || others.includes(written);
  });

/** Reads the words of a command before the cursor. What is wrong with them is found out when they are run. */
const readWords = (command: AnyCommand, typed: readonly string[]): Omit<TypedLine, 'command'> => {
  const words: string[] = [];
  const given = new Map<string, string | true>();
  let open: CommandOption | undefined;
  for (const [index, word] of typed.entries()) {
    if (word === '--')
      return { words: [...words, ...typed.slice(index + 1)], given, open: undefined, isAfterDashes: true };
    const [written, text] = splitAssignment(word);
    const option = isOption(word) ? findOption(command, written) : undefined;
    if (option) given.set(option.name, text ?? true);
    else if (open) given.set(open.name, word);
    else if (!isOption(word)) words.push(word);
    if (option) open = takesValue(option) && text === undefined ? option : undefined;
    else if (open?.kind !== 'items' || isOption(word)) open = undefined;
  }
  return { words, given, open, isAfterDashes: false };
};

/** Reads the words that are typed before the cursor, without the program's name. */
export const readTypedLine = (typed: readonly string[]): TypedLine => {
  const at = typed.findIndex((word) => !isOption(word));
  const command = findCommand(typed[at]);
  if (command === undefined)
    return { command, words: at < 0 ? [] : typed.slice(at), given: new Map(), open: undefined, isAfterDashes: false };
  return { command, ...readWords(command, typed.toSpliced(at, 1)) };
};

/** The words that say which stages are meant. */
export const typedTargets = ({ command, words }: TypedLine): readonly string[] =>
  words.filter((word) => command?.words === 'none' || !isProperty(word));

/** Whether the next word may be a target. */
export const takesTarget = (line: TypedLine): boolean => {
  const options: Request['options'] = Object.fromEntries(line.given);
  return line.command !== undefined && typedTargets(line).length < targetsOf(line.command, options);
};
