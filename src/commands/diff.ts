import type { Comparison } from '../stage/comparison.js';
import { type Desired, goalOf } from '../stage/desired.js';
import { changesBetween, diffStages, diffUnknown, type Wanted } from '../stage/diff.js';
import type { Notice } from '../stage/plan.js';
import { type Problem, StageError } from '../stage/problem.js';
import { respelled, spellings } from '../stage/respell.js';
import type { Stage } from '../stage/stage.js';
import { optionsUnder, type PlanInput, type RunCommand } from './command.js';
import { documentOptions, selecting, unknownChoices } from './selecting.js';

const check = (problems: readonly Problem[]): void => {
  if (problems.length > 0) throw new StageError('usage', problems);
};

const asNotice = ({ code, message }: Problem): Notice => ({ code, message });

const comparison = (
  before: Stage,
  after: Stage,
  wanted: Wanted | undefined,
  notices: readonly Notice[],
): Comparison => {
  const changes = changesBetween(before, after, wanted);
  let patch: ReturnType<typeof diffStages> | undefined;
  const unknown = wanted === undefined ? diffUnknown(before, after, true) : [];
  return {
    before,
    after,
    changes,
    count: changes.length + unknown.length,
    notices: [...notices, ...unknown.map(asNotice)],
    patch: () => {
      patch ??= diffStages(before, after, wanted);
      return { operations: patch.operations, notices: patch.problems.map(asNotice) };
    },
  };
};

/** Compares two stages. */
export const compareStages = (input: PlanInput, other: Stage): Comparison => {
  check(unknownChoices(input, other, 'of the two stages'));
  const after = respelled(other, spellings(other, input.stage));
  const isAll = input.only.length + input.excluded.length === 0;
  return comparison(input.stage, after, isAll ? undefined : selecting(input, after), []);
};

/** Compares a stage with a document. */
export const compareDesired = (input: PlanInput, desired: Desired): Comparison => {
  check(unknownChoices(input, desired.stage, 'the stage nor the document', desired));
  const isSelected = selecting(input, desired.stage);
  const goal = goalOf(input.stage, desired, { isSelected, prunes: input.options['prune'] === true });
  return comparison(input.stage, goal.stage, goal.wanted, goal.notices);
};

export const diff: RunCommand = {
  name: 'diff',
  also: ['compare', 'drift', 'delta'],
  summary: 'Compare two stages, or a stage with a file',
  usage: 'TARGET OTHER|-f DESIRED',
  example: 'stage diff staging.json prod.json --exclude deploymentId',
  does: 'diff',
  options: [
    ...documentOptions('Compare'),
    optionsUnder('Compare')('detailed-exitcode', undefined, 'Exit with 2 if something differs'),
  ],
  targets: 2,
  takes: 'two stages, or TARGET and -f DESIRED',
  isWithin: ({ file }) => file !== undefined,
  words: 'none',
};
