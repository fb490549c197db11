import { absentStage } from '../stage/creation.js';
import { type Desired, type Goal, goalOf, isOutOfReach } from '../stage/desired.js';
import { diffStages, type Wanted } from '../stage/diff.js';
import { leavesOf, readLeaf } from '../stage/place.js';
import type { Plan } from '../stage/plan.js';
import { type EditCommand, inTheWay, oneCall, optionsUnder, type PlanInput, refuseStart } from './command.js';
import { idleDeployment, newDeployment, planCreation } from './creating.js';
import { documentOptions, selecting, unknownChoices } from './selecting.js';

/** `--deployment-id` overrides the document, so that a second run can finish what the first one started. */
const onDeployment = (desired: Desired, { options }: PlanInput): Desired => {
  const { deploymentId: _, ...stage } = desired.stage;
  return options['deployment-id'] === undefined ? desired : { ...desired, stage };
};

/** Codes of notices about parts of a document that the edit cannot apply. */
const unreached = ['out-of-reach', 'unknown-values', 'web-acl'];

/** `--strict`: applies the whole document or nothing. */
const strictly = (plan: Plan): Plan => {
  const missed = 'notices' in plan ? plan.notices.filter(({ code }) => unreached.includes(code)) : [];
  const message = 'Nothing was changed: with --strict, apply changes everything in the document or nothing.';
  return missed.length > 0 ? { kind: 'patch', problems: [...missed, { code: 'strict', message }] } : plan;
};

const updated = (input: PlanInput, goal: Goal): Plan => {
  const { operations, problems } = diffStages(input.stage, goal.stage, goal.wanted);
  const missed = problems.filter((problem) => isOutOfReach(problem, goal.stage));
  const left = inTheWay(
    problems.filter((problem) => !missed.includes(problem)),
    (place) => readLeaf(goal.stage, place) === undefined,
  );
  if (left.length > 0) return { kind: 'patch', problems: left };
  const outOfReach = missed.map(({ message }) => ({ code: 'out-of-reach', message }));
  const written = leavesOf(goal.stage).filter(goal.wanted);
  const start = refuseStart(input, written, 'stage', 'Say canarySettings.deploymentId in the document');
  return start ?? oneCall(operations, [...idleDeployment(input), ...goal.notices, ...outOfReach]);
};

const applied = (input: PlanInput, desired: Desired): Plan => {
  const { stage, options } = input;
  const slips = unknownChoices(input, desired.stage, 'the stage nor the document', desired);
  if (slips.length > 0) return { kind: 'usage', problems: slips };
  const isAsked = selecting(input, desired.stage);
  // A stage that --create may have made has the name of its target.
  const isSelected: Wanted = (place) =>
    isAsked(place) && (options['create'] !== true || place.property.name !== 'stageName');
  const goal = goalOf(stage, desired, { isSelected, prunes: options['prune'] === true });
  const plan = stage === absentStage ? planCreation(goal.stage, input, goal.notices) : updated(input, goal);
  return options['strict'] === true ? strictly(plan) : plan;
};

const option = optionsUnder('Apply');

export const apply: EditCommand = {
  name: 'apply',
  also: ['converge', 'reconcile'],
  summary: 'Change a stage to match a file, with as few operations as possible',
  usage: '[TARGET] -f DESIRED',
  example: 'stage apply prod.json -f template.yaml#ProdStage --dry-run',
  does: 'edit',
  options: [
    ...documentOptions('Apply', { isRequired: true }),
    option('create', undefined, 'Create the stage if it is not there; a live one with --deployment-id ID'),
    newDeployment('Apply'),
    option('strict', undefined, 'Change nothing if something in the document cannot be reached'),
  ],
  targets: 1,
  words: 'none',
  keepsPlan: true,
  plan: (input) => (input.desired === undefined ? oneCall([]) : applied(input, onDeployment(input.desired, input))),
};
