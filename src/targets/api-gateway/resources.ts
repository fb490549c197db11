/** Checks that what an edit names exists. API Gateway accepts settings for missing methods, and ignores them. */
import { id } from '../../stage/codec.js';
import { absentStage } from '../../stage/creation.js';
import { keyOf, type Method, readableKey } from '../../stage/method.js';
import { findPlace } from '../../stage/place.js';
import type { Notice } from '../../stage/plan.js';
import { failure, type Problem, StageError } from '../../stage/problem.js';
import { everyMethod, httpMethods } from '../../stage/properties.js';
import { theirs } from '../../stage/refusals.js';
import type { Deployment, PatchOperation, Stage } from '../../stage/stage.js';
import { deploymentsHint } from './failures.js';
import { type FoundStage, hasProblem, insteadOf } from './lookups.js';
import { aside, readAnswer, readPages } from './session.js';

interface Resource {
  readonly path: string;
  readonly methods: readonly string[];
}

/** The HTTP methods of a resource that can have settings: all seven if it has ANY. */
const verbsAt = (path: string, resources: readonly Resource[]): readonly string[] => {
  const { methods = [] } = resources.find((other) => other.path === path) ?? {};
  return methods.includes('ANY') ? httpMethods : httpMethods.filter((verb) => methods.includes(verb));
};

/** Whether a method comes from ANY, but its resource has only other HTTP methods. */
export const isBeside = (method: Method, resources: readonly Resource[]): boolean => {
  if ('key' in method || !method.isAny) return false;
  const verbs = verbsAt(method.resourcePath, resources);
  return verbs.length > 0 && !verbs.includes(method.httpMethod);
};

const readable = (method: Method): string => {
  if ('key' in method) return readableKey(method.key);
  return `${method.isAny ? 'ANY' : method.httpMethod} ${method.resourcePath}`;
};

/** A sentence for each method that the API does not have. */
export const unknownMethods = (methods: readonly Method[], resources: readonly Resource[]): readonly Problem[] => {
  const known = resources.flatMap(({ path }) => verbsAt(path, resources).map((verb) => `${verb} ${path}`));
  const isKnown = (method: Method): boolean => [...known, everyMethod].includes(readableKey(keyOf(method)));
  const unknown = new Set(methods.filter((method) => !isKnown(method)).map(readable));
  return [...unknown].map((method) => ({
    code: 'unknown-method',
    message: `${method} is not a method of this API. API Gateway would accept the setting and ignore it. ${insteadOf(method, known)}`,
  }));
};

/** Whether a check was refused or takes too long, which does not stop an edit. */
const isFailedCheck = (error: unknown): error is StageError =>
  error instanceof StageError && ['refused', 'unavailable'].includes(error.kind);

const notChecked = (code: string, what: string, error: unknown, { session }: FoundStage): Notice => {
  if (!isFailedCheck(error)) throw error;
  return { code, message: `${session.at.label}: ${what} was not checked. ${error.message}` };
};

export type ReadResources = { readonly resources: readonly Resource[] } | { readonly notice: Notice };

export const readResources = async (found: FoundStage): Promise<ReadResources> => {
  const { restApiId, session } = found;
  const { getResources } = session.api;
  try {
    const resources = await readPages('GetResources', (...at) => getResources(restApiId, ...at), aside(session));
    // Every API has at least the resource /.
    if (resources.length === 0) throw failure('unavailable', 'no-resources', 'GetResources returned no resources.');
    return { resources };
  } catch (error) {
    return { notice: notChecked('methods-not-checked', 'whether the API has such methods', error, found) };
  }
};

/** Reads a deployment; undefined if it cannot be read or does not exist. */
export const readDeployment = async (
  id: string,
  { restApiId, session }: FoundStage,
): Promise<Deployment | undefined> => {
  const read = (signal: AbortSignal) => session.api.getDeployment(restApiId, id, signal);
  try {
    return { ...(await readAnswer('GetDeployment', read, { ...aside(session), maxAttempts: 1 })), id };
  } catch (error) {
    if (isFailedCheck(error)) return undefined;
    throw error;
  }
};

const deploymentIn = (operation: PatchOperation): string | undefined =>
  operation.op === 'replace' && findPlace(operation.path)?.property.codec === id ? operation.value : undefined;

/** Checks deployments in operations, except those the stage serves. Throws StageError('patch') if one is missing. */
export const checkDeployments = async (
  before: Stage,
  operations: readonly PatchOperation[],
  found: FoundStage,
): Promise<readonly Notice[]> => {
  const { restApiId, session } = found;
  const served = [before.deploymentId, before.canarySettings?.deploymentId];
  const notices: Notice[] = [];
  for (const [index, operation] of operations.entries()) {
    const id = deploymentIn(operation);
    if (id === undefined || served.includes(id)) continue;
    try {
      await readAnswer('GetDeployment', (signal) => session.api.getDeployment(restApiId, id, signal), aside(session));
    } catch (error) {
      const message = `${session.at.label}: Nothing was written. ${deploymentsHint(session.at)}`;
      const problems = [
        // A new stage has no operation that the user knows.
        { ...theirs.unknownDeployment(), ...(before !== absentStage && { operation, index }) },
        { code: 'unknown-deployment-state', message },
      ];
      if (hasProblem(error, 'not-found')) throw new StageError('patch', problems);
      notices.push(notChecked('deployment-not-checked', `whether the deployment ${id} exists`, error, found));
    }
    served.push(id);
  }
  return notices;
};
