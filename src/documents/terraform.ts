/** Reads stages from `terraform show -json` output of a state or a plan. */
import type { Desired } from '../stage/desired.js';
import { isObject, type JsonObject } from '../stage/stage.js';
import { terraformName } from './member-names.js';
import { membersAt, methodKeys, pickNamed } from './members.js';
import { type DesiredOptions, desiredOf, input, Unknown } from './tree.js';

interface Resource {
  readonly address: string;
  readonly type: unknown;
  /** With `Unknown` for values known only after apply. */
  readonly values: JsonObject;
}

const listAt = (value: unknown, key: string): readonly JsonObject[] => {
  const list = membersAt(value)[key];
  return Array.isArray(list) ? list.filter(isObject) : [];
};

/** Unwraps blocks, which are lists of one, and drops the provider's placeholders for unset arguments. */
const readValue = (value: unknown, unknown: unknown): unknown => {
  if (unknown === true) return new Unknown('known after apply');
  if (Array.isArray(value) || Array.isArray(unknown)) return readValue([value].flat()[0], [unknown].flat()[0]);
  if (value === '' || value === -1) return undefined;
  if (!isObject(value) && !isObject(unknown)) return value ?? undefined;
  const [known, open] = [value, unknown].map((each) => (isObject(each) ? each : {})) as [JsonObject, JsonObject];
  return Object.fromEntries(Object.keys({ ...known, ...open }).map((key) => [key, readValue(known[key], open[key])]));
};

const resourcesIn = (module: unknown, unknowns: ReadonlyMap<unknown, unknown>): readonly Resource[] => [
  ...listAt(module, 'resources').map(({ address, type, values }) => ({
    address: String(address),
    type,
    values: { ...(readValue(values, unknowns.get(address)) as object) },
  })),
  ...listAt(module, 'child_modules').flatMap((child) => resourcesIn(child, unknowns)),
];

const isOpen = (value: unknown): boolean => value instanceof Unknown || value === undefined;

/** Whether settings belong to a stage. With unknown ids, they do if no other stage matches; undefined if ambiguous. */
const belongs = (settings: Resource, stage: Resource, stages: readonly Resource[]): boolean | undefined => {
  const candidates = stages.filter((other) =>
    ['rest_api_id', 'stage_name']
      .map((key) => [settings.values[key], other.values[key]])
      .every((values) => values.some(isOpen) || values[0] === values[1]),
  );
  if (!candidates.includes(stage)) return false;
  return candidates.length === 1 ? true : undefined;
};

const keysOf = (path: string, label: string): readonly string[] => {
  const slash = path.lastIndexOf('/');
  const keys = methodKeys(path.slice(0, Math.max(slash, 0)), path.slice(slash + 1));
  if (keys.length > 0) return keys;
  throw input('misfit', `${label}: method_path: expected a path and an HTTP method, got ${JSON.stringify(path)}`);
};

const methodsOf = (resources: readonly Resource[], stage: Resource, stages: readonly Resource[], label: string) => {
  const entries: Record<string, JsonObject> = {};
  let methods: unknown = entries;
  for (const settings of resources.filter(({ type }) => type === 'aws_api_gateway_method_settings')) {
    const isOurs = belongs(settings, stage, stages);
    const path = isOurs ? settings.values['method_path'] : undefined;
    const keys = typeof path === 'string' ? keysOf(path, `${label}: ${settings.address}`) : [];
    for (const key of keys) entries[key] = { ...entries[key], ...(settings.values['settings'] ?? {}) };
    if (isOurs !== false && keys.length === 0)
      methods = new Unknown(`${settings.address} is known after apply`, methods);
  }
  return methods;
};

export const readTerraform = async (json: JsonObject, options: DesiredOptions): Promise<Desired> => {
  const changes = listAt(json, 'resource_changes');
  const unknowns = new Map(changes.map(({ address, change }) => [address, membersAt(change)['after_unknown']]));
  const resources = resourcesIn(membersAt(json['planned_values'] ?? json['values'])['root_module'], unknowns);
  const stages = resources.filter(({ type }) => type === 'aws_api_gateway_stage');
  const addresses = stages.map((each) => each.address);
  const address = pickNamed(addresses, options, 'aws_api_gateway_stage');
  const stage = stages.find((each) => each.address === address) as Resource;
  const label = `${options.label}#${address}`;
  // tags_all includes the provider's default tags.
  const tags = stage.values['tags_all'] ?? stage.values['tags'];
  const tree = { ...stage.values, method_settings: methodsOf(resources, stage, stages, label), tags };
  return { ...(await desiredOf(tree, { ...options, label, spell: terraformName })), isWhole: true };
};
