/** Stages: read, edited, made and deleted. */

import { applyPatch, type PatchContext } from '../stage/patch.js';
import { ours } from '../stage/refusals.js';
import {
  isClusterUnderWay,
  isObject,
  type JsonObject,
  type PatchOperation,
  type Stage,
  secondsOf,
} from '../stage/stage.js';
import {
  apiOf,
  type Backend,
  checkTags,
  dateNow,
  type Operation,
  operationsIn,
  readInput,
  secondsNow,
  settingAll,
  stageInput,
} from './operation.js';
import { type Api, isName } from './store.js';
import { ApiError, accepted, badRequest, created, noStage, ok } from './wire.js';

const keyOf = (api: Api, name: string): string => `${api.id}/${name}`;

const settledStatus = ({ cacheClusterEnabled }: Stage): string =>
  cacheClusterEnabled === true ? 'AVAILABLE' : 'NOT_AVAILABLE';

/** Whether an edit creates or deletes a cluster. */
const isClusterChange = (before: Stage, after: Stage): boolean => settledStatus(before) !== settledStatus(after);

/** A cluster that is created or deleted is so only after a while. What is under way is forgotten when the server stops. */
const startChange = (key: string, before: Stage, after: Stage, { changes, cacheDelay, world }: Backend): void => {
  if (!isClusterChange(before, after)) return;
  const status = after.cacheClusterEnabled ? 'CREATE_IN_PROGRESS' : 'DELETE_IN_PROGRESS';
  changes.set(key, { status, until: world.now() + cacheDelay });
};

const statusOf = (key: string, stage: Stage, { changes, world }: Backend): string => {
  const change = changes.get(key);
  if (change !== undefined && world.now() < change.until) return change.status;
  // A status that was written while API Gateway was at work is believed; another must fit what the stage says.
  return (isClusterUnderWay(stage) ? stage.cacheClusterStatus : undefined) ?? settledStatus(stage);
};

/** A stage with all that API Gateway always reports, and a file may leave out. */
const onWire = (stage: Stage, stageName: string, api: Api, backend: Backend): JsonObject => ({
  deploymentId: api.deployments?.at(-1)?.id,
  cacheClusterEnabled: false,
  methodSettings: {},
  tracingEnabled: false,
  ...stage,
  stageName,
  cacheClusterStatus: statusOf(keyOf(api, stageName), stage, backend),
  createdDate: secondsOf(stage.createdDate) ?? backend.since,
  lastUpdatedDate: secondsOf(stage.lastUpdatedDate) ?? backend.since,
});

export const contextOf = ({ deployments }: Pick<Api, 'deployments'>, { store }: Backend): PatchContext => {
  const account = store.account();
  return {
    ...(deployments !== undefined && { deploymentIds: deployments.map(({ id }) => id) }),
    ...(account !== undefined && { account }),
  };
};

/** A stage whose cluster an edit turned on or off. API Gateway is said to give a cluster without a size the smallest. */
const withCluster = (before: Stage, after: Stage): Stage => {
  if (!isClusterChange(before, after)) return after;
  const size = after.cacheClusterEnabled === true ? { cacheClusterSize: after.cacheClusterSize ?? '0.5' } : {};
  return { ...after, ...size, cacheClusterStatus: settledStatus(after) };
};

/** In the form in which the stage has its dates: as text, or in seconds. */
const dateLike = ({ createdDate, lastUpdatedDate = createdDate }: Stage, backend: Backend): string | number =>
  typeof lastUpdatedDate === 'number' ? secondsNow(backend) : dateNow(backend);

/** Applies the operations that `decide` says to a stage, and stamps it. Undefined where there is no such stage. */
export const editServedStage = async (
  api: Api,
  name: string,
  context: PatchContext,
  backend: Backend,
  decide: (stage: Stage) => readonly PatchOperation[],
): Promise<Stage | undefined> => {
  const edited = await backend.store.editStage(api.id, name, (stage) => {
    const operations = decide(stage);
    if (operations.length === 0) return stage;
    const after = applyPatch(stage, operations, context);
    return { ...withCluster(stage, after), lastUpdatedDate: dateLike(stage, backend) };
  });
  if (edited !== undefined) startChange(keyOf(api, name), edited.before, edited.after, backend);
  return edited?.after;
};

/** Makes a stage file of what a request says. */
export const newStage = async (api: Api, input: Stage, context: PatchContext, backend: Backend): Promise<Stage> => {
  const { stageName = '', tags } = input;
  if (!isName(stageName)) throw badRequest('Stage name only allows a-zA-Z0-9_- and at most 128 of them');
  const now = dateNow(backend);
  const blank: Stage = { stageName, cacheClusterEnabled: false, methodSettings: {}, tracingEnabled: false };
  const stage: Stage = {
    cacheClusterStatus: settledStatus(blank),
    ...withCluster(blank, applyPatch(blank, settingAll(input), context)),
    ...(tags !== undefined && { tags: checkTags(tags) }),
    createdDate: now,
    lastUpdatedDate: now,
  };
  if (!(await backend.store.createStage(api.id, stageName, stage)))
    throw new ApiError('ConflictException', 'Stage already exists');
  // The file of an earlier stage of this name may have been removed by hand.
  backend.changes.delete(keyOf(api, stageName));
  startChange(keyOf(api, stageName), blank, stage, backend);
  return stage;
};

export const servedStage = async (api: Api, name: string, { store }: Backend): Promise<Stage> => {
  const stage = await store.stage(api.id, name);
  if (stage === undefined) throw noStage();
  return stage;
};

export const getStages: Operation = async (request) => {
  const api = apiOf(request);
  const wanted = request.query.get('deploymentId');
  const stages = await request.store.stages(api.id, request.log);
  const item = stages.map(({ name, stage }) => onWire(stage, name, api, request));
  return ok({ item: item.filter(({ deploymentId }) => [null, deploymentId].includes(wanted)) });
};

export const getStage: Operation = async (request) => {
  const api = apiOf(request);
  const { stageName = '' } = request.parameters;
  return ok(onWire(await servedStage(api, stageName, request), stageName, api, request));
};

// The engine checks a test itself; API Gateway has not been shown to accept one.
const refuseTests = (operations: readonly unknown[]): void => {
  const test = operations.find((operation) => isObject(operation) && operation['op'] === 'test');
  if (isObject(test))
    throw badRequest(ours.unproven('test', String(test['path']), 'Read the stage first instead.').message);
};

export const updateStage: Operation = async (request) => {
  const api = apiOf(request);
  const { stageName = '' } = request.parameters;
  const operations = operationsIn(request) as readonly PatchOperation[];
  refuseTests(operations);
  const stage = await editServedStage(api, stageName, contextOf(api, request), request, () => operations);
  if (stage === undefined) throw noStage();
  return ok(onWire(stage, stageName, api, request));
};

export const createStage: Operation = async (request) => {
  const api = apiOf(request);
  const input = readInput(request.body, stageInput);
  if (input.deploymentId === undefined) throw badRequest('deploymentId must be given');
  const stage = await newStage(api, input, contextOf(api, request), request);
  return created(onWire(stage, input.stageName ?? '', api, request));
};

export const deleteStage: Operation = async (request) => {
  const api = apiOf(request);
  const { stageName = '' } = request.parameters;
  if (!(await request.store.deleteStage(api.id, stageName))) throw noStage();
  request.changes.delete(keyOf(api, stageName));
  return accepted;
};

/** There is nothing cached here, so that every cache is empty afterwards. */
export const flushCache: Operation = async (request) => {
  await servedStage(apiOf(request), request.parameters['stageName'] ?? '', request);
  return accepted;
};
