/** What became of a call whose answer was lost, by the stage that is read afterwards. */
import { changesBetween } from '../../stage/changes.js';
import { readLeaf } from '../../stage/place.js';
import type { CallState } from '../../stage/plan.js';
import type { Stage } from '../../stage/stage.js';
import type { Step } from './foreseen.js';

const isSameUpdate = (held: Stage, now: Stage): boolean => held.lastUpdatedDate === now.lastUpdatedDate;

const isUntouched = (held: Stage, now: Stage): boolean =>
  isSameUpdate(held, now) && changesBetween(held, now).length === 0;

/**
 * Made, where all that the call changes is as foreseen; not made, where all of it is as before; else unknown: somebody else has been
 * there too. `held` is the stage as API Gateway last answered with it.
 */
export const whatBecameOf = (step: Step, held: Stage, now: Stage): CallState => {
  // Its effect is not known, so only a stage that nobody has touched tells.
  if (step.unproven.length > 0) return isUntouched(held, now) ? 'not-made' : 'unknown';
  const isAll = (stage: Stage): boolean =>
    step.changes.every(({ place }) => readLeaf(now, place) === readLeaf(stage, place));
  // What changes nothing can be sent again without harm.
  // As it was, and touched meanwhile: the edit may have been made, and undone by somebody else.
  if (isAll(held)) return isSameUpdate(held, now) || step.changes.length === 0 ? 'not-made' : 'unknown';
  return isAll(step.after) ? 'made' : 'unknown';
};
