/** Reads the options that were given. */

import { type AnyCommand, usageProblem } from '../commands/command.js';
import { StageError } from '../stage/problem.js';
import { parseTime } from '../text/time.js';

/** What an option was given: its text, its texts, or whether it is on. */
export type OptionValue = string | boolean | readonly string[];

export interface GivenOptions {
  /** By the name of the option. An option that was not given is absent. */
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

/** Milliseconds, of `500ms`, `30s` or `2m`; a bare number is seconds. */
export const timeOption = (given: GivenOptions, name: string, otherwise: number): number => {
  const text = textOption(given, name);
  const time = text === undefined ? otherwise : parseTime(text);
  if (typeof time === 'string') throw usageError(`--${name}: ${time}.`);
  return time;
};

/** A whole number of at least 1. */
export const countOption = (given: GivenOptions, name: string): number | undefined => {
  const text = textOption(given, name);
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw usageError(`--${name}: expected a whole number from 1 to 999999, got ${text}.`);
  return Number(text);
};
