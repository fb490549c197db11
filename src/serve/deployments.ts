/** Deployments: listed, made, described and deleted. */
import type { PatchOperation } from '../stage/stage.js';
import { isObject, type Stage } from '../stage/stage.js';
import {
  type ApiRequest,
  apiOf,
  type Backend,
  dated,
  dateNow,
  deploymentInput,
  type Operation,
  operationsIn,
  pageOf,
  readInput,
  settingAll,
} from './operation.js';
import { contextOf, editServedStage, newStage } from './stages.js';
import type { Api, Item } from './store.js';
import { type ApiError, accepted, badRequest, created, notFound, ok } from './wire.js';

/** The deployments that stages or their canaries serve. */
const activeIds = async (api: Api, backend: Backend): Promise<readonly string[]> =>
  (await backend.store.stages(api.id, backend.log)).flatMap(({ stage: { deploymentId, canarySettings } }) =>
    [deploymentId, canarySettings?.deploymentId].flatMap((id) => id ?? []),
  );

/** The deployments that the API's file lists; where it lists none, those that stages name and those that were made here. */
const deploymentsOf = async (api: Api, backend: Backend): Promise<readonly Item[]> => {
  if (api.deployments !== undefined) return api.deployments;
  const named = (await activeIds(api, backend)).map((id): Item => ({ id }));
  const all = new Map([...named, ...backend.store.remembered(api.id)].map((deployment) => [deployment.id, deployment]));
  return [...all.values()];
};

export const getDeployments: Operation = async (request) => {
  const deployments = await deploymentsOf(apiOf(request), request);
  const { item, ...more } = pageOf(deployments, request.query);
  return ok({ ...more, item: item.map((deployment) => dated(deployment, request)) });
};

const deploymentIn = async (request: ApiRequest, api: Api): Promise<Item> => {
  const found = (await deploymentsOf(api, request)).find(({ id }) => id === request.parameters['deploymentId']);
  if (found === undefined) throw notFound('Invalid Deployment identifier specified');
  return found;
};

export const getDeployment: Operation = async (request) =>
  ok(dated(await deploymentIn(request, apiOf(request)), request));

/** What an operation says the description is to be. */
const descriptionIn = (operation: unknown): string => {
  const { op, path, value } = isObject(operation) ? operation : {};
  if (op === 'replace' && path === '/description' && typeof value === 'string') return value;
  throw badRequest(`A deployment takes replace at /description with a string as its value, got ${op} at ${path}`);
};

export const updateDeployment: Operation = async (request) => {
  const api = apiOf(request);
  const before = await deploymentIn(request, api);
  const description = operationsIn(request).map(descriptionIn).at(-1);
  if (description === undefined) return ok(dated(before, request));
  const after = { ...before, description };
  await request.store.editDeployments(api.id, (all) =>
    all.some(({ id }) => id === after.id) ? all.map((one) => (one.id === after.id ? after : one)) : [...all, after],
  );
  return ok(dated(after, request));
};

export const deleteDeployment: Operation = async (request) => {
  const api = apiOf(request);
  const deployment = await deploymentIn(request, api);
  if ((await activeIds(api, request)).includes(deployment.id))
    throw badRequest('Active stages pointing to this deployment must be moved or deleted');
  await request.store.editDeployments(api.id, (all) => all.filter(({ id }) => id !== deployment.id));
  return accepted;
};

const idCharacters = 'abcdefghijklmnopqrstuvwxyz0123456789';

const newDeploymentId = (random: () => number): string =>
  Array.from({ length: 6 }, () => idCharacters[Math.floor(random() * idCharacters.length)]).join('');

// API Gateway's sentences. All are recorded, except that of an enabled canary: users of CloudFormation report it.
const invalidDeployment = (why: string): ApiError => badRequest(`Invalid deployment content specified.${why}`);

/** What a deployment does to the stage that it is made for. */
const deploymentTo = (id: string, name: string, input: Stage, stage: Stage): readonly PatchOperation[] => {
  const { canarySettings, ...others } = input;
  if (canarySettings !== undefined) {
    // Recorded: a later canary's settings replace an earlier one's. That no other override stays is a guess.
    const end: readonly PatchOperation[] = stage.canarySettings ? [{ op: 'remove', path: '/canarySettings' }] : [];
    return [...end, ...settingAll({ ...others, canarySettings: { ...canarySettings, deploymentId: id } })];
  }
  if (stage.canarySettings !== undefined)
    throw invalidDeployment(
      `Non canary deployment not supported on stage ${name} because Canary is enabled. Provide CanarySettings in deploymentInput.`,
    );
  return settingAll({ ...others, deploymentId: id });
};

/** Gives a deployment to a stage, which is made if it is not there. */
const deploy = async (api: Api, id: string, input: Stage, backend: Backend): Promise<void> => {
  const { stageName = '' } = input;
  const context = contextOf(api.deployments ? { deployments: [...api.deployments, { id }] } : {}, backend);
  const edited = await editServedStage(api, stageName, context, backend, (stage) =>
    deploymentTo(id, stageName, input, stage),
  );
  if (edited !== undefined) return;
  if (input.canarySettings !== undefined)
    throw invalidDeployment(`Stage ${stageName} must already be created before making a canary release deployment`);
  await newStage(api, { ...input, deploymentId: id }, context, backend);
};

export const createDeployment: Operation = async (request) => {
  const api = apiOf(request);
  const { description, stageDescription, ...input } = readInput(request.body, deploymentInput);
  const { stageName, canarySettings } = input;
  if (!stageName && canarySettings !== undefined)
    throw invalidDeployment(
      `Non null and non empty stageName must be provided for canary deployment. Provided value is ${stageName ?? 'null'}`,
    );
  const id = newDeploymentId(request.world.random);
  const ofStage = { ...input, ...(stageDescription !== undefined && { description: stageDescription }) };
  if (stageName) await deploy(api, id, ofStage, request);
  const deployment: Item = { id, ...(description !== undefined && { description }), createdDate: dateNow(request) };
  await request.store.editDeployments(api.id, (all) => [...all, deployment]);
  return created(dated(deployment, request));
};
