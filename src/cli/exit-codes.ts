import type { FailureKind } from '../stage/problem.js';
import type { World } from '../world.js';

type Answer = 'done' | 'differences' | 'absent';

/** By the answer of a run, by the kind of its failure, or by the signal that ended it. */
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
  absent: 5,
  refused: 6,
  lock: 7,
  unavailable: 7,
  SIGINT: 130,
  SIGTERM: 143,
} as const satisfies Readonly<Record<Answer | Exclude<FailureKind, 'interrupted'> | 'SIGINT' | 'SIGTERM', number>>;

export const exitCodeOf = (kind: FailureKind, { signal }: Pick<World, 'signal'>): number => {
  if (kind !== 'interrupted') return exitCodes[kind];
  return signal.reason === 'SIGTERM' ? exitCodes.SIGTERM : exitCodes.SIGINT;
};
