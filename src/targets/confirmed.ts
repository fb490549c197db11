import { changesBetween } from '../stage/changes.js';
import { diffStages } from '../stage/diff.js';
import type { Outcome } from '../stage/plan.js';
import { failure, type StageError } from '../stage/problem.js';
import type { Stage } from '../stage/stage.js';
import { foresee } from './dry-run.js';
import type { StageTarget } from './target.js';

const changedMeanwhile = (label: string): StageError =>
  failure(
    'expectation',
    'changed-meanwhile',
    `${label} was changed by somebody else while you were asked, so nothing was written. Run the command again.`,
  );

/** Whether an edit writes nothing. A target that foresees knows its calls: one of them may change what nobody can foresee. */
const isIdle = ({ before, after, calls }: Outcome, target: StageTarget): boolean =>
  target.foresee ? calls.length === 0 : changesBetween(before, after).length === 0;

/** What an edit was decided on is what is there. Dates and cacheClusterStatus change by themselves. */
const isUnchanged = (shown: Stage, now: Stage): boolean => {
  const { operations, problems } = diffStages(shown, now);
  return operations.length === 0 && problems.length === 0;
};

/**
 * A target that asks before it is changed: `confirm` is shown what would happen, and throws to prevent it. What is then done
 * is what was shown, or nothing. An edit that changes nothing is not asked for.
 */
export const confirmed = (target: StageTarget, confirm: (outcome: Outcome) => Promise<void>): StageTarget => ({
  ...target,
  edit: async (decide) => {
    const shown = await foresee(target, decide);
    if (isIdle(shown, target)) return target.edit(decide);
    await confirm(shown);
    return target.edit((stage) => {
      if (!isUnchanged(shown.before, stage)) throw changedMeanwhile(target.label);
      return decide(stage);
    });
  },
});
