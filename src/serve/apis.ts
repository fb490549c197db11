/** The account, REST APIs and their resources. */
import { type ApiRequest, apiOf, type Backend, dated, type Operation, pageOf } from './operation.js';
import type { Api, Item } from './store.js';
import { notFound, ok } from './wire.js';

const usualAccount = {
  throttleSettings: { burstLimit: 5000, rateLimit: 10_000 },
  features: ['UsagePlans'],
  apiKeyVersion: '4',
};

export const getAccount: Operation = async (_, { store }) => ok({ ...usualAccount, ...store.account() });

const apiOnWire = ({ deployments: _, resources: __, ...api }: Api, backend: Backend): Item => dated(api, backend);

export const getRestApis: Operation = async ({ query }, backend) => {
  const apis = await backend.store.apis(backend.log);
  const items = apis.map((api) => apiOnWire(api, backend));
  return ok(pageOf(items, query));
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
