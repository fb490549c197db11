/** What an invocation is carried out with. */

import { usageProblem } from '../commands/command.js';
import type { Settings } from '../settings/settings.js';
import { StageError } from '../stage/problem.js';
import type { World } from '../world.js';
import type { Invocation } from './program.js';
import type { ParsedRequest } from './request.js';
import type { Voice } from './voice.js';

export interface Scene {
  readonly world: World;
  readonly voice: Voice;
  readonly settings: Settings;
  readonly invocation: Invocation;
  readonly request: ParsedRequest;
}

/** A slip in the usage that is found only when the command line is carried out. */
export const usageError = (message: string): StageError => new StageError('usage', [usageProblem(message)]);

export const isOn = ({ invocation }: Scene, flag: string): boolean => invocation.flags.get(flag) === true;

export const flagText = ({ invocation }: Scene, flag: string): string | undefined => {
  const value = invocation.flags.get(flag);
  return typeof value === 'string' ? value : undefined;
};

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** 24 days: timers of Node count no further than a little more. */
const longestTime = 24 * 24 * 3_600_000;

/** The milliseconds that a flag says: `500ms`, `30s`, `2m`; a bare number is seconds. */
export const flagTime = (scene: Scene, flag: string, otherwise: number): number => {
  const text = flagText(scene, flag);
  if (text === undefined) return otherwise;
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (number === undefined) throw usageError(`--${flag}: expected a time, such as 30, 30s, 500ms or 2m; came ${text}.`);
  const time = Number(number) * (units[unit] ?? 1000);
  if (time > longestTime) throw usageError(`--${flag}: expected at most 24 days (576h); came ${text}.`);
  return time;
};

/** The whole number of at least 1 that a flag says. */
export const flagCount = (scene: Scene, flag: string): number | undefined => {
  const text = flagText(scene, flag);
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(text)) throw usageError(`--${flag}: expected a whole number of at least 1, came ${text}.`);
  return Number(text);
};

/** The word of a few that a flag says. */
export const flagWord = <Word extends string>(scene: Scene, flag: string, words: readonly Word[]): Word | undefined => {
  const text = flagText(scene, flag);
  const word = words.find((known) => known === text);
  if (text !== undefined && word === undefined)
    throw usageError(`--${flag}: expected ${words.join(' or ')}, came ${text}.`);
  return word;
};
