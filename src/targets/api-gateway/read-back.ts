/** What became of a call whose answer was lost, by the stage that is read afterwards. */
import { changesBetween } from '../../stage/changes.js';
import { nameOf, readLeaf } from '../../stage/place.js';
import type { CallState } from '../../stage/plan.js';
import type { Stage } from '../../stage/stage.js';
import type { Step } from './foreseen.js';

const isSameUpdate = (held: Stage, now: Stage): boolean => held.lastUpdatedDate === now.lastUpdatedDate;

const isUntouched = (held: Stage, now: Stage): boolean =>
  isSameUpdate(held, now) && changesBetween(held, now).length === 0;

/** Whether somebody changed what the call does not. */
const isTouchedElsewhere = ({ changes }: Step, held: Stage, now: Stage): boolean => {
  const ours = new Set(changes.map(({ place }) => nameOf(place)));
  return changesBetween(held, now).some(({ place }) => !ours.has(nameOf(place)));
};

/**
 * Made, where all that the call asks for is as foreseen; not made, where all of it is as before; else unknown: somebody else has been
 * there too. `held` is the stage as API Gateway last answered with it.
 */
export const whatBecameOf = (step: Step, held: Stage, now: Stage): CallState => {
  // Its effect is not known, so only a stage that nobody has touched tells.
  if (step.unproven.length > 0) return isUntouched(held, now) ? 'not-made' : 'unknown';
  const isAll = (stage: Stage): boolean =>
    step.asked.every(({ place }) => readLeaf(now, place) === readLeaf(stage, place));
  if (!isAll(held)) return isAll(step.after) ? 'made' : 'unknown';
  // What changes nothing can be sent again without harm.
  if (step.asked.length === 0 || isSameUpdate(held, now)) return 'not-made';
  // As it was, and touched meanwhile: by whoever changed something else, or else it was made, and undone by somebody.
  return isTouchedElsewhere(step, held, now) ? 'not-made' : 'unknown';
};
