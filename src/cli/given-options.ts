/** Reads the options that were given. */

import { type AnyCommand, usageProblem } from '../commands/command.js';
import { StageError } from '../stage/problem.js';

/** What an option was given: its text, its number, its texts, or whether it is on. */
export type OptionValue = string | number | boolean | readonly string[];

export interface GivenOptions {
  /** By the name of the option. An option that was not given and has no default is absent. */
  readonly options: ReadonlyMap<string, OptionValue>;
}

/** A command line, parsed. */
export interface Invocation extends GivenOptions {
  readonly command: AnyCommand;
  readonly words: readonly string[];
}

export const usageError = (message: string): StageError => new StageError('usage', [usageProblem(message)]);

/** The name before the first equals sign, and the text after it if there is one. */
export const splitAssignment = (assignment: string): readonly [string, string | undefined] => {
  const at = assignment.indexOf('=');
  return at < 0 ? [assignment, undefined] : [assignment.slice(0, at), assignment.slice(at + 1)];
};

export const isOn = ({ options }: GivenOptions, name: string): boolean => options.get(name) === true;

export const textOption = ({ options }: GivenOptions, name: string): string | undefined => {
  const value = options.get(name);
  return typeof value === 'string' ? value : undefined;
};

/** The texts of an option that can be repeated. */
export const textOptions = ({ options }: GivenOptions, name: string): readonly string[] => {
  const value = options.get(name);
  return Array.isArray(value) ? value : [];
};

/** The number of an option; milliseconds where it takes a time. */
export const numberOption = ({ options }: GivenOptions, name: string): number | undefined => {
  const value = options.get(name);
  return typeof value === 'number' ? value : undefined;
};
