/** The type of an operation, and helpers for all operations. */
import { checkVariableName } from '../stage/codec.js';
import { createMembers } from '../stage/creation.js';
import { isNamed, leavesOf } from '../stage/place.js';
import { dateOf, type JsonObject, misfitsOf, type Stage, secondsOf, stageShape } from '../stage/stage.js';
import type { World } from '../world.js';
import type { Api, Item, Store } from './store.js';
import { ApiError, badRequest } from './wire.js';

/** The state that operations work on. */
export interface Backend {
  readonly store: Store;
  /** Cache clusters that are being created or deleted, by `API/STAGE`. */
  readonly changes: Map<string, { readonly status: string; readonly until: number }>;
  /** Milliseconds that such a change takes. */
  readonly cacheDelay: number;
  readonly world: Pick<World, 'now' | 'random'>;
  /** The date to report if a file has none, in seconds since 1970. */
  readonly since: number;
}

/** The variable parts of a path, decoded and not yet checked; empty where the path has no such part. */
export const noParameters = { restApiId: '', stageName: '', deploymentId: '', resourceId: '', resourceArn: '' };

/** A request, with the state to answer it from. */
export interface ApiRequest extends Backend, Readonly<typeof noParameters> {
  /** The API in the path; with an empty id for a path without one. */
  readonly api: Api;
  readonly query: URLSearchParams;
  /** The parsed body; `{}` if there is none. */
  readonly body: JsonObject;
}

/** Resolves to the body of the answer, if it has one. */
export type Operation = (request: ApiRequest) => Promise<JsonObject | undefined>;

// The message is API Gateway's; the number is ours, since its limit is unknown.
const checkSize = ({ length }: readonly unknown[]): void => {
  if (length > 1000) throw badRequest('Update size too large. Try updating stage in multiple UpdateStage operations');
};

/** API Gateway documents the limit. */
export const checkTags = <T extends object>(tags: T): T => {
  const count = Object.keys(tags).length;
  if (count > 50) throw badRequest(`A stage has at most 50 tags, got ${count}`);
  return tags;
};

/** The operations in a request, unchecked. */
export const operationsIn = ({ body: { patchOperations = [] } }: ApiRequest): readonly unknown[] => {
  if (!Array.isArray(patchOperations)) throw new ApiError('SerializationException', 'patchOperations: expected a list');
  checkSize(patchOperations);
  return patchOperations;
};

const inputMembers = ['stageName', 'stageDescription', ...createMembers];
const inputShape = Object.fromEntries(inputMembers.map((name) => [name, stageShape[name] ?? 'string']));

/** The body of a request as input for a stage, a deployment or tags. Throws if a member has the wrong type. */
export const readInput = ({ body }: ApiRequest): Stage & { readonly stageDescription?: string } => {
  const [misfit] = misfitsOf(body, inputShape);
  if (misfit === undefined)
    return Object.fromEntries(Object.entries(body).filter(([member]) => Object.hasOwn(inputShape, member)));
  const sentence = `${misfit.at.join('.')}: expected ${misfit.expected}, got ${misfit.got}`;
  throw new ApiError('SerializationException', sentence);
};

/** Checks the variable names in a request. The engine checks the rest, with API Gateway's messages. */
export const checkInput = (input: Stage): Stage => {
  const places = leavesOf(input).filter(({ property }) => property.ops.includes('replace'));
  checkSize(places);
  for (const { property, key } of places) {
    // A name with a slash would lead to another path.
    const problem = isNamed(property) ? checkVariableName(key) : undefined;
    if (problem !== undefined) throw badRequest(problem.message);
  }
  return input;
};

/** The page of a list that a request asks for. A position is the id of the item that the page starts with. */
export const pageOf = (items: readonly Item[], { query }: ApiRequest): JsonObject => {
  const limit = query.get('limit') ?? '25';
  if (!/^[1-9]\d{0,8}$/.test(limit)) throw badRequest(`limit: expected a whole number from 1, got ${limit}`);
  const position = query.get('position');
  const start = position === null ? 0 : items.findIndex(({ id }) => id === position);
  if (start < 0) throw badRequest('position: expected one that an earlier page gave');
  const end = start + Math.min(Number(limit), 500);
  return { item: items.slice(start, end), position: items[end]?.id };
};

/** Seconds since 1970. API Gateway's dates are whole seconds. */
export const secondsNow = ({ now }: Pick<World, 'now'>): number => Math.floor(now() / 1000);

export const dateNow = ({ world }: Backend): string => dateOf(secondsNow(world) * 1000);

export const dated = (item: Item, { since }: Backend): Item => ({
  ...item,
  createdDate: secondsOf(item['createdDate']) ?? since,
});
