/** The edit that an action of a rollout is: a command with its options, which plans on the stage as it is. */
import { abortCanary } from '../commands/abort-canary.js';
import { type EditCommand, type PlanInput, refuse } from '../commands/command.js';
import { promoteCanary } from '../commands/promote-canary.js';
import { shiftCanary } from '../commands/shift-canary.js';
import { startCanary } from '../commands/start-canary.js';
import type { Choice } from '../stage/choice.js';
import { propertyNamed } from '../stage/place.js';
import { foreignChange, overriddenChange } from './interference.js';
import type { CanaryStart, RolloutAction, RolloutState } from './types.js';

export type EditAction = Extract<RolloutAction, { readonly do: 'shift' | 'promote' | 'abort' }>;

/** What an edit command is asked to do. */
interface StepEdit {
  readonly command: EditCommand;
  readonly input: Omit<PlanInput, 'stage'>;
}

const canaryVariable = propertyNamed('canarySettings.stageVariableOverrides.{name}');

const choicesOf = ({ variables }: CanaryStart): readonly Choice[] =>
  Object.entries(variables).map(([name, text]) => ({
    ...{ property: canaryVariable, name, text },
    word: `--canary-variable ${name}`,
  }));

const startOptions = (start: CanaryStart, percent: number, isReplacing: boolean): PlanInput['options'] => ({
  ...(start.deploymentId === undefined ? { 'create-deployment': true } : { 'deployment-id': start.deploymentId }),
  ...(start.description !== undefined && { description: start.description }),
  'percent-traffic': String(percent),
  ...(start.useStageCache && { 'use-stage-cache': true }),
  ...(isReplacing && { replace: true }),
});

const expecting = ({ deploymentId }: RolloutState): PlanInput['options'] =>
  deploymentId === undefined ? {} : { 'expect-canary-deployment-id': deploymentId };

/** The command for an action, its options, and its choices. */
const requestOf = (action: EditAction, state: RolloutState) => {
  const { start } = state.plan;
  if (action.do === 'abort') return { command: abortCanary, options: expecting(state) };
  if (action.do === 'promote')
    return {
      command: promoteCanary,
      options: { ...expecting(state), ...(action.ends && { 'end-canary': true as const }) },
    };
  if (action.starts && start)
    return {
      command: startCanary,
      options: startOptions(start, action.percent, state.replaced !== undefined),
      choices: choicesOf(start),
    };
  return { command: shiftCanary, options: { percent: String(action.percent), ...expecting(state) } };
};

/** The edit of an action. */
export const stepEdit = (action: EditAction, state: RolloutState): StepEdit => {
  const { command, options, choices = [] } = requestOf(action, state);
  const nothing = { methods: undefined, only: [], excluded: [], operations: [], notices: [] };
  return { command, input: { ...nothing, choices, options, runId: state.id } };
};

/** The command, which stops where somebody else changed the canary: it looks at the very stage that it writes to. */
export const watchful = (command: EditCommand, state: RolloutState): EditCommand => ({
  ...command,
  plan: (input) => {
    const change = foreignChange(state, input.stage);
    if (change !== undefined) return refuse('expectation', 'foreign-change', `${change} The rollout stops.`);
    const [plan, overridden] = [command.plan(input), overriddenChange(state, input.stage)];
    if ('problems' in plan || overridden === undefined) return plan;
    return { ...plan, notices: [...plan.notices, { code: 'foreign-change', message: overridden }] };
  },
});
