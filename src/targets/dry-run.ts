import type { Decide, Outcome } from '../stage/plan.js';
import { applyCalls, withState } from '../stage/result.js';
import type { Stage } from '../stage/stage.js';
import type { StageTarget } from './target.js';

const imagine = (before: Stage, decide: Decide): Outcome => {
  const calls = decide(before);
  return { before, after: applyCalls(before, calls), calls: withState(calls, 'not-made') };
};

/** What an edit of a target would do. */
export const foresee = async (target: StageTarget, decide: Decide): Promise<Outcome> =>
  target.foresee ? target.foresee(decide) : imagine(await target.read(), decide);

/** A target that decides and applies to the copy in hand, and writes nothing. */
export const dryRun = (target: StageTarget): StageTarget => ({
  ...target,
  edit: (decide) => foresee(target, decide),
});
