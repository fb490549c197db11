/** What CreateStage and CreateDeployment say of a stage, as operations: the engine checks it all, in API Gateway's words. */
import { checkVariableName } from '../stage/codec.js';
import type { PatchOperation } from '../stage/operation.js';
import { type JsonObject, misfitsOf, type Shape, type Stage, stageShape } from '../stage/stage.js';
import { badRequest } from './operation.js';
import { ApiError } from './wire.js';

const pick = (members: readonly string[]): Readonly<Record<string, Shape>> =>
  Object.fromEntries(members.map((member) => [member, stageShape[member] ?? 'string']));

/** What CreateStage and CreateDeployment take of a stage. */
const settable = ['description', 'cacheClusterEnabled', 'cacheClusterSize', 'documentationVersion', 'tracingEnabled'];
export const stageInput = pick(['stageName', 'deploymentId', 'variables', 'canarySettings', 'tags', ...settable]);
export const deploymentInput = pick(['stageName', 'stageDescription', 'variables', 'canarySettings', ...settable]);

/** The body of a request as what it is to be. Throws where a member is of another kind. */
export const readInput = (body: JsonObject, shape: Shape): Stage & { readonly stageDescription?: string } => {
  const [misfit] = misfitsOf(body, shape);
  if (misfit === undefined) return body;
  throw new ApiError(
    'SerializationException',
    `${misfit.at.join('.')}: expected ${misfit.expected}, came ${misfit.came}`,
  );
};

const replace = (path: string, value: unknown): PatchOperation => ({ op: 'replace', path, value: String(value) });

const replaceAll = (path: string, values: Readonly<Record<string, string>> = {}): readonly PatchOperation[] =>
  Object.entries(values).map(([name, value]) => {
    // A name with a slash in it would make another path.
    const problem = checkVariableName(name);
    if (problem !== undefined) throw badRequest(problem.message);
    return replace(`${path}/${name}`, value);
  });

const settingCanary = ({ stageVariableOverrides, ...members }: NonNullable<Stage['canarySettings']>) => [
  ...Object.entries(members).map(([member, value]) => replace(`/canarySettings/${member}`, value)),
  ...replaceAll('/canarySettings/stageVariableOverrides', stageVariableOverrides),
];

/** The operations that give a stage what a request has; the engine then checks it all, in API Gateway's words. */
export const settingAll = (input: Stage): readonly PatchOperation[] => [
  ...(input.deploymentId === undefined ? [] : [replace('/deploymentId', input.deploymentId)]),
  ...settable.flatMap((member) => {
    const value = input[member as keyof Stage];
    return value === undefined ? [] : [replace(`/${member}`, value)];
  }),
  ...replaceAll('/variables', input.variables),
  ...settingCanary(input.canarySettings ?? {}),
];
