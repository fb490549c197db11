/** The operations that are served, one function each. */
import { checkVariableName } from '../stage/codec.js';
import type { PatchOperation } from '../stage/operation.js';
import { applyPatch } from '../stage/patch.js';
import { ours } from '../stage/refusals.js';
import { isObject, type JsonObject, misfitsOf, type Shape, type Stage, stageShape } from '../stage/stage.js';
import type { World } from '../world.js';
import { type Clusters, isClusterChange, settledStatus } from './clusters.js';
import type { PathParameters } from './routes.js';
import { type Api, contextOf, type Item, isName, type StageEdit, type Store } from './store.js';
import { type Answer, ApiError, isoOf, noStage, secondsOf, stageOnWire } from './wire.js';

/** What operations work on. */
export interface Backend {
  readonly store: Store;
  readonly clusters: Clusters;
  readonly world: Pick<World, 'now' | 'random'>;
  /** For dates that no file says; seconds since 1970. */
  readonly since: number;
}

export interface ApiRequest {
  readonly parameters: PathParameters;
  readonly query: URLSearchParams;
  /** The body, parsed; `{}` where there was none. */
  readonly body: JsonObject;
}

export type Operation = (request: ApiRequest, backend: Backend) => Promise<Answer>;

/** The account that messages name. */
export const account = '000000000000';

const ok = (body: JsonObject): Answer => ({ status: 200, body });
const created = (body: JsonObject): Answer => ({ status: 201, body });
const badRequest = (message: string): ApiError => new ApiError('BadRequestException', message);

const apiOf = ({ parameters: { restApiId = '' } }: ApiRequest, { store }: Backend): Api => {
  const api = isName(restApiId) ? store.api(restApiId) : undefined;
  if (api !== undefined) return api;
  throw new ApiError('NotFoundException', `Invalid API identifier specified ${account}:${restApiId}`);
};

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

/** In the form in which the stage has its dates: as text, or in seconds. */
const dateLike = ({ createdDate, lastUpdatedDate = createdDate }: Stage, now: number): string | number =>
  typeof lastUpdatedDate === 'number' ? Math.floor(now / 1000) : isoOf(now);

/** Does an edit, stamps the stage, and starts or stops its cluster. */
const editStage = async (
  api: Api,
  name: string,
  backend: Backend,
  edit: Pick<StageEdit, 'decide' | 'context'>,
): Promise<Stage> => {
  const { store, clusters, world } = backend;
  let isEdit = false;
  const { before, after } = await store.editStage(api.id, name, {
    context: edit.context,
    decide: (stage) => {
      const operations = edit.decide(stage);
      isEdit = operations.length > 0;
      return operations;
    },
    finish: (was, is) => ({
      ...is,
      ...(isClusterChange(was, is) && { cacheClusterStatus: settledStatus(is) }),
      ...(isEdit && { lastUpdatedDate: dateLike(was, world.now()) }),
    }),
  });
  clusters.edited(keyOf(api, name), before, after);
  return after;
};

const pageSizes = { usual: 25, most: 500 } as const;

const limitOf = (query: URLSearchParams): number => {
  const limit = query.get('limit');
  if (limit === null) return pageSizes.usual;
  if (!/^[1-9]\d{0,8}$/.test(limit)) throw badRequest(`limit: expected a whole number from 1, came ${limit}`);
  return Math.min(Number(limit), pageSizes.most);
};

/** One page of a list. A position is the id of the item that the page starts with. */
const pageOf = (items: readonly Item[], query: URLSearchParams): JsonObject => {
  const position = query.get('position');
  const start = position === null ? 0 : items.findIndex(({ id }) => id === position);
  if (start < 0) throw badRequest('position: expected one that an earlier page gave');
  const next = items[start + limitOf(query)]?.id;
  return { item: items.slice(start, start + limitOf(query)), ...(next !== undefined && { position: next }) };
};

const dated = (item: Item, { since }: Backend): Item => ({
  ...item,
  createdDate: secondsOf(item['createdDate']) ?? since,
});

const apiOnWire = ({ id, name, others }: Api, backend: Backend): Item => dated({ id, name, ...others }, backend);

const getRestApis: Operation = async ({ query }, backend) => {
  const apis = backend.store.apiIds().flatMap((id) => backend.store.api(id) ?? []);
  return ok(
    pageOf(
      apis.map((api) => apiOnWire(api, backend)),
      query,
    ),
  );
};

const getRestApi: Operation = async (request, backend) => ok(apiOnWire(apiOf(request, backend), backend));

