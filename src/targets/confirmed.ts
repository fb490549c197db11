import { changesBetween } from '../stage/diff.js';
import { readableName } from '../stage/method.js';
import { coveredBy, findPlace } from '../stage/place.js';
import type { Calls, Outcome } from '../stage/plan.js';
import { StageError } from '../stage/problem.js';
import type { PatchOperation, Stage } from '../stage/stage.js';
import { foresee } from './dry-run.js';
import type { StageTarget } from './target.js';

/** Whether an edit writes nothing. A target that foresees knows its calls: one may have an unknown effect. */
const isIdle = ({ before, after, calls }: Outcome, target: StageTarget): boolean =>
  target.foresee ? calls.length === 0 : changesBetween(before, after).length === 0;

/** Throws if what an edit touches or reads is not what was shown. */
const expectAsShown = (shown: Stage, now: Stage, operations: readonly PatchOperation[], label: string): void => {
  const paths = operations.flatMap((operation) =>
    operation.op === 'copy' ? [operation.path, operation.from] : [operation.path],
  );
  const isTouched = coveredBy(paths.flatMap((path) => findPlace(path) ?? []));
  const changes = changesBetween(shown, now, isTouched);
  if (changes.length === 0) return;
  const problems = changes.map(({ place }) => ({
    code: 'concurrent-change',
    message: `${label}: ${readableName(place)} changed while you were asked. Nothing was written; run the command again.`,
  }));
  throw new StageError('expectation', problems);
};

/**
 * A target that asks before it is changed: `confirm` is shown what would happen, and throws to prevent it. Then exactly that is done, or
 * nothing. An edit that changes nothing needs no question.
 */
export const confirmed = (target: StageTarget, confirm: (outcome: Outcome) => Promise<void>): StageTarget => ({
  ...target,
  edit: async (decide) => {
    let calls: Calls = [];
    const shown = await foresee(target, (stage) => {
      calls = decide(stage);
      return calls;
    });
    if (!isIdle(shown, target)) await confirm(shown);
    return target.edit((stage) => {
      expectAsShown(shown.before, stage, calls.flat(), target.label);
      return calls;
    });
  },
});
