/** What flags were given, as one asks for it. */

import { usageProblem } from '../commands/command.js';
import { StageError } from '../stage/problem.js';

/** What a flag was given: its text, its texts, or whether it is on. */
export type OptionValue = string | boolean | readonly string[];

export interface GivenOptions {
  /** By the flag's name. A flag that was not given is absent. */
  readonly options: ReadonlyMap<string, OptionValue>;
}

/** A slip in the usage that is found only when the command line is carried out. */
export const usageError = (message: string): StageError => new StageError('usage', [usageProblem(message)]);

export const isOn = ({ options }: GivenOptions, flag: string): boolean => options.get(flag) === true;

export const textOption = ({ options }: GivenOptions, flag: string): string | undefined => {
  const value = options.get(flag);
  return typeof value === 'string' ? value : undefined;
};

/** The texts of a flag that can be repeated. */
export const textOptions = ({ options }: GivenOptions, flag: string): readonly string[] => {
  const value = options.get(flag);
  return Array.isArray(value) ? value : [];
};

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** 24 days: timers of Node count no further than a little more. */
const longestTime = 24 * 24 * 3_600_000;

/** The milliseconds that a flag says: `500ms`, `30s`, `2m`; a bare number is seconds. */
export const timeOption = (given: GivenOptions, flag: string, otherwise: number): number => {
  const text = textOption(given, flag);
  if (text === undefined) return otherwise;
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (number === undefined) throw usageError(`--${flag}: expected a time, such as 30, 30s, 500ms or 2m; came ${text}.`);
  const time = Number(number) * (units[unit] ?? 1000);
  if (time > longestTime) throw usageError(`--${flag}: expected at most 24 days (576h); came ${text}.`);
  return time;
};

/** The whole number of at least 1 that a flag says. */
export const countOption = (given: GivenOptions, flag: string): number | undefined => {
  const text = textOption(given, flag);
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw usageError(`--${flag}: expected a whole number from 1 to 999999, came ${text}.`);
  return Number(text);
};

/** The word of a few that a flag says. */
export const wordOption = <Word extends string>(
  given: GivenOptions,
  flag: string,
  words: readonly Word[],
): Word | undefined => {
  const text = textOption(given, flag);
  const word = words.find((known) => known === text);
  if (text !== undefined && word === undefined)
    throw usageError(`--${flag}: expected ${words.join(' or ')}, came ${text}.`);
  return word;
};

/** The name before the first equals sign, and the text after it if there is one. */
export const splitAssignment = (assignment: string): readonly [string, string | undefined] => {
  const at = assignment.indexOf('=');
  return at < 0 ? [assignment, undefined] : [assignment.slice(0, at), assignment.slice(at + 1)];
};
