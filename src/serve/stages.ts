/** Reads, edits, creates and deletes stages. */
import { createdStage, withClusterSize } from '../stage/creation.js';
import { applyPatch, type PatchContext } from '../stage/patch.js';
import { ours } from '../stage/refusals.js';
import { isClusterUnderWay, isObject, type PatchOperation, type Stage, secondsOf } from '../stage/stage.js';
import {
  type Backend,
  checkInput,
  checkTags,
  dateNow,
  type Operation,
  operationsIn,
  readInput,
  secondsNow,
} from './operation.js';
import { type Api, isName } from './store.js';
import { ApiError, badRequest } from './wire.js';

const keyOf = (api: Api, name: string): string => `${api.id}/${name}`;

const settledStatus = ({ cacheClusterEnabled }: Stage): string =>
  cacheClusterEnabled === true ? 'AVAILABLE' : 'NOT_AVAILABLE';

/** Whether an edit creates or deletes a cluster. */
const isClusterChange = (before: Stage, after: Stage): boolean => settledStatus(before) !== settledStatus(after);

/** Starts a slow change of a cluster. Pending changes are lost when the server stops. */
const startWork = (key: string, status: string, { changes, cacheDelay, world }: Backend): void => {
  changes.set(key, { status, until: world.now() + cacheDelay });
};

const startChange = (key: string, before: Stage, after: Stage, backend: Backend): void => {
  if (isClusterChange(before, after))
    startWork(key, after.cacheClusterEnabled ? 'CREATE_IN_PROGRESS' : 'DELETE_IN_PROGRESS', backend);
};

const statusOf = (key: string, stage: Stage, { changes, world }: Backend): string => {
  const change = changes.get(key);
  if (change !== undefined && world.now() < change.until) return change.status;
  // Keep an in-progress status from the file; any other status follows from the stage.
  return (isClusterUnderWay(stage) ? stage.cacheClusterStatus : undefined) ?? settledStatus(stage);
};

/** A stage with the members that API Gateway always reports and a file may omit. */
const onWire = (stage: Stage, stageName: string, api: Api, backend: Backend) => ({
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

const contextOf = ({ deployments }: Api, { store }: Backend): PatchContext => {
  const account = store.account();
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
  api: Api,
  name: string,
  backend: Backend,
  decide: (stage: Stage) => readonly PatchOperation[],
): Promise<Stage> => {
  const { before, after } = await backend.store.editStage(api.id, name, (stage) => {
    const operations = decide(stage);
    if (operations.length === 0) return stage;
    const patched = applyPatch(stage, operations, contextOf(api, backend));
    // Keep the stage's date format: text or seconds.
    const isInSeconds = typeof (stage.lastUpdatedDate ?? stage.createdDate) === 'number';
    const lastUpdatedDate = isInSeconds ? secondsNow(backend.world) : dateNow(backend);
    return { ...withCluster(stage, patched), lastUpdatedDate };
  });
  // Remember the old deployments, so that the stage can return to them.
  if (api.deployments === undefined)
    await backend.store.editDeployments(api.id, (all) => {
      const known = new Set(all.map(({ id }) => id));
      return [...all, ...deploymentsIn(before).filter(({ id }) => !known.has(id))];
    });
  startChange(keyOf(api, name), before, after, backend);
  return after;
};

/** Creates a stage file from a request. */
export const newStage = async (api: Api, input: Stage, backend: Backend): Promise<Stage> => {
  const { stageName = '', tags } = input;
  if (!isName(stageName)) throw badRequest('Stage name only allows a-zA-Z0-9_- and at most 128 of them');
  if (tags !== undefined) checkTags(tags);
  const now = dateNow(backend);
  const made = createdStage(checkInput(input), contextOf(api, backend));
  const stage: Stage = { ...made, cacheClusterStatus: settledStatus(made), createdDate: now, lastUpdatedDate: now };
  if (!(await backend.store.createStage(api.id, stageName, stage)))
    throw new ApiError('ConflictException', 'Stage already exists');
  startChange(keyOf(api, stageName), {}, stage, backend);
  return stage;
};

export const getStages: Operation = async (request) => {
  const api = request.store.api(request.restApiId);
  const wanted = request.query.get('deploymentId');
  const stages = await request.store.stages(api.id);
  const item = stages.map(({ name, stage }) => onWire(stage, name, api, request));
  return { item: item.filter(({ deploymentId }) => [null, deploymentId].includes(wanted)) };
};

export const getStage: Operation = async (request) => {
  const api = request.store.api(request.restApiId);
  return onWire(await request.store.stage(api.id, request.stageName), request.stageName, api, request);
};

export const updateStage: Operation = async (request) => {
  const api = request.store.api(request.restApiId);
  const operations = operationsIn(request) as readonly PatchOperation[];
  // The engine checks `test` itself; it is unknown whether API Gateway accepts it.
  const test = operations.find((operation) => isObject(operation) && operation['op'] === 'test');
  if (test !== undefined)
    throw badRequest(ours.unproven('test', String(test.path), 'Read the stage first instead.').message);
  const stage = await editServedStage(api, request.stageName, request, () => operations);
  return onWire(stage, request.stageName, api, request);
};

export const createStage: Operation = async (request) => {
  const api = request.store.api(request.restApiId);
  const input = readInput(request);
  if (input.deploymentId === undefined) throw badRequest('deploymentId must be given');
  return onWire(await newStage(api, input, request), input.stageName ?? '', api, request);
};

export const deleteStage: Operation = async (request) => {
  const api = request.store.api(request.restApiId);
  await request.store.deleteStage(api.id, request.stageName);
  request.changes.delete(keyOf(api, request.stageName));
};

/** Nothing is cached here, so flushing only takes time if the stage has a cluster. */
export const flushCache: Operation = async (request) => {
  const api = request.store.api(request.restApiId);
  const { cacheClusterEnabled } = await request.store.stage(api.id, request.stageName);
  if (cacheClusterEnabled === true) startWork(keyOf(api, request.stageName), 'FLUSH_IN_PROGRESS', request);
};
