/** The edit of the stage that an action of a rollout stands for. */
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

/** What the user would have typed. */
interface Typed {
  readonly command: EditCommand;
  readonly options: PlanInput['options'];
  readonly choices?: readonly Choice[];
}

const canaryVariable = propertyNamed('canarySettings.stageVariableOverrides.{name}');

const choicesOf = ({ variables }: CanaryStart): readonly Choice[] =>
  Object.entries(variables).map(([name, text]) => ({
    ...{ property: canaryVariable, name, text },
    word: `--canary-variable ${name}`,
  }));

const typedFor = (action: EditAction, state: RolloutState): Typed => {
  const { deploymentId, before, servesSince } = state;
  const { start } = state.plan;
  const expecting = { 'expect-canary-deployment-id': deploymentId };
  // Before the first step is served, the canary may be the one that the rollout replaces.
  if (action.do === 'abort') return { command: abortCanary, options: servesSince === undefined ? {} : expecting };
  if (action.do === 'promote')
    return { command: promoteCanary, options: { ...expecting, 'end-canary': action.ends || undefined } };
  const percent = String(action.percent);
  if (!start || servesSince !== undefined) return { command: shiftCanary, options: { ...expecting, percent } };
  const options = {
    'deployment-id': start.deploymentId,
    'create-deployment': start.deploymentId === undefined || undefined,
    description: start.description,
    'percent-traffic': percent,
    'use-stage-cache': start.useStageCache || undefined,
    replace: before !== undefined || undefined,
  };
  return { command: startCanary, options, choices: choicesOf(start) };
};

/** The edit of an action. Its command refuses to write if somebody else changed the canary. */
export const stepEdit = (
  action: EditAction,
  state: RolloutState,
): { readonly command: EditCommand; readonly input: Omit<PlanInput, 'stage'> } => {
  const { command, options, choices = [] } = typedFor(action, state);
  const plan: EditCommand['plan'] = (input) => {
    const change = foreignChange(state, input.stage);
    if (change !== undefined) return refuse('expectation', 'foreign-change', `${change} The rollout stops.`);
    const [planned, overridden] = [command.plan(input), overriddenChange(state, input.stage)];
    if ('problems' in planned || overridden === undefined) return planned;
    return { ...planned, notices: [...planned.notices, { code: 'foreign-change', message: overridden }] };
  };
  const nothing = { methods: undefined, only: [], excluded: [], operations: [], notices: [] };
  return { command: { ...command, plan }, input: { ...nothing, choices, options, runId: state.id } };
};
