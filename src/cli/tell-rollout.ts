/** Prints the events of a rollout. On a terminal a wait is one line that counts down. */
import { eventOf } from '../canary/events.js';
import type { RolloutEvent, RolloutState } from '../canary/types.js';
import { eventLines, waitLine } from '../render/rollout.js';
import type { Context } from './context.js';
import { onTerminal } from './tell.js';

const clearLine = '\r\u001b[K';

export const rolloutTeller = ({ world, output }: Context) => {
  const { stdout } = world;
  const isJson = output.asked === 'json';
  const isDrawn = stdout.isTTY && !isJson && !output.isQuiet;
  let isShown = false;
  /** The lines that replace the one which counts down. */
  let pending: readonly string[] = [];
  const settle = (): void => {
    if (isShown) stdout.write(clearLine);
    isShown = false;
    for (const line of pending) stdout.write(`${line}\n`);
    pending = [];
  };
  const tell = (event: RolloutEvent, state: RolloutState): void => {
    if (isDrawn && event.event === 'waiting') return;
    settle();
    if (isJson) stdout.write(onTerminal(`${JSON.stringify(event)}\n`, stdout));
    else if (!output.isQuiet) pending = eventLines(event, state, output.paint);
    if (!isDrawn || event.event !== 'shifted') settle();
  };
  const count = (state: RolloutState, left: number): void => {
    if (!isDrawn) return;
    const event = eventOf('waiting', state, world.now());
    stdout.write(`${clearLine}${waitLine(event, state, left, output.width)}`);
    isShown = true;
  };
  return { tell, count, settle };
};
