/** The context of a run (settings, output options, request) and the exit codes. */

import type { ParsedRequest } from '../commands/command.js';
import { type Look, loadPaint, noPaint, type Paint } from '../render/human.js';
import { secretNames } from '../render/redact.js';
import { loadSettings } from '../settings/load-settings.js';
import { type Output, outputs, type Settings } from '../settings/settings.js';
import type { Calls } from '../stage/plan.js';
import { failure, StageError } from '../stage/problem.js';
import { stageShape } from '../stage/stage.js';
import type { Sink, World } from '../world.js';
import { type GivenOptions, type Invocation, isOn, textOption } from './given-options.js';

/** By result, failure kind, or signal. */
export const exitCodes = {
  done: 0,
  unexpected: 1,
  differences: 2,
  usage: 3,
  input: 3,
  file: 3,
  patch: 3,
  config: 4,
  expectation: 5,
  refused: 6,
  lock: 7,
  unavailable: 7,
  aborted: 8,
  held: 9,
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
} as const;

/** `paint` and `width` are those of stdout; the width is infinite if stdout is not a terminal. */
interface OutputOptions extends Look {
  /** The value of `--output`. */
  readonly asked?: Output;
  readonly isQuiet: boolean;
  /** For stderr. */
  readonly paintErrors: Paint;
}

export interface Context extends Omit<Invocation, 'words'> {
  readonly world: World;
  readonly output: OutputOptions;
  readonly settings: Settings;
  readonly request: ParsedRequest;
  /** The texts of changes and notices that were already printed. */
  readonly told: Set<string>;
  /** Called with the calls that an edit is about to make. */
  readonly onPlan: (calls: Calls) => void;
}

const folderOf = (world: World): string => {
  try {
    return world.cwd;
  } catch {
    throw failure('file', 'no-folder', 'The working directory was removed; change to another one.');
  }
};

/** Loads the settings for these options. Throws StageError if one is invalid. */
export const settingsFor = async (given: GivenOptions, world: World): Promise<Settings> => {
  const reservedNames = Object.keys(stageShape);
  const flag = (name: string) => textOption(given, name);
  const noConfig = isOn(given, 'no-config');
  const answer = await loadSettings({ cwd: folderOf(world), env: world.env, flag, noConfig, reservedNames });
  if (!('problems' in answer)) return answer.settings;
  const kind = answer.problems.every(({ from }) => from === 'flag') ? 'usage' : 'config';
  const problems = answer.problems.map(({ message }) => ({ code: kind, message }));
  throw new StageError(kind, problems);
};

/** https://no-color.org and https://force-color.org */
const wantsColour = ({ isTTY }: Sink, env: World['env'], isOff: boolean): boolean => {
  if (isOff || env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return env['TERM'] !== 'dumb' && isTTY;
};

export const outputOptionsFor = async (
  { stdout, stderr, env }: World,
  given: GivenOptions,
  redact: readonly string[] = [],
): Promise<OutputOptions> => {
  const asked = outputs.find((output) => output === textOption(given, 'output'));
  const paintFor = async (sink: Sink): Promise<Paint> =>
    wantsColour(sink, env, isOn(given, 'no-color')) ? loadPaint() : noPaint;
  return {
    ...(asked && { asked }),
    isQuiet: isOn(given, 'quiet'),
    isSecret: isOn(given, 'show-values') ? () => false : secretNames(redact),
    paint: await paintFor(stdout),
    // A getter, since a terminal can be resized. Some terminals report 0 columns.
    get width() {
      return stdout.isTTY ? stdout.columns || 80 : Number.POSITIVE_INFINITY;
    },
    paintErrors: await paintFor(stderr),
  };
};
