/** The edit of the stage that an action of a rollout stands for. */
import { abortCanary } from '../commands/abort-canary.js';
import { type EditCommand, type PlanInput, refuse } from '../commands/command.js';
import { promoteCanary } from '../commands/promote-canary.js';
import { shiftCanary } from '../commands/shift-canary.js';
import { startCanary } from '../commands/start-canary.js';
import type { Choice } from '../stage/choice.js';
import { propertyNamed } from '../stage/place.js';
import { foreignChange, overriddenChange } from './interference.js';
import type { RolloutAction, RolloutPlan, RolloutState } from './types.js';

export type EditAction = Extract<RolloutAction, { readonly do: 'shift' | 'promote' | 'abort' }>;

const property = propertyNamed('canarySettings.stageVariableOverrides.{name}');

const variablesOf = ({ start }: RolloutPlan): readonly Choice[] =>
  Object.entries(start?.variables ?? {}).map(([name, text]) => ({ property, name, text }));

/** The command and the options that a user would have typed. */
const typedFor = (action: EditAction, state: RolloutState): readonly [EditCommand, PlanInput['options']] => {
  const { deploymentId, before, servesSince } = state;
  const { start } = state.plan;
  const expecting = { 'expect-canary-deployment-id': deploymentId };
  // Before the first step is served, the canary may be the one that the rollout replaces.
  if (action.do === 'abort') return [abortCanary, servesSince === undefined ? {} : expecting];
  if (action.do === 'promote') return [promoteCanary, { ...expecting, 'end-canary': action.ends || undefined }];
  const percent = String(action.percent);
  if (!start || servesSince !== undefined) return [shiftCanary, { ...expecting, percent }];
  const options = {
    'deployment-id': start.deploymentId,
    'create-deployment': start.deploymentId === undefined || undefined,
    description: start.description,
    'percent-traffic': percent,
    'use-stage-cache': start.useStageCache || undefined,
    replace: before !== undefined || undefined,
  };
  return [startCanary, options];
};

/** The edit of an action. Its command refuses to write if somebody else changed the canary. */
export const stepEdit = (action: EditAction, state: RolloutState) => {
  const [command, options] = typedFor(action, state);
  const plan: EditCommand['plan'] = (input) => {
    const change = foreignChange(state, input.stage);
    if (change !== undefined) return refuse('expectation', 'foreign-change', `${change} The rollout stops.`);
    const [planned, overridden] = [command.plan(input), overriddenChange(state, input.stage)];
    if ('problems' in planned || overridden === undefined) return planned;
    return { ...planned, notices: [...planned.notices, { code: 'foreign-change', message: overridden }] };
  };
  const nothing = { methods: undefined, only: [], excluded: [], operations: [], notices: [] };
  const input = { ...nothing, choices: variablesOf(state.plan), options, runId: state.id };
  return { command: { ...command, plan }, input };
};
