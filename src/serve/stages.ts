import type { PatchOperation } from '../stage/operation.js';
import { applyPatch, type PatchContext } from '../stage/patch.js';
import { ours } from '../stage/refusals.js';
import { isObject, type JsonObject, type Stage } from '../stage/stage.js';
import { isClusterChange, settledStatus } from './clusters.js';
import { readInput, settingAll, stageInput } from './input.js';
import {
  apiOf,
  type Backend,
  badRequest,
  created,
  dateNow,
  type Operation,
  ok,
  secondsNow,
  unlessBroken,
} from './operation.js';
import { type Api, contextOf, isName, type StageEdit } from './store.js';
import { ApiError, noStage, stageOnWire } from './wire.js';

const keyOf = (api: Api, stageName: string): string => `${api.id}/${stageName}`;

const onWire = (stage: Stage, stageName: string, api: Api, { clusters, since }: Backend): JsonObject => ({
  ...stageOnWire(stage, {
    stageName,
    cacheClusterStatus: clusters.statusOf(keyOf(api, stageName), stage),
    deploymentId: api.deployments?.at(-1)?.id,
    since,
  }),
});

const readStage = async (api: Api, name: string, { store }: Backend): Promise<Stage> => {
  const stage = isName(name) ? await store.stage(api.id, name) : undefined;
  if (stage === undefined) throw noStage();
  return stage;
};

/** Every stage of an API with its name. One that is deleted meanwhile, or whose file is broken, is left out. */
export const allStages = async (
  api: Api,
  backend: Backend,
): Promise<readonly (readonly [name: string, stage: Stage])[]> => {
  const names = backend.store.stageNames(api.id);
  const read = names.map(
    async (name) => [name, await unlessBroken(() => backend.store.stage(api.id, name), backend)] as const,
  );
  return (await Promise.all(read)).flatMap(([name, stage]) => (stage === undefined ? [] : [[name, stage] as const]));
};

/** In the form in which the stage has its dates: as text, or in seconds. */
const dateLike = ({ createdDate, lastUpdatedDate = createdDate }: Stage, backend: Backend): string | number =>
  typeof lastUpdatedDate === 'number' ? secondsNow(backend) : dateNow(backend);

/** Does an edit, stamps the stage, and starts or stops its cluster. */
export const editStage = async (
  api: Api,
  name: string,
  backend: Backend,
  edit: Pick<StageEdit, 'decide' | 'context'>,
): Promise<Stage> => {
  const { store, clusters } = backend;
  const { before, after } = await store.editStage(api.id, name, {
    ...edit,
    finish: (was, is) => ({
      ...is,
      ...(isClusterChange(was, is) && { cacheClusterStatus: settledStatus(is) }),
      lastUpdatedDate: dateLike(was, backend),
    }),
  });
  clusters.edited(keyOf(api, name), before, after);
  return after;
};

export const getStages: Operation = async (request, backend) => {
  const api = apiOf(request, backend);
  const wanted = request.query.get('deploymentId');
  const stages = (await allStages(api, backend)).map(([name, stage]) => onWire(stage, name, api, backend));
  return ok({ item: stages.filter(({ deploymentId }) => wanted === null || deploymentId === wanted) });
};

export const getStage: Operation = async (request, backend) => {
  const api = apiOf(request, backend);
  const { stageName = '' } = request.parameters;
  return ok(onWire(await readStage(api, stageName, backend), stageName, api, backend));
};

// The engine checks a test, which is ours; API Gateway has not been shown to.
const refuseTests = (operations: readonly unknown[]): void => {
  const test = operations.find((operation) => isObject(operation) && operation['op'] === 'test');
  if (isObject(test))
    throw badRequest(ours.unproven('test', String(test['path']), 'Read the stage first instead.').message);
};

export const updateStage: Operation = async (request, backend) => {
  const api = apiOf(request, backend);
  const { stageName = '' } = request.parameters;
  const { patchOperations = [] } = request.body;
  if (!Array.isArray(patchOperations)) throw new ApiError('SerializationException', 'patchOperations: expected a list');
  await readStage(api, stageName, backend);
  refuseTests(patchOperations);
  const edit = { context: contextOf(api), decide: () => patchOperations as readonly PatchOperation[] };
  return ok(onWire(await editStage(api, stageName, backend, edit), stageName, api, backend));
};

/** Makes a stage file of what a request says. */
export const newStage = async (api: Api, input: Stage, context: PatchContext, backend: Backend): Promise<Stage> => {
  const { stageName = '', tags } = input;
  if (!isName(stageName)) throw badRequest('Stage name only allows a-zA-Z0-9_- and at most 128 of them');
  const now = dateNow(backend);
  const blank: Stage = { stageName, cacheClusterEnabled: false, methodSettings: {}, tracingEnabled: false };
  const made = applyPatch(blank, settingAll(input), context);
  const stage: Stage = {
    ...made,
    cacheClusterStatus: settledStatus(made),
    ...(tags !== undefined && { tags }),
    createdDate: now,
    lastUpdatedDate: now,
  };
  if (!(await backend.store.createStage(api.id, stageName, stage)))
    throw new ApiError('ConflictException', 'Stage already exists');
  // Somebody may have removed the file of an earlier one.
  backend.clusters.forget(keyOf(api, stageName));
  backend.clusters.edited(keyOf(api, stageName), blank, stage);
  return stage;
};

export const createStage: Operation = async (request, backend) => {
  const api = apiOf(request, backend);
  const input = readInput(request.body, stageInput);
  if (input.deploymentId === undefined) throw badRequest('deploymentId must be given');
  const stage = await newStage(api, input, contextOf(api), backend);
  return created(onWire(stage, input.stageName ?? '', api, backend));
};

export const deleteStage: Operation = async (request, backend) => {
  const api = apiOf(request, backend);
  const { stageName = '' } = request.parameters;
  if (!isName(stageName) || !(await backend.store.deleteStage(api.id, stageName))) throw noStage();
  backend.clusters.forget(keyOf(api, stageName));
  return { status: 202 };
};
