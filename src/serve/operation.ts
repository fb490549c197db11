/** What an operation is, and what all of them share. */
import { checkVariableName } from '../stage/codec.js';
import { isNamed, leavesOf, type Place, readLeaf, replaceAt } from '../stage/place.js';
import type { PatchOperation } from '../stage/stage.js';
import { dateOf, type JsonObject, misfitsOf, type Shape, type Stage, secondsOf, stageShape } from '../stage/stage.js';
import type { World } from '../world.js';
import { type Api, type Item, isName, type Store } from './store.js';
import { type Answer, ApiError, badRequest, notFound } from './wire.js';

/** What operations work on. */
export interface Backend {
  readonly store: Store;
  /** Changes of cache clusters that are under way, by `API/STAGE`. */
  readonly changes: Map<string, { readonly status: string; readonly until: number }>;
  /** How long such a change takes, in milliseconds. */
  readonly cacheDelay: number;
  readonly world: Pick<World, 'now' | 'random'>;
  /** For dates that no file says; seconds since 1970. */
  readonly since: number;
  /** Takes a line that no answer has room for. */
  readonly log: (line: string) => void;
}

/** The variable parts of a path by their names in the template; decoded, and not yet checked. */
export type PathParameters = Readonly<Record<string, string>>;

/** What a request asks for, with what there is to answer it from. */
export interface ApiRequest extends Backend {
  readonly parameters: PathParameters;
  readonly query: URLSearchParams;
  /** The body, parsed; `{}` where there was none. */
  readonly body: JsonObject;
}

export type Operation = (request: ApiRequest) => Promise<Answer>;

/** The account that messages name. */
export const account = '000000000000';

export const apiOf = ({ store, parameters: { restApiId = '' } }: Pick<ApiRequest, 'store' | 'parameters'>): Api => {
  const api = isName(restApiId) ? store.api(restApiId) : undefined;
  if (api !== undefined) return api;
  throw notFound(`Invalid API identifier specified ${account}:${restApiId}`);
};

const most = { operations: 1000, tags: 50 };

// The sentence is API Gateway's; the number is ours, as its own is not known.
const checkSize = ({ length }: readonly unknown[]): void => {
  if (length > most.operations)
    throw badRequest('Update size too large. Try updating stage in multiple UpdateStage operations');
};

/** API Gateway's documents name the number. */
export const checkTags = <T extends object>(tags: T): T => {
  const count = Object.keys(tags).length;
  if (count > most.tags) throw badRequest(`A stage has at most ${most.tags} tags, got ${count}`);
  return tags;
};

/** The operations that a request gives. What they are is not looked at. */
export const operationsIn = ({ body: { patchOperations = [] } }: ApiRequest): readonly unknown[] => {
  if (!Array.isArray(patchOperations)) throw new ApiError('SerializationException', 'patchOperations: expected a list');
  checkSize(patchOperations);
  return patchOperations;
};

const pick = (members: readonly string[]): Readonly<Record<string, Shape>> =>
  Object.fromEntries(members.map((member) => [member, stageShape[member] ?? 'string']));

const settable = ['description', 'cacheClusterEnabled', 'cacheClusterSize', 'documentationVersion', 'tracingEnabled'];
export const stageInput = pick(['stageName', 'deploymentId', 'variables', 'canarySettings', 'tags', ...settable]);
export const deploymentInput = pick(['stageName', 'stageDescription', 'variables', 'canarySettings', ...settable]);
export const tagsInput = pick(['tags']);

/** What the body of a request has of what it may have. Throws where a member is of another kind. */
export const readInput = (
  body: JsonObject,
  shape: Readonly<Record<string, Shape>>,
): Stage & { readonly stageDescription?: string } => {
  const [misfit] = misfitsOf(body, shape);
  if (misfit === undefined)
    return Object.fromEntries(Object.entries(body).filter(([member]) => Object.hasOwn(shape, member)));
  throw new ApiError(
    'SerializationException',
    `${misfit.at.join('.')}: expected ${misfit.expected}, got ${misfit.got}`,
  );
};

const checked = (place: Place): Place => {
  // A name with a slash in it would make another path.
  const problem = isNamed(place.property) ? checkVariableName(place.key) : undefined;
  if (problem !== undefined) throw badRequest(problem.message);
  return place;
};

/** The operations that give a stage what a request has; the engine then checks it all, in API Gateway's words. */
export const settingAll = (input: Stage): readonly PatchOperation[] => {
  const places = leavesOf(input).filter(({ property }) => property.ops.includes('replace'));
  checkSize(places);
  return places.map((place) => replaceAt(checked(place), readLeaf(input, place) ?? ''));
};

const limitOf = (query: URLSearchParams): number => {
  const limit = query.get('limit') ?? '25';
  if (!/^[1-9]\d{0,8}$/.test(limit)) throw badRequest(`limit: expected a whole number from 1, got ${limit}`);
  return Math.min(Number(limit), 500);
};

/** One page of a list. A position is the id of the item that the page starts with. */
export const pageOf = (items: readonly Item[], query: URLSearchParams) => {
  const position = query.get('position');
  const start = position === null ? 0 : items.findIndex(({ id }) => id === position);
  if (start < 0) throw badRequest('position: expected one that an earlier page gave');
  const end = start + limitOf(query);
  return { item: items.slice(start, end), position: items[end]?.id };
};

/** Since 1970: API Gateway's dates are of whole seconds. */
export const secondsNow = ({ world }: Pick<Backend, 'world'>): number => Math.floor(world.now() / 1000);

export const dateNow = (backend: Pick<Backend, 'world'>): string => dateOf(secondsNow(backend) * 1000);

export const dated = (item: Item, { since }: Backend): Item => ({
  ...item,
  createdDate: secondsOf(item['createdDate']) ?? since,
});
