/** What an operation is, and what all of them share. */
import { StageError } from '../stage/problem.js';
import { dateOf, secondsOf } from '../stage/read-only.js';
import type { JsonObject } from '../stage/stage.js';
import type { World } from '../world.js';
import type { Clusters } from './clusters.js';
import type { PathParameters } from './routes.js';
import { type Api, type Item, isName, type Store } from './store.js';
import { type Answer, ApiError } from './wire.js';

/** What operations work on. */
export interface Backend {
  readonly store: Store;
  readonly clusters: Clusters;
  readonly world: Pick<World, 'now' | 'random'>;
  /** For dates that no file says; seconds since 1970. */
  readonly since: number;
  /** Takes a line that no answer has room for. */
  readonly log: (line: string) => void;
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

export const ok = (body: JsonObject): Answer => ({ status: 200, body });
export const created = (body: JsonObject): Answer => ({ status: 201, body });
export const badRequest = (message: string): ApiError => new ApiError('BadRequestException', message);

export const apiOf = ({ parameters: { restApiId = '' } }: ApiRequest, { store }: Backend): Api => {
  const api = isName(restApiId) ? store.api(restApiId) : undefined;
  if (api !== undefined) return api;
  throw new ApiError('NotFoundException', `Invalid API identifier specified ${account}:${restApiId}`);
};

/** Reads a file for a list: one that is broken hides no other, and is told to who runs the server. */
export const unlessBroken = async <T>(
  read: () => T | Promise<T>,
  { log }: Pick<Backend, 'log'>,
): Promise<T | undefined> => {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof StageError) || !(error.kind === 'input' || error.kind === 'file')) throw error;
    log(error.message);
    return undefined;
  }
};

const pageSizes = { usual: 25, most: 500 } as const;

const limitOf = (query: URLSearchParams): number => {
  const limit = query.get('limit');
  if (limit === null) return pageSizes.usual;
  if (!/^[1-9]\d{0,8}$/.test(limit)) throw badRequest(`limit: expected a whole number from 1, came ${limit}`);
  return Math.min(Number(limit), pageSizes.most);
};

/** One page of a list. A position is the id of the item that the page starts with. */
export const pageOf = (items: readonly Item[], query: URLSearchParams): JsonObject => {
  const position = query.get('position');
  const start = position === null ? 0 : items.findIndex(({ id }) => id === position);
  if (start < 0) throw badRequest('position: expected one that an earlier page gave');
  const next = items[start + limitOf(query)]?.id;
  return { item: items.slice(start, start + limitOf(query)), ...(next !== undefined && { position: next }) };
};

/** Since 1970: API Gateway's dates are of whole seconds. */
export const secondsNow = ({ world }: Pick<Backend, 'world'>): number => Math.floor(world.now() / 1000);

export const dateNow = (backend: Pick<Backend, 'world'>): string => dateOf(secondsNow(backend) * 1000);

export const dated = (item: Item, { since }: Backend): Item => ({
  ...item,
  createdDate: secondsOf(item['createdDate']) ?? since,
});
