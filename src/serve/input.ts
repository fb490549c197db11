/** What CreateStage and CreateDeployment say of a stage, as operations: the engine checks it all, in API Gateway's words. */
import { checkVariableName } from '../stage/codec.js';
import type { PatchOperation } from '../stage/operation.js';
import { isNamed, leavesOf, type Place, readLeaf, replaceAt } from '../stage/place.js';
import { type JsonObject, misfitsOf, type Shape, type Stage, stageShape } from '../stage/stage.js';
import { badRequest } from './operation.js';
import { ApiError } from './wire.js';

const pick = (members: readonly string[]): Readonly<Record<string, Shape>> =>
  Object.fromEntries(members.map((member) => [member, stageShape[member] ?? 'string']));

/** What CreateStage and CreateDeployment take of a stage. */
const settable = ['description', 'cacheClusterEnabled', 'cacheClusterSize', 'documentationVersion', 'tracingEnabled'];
export const stageInput = pick(['stageName', 'deploymentId', 'variables', 'canarySettings', 'tags', ...settable]);
export const deploymentInput = pick(['stageName', 'stageDescription', 'variables', 'canarySettings', ...settable]);

/** What the body of a request has of what it may have. Throws where a member is of another kind. */
export const readInput = (
  body: JsonObject,
  shape: Readonly<Record<string, Shape>>,
): Stage & { readonly stageDescription?: string } => {
  const [misfit] = misfitsOf(body, shape);
  if (misfit === undefined)
    return Object.fromEntries(Object.entries(body).filter(([member]) => Object.hasOwn(shape, member)));
  throw new ApiError(
    'SerializationException',
    `${misfit.at.join('.')}: expected ${misfit.expected}, got ${misfit.got}`,
  );
};

const isSettable = ({ property }: Place): boolean => property.ops.includes('replace');

const checked = (place: Place): Place => {
  // A name with a slash in it would make another path.
  const problem = isNamed(place.property) ? checkVariableName(place.key) : undefined;
  if (problem !== undefined) throw badRequest(problem.message);
  return place;
};

/** The operations that give a stage what a request has; the engine then checks it all, in API Gateway's words. */
export const settingAll = (input: Stage): readonly PatchOperation[] =>
  leavesOf(input)
    .filter(isSettable)
    .map((place) => replaceAt(checked(place), readLeaf(input, place) ?? ''));
