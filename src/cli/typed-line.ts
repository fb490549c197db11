/** A command line that is still being typed. What is wrong with it is found out when it is run. */

import { type AnyCommand, type CommandOption, targetsOf } from '../commands/command.js';
import { isProperty } from '../stage/choice.js';
import { optionsOf } from './common-options.js';
import { splitAssignment } from './given-options.js';

export interface TypedLine {
  readonly command: AnyCommand;
  /** The words before the cursor that say which stages are meant. */
  readonly targets: readonly string[];
  /** The options before the cursor; the text of a switch is empty. */
  readonly given: Readonly<Record<string, string>>;
  /** The option whose value is at the cursor. */
  readonly open: CommandOption | undefined;
}

export const isOption = (word: string): boolean => word.startsWith('-') && word !== '-';

/** The option that is written `--name`, `--alias` or `-n`. */
export const findOption = (command: AnyCommand, written: string): CommandOption | undefined =>
  optionsOf(command).find(({ name, alias = name, short = name }) =>
    [`--${name}`, `--${alias}`, `-${short}`].includes(written),
  );

/** Reads the words of a command before the cursor. */
export const readTypedLine = (command: AnyCommand, typed: readonly string[]): TypedLine => {
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

/** Whether the next word may be a target. */
export const takesTarget = ({ command, targets, given }: TypedLine): boolean =>
  targets.length < targetsOf(command, given);
