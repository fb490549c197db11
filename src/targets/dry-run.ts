import type { Decide, Outcome } from '../stage/plan.js';
import { applyCalls, withState } from '../stage/result.js';
import type { StageTarget } from './target.js';

/** What an edit of a target would do. */
export const foresee = async (target: StageTarget, decide: Decide): Promise<Outcome> => {
  if (target.foresee) return target.foresee(decide);
  const before = await target.read();
  const calls = decide(before);
  return { before, after: applyCalls(before, calls), calls: withState(calls, 'not-made') };
};

/** A target that decides and applies to the copy in hand, and writes nothing. */
export const dryRun = (target: StageTarget): StageTarget => ({
  ...target,
  edit: (decide) => foresee(target, decide),
});
