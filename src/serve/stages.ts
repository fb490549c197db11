/** Reads, edits, creates and deletes stages. */
import { createdStage, withClusterSize } from '../stage/creation.js';
import { applyPatch, type PatchContext } from '../stage/patch.js';
import { ours } from '../stage/refusals.js';
import { isClusterUnderWay, isObject, type PatchOperation, type Stage, secondsOf } from '../stage/stage.js';
import {
  type ApiRequest,
  checkInput,
  checkTags,
  dateNow,
  type Operation,
  operationsIn,
  readInput,
  secondsNow,
} from './operation.js';
import { isName } from './store.js';
import { ApiError, badRequest } from './wire.js';

const settledStatus = ({ cacheClusterEnabled }: Stage): string =>
  cacheClusterEnabled === true ? 'AVAILABLE' : 'NOT_AVAILABLE';

/** Whether an edit creates or deletes a cluster. */
const isClusterChange = (before: Stage, after: Stage): boolean => settledStatus(before) !== settledStatus(after);

const keyOf = ({ restApiId }: ApiRequest, name: string): string => `${restApiId}/${name}`;

/** Starts a slow change of a cluster. Pending changes are lost when the server stops. */
const startWork = (name: string, status: string, request: ApiRequest): void => {
  const { changes, cacheDelay, world } = request;
  changes.set(keyOf(request, name), { status, until: world.now() + cacheDelay });
};

const startChange = (name: string, before: Stage, after: Stage, request: ApiRequest): void => {
  if (isClusterChange(before, after))
    startWork(name, after.cacheClusterEnabled ? 'CREATE_IN_PROGRESS' : 'DELETE_IN_PROGRESS', request);
};

const statusOf = (name: string, stage: Stage, request: ApiRequest): string => {
  const change = request.changes.get(keyOf(request, name));
  if (change !== undefined && request.world.now() < change.until) return change.status;
  // Keep an in-progress status from the file; any other status follows from the stage.
  return (isClusterUnderWay(stage) ? stage.cacheClusterStatus : undefined) ?? settledStatus(stage);
};

/** A stage with the members that API Gateway always reports and a file may omit. */
const onWire = (stage: Stage, stageName: string, request: ApiRequest) => ({
  deploymentId: request.api.deployments?.at(-1)?.id,
  cacheClusterEnabled: false,
  methodSettings: {},
  tracingEnabled: false,
  ...stage,
  stageName,
  cacheClusterStatus: statusOf(stageName, stage, request),
  createdDate: secondsOf(stage.createdDate) ?? request.since,
  lastUpdatedDate: secondsOf(stage.lastUpdatedDate) ?? request.since,
});

const contextOf = async ({ api: { deployments }, store }: ApiRequest): Promise<PatchContext> => {
  const account = await store.account();
  return {
    ...(deployments !== undefined && { deploymentIds: deployments.map(({ id }) => id) }),
    ...(account !== undefined && { account }),
  };
};

/** Completes the stage if the edit turned its cluster on or off. */
const withCluster = (before: Stage, after: Stage): Stage =>
  isClusterChange(before, after) ? { ...withClusterSize(after), cacheClusterStatus: settledStatus(after) } : after;

/** The deployments that a stage and its canary serve. */
export const deploymentsIn = ({ deploymentId, canarySettings }: Stage): readonly { readonly id: string }[] =>
  [deploymentId, canarySettings?.deploymentId].flatMap((id) => (id === undefined ? [] : [{ id }]));

/** Applies the operations that `decide` returns to a stage, and updates lastUpdatedDate. */
export const editServedStage = async (
  name: string,
  request: ApiRequest,
  decide: (stage: Stage) => readonly PatchOperation[],
): Promise<Stage> => {
  const { api, store, world } = request;
  const context = await contextOf(request);
  const { before, after } = await store.editStage(api.id, name, (stage) => {
    const operations = decide(stage);
    if (operations.length === 0) return stage;
    const patched = applyPatch(stage, operations, context);
    // Keep the stage's date format: text or seconds.
    const isInSeconds = typeof (stage.lastUpdatedDate ?? stage.createdDate) === 'number';
    const lastUpdatedDate = isInSeconds ? secondsNow(world) : dateNow(request);
    return { ...withCluster(stage, patched), lastUpdatedDate };
  });
  // Remember the old deployments, so that the stage can return to them.
  if (api.deployments === undefined)
    await store.editDeployments(api.id, (all) => {
      const known = new Set(all.map(({ id }) => id));
      return [...all, ...deploymentsIn(before).filter(({ id }) => !known.has(id))];
    });
  startChange(name, before, after, request);
  return after;
};

/** Creates a stage file from a request. */
export const newStage = async (input: Stage, request: ApiRequest): Promise<Stage> => {
  const { stageName = '', tags } = input;
  if (!isName(stageName)) throw badRequest('Stage name only allows a-zA-Z0-9_- and at most 128 of them');
  if (tags !== undefined) checkTags(tags);
  const now = dateNow(request);
  const made = createdStage(checkInput(input), await contextOf(request));
  const stage: Stage = { ...made, cacheClusterStatus: settledStatus(made), createdDate: now, lastUpdatedDate: now };
  if (!(await request.store.createStage(request.api.id, stageName, stage)))
    throw new ApiError('ConflictException', 'Stage already exists');
  startChange(stageName, {}, stage, request);
  return stage;
};

export const getStages: Operation = async (request) => {
  const wanted = request.query.get('deploymentId');
  const stages = await request.store.stages(request.api.id);
  const item = stages.map(({ name, stage }) => onWire(stage, name, request));
  return { item: item.filter(({ deploymentId }) => [null, deploymentId].includes(wanted)) };
};

export const getStage: Operation = async (request) =>
  onWire(await request.store.stage(request.api.id, request.stageName), request.stageName, request);

export const updateStage: Operation = async (request) => {
  const operations = operationsIn(request) as readonly PatchOperation[];
  // The engine checks `test` itself; it is unknown whether API Gateway accepts it.
  const test = operations.find((operation) => isObject(operation) && operation['op'] === 'test');
  if (test !== undefined)
    throw badRequest(ours.unproven('test', String(test.path), 'Read the stage first instead.').message);
  const stage = await editServedStage(request.stageName, request, () => operations);
  return onWire(stage, request.stageName, request);
};

export const createStage: Operation = async (request) => {
  const input = readInput(request);
  if (input.deploymentId === undefined) throw badRequest('deploymentId must be given');
  return onWire(await newStage(input, request), input.stageName ?? '', request);
};

export const deleteStage: Operation = async (request) => {
  await request.store.deleteStage(request.api.id, request.stageName);
  request.changes.delete(keyOf(request, request.stageName));
};

/** Nothing is cached here, so flushing only takes time if the stage has a cluster. */
export const flushCache: Operation = async (request) => {
  const { cacheClusterEnabled } = await request.store.stage(request.api.id, request.stageName);
  if (cacheClusterEnabled === true) startWork(request.stageName, 'FLUSH_IN_PROGRESS', request);
};
