/** Wraps targets: a dry run does not write, and a confirmed target asks first. */
import { changesBetween } from '../stage/diff.js';
import { readableName } from '../stage/method.js';
import { coveredBy, findPlace } from '../stage/place.js';
import type { Calls, Decide, Outcome } from '../stage/plan.js';
import { StageError } from '../stage/problem.js';
import { applyCalls, plannedOperations, withState } from '../stage/result.js';
import type { StageTarget } from './target.js';

const foresee = async (target: StageTarget, decide: Decide): Promise<Outcome> => {
  if (target.foresee) return target.foresee(decide);
  const before = await target.read();
  const calls = decide(before);
  const after = applyCalls(before, calls);
  await target.check?.(after);
  return { before, after, calls: withState(calls, 'not-made') };
};

/** A target that foresees the result of an edit and writes nothing. */
export const dryRun = (target: StageTarget): StageTarget => ({ ...target, edit: (decide) => foresee(target, decide) });

/**
 * A target that asks before it changes: `confirm` gets the foreseen outcome, and throws to prevent it. Then the edit
 * does exactly that, or nothing: what it touches or reads must be unchanged. An edit without changes needs no
 * confirmation.
 */
export const confirmed = (target: StageTarget, confirm: (outcome: Outcome) => Promise<void>): StageTarget => ({
  ...target,
  edit: async (decide) => {
    let calls: Calls = [];
    const shown = await foresee(target, (stage) => {
      calls = decide(stage);
      return calls;
    });
    // The calls of a target that foresees count even without a change: one may have an unknown effect.
    const writes = target.foresee ? shown.calls : changesBetween(shown.before, shown.after);
    if (writes.length > 0) await confirm(shown);
    const paths = plannedOperations(calls).flatMap((each) =>
      each.op === 'copy' ? [each.path, each.from] : [each.path],
    );
    const isTouched = coveredBy(paths.flatMap((path) => findPlace(path) ?? []));
    return target.edit((now) => {
      const problems = changesBetween(shown.before, now, isTouched).map(({ place }) => ({
        code: 'concurrent-change',
        message: `${target.label}: ${readableName(place)} changed while you were asked. Nothing was written; run the command again.`,
      }));
      if (problems.length > 0) throw new StageError('expectation', problems);
      return calls;
    });
  },
});
