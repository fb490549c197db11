/** How the program speaks: in which form, in which colours, and what it keeps to itself. */

import { loadPaint, noPaint, type Paint } from '../render/human.js';
import { type IsSecret, secretNames } from '../render/redact.js';
import { type Output, outputs } from '../settings/settings.js';
import type { Sink, World } from '../world.js';
import { type GivenOptions, isOn, textOption } from './given-options.js';

export interface OutputOptions {
  /** The form that `--output` asked for. */
  readonly asked?: Output;
  readonly isQuiet: boolean;
  readonly isSecret: IsSecret;
  /** For stdout. */
  readonly paint: Paint;
  /** For stderr. */
  readonly paintErrors: Paint;
}

const isOutput = (text: unknown): text is Output => outputs.some((output) => output === text);

/** https://no-color.org and https://force-color.org */
const wantsColour = (sink: Sink, env: World['env'], isOff: boolean): boolean => {
  if (isOff || env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return env['TERM'] !== 'dumb' && sink.isTTY;
};

const paintFor = async (sink: Sink, { env }: World, isOff: boolean): Promise<Paint> =>
  wantsColour(sink, env, isOff) ? loadPaint() : noPaint;

export const outputOptionsFor = async (
  world: World,
  given: GivenOptions,
  redact: readonly string[] = [],
): Promise<OutputOptions> => {
  const asked = textOption(given, 'output');
  const isOff = isOn(given, 'no-color');
  return {
    ...(isOutput(asked) && { asked }),
    isQuiet: isOn(given, 'quiet'),
    isSecret: isOn(given, 'show-values') ? () => false : secretNames(redact),
    paint: await paintFor(world.stdout, world, isOff),
    paintErrors: await paintFor(world.stderr, world, isOff),
  };
};
