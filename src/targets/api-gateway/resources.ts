/** What an edit names has to exist: API Gateway accepts settings for methods that do not, and ignores them. */
import { id } from '../../stage/codec.js';
import { keyOf, type Method, readableKey } from '../../stage/method.js';
import { findPlace } from '../../stage/place.js';
import type { Notice } from '../../stage/plan.js';
import { type Problem, StageError } from '../../stage/problem.js';
import { everyMethod, httpMethods } from '../../stage/properties.js';
import { theirs } from '../../stage/refusals.js';
import type { PatchOperation, Stage } from '../../stage/stage.js';
import { deploymentsHint } from './aws-failure.js';
import type { Opened } from './read-stage.js';
import { aside, readAnswer, readPages } from './session.js';

export interface Resource {
  /** As API Gateway shows it: `/pets/{id}`. */
  readonly path: string;
  /** `GET`, `ANY`. */
  readonly methods: readonly string[];
}

/** The HTTP methods that settings can be for: a resource with ANY has all seven. Undefined without such a resource. */
export const verbsAt = (path: string, resources: readonly Resource[]): readonly string[] | undefined => {
  const methods = resources.find((other) => other.path === path)?.methods;
  return methods?.includes('ANY') ? httpMethods : methods && httpMethods.filter((verb) => methods.includes(verb));
};

/** Whether a method was written as ANY of a resource that has only other HTTP methods. */
export const isBeside = (method: Method, resources: readonly Resource[]): boolean => {
  if ('key' in method || !method.isAny) return false;
  const verbs = verbsAt(method.resourcePath, resources) ?? [];
  return verbs.length > 0 && !verbs.includes(method.httpMethod);
};

const readable = (method: Method): string => {
  if ('key' in method) return readableKey(method.key);
  return `${method.isAny ? 'ANY' : method.httpMethod} ${method.resourcePath}`;
};

/** The methods with the longest start in common. */
const nearest = (method: string, known: readonly string[]): readonly string[] => {
  const [verb, path = ''] = method.toLowerCase().split(' ');
  const rank = (other: string): number => {
    const [otherVerb, otherPath = ''] = other.toLowerCase().split(' ');
    const end = [...path].findIndex((letter, index) => letter !== otherPath[index]);
    return (end < 0 ? path.length : end) + (verb === otherVerb ? 0.5 : 0);
  };
  return [...known].sort((left, right) => rank(right) - rank(left)).slice(0, 5);
};

const insteadOf = (method: string, resources: readonly Resource[], known: readonly string[]): string => {
  const path = method.slice(method.indexOf(' ') + 1);
  if (verbsAt(path, resources)?.length === 0) return `The resource ${path} has no methods.`;
  return known.length === 0 ? 'It has no methods.' : `The nearest are ${nearest(method, known).join(', ')}.`;
};

/** A problem for each method that the API does not have. */
export const unknownMethods = (methods: readonly Method[], resources: readonly Resource[]): readonly Problem[] => {
  const known = resources.flatMap(({ path }) => (verbsAt(path, resources) ?? []).map((verb) => `${verb} ${path}`));
  const isKnown = (method: Method): boolean => [...known, everyMethod].includes(readableKey(keyOf(method)));
  const unknown = new Set(methods.filter((method) => !isKnown(method)).map(readable));
  return [...unknown].map((method) => ({
    code: 'unknown-method',
    message: `${method} is not a method of this API, which would accept the setting and ignore it. ${insteadOf(method, resources, known)} --allow-unknown-method sends it anyway.`,
  }));
};

/** The failure of a check as a notice: a check stops no edit because it was refused or took too long. */
const notChecked = (code: string, what: string, error: unknown, { session }: Opened): Notice => {
  if (!(error instanceof StageError) || !['refused', 'unavailable'].includes(error.kind)) throw error;
  return { code, message: `${session.at.label}: ${what} was not checked. ${error.message}` };
};

export type ReadResources = { readonly resources: readonly Resource[] } | { readonly notice: Notice };

export const readResources = async (opened: Opened): Promise<ReadResources> => {
  const { restApiId, session } = opened;
  const call = (position: string | undefined, signal: AbortSignal) =>
    session.api.getResources(restApiId, position, signal);
  try {
    const resources = await readPages('GetResources', call, aside(session));
    // Every API has at least the resource /.
    if (resources.length === 0)
      throw new StageError('unavailable', [{ code: '', message: 'GetResources answered without any.' }]);
    return { resources };
  } catch (error) {
    return { notice: notChecked('methods-not-checked', 'whether the API has such methods', error, opened) };
  }
};

const deploymentIn = (operation: PatchOperation): string | undefined =>
  operation.op === 'replace' && findPlace(operation.path)?.property.codec === id ? operation.value : undefined;

const unknownDeployment = (operation: PatchOperation, index: number, { session: { at } }: Opened): StageError => {
  const first = { ...theirs.unknownDeployment(), operation, index };
  const message = `${at.label}: Nothing was written. ${deploymentsHint(at)}`;
  return new StageError('patch', [first, { code: 'unknown-deployment-state', message }]);
};

/** Checks the deployments that operations name, except those that the stage serves. Throws StageError('patch') for one that does not exist. */
export const checkDeployments = async (
  { deploymentId, canarySettings }: Stage,
  operations: readonly PatchOperation[],
  opened: Opened,
): Promise<readonly Notice[]> => {
  const { restApiId, session } = opened;
  const served = [deploymentId, canarySettings?.deploymentId];
  const notices: Notice[] = [];
  for (const [index, operation] of operations.entries()) {
    const id = deploymentIn(operation);
    if (id === undefined || served.includes(id)) continue;
    try {
      await readAnswer('GetDeployment', (signal) => session.api.getDeployment(restApiId, id, signal), aside(session));
    } catch (error) {
      const isMissing = error instanceof StageError && error.problems.some(({ code }) => code === 'not-found');
      if (isMissing) throw unknownDeployment(operation, index, opened);
      notices.push(notChecked('deployment-not-checked', `whether the deployment ${id} exists`, error, opened));
    }
    served.push(id);
  }
  return notices;
};
