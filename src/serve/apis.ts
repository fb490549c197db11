/** The account, REST APIs and their resources. */
import { type ApiRequest, apiOf, type Backend, dated, type Operation, ok, pageOf, unlessBroken } from './operation.js';
import type { Api, Item } from './store.js';
import { notFound } from './wire.js';

const usualAccount = {
  throttleSettings: { burstLimit: 5000, rateLimit: 10_000 },
  features: ['UsagePlans'],
  apiKeyVersion: '4',
};

export const getAccount: Operation = async (_, { store }) => ok({ ...usualAccount, ...store.account() });

const apiOnWire = ({ id, name, others }: Api, backend: Backend): Item => dated({ id, name, ...others }, backend);

/** Leaves out an API that was just deleted, or whose file is broken. */
export const getRestApis: Operation = async ({ query }, backend) => {
  const { store } = backend;
  const apis = await Promise.all(store.apiIds().map((id) => unlessBroken(() => store.api(id), backend)));
  const found = apis.flatMap((api) => (api === undefined ? [] : [apiOnWire(api, backend)]));
  return ok(pageOf(found, query));
};

export const getRestApi: Operation = async (request, backend) => ok(apiOnWire(apiOf(request, backend), backend));

const resourcesOf = (request: ApiRequest, backend: Backend): readonly Item[] => {
  const { id, resources } = apiOf(request, backend);
  // An empty list would say that the API has no method at all.
  if (resources === undefined) throw notFound(`${id}.json does not list the resources of this API`);
  return resources;
};

export const getResources: Operation = async (request, backend) =>
  ok(pageOf(resourcesOf(request, backend), request.query));

export const getResource: Operation = async (request, backend) => {
  const found = resourcesOf(request, backend).find(({ id }) => id === request.parameters['resourceId']);
  if (found === undefined) throw notFound('Invalid Resource identifier specified');
  return ok(found);
};
