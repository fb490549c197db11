/** The account, REST APIs, their resources and their deployments. */
import { settingAll } from '../stage/creation.js';
import { isObject, type PatchOperation, type Stage } from '../stage/stage.js';
import {
  type ApiRequest,
  type Backend,
  checkInput,
  dated,
  dateNow,
  type Operation,
  operationsIn,
  pageOf,
  readInput,
} from './operation.js';
import { deploymentsIn, editServedStage, newStage } from './stages.js';
import type { Api, Item } from './store.js';
import { type ApiError, badRequest, notFound } from './wire.js';

const usualAccount = {
  throttleSettings: { burstLimit: 5000, rateLimit: 10_000 },
  features: ['UsagePlans'],
  apiKeyVersion: '4',
};

export const getAccount: Operation = async ({ store }) => ({ ...usualAccount, ...(await store.account()) });

const apiOnWire = ({ deployments: _, resources: __, ...api }: Api, backend: Backend): Item => dated(api, backend);

export const getRestApis: Operation = async (request) => {
  const apis = (await request.store.apis()).map((api) => apiOnWire(api, request));
  return pageOf(apis, request);
};

export const getRestApi: Operation = async (request) => apiOnWire(request.api, request);

const findItem = (items: readonly Item[], wanted: string, kind: string): Item => {
  const found = items.find(({ id }) => id === wanted);
  if (found === undefined) throw notFound(`Invalid ${kind} identifier specified`);
  return found;
};

const resourcesOf = ({ api: { id, resources } }: ApiRequest): readonly Item[] => {
  // An empty list would mean that the API has no methods at all.
  if (resources === undefined) throw notFound(`${id}.json does not list the resources of this API`);
  return resources;
};

export const getResources: Operation = async (request) => pageOf(resourcesOf(request), request);

export const getResource: Operation = async (request) => findItem(resourcesOf(request), request.resourceId, 'Resource');

/** The deployments that stages or their canaries serve. */
const active = async ({ store, restApiId }: ApiRequest): Promise<readonly Item[]> =>
  (await store.stages(restApiId)).flatMap(({ stage }) => deploymentsIn(stage));

/** The deployments in the API's file; if it lists none, those that stages serve or served, or that were made here. */
const deploymentsOf = async (request: ApiRequest): Promise<readonly Item[]> => {
  const { id, deployments } = request.api;
  const all = deployments ?? [...(await active(request)), ...request.store.remembered(id)];
  return [...new Map(all.map((item) => [item.id, dated(item, request)])).values()];
};

export const getDeployments: Operation = async (request) => pageOf(await deploymentsOf(request), request);

export const getDeployment = async (request: ApiRequest): Promise<Item> =>
  findItem(await deploymentsOf(request), request.deploymentId, 'Deployment');

/** The new description in an operation. */
const descriptionIn = (operation: unknown): string => {
  const { op, path, value } = isObject(operation) ? operation : {};
  if (op === 'replace' && path === '/description' && typeof value === 'string') return value;
  throw badRequest(`A deployment takes replace at /description with a string as its value, got ${op} at ${path}`);
};

export const updateDeployment: Operation = async (request) => {
  const deployment = await getDeployment(request);
  const description = operationsIn(request).map(descriptionIn).at(-1);
  if (description === undefined) return deployment;
  const { id } = deployment;
  await request.store.editDeployments(request.restApiId, (all) => {
    const listed = all.some((one) => one.id === id) ? all : [...all, { id }];
    return listed.map((one) => (one.id === id ? { ...one, description } : one));
  });
  return { ...deployment, description };
};

export const deleteDeployment: Operation = async (request) => {
  const deployment = await getDeployment(request);
  if ((await active(request)).some(({ id }) => id === deployment.id))
    throw badRequest('Active stages pointing to this deployment must be moved or deleted');
  await request.store.editDeployments(request.restApiId, (all) => all.filter(({ id }) => id !== deployment.id));
};

// API Gateway's messages. All are recorded, except the one about an enabled canary, which CloudFormation users report.
const invalidDeployment = (why: string): ApiError => badRequest(`Invalid deployment content specified.${why}`);

/** The operations that give a new deployment to its stage. */
const deploymentTo = (id: string, input: Stage, stage: Stage): readonly PatchOperation[] => {
  const { stageName, canarySettings, ...others } = input;
  if (canarySettings !== undefined) {
    // Recorded: a later canary's settings replace an earlier one's. Assumed: no other override stays.
    const end: readonly PatchOperation[] = stage.canarySettings ? [{ op: 'remove', path: '/canarySettings' }] : [];
    return [...end, ...settingAll(checkInput({ ...others, canarySettings: { ...canarySettings, deploymentId: id } }))];
  }
  if (stage.canarySettings !== undefined)
    throw invalidDeployment(
      `Non canary deployment not supported on stage ${stageName} because Canary is enabled. Provide CanarySettings in deploymentInput.`,
    );
  return settingAll(checkInput({ ...others, deploymentId: id }));
};

/** Gives a deployment to a stage, and creates the stage if it does not exist. */
const deploy = async (id: string, input: Stage, asked: ApiRequest): Promise<void> => {
  const { stageName = '', canarySettings } = input;
  const { deployments, ...listed } = asked.api;
  // The API's file lists the deployment only after the stage has accepted it.
  const request = { ...asked, api: deployments ? { ...listed, deployments: [...deployments, { id }] } : listed };
  if (request.store.isStage(listed.id, stageName))
    await editServedStage(stageName, request, (stage) => deploymentTo(id, input, stage));
  else if (canarySettings === undefined) await newStage({ ...input, deploymentId: id }, request);
  else throw invalidDeployment(`Stage ${stageName} must already be created before making a canary release deployment`);
};

export const createDeployment: Operation = async (request) => {
  const { description, stageDescription, deploymentId: _, tags: __, ...input } = readInput(request);
  const { stageName, canarySettings } = input;
  if (!stageName && canarySettings !== undefined)
    throw invalidDeployment(
      `Non null and non empty stageName must be provided for canary deployment. Provided value is ${stageName ?? 'null'}`,
    );
  const id = request.world.random().toString(36).slice(2, 8).padEnd(6, '0');
  if (stageName)
    await deploy(id, { ...input, ...(stageDescription !== undefined && { description: stageDescription }) }, request);
  const deployment = { id, ...(description !== undefined && { description }), createdDate: dateNow(request) };
  await request.store.editDeployments(request.restApiId, (all) => [...all, deployment]);
  return dated(deployment, request);
};
