import type { Plan } from '../stage/plan.js';
import { differingOverrides, hasNothingToPromote } from '../stage/rules.js';
import type { PatchOperation, Stage } from '../stage/stage.js';
import { endCanary, expectedCanary, expectingCanary, testsOfCanary } from './canary.js';
import { type EditCommand, oneCall, optionsUnder, type PlanInput, refuse } from './command.js';

// The copies come first: API Gateway refuses them if there is no canary. A replace would start a new canary on the stage's own
// deployment, and promote nothing.
const promotion: readonly PatchOperation[] = [
  { op: 'copy', from: '/canarySettings/stageVariableOverrides', path: '/variables' },
  { op: 'copy', from: '/canarySettings/deploymentId', path: '/deploymentId' },
  { op: 'replace', path: '/canarySettings/percentTraffic', value: '0.0' },
];

const noCanary = ({ deploymentId = 'an unknown deployment' }: Stage, expected: string | undefined): Plan => {
  const found = expected !== undefined ? `: the stage serves ${deploymentId}, not ${expected}` : '';
  return refuse('expectation', 'no-canary', `There is no canary to promote${found}.`);
};

const nothingToPromote = ({ deploymentId }: Stage): Plan => {
  const why = `the stage already has the deployment (${deploymentId}) and the variables of its canary`;
  return refuse('expectation', 'nothing-to-promote', `Nothing to promote: ${why}. --end-canary ends the canary.`);
};

const planPromotion = ({ stage, options }: PlanInput): Plan => {
  const id = expectedCanary({ options });
  const tests = testsOfCanary({ options });
  const ends = options['end-canary'] === true;
  // A job that runs again has nothing to do. --end-canary ends only the expected canary.
  if (id !== undefined && stage.deploymentId === id && differingOverrides(stage).length === 0)
    return oneCall(ends && stage.canarySettings !== undefined ? [...tests, endCanary] : []);
  if (stage.canarySettings === undefined) return noCanary(stage, id);
  // A partial stage may not say what its canary serves.
  const isPromoted = stage.canarySettings.deploymentId !== undefined && hasNothingToPromote(stage);
  if (isPromoted && tests.length === 0) return ends ? oneCall([endCanary]) : nothingToPromote(stage);
  const promote = [...tests, ...promotion];
  // A second call: whether API Gateway accepts the copies and the removal in one call is undocumented.
  return { calls: ends ? [promote, [endCanary]] : [promote], notices: [] };
};

export const promoteCanary: EditCommand = {
  name: 'promote-canary',
  also: ['promote', 'canary-promote', 'promote-stage'],
  summary: "Give the canary's deployment and variables to the stage",
  usage: '[TARGET]',
  example: 'stage promote-canary prod.json --end-canary',
  does: 'edit',
  options: [
    expectingCanary('Promotion', 'Promote only this deployment; nothing to do if the stage serves it already'),
    optionsUnder('Promotion')('end-canary', undefined, 'Remove the canary afterwards (default: it stays at 0 percent)'),
  ],
  targets: 1,
  words: 'none',
  intends: ['canary-at-zero', 'canary-on-own-deployment'],
  plan: planPromotion,
};
