/** Reads stages from CloudFormation and SAM templates. */
import type { Desired } from '../stage/desired.js';
import { type ParameterValue, resolveValue } from './intrinsics.js';
import { cloudFormationName, isNamedByUsers } from './member-names.js';
import { isPlain, membersAt, pickNamed } from './members.js';
import { treeOf } from './template-tree.js';
import { type DesiredOptions, desiredOf, input, Unknown } from './tree.js';

const stageType = 'AWS::ApiGateway::Stage';
const deploymentType = 'AWS::ApiGateway::Deployment';
const samType = 'AWS::Serverless::Api';
const otherTypes = ['AWS::Serverless::HttpApi', 'AWS::Serverless::WebSocketApi', 'AWS::ApiGatewayV2::Stage'];

/** SAM's name for the API that it generates from function events. */
const implicitApi = 'ServerlessRestApi';

interface Resource {
  readonly type: string;
  /** With parameters resolved; Unknown if an intrinsic replaces all properties. */
  readonly properties: unknown;
}

const parameterValues = (template: unknown, { parameters = {}, label }: DesiredOptions): ParameterValue => {
  const declared = membersAt(template, 'Parameters');
  const wrong = Object.keys(parameters).find((name) => !Object.hasOwn(declared, name) && !name.startsWith('AWS::'));
  const there = Object.keys(declared).join(', ') || 'none';
  if (wrong !== undefined)
    throw input('no-such-parameter', `${label}: the template has no parameter ${wrong}; it has ${there}`);
  return (name) => {
    const { Type: type, Default: preset } = membersAt(declared, name);
    // An SSM parameter holds the name of the value, not the value.
    if (String(type).startsWith('AWS::SSM::Parameter::')) return undefined;
    if (Object.hasOwn(parameters, name)) return parameters[name];
    const isDeclared = Object.hasOwn(declared, name);
    return preset ?? (isDeclared ? new Unknown(`give --parameter ${name}=VALUE`) : undefined);
  };
};

/** Merges SAM's Globals into an API: maps are merged, lists joined, and other values overridden by the API's own. */
const merged = (shared: unknown, own: unknown): unknown => {
  if (Array.isArray(shared) && Array.isArray(own)) return [...shared, ...own];
  if (!isPlain(shared) || !isPlain(own)) return own ?? shared;
  const keys = [...new Set([...Object.keys(shared), ...Object.keys(own)])];
  return Object.fromEntries(keys.map((key) => [key, merged(shared[key], own[key])]));
};

const hasImplicitApi = (template: unknown): boolean =>
  Object.values(membersAt(template, 'Resources'))
    .flatMap((resource) => Object.values(membersAt(resource, 'Properties', 'Events')))
    .some((event) => membersAt(event)['Type'] === 'Api' && !('RestApiId' in membersAt(event, 'Properties')));

const resourcesOf = (template: unknown, parameter: ParameterValue): ReadonlyMap<string, Resource> => {
  const shared = resolveValue(membersAt(template, 'Globals', 'Api'), parameter);
  const resources = new Map<string, Resource>();
  for (const [id, resource] of Object.entries(membersAt(template, 'Resources'))) {
    const { Type: type, Properties: given = {} } = membersAt(resource);
    if (typeof type !== 'string' || ![stageType, deploymentType, samType, ...otherTypes].includes(type)) continue;
    const own = resolveValue(given, parameter);
    resources.set(id, { type, properties: type === samType ? merged(shared, own) : own });
  }
  if (hasImplicitApi(template))
    resources.set(implicitApi, { type: samType, properties: merged({ StageName: 'Prod' }, shared) });
  return resources;
};

const isStage = ({ type, properties }: Resource): boolean =>
  type === stageType ||
  type === samType ||
  (type === deploymentType && isPlain(properties) && 'StageName' in properties);

const pick = (resources: ReadonlyMap<string, Resource>, options: DesiredOptions): string => {
  const stages = [...resources].filter(([, resource]) => isStage(resource)).map(([id]) => id);
  const wanted = options.name ?? (stages.length === 0 ? [...resources.keys()][0] : undefined);
  const type = resources.get(wanted ?? '')?.type ?? '';
  if (!otherTypes.includes(type)) return pickNamed(stages, options, 'stage of a REST API');
  const there = stages.length === 0 ? '' : `; this template has ${stages.join(', ')}`;
  throw input(
    'not-a-rest-api',
    `${options.label}: ${wanted} is an ${type}, and stage edits stages of REST APIs only${there}`,
  );
};

/** The stage properties of a resource. For a deployment, the properties of the stage that it creates. */
const stageProperties = ({ type, properties }: Resource): unknown => {
  if (!isPlain(properties) || type === stageType) return properties;
  // In SAM, Description belongs to the API.
  if (type === samType) return { ...properties, Description: undefined };
  const { StageName, StageDescription = {}, DeploymentCanarySettings: CanarySetting } = properties;
  return isPlain(StageDescription) ? { CanarySetting, ...StageDescription, StageName } : StageDescription;
};

/** Reads the named stage, or the only one, from a template. */
export const readTemplate = async (text: string, json: unknown, options: DesiredOptions): Promise<Desired> => {
  const template = json ?? (await import('./parse-template.js')).parseTemplate(text, options.label);
  const resources = resourcesOf(template, parameterValues(template, options));
  const id = pick(resources, options);
  const { type, properties } = resources.get(id) as Resource;
  const label = `${options.label}#${id}`;
  const { tree, items } = treeOf(stageProperties({ type, properties }));
  const above = ['Resources', id, 'Properties', ...(type === deploymentType ? ['StageDescription'] : [])];
  const shared = membersAt(template, 'Globals', 'Api')['MethodSettings'];
  // SAM puts the shared list before the API's own.
  const skipped = type === samType && Array.isArray(shared) ? shared.length : 0;
  const keyInText = (key: string, parent = ''): string => {
    if (parent === 'methodSettings') return String((items.get(key) ?? Number(key)) - skipped);
    return isNamedByUsers(parent) ? key : cloudFormationName(key);
  };
  const inText = (at: readonly string[]) => [...above, ...at.map((key, index) => keyInText(key, at[index - 1]))];
  const desired = await desiredOf(tree, { ...options, label, isLoose: true, spell: cloudFormationName, text, inText });
  // A deployment without StageDescription gives only the name of the stage.
  const isWhole = type !== deploymentType || 'StageDescription' in (properties as object);
  return { ...desired, isWhole };
};