const getResources: Operation = async (request, backend) => {
  const { id, resources } = apiOf(request, backend);
  // An empty list would say that the API has no method at all.
  if (resources === undefined)
    throw new ApiError('NotFoundException', `${id}.json does not say which resources there are`);
  return ok(pageOf(resources, request.query));
};

const deploymentsNamedIn = (stages: readonly Stage[]): readonly string[] =>
  stages.flatMap(({ deploymentId, canarySettings }) =>
    [deploymentId, canarySettings?.deploymentId].flatMap((id) => id ?? []),
  );

/** The deployments that are written down, or else those that stages name. */
const deploymentsOf = async (api: Api, backend: Backend): Promise<readonly Item[]> => {
  if (api.deployments !== undefined) return api.deployments.map((deployment) => dated(deployment, backend));
  const names = backend.store.stageNames(api.id);
  const stages = await Promise.all(names.map((name) => readStage(api, name, backend)));
  return [...new Set(deploymentsNamedIn(stages))].map((id) => dated({ id }, backend));
};

const getDeployments: Operation = async (request, backend) =>
  ok(pageOf(await deploymentsOf(apiOf(request, backend), backend), request.query));

const getDeployment: Operation = async (request, backend) => {
  const deployments = await deploymentsOf(apiOf(request, backend), backend);
  const found = deployments.find(({ id }) => id === request.parameters['deploymentId']);
  if (found === undefined) throw new ApiError('NotFoundException', 'Invalid Deployment identifier specified');
  return ok(found);
};

const getStages: Operation = async (request, backend) => {
  const api = apiOf(request, backend);
  const wanted = request.query.get('deploymentId');
  const stages = await Promise.all(
    backend.store
      .stageNames(api.id)
      .map(async (name) => onWire(await readStage(api, name, backend), name, api, backend)),
  );
  return ok({ item: stages.filter(({ deploymentId }) => wanted === null || deploymentId === wanted) });
};

