/** The account, REST APIs and their resources. */
import { type ApiRequest, apiOf, type Backend, dated, type Operation, pageOf } from './operation.js';
import type { Api, Item } from './store.js';
import { notFound, ok } from './wire.js';

const usualAccount = {
  throttleSettings: { burstLimit: 5000, rateLimit: 10_000 },
  features: ['UsagePlans'],
  apiKeyVersion: '4',
};

export const getAccount: Operation = async ({ store }) => ok({ ...usualAccount, ...store.account() });

const apiOnWire = ({ deployments: _, resources: __, ...api }: Api, backend: Backend): Item => dated(api, backend);

export const getRestApis: Operation = async (request) => {
  const apis = await request.store.apis(request.log);
  const items = apis.map((api) => apiOnWire(api, request));
  return ok(pageOf(items, request.query));
};

export const getRestApi: Operation = async (request) => ok(apiOnWire(apiOf(request), request));

const resourcesOf = (request: ApiRequest): readonly Item[] => {
  const { id, resources } = apiOf(request);
  // An empty list would say that the API has no method at all.
  if (resources === undefined) throw notFound(`${id}.json does not list the resources of this API`);
  return resources;
};

export const getResources: Operation = async (request) => ok(pageOf(resourcesOf(request), request.query));

export const getResource: Operation = async (request) => {
  const found = resourcesOf(request).find(({ id }) => id === request.parameters['resourceId']);
  if (found === undefined) throw notFound('Invalid Resource identifier specified');
  return ok(found);
};
