/** The operations that are served, and the routing of requests to them. */
import type { IncomingMessage } from 'node:http';
import querystring from 'node:querystring';
import * as apis from './apis.js';
import { noParameters, type Operation } from './operation.js';
import * as stages from './stages.js';
import { getTags, tagResource, untagResource } from './tags.js';

const api = '/restapis/{restApiId}';
const deployment = `${api}/deployments/{deploymentId}`;
const stage = `${api}/stages/{stageName}`;

const served: readonly (readonly [method: string, path: string, name: string, status: number, Operation])[] = [
  ['GET', '/account', 'GetAccount', 200, apis.getAccount],
  ['GET', '/restapis', 'GetRestApis', 200, apis.getRestApis],
  ['GET', api, 'GetRestApi', 200, apis.getRestApi],
  ['GET', `${api}/resources`, 'GetResources', 200, apis.getResources],
  ['GET', `${api}/resources/{resourceId}`, 'GetResource', 200, apis.getResource],
  ['GET', `${api}/deployments`, 'GetDeployments', 200, apis.getDeployments],
  ['POST', `${api}/deployments`, 'CreateDeployment', 201, apis.createDeployment],
  ['GET', deployment, 'GetDeployment', 200, apis.getDeployment],
  ['PATCH', deployment, 'UpdateDeployment', 200, apis.updateDeployment],
  ['DELETE', deployment, 'DeleteDeployment', 202, apis.deleteDeployment],
  ['GET', `${api}/stages`, 'GetStages', 200, stages.getStages],
  ['POST', `${api}/stages`, 'CreateStage', 201, stages.createStage],
  ['GET', stage, 'GetStage', 200, stages.getStage],
  ['PATCH', stage, 'UpdateStage', 200, stages.updateStage],
  ['DELETE', stage, 'DeleteStage', 202, stages.deleteStage],
  ['DELETE', `${stage}/cache/data`, 'FlushStageCache', 202, stages.flushCache],
  ['DELETE', `${stage}/cache/authorizers`, 'FlushStageAuthorizersCache', 202, stages.flushCache],
  ['GET', '/tags/{resourceArn}', 'GetTags', 200, getTags],
  ['PUT', '/tags/{resourceArn}', 'TagResource', 204, tagResource],
  ['DELETE', '/tags/{resourceArn}', 'UntagResource', 204, untagResource],
];

// A parameter is one raw segment: an encoded slash does not split it.
const routes = served.map(([method, path, name, status, operation]) => {
  const pattern = new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
  return { method, pattern, name, status, operation };
});

export const operationNames: readonly string[] = routes.map(({ name }) => name);

/** The operation and parameters that the head of a request asks for. */
export type Asked = ReturnType<typeof askedBy>;

export const askedBy = ({ method = '', url = '', headers }: IncomingMessage) => {
  // A proxy sends the whole URL.
  const [path = '', ...query] = url.replace(/^https?:\/\/[^/?]*/i, '').split('?');
  const route = routes.find((one) => one.method === method && one.pattern.test(path));
  const segments = Object.entries(route?.pattern.exec(path)?.groups ?? {});
  // Unlike decodeURIComponent, querystring.unescape accepts any text.
  const parameters = Object.fromEntries(segments.map(([key, segment]) => [key, querystring.unescape(segment)]));
  return {
    method,
    path,
    query: new URLSearchParams(query.join('?')),
    /** The region that the request was signed for. */
    region: /Credential=[^/,]+\/\d+\/([\w-]+)\//.exec(headers.authorization ?? '')?.[1] ?? 'us-east-1',
    /** Undefined if the operation is not served. */
    route,
    parameters: { ...noParameters, ...parameters },
  };
};
