/** What became of a call whose answer was lost, by the stage that is read afterwards. */
import { type Change, changesBetween } from '../../stage/diff.js';
import { readLeaf } from '../../stage/place.js';
import type { CallState } from '../../stage/plan.js';
import type { Stage } from '../../stage/stage.js';
import type { Step } from './foreseen.js';

const areAll = (changes: readonly Change[], stage: Stage, side: 'before' | 'after'): boolean =>
  changes.every((change) => readLeaf(stage, change.place) === change[side]);

const isUntouched = (held: Stage, now: Stage): boolean =>
  held.lastUpdatedDate === now.lastUpdatedDate && changesBetween(held, now).length === 0;

/**
 * Made, where all that the call changes is as foreseen; not made, where all of it is as before; unknown, where somebody else has
 * been there too. `held` is the stage as API Gateway last answered with it.
 */
export const whatBecameOf = (step: Step, held: Stage, now: Stage): CallState => {
  // Its effect is not known, so only a stage that nobody has touched tells.
  if (step.unproven.length > 0) return isUntouched(held, now) ? 'not-made' : 'unknown';
  // What changes nothing can be sent again without harm.
  if (areAll(step.changes, now, 'before')) return 'not-made';
  return areAll(step.changes, now, 'after') ? 'made' : 'unknown';
};