const getStage: Operation = async (request, backend) => {
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

const updateStage: Operation = async (request, backend) => {
  const api = apiOf(request, backend);
  const { stageName = '' } = request.parameters;
  const { patchOperations = [] } = request.body;
  if (!Array.isArray(patchOperations)) throw new ApiError('SerializationException', 'patchOperations: expected a list');
  await readStage(api, stageName, backend);
  refuseTests(patchOperations);
  const edit = { context: contextOf(api), decide: () => patchOperations as readonly PatchOperation[] };
  return ok(onWire(await editStage(api, stageName, backend, edit), stageName, api, backend));
};

const pick = (members: readonly string[]): Readonly<Record<string, Shape>> =>
  Object.fromEntries(members.map((member) => [member, stageShape[member] ?? 'string']));

/** What CreateStage and CreateDeployment take of a stage. */
const settable = ['description', 'cacheClusterEnabled', 'cacheClusterSize', 'documentationVersion', 'tracingEnabled'];
const stageInput = pick(['stageName', 'deploymentId', 'variables', 'canarySettings', 'tags', ...settable]);
const deploymentInput = pick(['stageName', 'stageDescription', 'variables', 'canarySettings', ...settable]);

const given = (body: JsonObject, shape: Shape): Stage & { readonly stageDescription?: string } => {
  const [misfit] = misfitsOf(body, shape);
  if (misfit === undefined) return body;
  throw new ApiError(
    'SerializationException',
    `${misfit.at.join('.')}: expected ${misfit.expected}, came ${misfit.came}`,
  );
};

const replace = (path: string, value: unknown): PatchOperation => ({ op: 'replace', path, value: String(value) });

const replaceAll = (path: string, values: Readonly<Record<string, string>> = {}): readonly PatchOperation[] =>
  Object.entries(values).map(([name, value]) => {
    // A name with a slash in it would make another path.
    const problem = checkVariableName(name);
    if (problem !== undefined) throw badRequest(problem.message);
    return replace(`${path}/${name}`, value);
  });

const settingCanary = ({ stageVariableOverrides, ...members }: NonNullable<Stage['canarySettings']>) => [
  ...Object.entries(members).map(([member, value]) => replace(`/canarySettings/${member}`, value)),
  ...replaceAll('/canarySettings/stageVariableOverrides', stageVariableOverrides),
];

/** The operations that give a stage what a request has; the engine then checks it all, in API Gateway's words. */
const settingAll = (input: Stage): readonly PatchOperation[] => [
  ...(input.deploymentId === undefined ? [] : [replace('/deploymentId', input.deploymentId)]),
  ...settable.flatMap((member) => {
    const value = input[member as keyof Stage];
    return value === undefined ? [] : [replace(`/${member}`, value)];
  }),
  ...replaceAll('/variables', input.variables),
  ...settingCanary(input.canarySettings ?? {}),
];

/** Makes a stage file of what a request says. */
const newStage = async (
  api: Api,
  input: Stage,
  deploymentIds: readonly string[] | undefined,
  backend: Backend,
): Promise<Stage> => {
  const { stageName = '', tags } = input;
  if (!isName(stageName)) throw badRequest('Stage name only allows a-zA-Z0-9_- and at most 128 of them');
  const now = isoOf(backend.world.now());
  const blank: Stage = { stageName, cacheClusterEnabled: false, methodSettings: {}, tracingEnabled: false };
  const made = applyPatch(blank, settingAll(input), deploymentIds === undefined ? {} : { deploymentIds });
  const stage: Stage = {
    ...made,
    cacheClusterStatus: settledStatus(made),
    ...(tags !== undefined && { tags }),
    createdDate: now,
    lastUpdatedDate: now,
  };
  if (!(await backend.store.createStage(api.id, stageName, stage)))
    throw new ApiError('ConflictException', 'Stage already exists');
  backend.clusters.edited(keyOf(api, stageName), blank, stage);
  return stage;
};

const createStage: Operation = async (request, backend) => {
  const api = apiOf(request, backend);
  const input = given(request.body, stageInput);
  if (input.deploymentId === undefined) throw badRequest('deploymentId must be given');
  const stage = await newStage(api, input, contextOf(api).deploymentIds, backend);
  return created(onWire(stage, input.stageName ?? '', api, backend));
};

const deleteStage: Operation = async (request, backend) => {
  const api = apiOf(request, backend);
  const { stageName = '' } = request.parameters;
  if (!isName(stageName) || !(await backend.store.deleteStage(api.id, stageName))) throw noStage();
  return { status: 202 };
};

const idCharacters = 'abcdefghijklmnopqrstuvwxyz0123456789';

const newDeploymentId = (taken: readonly Item[], backend: Backend): string => {
  const draw = () => idCharacters[Math.floor(backend.world.random() * idCharacters.length)] ?? '';
  const id = Array.from({ length: 6 }, draw).join('');
  return taken.some((deployment) => deployment.id === id) ? newDeploymentId(taken, backend) : id;
};

const invalidDeployment = (why: string): ApiError => badRequest(`Invalid deployment content specified.${why}`);

/** What a deployment does to the stage that it is made for. */
const deploymentTo = (id: string, name: string, input: Stage, stage: Stage): readonly PatchOperation[] => {
  const { canarySettings, ...others } = input;
  if (canarySettings !== undefined) {
    // The settings of an earlier canary go, as recorded; so that none of its overrides outlives it.
    const end: readonly PatchOperation[] = stage.canarySettings ? [{ op: 'remove', path: '/canarySettings' }] : [];
    return [...end, ...settingAll({ ...others, canarySettings: { deploymentId: id, ...canarySettings } })];
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
  const { deploymentIds } = contextOf(api);
  const known = deploymentIds === undefined ? undefined : [...deploymentIds, id];
  const isThere = isName(stageName) && (await backend.store.stage(api.id, stageName)) !== undefined;
  if (isThere) {
    const context = known === undefined ? {} : { deploymentIds: known };
    await editStage(api, stageName, backend, { context, decide: (stage) => deploymentTo(id, stageName, input, stage) });
  } else if (input.canarySettings === undefined) await newStage(api, { ...input, deploymentId: id }, known, backend);
  else throw invalidDeployment(`Stage ${stageName} must already be created before making a canary release deployment`);
};

const withoutStage = (input: Stage): boolean => input.stageName === undefined || input.stageName === '';

const createDeployment: Operation = async (request, backend) => {
  const api = apiOf(request, backend);
  const { description, stageDescription, ...input } = given(request.body, deploymentInput);
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
    createdDate: isoOf(backend.world.now()),
  };
  await backend.store.addDeployment(api.id, deployment);
  return created(dated(deployment, backend));
};

/** By API Gateway's names. What is not here is refused by its name. */
export const operations: ReadonlyMap<string, Operation> = new Map([
  ['GetRestApis', getRestApis],
  ['GetRestApi', getRestApi],
  ['GetResources', getResources],
  ['GetDeployments', getDeployments],
  ['GetDeployment', getDeployment],
  ['CreateDeployment', createDeployment],
  ['GetStages', getStages],
  ['GetStage', getStage],
  ['CreateStage', createStage],
  ['DeleteStage', deleteStage],
  ['UpdateStage', updateStage],
]);
