import type { PatchOperation } from '../stage/operation.js';
import type { Plan } from '../stage/plan.js';
import type { Stage } from '../stage/stage.js';
import { type CommandOption, type EditCommand, oneCall, type PlanInput, refuse } from './command.js';

const options: readonly CommandOption[] = [
  {
    name: 'expect-canary-deployment-id',
    kind: 'text',
    argument: 'ID',
    heading: 'Promotion',
    help: 'Promote this deployment or none; where the stage serves it already, there is nothing to do',
  },
  {
    name: 'end-canary',
    kind: 'switch',
    heading: 'Promotion',
    help: 'Remove the canary afterwards; otherwise it stays, at 0 percent',
  },
];

// The copies come first: when the canary has gone meanwhile API Gateway refuses them, where a replace would make a new one
// on the stage's own deployment, and promote nothing.
const promotion: readonly PatchOperation[] = [
  { op: 'copy', from: '/canarySettings/stageVariableOverrides', path: '/variables' },
  { op: 'copy', from: '/canarySettings/deploymentId', path: '/deploymentId' },
  { op: 'replace', path: '/canarySettings/percentTraffic', value: '0.0' },
];

// Nobody has shown the copies and the removal in one call.
const ending: readonly PatchOperation[] = [{ op: 'remove', path: '/canarySettings' }];

const differs = ({ variables = {}, canarySettings }: Stage): boolean =>
  Object.entries(canarySettings?.stageVariableOverrides ?? {}).some(
    ([name, value]) => !Object.hasOwn(variables, name) || variables[name] !== value,
  );

/** Whether the stage already has all that its canary could give it. A partial stage may not say what either serves. */
const isPromoted = (stage: Stage): boolean =>
  !differs(stage) && stage.deploymentId !== undefined && stage.canarySettings?.deploymentId === stage.deploymentId;

const noCanary = (
  { deploymentId = 'no deployment that it names' }: Stage,
  expected: string | true | undefined,
): Plan => {
  const found = typeof expected === 'string' ? `: the stage serves ${deploymentId}, and ${expected} was expected` : '';
  return refuse('expectation', 'no-canary', `There is no canary to promote${found}.`);
};

const nothingNew = ({ deploymentId }: Stage): Plan =>
  refuse(
    'expectation',
    'nothing-to-promote',
    `The canary serves deployment ${deploymentId}, which the stage serves already, and gives no variable another value: there is ` +
      'nothing to promote. --end-canary ends it.',
  );

const expected = (id: string): readonly PatchOperation[] => [
  { op: 'test', path: '/canarySettings/deploymentId', value: id },
];

const planPromotion = ({ stage, options }: PlanInput): Plan => {
  const id = options['expect-canary-deployment-id'];
  const tests = typeof id === 'string' ? expected(id) : [];
  const ends = options['end-canary'] === true;
  // So that a job which runs again finds its work done. A canary is ended only if it is the one that is expected.
  if (typeof id === 'string' && stage.deploymentId === id && !differs(stage))
    return oneCall(ends && stage.canarySettings !== undefined ? [...tests, ...ending] : []);
  if (stage.canarySettings === undefined) return noCanary(stage, id);
  if (isPromoted(stage) && tests.length === 0) return ends ? oneCall(ending) : nothingNew(stage);
  const promote = [...tests, ...promotion];
  return { calls: ends ? [promote, ending] : [promote], notices: [] };
};

export const promoteCanary: EditCommand = {
  name: 'promote-canary',
  summary: "Give the canary's deployment and variables to the whole stage",
  usage: '[TARGET]',
  example: 'stage promote-canary prod.json --end-canary',
  does: 'edit',
  options,
  targets: 1,
  words: 'none',
  intends: ['canary-at-zero', 'canary-on-own-deployment'],
  plan: planPromotion,
};
