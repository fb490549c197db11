import type { PatchOperation } from '../stage/operation.js';
import type { Plan } from '../stage/plan.js';
import type { Stage } from '../stage/stage.js';
import { type Flag, oneCall, type PlanInput, refuse, type StageCommand } from './command.js';

const flags: readonly Flag[] = [
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

/** Whether the stage already has all that its canary could give it. */
const isPromoted = (stage: Stage): boolean =>
  !differs(stage) && (stage.canarySettings === undefined || stage.canarySettings.deploymentId === stage.deploymentId);

const noCanary = refuse('expectation', 'no-canary', 'There is no canary to promote.');

const nothingNew = ({ deploymentId }: Stage): Plan =>
  refuse(
    'expectation',
    'nothing-to-promote',
    `The canary serves deployment ${deploymentId}, which the stage serves already, and overrides no variable: there is nothing ` +
      'to promote. --end-canary ends it.',
  );

const expected = (id: string): readonly PatchOperation[] => [
  { op: 'test', path: '/canarySettings/deploymentId', value: id },
];

const finish = ({ stage, options }: PlanInput): Plan =>
  oneCall(stage.canarySettings !== undefined && options['end-canary'] === true ? ending : []);

const planPromotion = (input: PlanInput): Plan => {
  const { stage, options } = input;
  const id = options['expect-canary-deployment-id'];
  // So that a job which runs again finds its work done.
  if (typeof id === 'string' && stage.deploymentId === id && isPromoted(stage)) return finish(input);
  const tests = typeof id === 'string' ? expected(id) : [];
  if (stage.canarySettings === undefined) return noCanary;
  if (isPromoted(stage)) {
    if (tests.length > 0) return { calls: [tests], notices: [] };
    return options['end-canary'] === true ? finish(input) : nothingNew(stage);
  }
  const promote = [...tests, ...promotion];
  return { calls: options['end-canary'] === true ? [promote, ending] : [promote], notices: [] };
};

export const promoteCanary: StageCommand = {
  name: 'promote-canary',
  summary: "Give the canary's deployment and variables to the whole stage",
  usage: '[TARGET]',
  example: 'stage promote-canary prod.json --end-canary',
  flags,
  words: 'none',
  intends: ['canary-at-zero', 'canary-on-own-deployment'],
  plan: planPromotion,
};
