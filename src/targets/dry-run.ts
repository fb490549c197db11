import type { Calls, Outcome } from '../stage/plan.js';
import { applyCalls } from '../stage/result.js';
import type { Stage } from '../stage/stage.js';
import type { StageTarget } from './target.js';

/** What an edit would do to a stage in hand. */
export const imagine = (before: Stage, decide: (stage: Stage) => Calls): Outcome => {
  const calls = decide(before);
  return {
    before,
    after: applyCalls(before, calls),
    calls: calls.map((operations) => ({ operations, state: 'not-made' })),
  };
};

/** A target that decides and applies to the copy in hand, and writes nothing. */
export const dryRun = (target: StageTarget): StageTarget => ({
  ...target,
  edit: async (decide) => imagine(await target.read(), decide),
});
