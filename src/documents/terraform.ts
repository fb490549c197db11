/** Stages in what `terraform show -json` prints of a state or a plan. */
import { isObject, type JsonObject, type Shape, stageShape } from '../stage/stage.js';
import { isPlain, methodKeys, pickMembers, pickNamed, settingShape } from './members.js';
import { type Desired, type DesiredOptions, desiredOf, Unknown, type UnknownNames } from './tree.js';

interface Resource {
  readonly address: string;
  readonly type: unknown;
  /** The address of its module; empty for the root. */
  readonly module: unknown;
  /** With `Unknown` for what is known after an apply. */
  readonly values: JsonObject;
}

const listAt = (value: unknown, key: string): readonly JsonObject[] => {
  const list = isObject(value) ? value[key] : undefined;
  return Array.isArray(list) ? list.filter(isObject) : [];
};

const memberAt = (value: unknown, key: string): unknown => (isObject(value) ? value[key] : undefined);

/** Values, with `Unknown` where a plan says that they are known after the apply. */
const withUnknown = (value: unknown, unknown: unknown): unknown => {
  if (unknown === true) return new Unknown('known after apply');
  if (Array.isArray(unknown)) return withUnknown(Array.isArray(value) ? value[0] : value, unknown[0]);
  if (!isObject(unknown)) return value;
  const members = isObject(value) ? value : {};
  return {
    ...members,
    ...Object.fromEntries(Object.keys(unknown).map((key) => [key, withUnknown(members[key], unknown[key])])),
  };
};

const resourcesIn = (module: unknown, unknowns: ReadonlyMap<unknown, unknown>): readonly Resource[] => [
  ...listAt(module, 'resources').map(({ address, type, values }) => ({
    address: String(address),
    type,
    module: memberAt(module, 'address'),
    values: { ...(withUnknown(values, unknowns.get(address)) as object) },
  })),
  ...listAt(module, 'child_modules').flatMap((child) => resourcesIn(child, unknowns)),
];

/** What the provider calls a member of a stage: `percentTraffic` is percent_traffic. */
export const snakeCase = (member: string): string =>
  member === 'tracingEnabled'
    ? 'xray_tracing_enabled'
    : member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A block is a list of one. The provider's values for what a configuration does not mention go. */
const unwrapped = (value: unknown): unknown => {
  if (Array.isArray(value)) return unwrapped(value[0]);
  if (value === null || value === '' || value === -1) return undefined;
  return isPlain(value)
    ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unwrapped(member)]))
    : value;
};

const membersOf = (values: unknown, shape: Shape): JsonObject => {
  const plain = unwrapped(values);
  return isPlain(plain) ? pickMembers(plain, snakeCase, shape) : {};
};

/** Whether settings are a stage's: the API and the stage's name are the same, or the latter is and no other stage can be meant. */
const belongs = (settings: Resource, stage: Resource, stages: readonly Resource[]): boolean | undefined => {
  const isOpen = (key: string, ...resources: readonly Resource[]): boolean =>
    resources.some(({ values }) => values[key] instanceof Unknown || values[key] === undefined);
  const isSame = (key: string, other: Resource): boolean =>
    isOpen(key, settings, other) || settings.values[key] === other.values[key];
  const candidates = stages.filter((other) => isSame('rest_api_id', other) && isSame('stage_name', other));
  if (!candidates.includes(stage)) return false;
  if (!isOpen('rest_api_id', settings, stage) && !isOpen('stage_name', settings, stage)) return true;
  return candidates.length === 1 && settings.module === stage.module ? true : undefined;
};

const methodsOf = (resources: readonly Resource[], stage: Resource, stages: readonly Resource[], label: string) => {
  const entries: Record<string, JsonObject> = {};
  const unknown: UnknownNames[number][] = [];
  for (const settings of resources.filter(({ type }) => type === 'aws_api_gateway_method_settings')) {
    const isOurs = belongs(settings, stage, stages);
    const path = settings.values['method_path'];
    if (isOurs === false) continue;
    if (isOurs === undefined || typeof path !== 'string')
      unknown.push(['methodSettings', `${settings.address} is known after apply`]);
    else
      for (const key of methodKeys(
        path.replace(/\/?[^/]*$/, ''),
        path.replace(/.*\//, ''),
        `${label}: ${settings.address}`,
      ))
        entries[key] = { ...entries[key], ...membersOf(settings.values['settings'], settingShape) };
  }
  return { entries, unknown };
};

export const readTerraform = (json: JsonObject, options: DesiredOptions): Desired => {
  const changes = listAt(json, 'resource_changes');
  const unknowns = new Map(changes.map(({ address, change }) => [address, memberAt(change, 'after_unknown')]));
  const resources = resourcesIn(memberAt(json['planned_values'] ?? json['values'], 'root_module'), unknowns);
  const stages = resources.filter(({ type }) => type === 'aws_api_gateway_stage');
  const address = pickNamed(
    stages.map((each) => each.address),
    options,
    'aws_api_gateway_stage',
  );
  const stage = stages.find((each) => each.address === address) as Resource;
  const label = `${options.label}#${address}`;
  const { entries, unknown } = methodsOf(resources, stage, stages, label);
  // With the tags that the provider adds to all resources.
  const tags = unwrapped(stage.values['tags_all']) ?? unwrapped(stage.values['tags']);
  const tree = { ...membersOf(stage.values, stageShape), methodSettings: entries, tags };
  return { ...desiredOf(tree, { label, isLoose: false }, unknown), isWhole: true };
};
