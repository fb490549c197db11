/** Reads the options that were given. */

import { type AnyCommand, usageProblem } from '../commands/command.js';
import { StageError } from '../stage/problem.js';

/** The value of an option: a text, a number, a list of texts, or whether it is on. */
export type OptionValue = string | number | boolean | readonly string[];

export interface GivenOptions {
  /** By option name. An option without a given value or a default is absent. */
  readonly options: ReadonlyMap<string, OptionValue>;
}

/** A parsed command line. */
export interface Invocation extends GivenOptions {
  readonly command: AnyCommand;
  readonly words: readonly string[];
}

export const usageError = (message: string): StageError => new StageError('usage', [usageProblem(message)]);

/** Splits at the first equals sign; the text is undefined without one. */
export const splitAssignment = (assignment: string): readonly [string, string | undefined] => {
  const at = assignment.indexOf('=');
  return at < 0 ? [assignment, undefined] : [assignment.slice(0, at), assignment.slice(at + 1)];
};

export const isOn = ({ options }: GivenOptions, name: string): boolean => options.get(name) === true;

export const textOption = ({ options }: GivenOptions, name: string): string | undefined => {
  const value = options.get(name);
  return typeof value === 'string' ? value : undefined;
};

/** The values of a repeatable option. */
export const textOptions = ({ options }: GivenOptions, name: string): readonly string[] => {
  const value = options.get(name);
  return Array.isArray(value) ? value : [];
};

/** The value of a numeric option; milliseconds if it takes a time. */
export const numberOption = ({ options }: GivenOptions, name: string): number | undefined => {
  const value = options.get(name);
  return typeof value === 'number' ? value : undefined;
};
