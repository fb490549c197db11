import { apiOf, type Backend, dated, type Operation, ok, pageOf, unlessBroken } from './operation.js';
import type { Api, Item } from './store.js';
import { ApiError } from './wire.js';

const apiOnWire = ({ id, name, others }: Api, backend: Backend): Item => dated({ id, name, ...others }, backend);

/** One that is deleted meanwhile, or whose file is broken, is left out. */
export const getRestApis: Operation = async ({ query }, backend) => {
  const { store } = backend;
  const apis = await Promise.all(store.apiIds().map((id) => unlessBroken(() => store.api(id), backend)));
  return ok(
    pageOf(
      apis.flatMap((api) => (api === undefined ? [] : [apiOnWire(api, backend)])),
      query,
    ),
  );
};

export const getRestApi: Operation = async (request, backend) => ok(apiOnWire(apiOf(request, backend), backend));

export const getResources: Operation = async (request, backend) => {
  const { id, resources } = apiOf(request, backend);
  // An empty list would say that the API has no method at all.
  if (resources === undefined)
    throw new ApiError('NotFoundException', `${id}.json does not say which resources there are`);
  return ok(pageOf(resources, request.query));
};
