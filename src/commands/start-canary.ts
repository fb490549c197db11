import { mostDescription } from '../stage/canary-deployment.js';
import { resolve } from '../stage/choice.js';
import { changesBetween } from '../stage/diff.js';
import { removeAt, replaceAt } from '../stage/place.js';
import type { CanaryDeployment, Plan } from '../stage/plan.js';
import type { Problem } from '../stage/problem.js';
import { hasNothingToPromote } from '../stage/rules.js';
import type { CanarySettings, PatchOperation, Stage } from '../stage/stage.js';
import { endCanary, percentHint, percentTraffic, readPercent } from './canary.js';
import {
  type EditCommand,
  oneCall,
  optionsUnder,
  type PlanInput,
  type Request,
  refuse,
  usageProblem,
} from './command.js';
import { settingOptions } from './options.js';
import { contradictions } from './set.js';

const option = optionsUnder('Canary');

/** Checks the options that start a canary. */
export const checkStart = (request: Request): readonly Problem[] => {
  const { 'deployment-id': id, 'create-deployment': creates, description = '' } = request.options;
  const { 'percent-traffic': percent = '0' } = request.options;
  const wrong = [
    (id === undefined) === (creates === undefined) &&
      'Give either --deployment-id ID or, on a live stage, --create-deployment.',
    String(description).length > mostDescription &&
      `--description: expected at most ${mostDescription} characters, got ${String(description).length}.`,
    readPercent(percent) === undefined && `--percent-traffic: expected ${percentHint}, got ${percent}.`,
  ];
  return [
    ...wrong.flatMap((message) => (message === false ? [] : [usageProblem(message)])),
    ...contradictions(resolve(request.choices, {}).resolved),
  ];
};

/** The canary of the options, without its deployment. */
const wantedCanary = (input: PlanInput) => {
  const overrides = input.choices.map(({ name = '', text = '' }) => [name, text] as const);
  return {
    percentTraffic: readPercent(input.options['percent-traffic']) ?? 0,
    useStageCache: input.options['use-stage-cache'] === true,
    ...(overrides.length > 0 && { stageVariableOverrides: Object.fromEntries(overrides) }),
  };
};

/** Removals come first, to make room, and the percentage last: traffic goes to a complete canary. */
const settingUp = (stage: Stage, canarySettings: CanarySettings): readonly PatchOperation[] => {
  const changes = changesBetween(stage, { ...stage, canarySettings })
    // An absent useStageCache means false.
    .filter(({ before = false, after }) => before !== after);
  const rank = ({ place, after }: (typeof changes)[number]): number =>
    after === undefined ? 0 : place.property === percentTraffic.property ? 2 : 1;
  return [...changes]
    .sort((one, other) => rank(one) - rank(other))
    .map(({ place, after }) => (after === undefined ? removeAt(place) : replaceAt(place, after)));
};

/** The refusal to replace a running canary; undefined if no canary is in the way. */
const refuseRunning = ({ stage, options }: PlanInput): Plan | undefined => {
  if (options['replace'] === true || hasNothingToPromote(stage)) return undefined;
  const { deploymentId, percentTraffic: percent } = stage.canarySettings ?? {};
  return refuse(
    'expectation',
    'canary-running',
    `A canary of deployment ${deploymentId} is running, at ${percent} percent. To change its traffic: stage shift-canary TARGET PERCENT. To start this one instead, add --replace.`,
  );
};

const refuseUseless = ({ deploymentId }: Stage): Plan =>
  refuse(
    'expectation',
    'canary-on-own-deployment',
    `The stage serves deployment ${deploymentId} with these variables already, so the canary would test nothing. Give another --deployment-id, give --canary-variable, or start it anyway with --force.`,
  );

const onNewDeployment = (input: PlanInput): Plan => {
  const { stage, runId, options } = input;
  if (runId === undefined)
    return refuse('usage', 'usage', '--create-deployment is for live stages, such as API/STAGE, not for files.');
  const call: CanaryDeployment = {
    kind: 'CreateDeployment',
    runId,
    ...(typeof options['description'] === 'string' && { description: options['description'] }),
    canarySettings: wantedCanary(input),
  };
  // The earlier canary ends first: it is undocumented whether CreateDeployment removes its other overrides.
  const calls = stage.canarySettings === undefined ? [call] : [[endCanary], call];
  return refuseRunning(input) ?? { calls, notices: [] };
};

const onDeployment = (deploymentId: string, input: PlanInput): Plan => {
  const { stage, options } = input;
  const canarySettings: CanarySettings = { ...wantedCanary(input), deploymentId };
  const operations = settingUp(stage, canarySettings);
  // A job that runs again has nothing to do.
  if (operations.length === 0) return oneCall([]);
  const testsNothing = hasNothingToPromote({ ...stage, canarySettings }) && options['force'] !== true;
  return refuseRunning(input) ?? (testsNothing ? refuseUseless(stage) : oneCall(operations));
};

const planStart = (input: PlanInput): Plan => {
  const id = input.options['deployment-id'];
  return typeof id === 'string' ? onDeployment(id, input) : onNewDeployment(input);
};

export const startCanary: EditCommand = {
  name: 'start-canary',
  also: ['canary-start', 'create-canary', 'new-canary', 'begin-canary'],
  summary: 'Send part of the requests to another deployment',
  usage: '[TARGET]',
  example: 'stage start-canary prod.json --deployment-id dep123 --percent-traffic 10 --canary-variable color=green',
  does: 'edit',
  options: [
    option('deployment-id', 'ID', 'Deployment that the canary serves'),
    option('create-deployment', undefined, 'On a live stage: deploy the API as it is now, to the canary alone'),
    option('description', 'TEXT', 'Description of that deployment', { needs: ['create-deployment'] }),
    option('percent-traffic', 'NUMBER', 'Percentage of requests that the canary receives', { default: '5' }),
    ...settingOptions.filter(({ name }) => name === 'canary-variable'),
    option('use-stage-cache', undefined, 'Let the canary use the cache of the stage'),
    option('replace', undefined, 'Replace the running canary'),
  ],
  targets: 1,
  words: 'none',
  check: checkStart,
  plan: planStart,
};
