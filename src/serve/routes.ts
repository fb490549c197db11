/** The operations that are served, and which of them a request asks for. */
import type { IncomingMessage } from 'node:http';
import { getAccount, getResource, getResources, getRestApi, getRestApis } from './apis.js';
import { createDeployment, deleteDeployment, getDeployment, getDeployments, updateDeployment } from './deployments.js';
import type { Operation, PathParameters } from './operation.js';
import { createStage, deleteStage, flushCache, getStage, getStages, updateStage } from './stages.js';
import { getTags, tagResource, untagResource } from './tags.js';

const api = '/restapis/{restApiId}';
const stage = `${api}/stages/{stageName}`;

const served: readonly (readonly [method: string, path: string, name: string, operation: Operation])[] = [
  ['GET', '/account', 'GetAccount', getAccount],
  ['GET', '/restapis', 'GetRestApis', getRestApis],
  ['GET', api, 'GetRestApi', getRestApi],
  ['GET', `${api}/resources`, 'GetResources', getResources],
  ['GET', `${api}/resources/{resourceId}`, 'GetResource', getResource],
  ['GET', `${api}/deployments`, 'GetDeployments', getDeployments],
  ['POST', `${api}/deployments`, 'CreateDeployment', createDeployment],
  ['GET', `${api}/deployments/{deploymentId}`, 'GetDeployment', getDeployment],
  ['PATCH', `${api}/deployments/{deploymentId}`, 'UpdateDeployment', updateDeployment],
  ['DELETE', `${api}/deployments/{deploymentId}`, 'DeleteDeployment', deleteDeployment],
  ['GET', `${api}/stages`, 'GetStages', getStages],
  ['POST', `${api}/stages`, 'CreateStage', createStage],
  ['GET', stage, 'GetStage', getStage],
  ['PATCH', stage, 'UpdateStage', updateStage],
  ['DELETE', stage, 'DeleteStage', deleteStage],
  ['DELETE', `${stage}/cache/data`, 'FlushStageCache', flushCache],
  ['DELETE', `${stage}/cache/authorizers`, 'FlushStageAuthorizersCache', flushCache],
  ['GET', '/tags/{resourceArn}', 'GetTags', getTags],
  ['PUT', '/tags/{resourceArn}', 'TagResource', tagResource],
  ['DELETE', '/tags/{resourceArn}', 'UntagResource', untagResource],
];

export const operationNames: readonly string[] = served.map(([, , name]) => name);

interface Route {
  readonly name: string;
  readonly operation: Operation;
  readonly parameters: PathParameters;
}

/** What the head of a request asks for. */
export interface Asked {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The region that the request was signed for. */
  readonly region: string;
  /** Undefined where it is not served. */
  readonly route: Route | undefined;
}

// A parameter is one segment as it was sent: a slash that is encoded in it never makes two of it.
const routes = served.map(([method, path, name, operation]) => {
  const pattern = new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
  return { method, pattern, name, operation };
});

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
};

const routeOf = (asked: string, path: string): Route | undefined => {
  for (const { method, pattern, name, operation } of routes) {
    const match = method === asked ? pattern.exec(path) : null;
    if (match === null) continue;
    const parameters = Object.entries(match.groups ?? {}).map(([key, segment]) => [key, decode(segment)] as const);
    return { name, operation, parameters: Object.fromEntries(parameters) };
  }
  return undefined;
};

/** What a request asks for. */
export const askedBy = ({ method = '', url = '', headers }: IncomingMessage): Asked => {
  // A proxy sends the whole address.
  const [path = '', ...query] = url.replace(/^https?:\/\/[^/?]*/i, '').split('?');
  const region = /Credential=[^/,]+\/\d+\/([\w-]+)\//.exec(headers.authorization ?? '')?.[1] ?? 'us-east-1';
  return { method, path, query: new URLSearchParams(query.join('?')), region, route: routeOf(method, path) };
};
