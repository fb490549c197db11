import type { PatchOperation } from '../stage/operation.js';
import type { PatchContext } from '../stage/patch.js';
import type { Stage } from '../stage/stage.js';
import { deploymentInput, readInput, settingAll } from './input.js';
import { apiOf, type Backend, badRequest, created, dated, dateNow, type Operation, ok, pageOf } from './operation.js';
import { allStages, editStage, newStage } from './stages.js';
import { type Api, contextOf, type Item, isName } from './store.js';
import { ApiError } from './wire.js';

const deploymentsNamedIn = (stages: readonly Stage[]): readonly string[] =>
  stages.flatMap(({ deploymentId, canarySettings }) =>
    [deploymentId, canarySettings?.deploymentId].flatMap((id) => id ?? []),
  );

/** The deployments that are written down, or else those that stages name and those that were made here. */
const deploymentsOf = async (api: Api, backend: Backend): Promise<readonly Item[]> => {
  if (api.deployments !== undefined) return api.deployments.map((deployment) => dated(deployment, backend));
  const stages = (await allStages(api, backend)).map(([, stage]) => stage);
  const named = deploymentsNamedIn(stages).map((id): Item => ({ id }));
  const all = new Map([...named, ...backend.store.remembered(api.id)].map((deployment) => [deployment.id, deployment]));
  return [...all.values()].map((deployment) => dated(deployment, backend));
};

export const getDeployments: Operation = async (request, backend) =>
  ok(pageOf(await deploymentsOf(apiOf(request, backend), backend), request.query));

export const getDeployment: Operation = async (request, backend) => {
  const deployments = await deploymentsOf(apiOf(request, backend), backend);
  const found = deployments.find(({ id }) => id === request.parameters['deploymentId']);
  if (found === undefined) throw new ApiError('NotFoundException', 'Invalid Deployment identifier specified');
  return ok(found);
};

const idCharacters = 'abcdefghijklmnopqrstuvwxyz0123456789';

const newDeploymentId = (taken: readonly Item[], backend: Backend): string => {
  const draw = () => idCharacters[Math.floor(backend.world.random() * idCharacters.length)] ?? '';
  const id = Array.from({ length: 6 }, draw).join('');
  return taken.some((deployment) => deployment.id === id) ? newDeploymentId(taken, backend) : id;
};

// API Gateway's sentences; all were recorded, save that of a canary which is enabled: users of CloudFormation report it.
const invalidDeployment = (why: string): ApiError => badRequest(`Invalid deployment content specified.${why}`);

/** What a deployment does to the stage that it is made for. */
const deploymentTo = (id: string, name: string, input: Stage, stage: Stage): readonly PatchOperation[] => {
  const { canarySettings, ...others } = input;
  if (canarySettings !== undefined) {
    // Recorded: a later canary's settings take the place of an earlier one's. That no other override stays is a guess.
    const end: readonly PatchOperation[] = stage.canarySettings ? [{ op: 'remove', path: '/canarySettings' }] : [];
    return [...end, ...settingAll({ ...others, canarySettings: { ...canarySettings, deploymentId: id } })];
  }
  if (stage.canarySettings !== undefined)
    throw invalidDeployment(
      `Non canary deployment not supported on stage ${name} because Canary is enabled. Provide CanarySettings in deploymentInput.`,
    );
  return settingAll({ ...others, deploymentId: id });
};

/** What is known once there is one more deployment. */
const contextWith = (api: Api, id: string): PatchContext => {
  const { deploymentIds } = contextOf(api);
  return deploymentIds === undefined ? {} : { deploymentIds: [...deploymentIds, id] };
};

/** Gives a deployment to a stage, which is made if it is not there. */
const deploy = async (api: Api, id: string, input: Stage, backend: Backend): Promise<void> => {
  const { stageName = '' } = input;
  const context = contextWith(api, id);
  const isThere = isName(stageName) && (await backend.store.stage(api.id, stageName)) !== undefined;
  if (isThere)
    await editStage(api, stageName, backend, { context, decide: (stage) => deploymentTo(id, stageName, input, stage) });
  else if (input.canarySettings === undefined) await newStage(api, { ...input, deploymentId: id }, context, backend);
  else throw invalidDeployment(`Stage ${stageName} must already be created before making a canary release deployment`);
};

const withoutStage = (input: Stage): boolean => input.stageName === undefined || input.stageName === '';

export const createDeployment: Operation = async (request, backend) => {
  const api = apiOf(request, backend);
  const { description, stageDescription, ...input } = readInput(request.body, deploymentInput);
  if (withoutStage(input) && input.canarySettings !== undefined)
    throw invalidDeployment(
      `Non null and non empty stageName must be provided for canary deployment. Provided value is ${input.stageName ?? 'null'}`,
    );
  const id = newDeploymentId(await deploymentsOf(api, backend), backend);
  const ofStage = { ...input, ...(stageDescription !== undefined && { description: stageDescription }) };
  if (!withoutStage(input)) await deploy(api, id, ofStage, backend);
  const deployment: Item = {
    id,
    ...(description !== undefined && { description }),
    createdDate: dateNow(backend),
  };
  await backend.store.addDeployment(api.id, deployment);
  return created(dated(deployment, backend));
};
