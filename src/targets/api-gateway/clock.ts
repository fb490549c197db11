import type { World } from '../../world.js';
import type { Sleep } from '../sleep.js';

/** Time and chance, as far as live stages need them. */
export interface Clock extends Pick<World, 'now' | 'random'> {
  readonly sleep: Sleep;
}

/** `500 ms`, `1.2 s`, `4 min`: a span of time for people. */
export const span = (milliseconds: number): string => {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 120_000) return `${Number((milliseconds / 1000).toFixed(1))} s`;
  return `${Number((milliseconds / 60_000).toFixed(1))} min`;
};
