import { type Desired, goalOf, isOutOfReach } from '../stage/desired.js';
import { diffStages } from '../stage/diff.js';
import { leavesOf, readLeaf } from '../stage/place.js';
import type { Plan } from '../stage/plan.js';
import {
  type EditCommand,
  inTheWay,
  oneCall,
  optionsUnder,
  type PlanInput,
  refuseStart,
  usageProblem,
} from './command.js';
import { documentOptions, selecting, unknownChoices } from './selecting.js';

const applied = (input: PlanInput, desired: Desired): Plan => {
  const { stage, options } = input;
  const slips = unknownChoices(input, desired.stage, 'the stage nor the document');
  if (slips.length > 0) return { kind: 'usage', problems: slips };
  const isSelected = selecting(input, desired.stage);
  const goal = goalOf(stage, desired, { isSelected, prunes: options['prune'] === true });
  const { operations, problems } = diffStages(stage, goal.stage, goal.wanted);
  const missed = problems.filter((problem) => isOutOfReach(problem, goal.stage));
  const left = inTheWay(
    problems.filter((problem) => !missed.includes(problem)),
    (place) => readLeaf(goal.stage, place) === undefined,
  );
  if (left.length > 0) return { kind: 'patch', problems: left };
  const outOfReach = missed.map(({ message }) => ({ code: 'out-of-reach', message }));
  const unreached = [...outOfReach, ...goal.notices.filter(({ code }) => code === 'unknown-values')];
  if (options['strict'] === true && unreached.length > 0) return { kind: 'patch', problems: unreached };
  const written = leavesOf(goal.stage).filter(goal.wanted);
  const start = refuseStart(input, written, 'stage', 'Say canarySettings.deploymentId in the document');
  return start ?? oneCall(operations, [...goal.notices, ...outOfReach]);
};

export const apply: EditCommand = {
  name: 'apply',
  also: ['converge', 'reconcile'],
  summary: 'Bring a stage to what a file says, with as few operations as possible',
  usage: '[TARGET] -f DESIRED',
  example: 'stage apply prod.json -f template.yaml#ProdStage --dry-run',
  does: 'edit',
  options: [
    ...documentOptions('Apply'),
    optionsUnder('Apply')('strict', undefined, 'Change nothing if something in the document cannot be reached'),
  ],
  targets: 1,
  words: 'none',
  keepsPlan: true,
  check: ({ options: { file } }) => (file === undefined ? [usageProblem('apply needs -f DESIRED.')] : []),
  plan: (input) => (input.desired === undefined ? oneCall([]) : applied(input, input.desired)),
};
