import { checkVariableName, isProblem, type Leaf } from './codec.js';
import {
  accessLogSettingsOf,
  canarySettingsOf,
  type Draft,
  draftOf,
  type Members,
  methodSettingOf,
  overridesOf,
  removeKey,
  removeMethodSetting,
  variablesOf,
} from './draft.js';
import { readableName } from './method.js';
import type { PatchOperation } from './operation.js';
import { decodeAt, findPlace, isNamed, namesMethod, type Place, readPlace } from './place.js';
import { PatchError, type PatchProblem, type Problem, StageError } from './problem.js';
import { type Property, seedCanarySettings, seedMethodSetting } from './properties.js';
import { ours, theirs } from './refusals.js';
import { isObject, kindOf, limits, type Stage } from './stage.js';

/** What is known besides the stage. What is left out is not checked. */
export interface PatchContext {
  /** The ids of all deployments of the API. */
  readonly deploymentIds?: readonly string[];
  /** The ids of all client certificates of the account in the region. */
  readonly clientCertificateIds?: readonly string[];
  /** What GetAccount answers. */
  readonly account?: { readonly cloudwatchRoleArn?: string };
}

/** An operation whose members are known to be texts, and no more than that. */
interface Given {
  readonly op: string;
  readonly path: string;
  readonly value?: string;
  readonly from?: string;
}

// A refusal is answered before anything is written, so that a refused operation leaves no trace.
type Refusal = Problem | undefined;
type Apply = (draft: Draft, given: Given, context: PatchContext) => Refusal;

const isUnder = (path: string, parent: string): boolean => path === parent || path.startsWith(`${parent}/`);

/** Refused in words of its own, also where the rest of the path is that of a method's setting. */
const isCanaryAdd = (op: string, path: string): boolean => op === 'add' && isUnder(path, '/canarySettings');

/** What API Gateway says to an operation at a path where it takes none such. */
const refusalOf = ({ op, path, from }: Given): Problem => {
  if (op === 'remove') return theirs.notRemovable(path);
  if (op === 'copy') return theirs.invalidCopy(path, String(from));
  if (isCanaryAdd(op, path)) return theirs.invalidAdd(path);
  if (isUnder(path, '/accessLogSettings')) return theirs.accessLogPath();
  return namesMethod(path) ? theirs.unknownSetting(path.split('/').slice(-2).join('/')) : theirs.unknownPath(path);
};

const refusalAt = (given: Given, property: Property | undefined): Problem => {
  const unproven = property?.unproven?.some((op) => op === given.op) && !isCanaryAdd(given.op, given.path);
  if (property === undefined || !unproven) return refusalOf(given);
  return ours.unproven(given.op, given.path, property.codec ? 'Use replace.' : (property.instead ?? ''));
};

const allows = ({ ops }: Property, op: string): boolean => (ops as readonly string[]).includes(op);

const checkAmong = ({ among }: Property, leaf: Leaf, context: PatchContext): Refusal => {
  const ids = among && context[among];
  if (ids === undefined || leaf === '' || ids.includes(String(leaf))) return undefined;
  return among === 'deploymentIds' ? theirs.unknownDeployment() : ours.unknownCertificate(String(leaf));
};

const countKeys = (map: object | undefined): number => (map === undefined ? 0 : Object.keys(map).length);

const checkCount = (map: object | undefined, name: string): Refusal => {
  if (map !== undefined && Object.hasOwn(map, name)) return undefined;
  const count = countKeys(map) + 1;
  return count > limits.variables ? ours.tooManyVariables(count) : undefined;
};

/** The object that holds a place's leaf, made if need be, and ready to be written to. */
const holderOf = (draft: Draft, { property, key }: Place): Members => {
  switch (property.group) {
    case 'methodSettings':
      return methodSettingOf(draft, key, seedMethodSetting);
    case 'variables':
      return variablesOf(draft);
    case 'accessLogSettings':
      return accessLogSettingsOf(draft);
    case 'canarySettings':
      return isNamed(property) ? overridesOf(draft, seedCanarySettings) : canarySettingsOf(draft, seedCanarySettings);
    case 'stage':
      return draft.next;
  }
};

const memberName = ({ property, key }: Place): string => (isNamed(property) ? key : property.field);

const write = (draft: Draft, place: Place, leaf: Leaf): void => {
  const holder = holderOf(draft, place);
  // "" clears where the row says so: the key goes.
  if (leaf === '' && place.property.clear === '') delete holder[memberName(place)];
  else holder[memberName(place)] = leaf;
};

/** Whether a place is a variable, or an override of one. */
const isVariable = ({ property }: Place): boolean => isNamed(property) && property.ops.length > 0;

const variableMap = ({ next }: Draft, { group }: Property): object | undefined =>
  group === 'variables' ? next.variables : next.canarySettings?.stageVariableOverrides;

const checkVariable = (draft: Draft, { property, key }: Place): Refusal =>
  checkVariableName(key) ?? checkCount(variableMap(draft, property), key);

const set: Apply = (draft, given, context) => {
  const place = findPlace(given.path);
  const codec = place?.property.codec;
  if (place === undefined || codec === undefined || !allows(place.property, given.op))
    return refusalAt(given, place?.property);
  const { property, key } = place;
  const refusal = isVariable(place) ? checkVariable(draft, place) : undefined;
  if (refusal) return refusal;
  const leaf = codec.decode(given.value, { op: given.op, path: given.path, key });
  if (isProblem(leaf)) return leaf;
  const unknown = checkAmong(property, leaf, context);
  if (unknown === undefined) write(draft, place, leaf);
  return unknown;
};

const removeVariable = (draft: Draft, { property, key }: Place): boolean => {
  const map = variableMap(draft, property);
  if (map === undefined || !Object.hasOwn(map, key)) return false;
  if (property.group === 'variables') removeKey(draft.next, draft.base, 'variables', key);
  else {
    const canary = canarySettingsOf(draft, seedCanarySettings);
    removeKey(canary, draft.base.canarySettings, 'stageVariableOverrides', key);
  }
  return true;
};

const removeMethod = (draft: Draft, path: string): boolean => {
  const key = path.slice(1);
  const settings = draft.next.methodSettings;
  if (!path.startsWith('/') || settings === undefined || !Object.hasOwn(settings, key)) return false;
  removeMethodSetting(draft, key);
  return true;
};

/** Removes a whole group. Access logs that are not there may be removed too: that is harmless at API Gateway. */
const removeGroup = (draft: Draft, name: string): boolean => {
  if (name !== 'canarySettings' && name !== 'accessLogSettings') return false;
  delete draft.next[name];
  return true;
};

const remove: Apply = (draft, given) => {
  const place = findPlace(given.path);
  const property = place?.property;
  if (place && isVariable(place) && removeVariable(draft, place)) return undefined;
  // Whatever is no other removable path API Gateway takes for the key of a method.
  if (removeGroup(draft, property?.name ?? '') || removeMethod(draft, given.path)) return undefined;
  const isMethod = property === undefined || property.group === 'methodSettings' || !allows(property, 'remove');
  return isMethod ? refusalAt(given, property) : ours.absent(given.path);
};

const promoteVariables = (draft: Draft, overrides: Readonly<Record<string, string>>): Refusal => {
  const merged = { ...draft.next.variables, ...overrides };
  const count = countKeys(merged);
  if (count > limits.variables) return ours.tooManyVariables(count);
  // AWS merges here: variables the canary does not override stay.
  if (count > 0) draft.next.variables = merged;
  return undefined;
};

const copy: Apply = (draft, given) => {
  const property = findPlace(given.path)?.property;
  if (property?.copyFrom === undefined || property.copyFrom !== given.from) return refusalOf(given);
  const canary = draft.next.canarySettings;
  if (canary === undefined) return theirs.noCanary();
  if (property.group === 'variables') return promoteVariables(draft, canary.stageVariableOverrides ?? {});
  if (canary.deploymentId === undefined) return ours.unknownSource(given.from);
  draft.next.deploymentId = canary.deploymentId;
  return undefined;
};

const isNothing = (value: unknown): boolean =>
  value === undefined || value === '' || (isObject(value) && Object.keys(value).length === 0);

const isAsExpected = (actual: unknown, place: Place, value: string): boolean => {
  if (value === '') return isNothing(actual);
  if (actual === undefined) return false;
  // Compared as values: 10.0 is 10. A text that is no value of the property can still be compared as a text.
  return actual === decodeAt(place, value) || String(actual) === value;
};

const test: Apply = (draft, given) => {
  const place = findPlace(given.path);
  if (place === undefined) return ours.untestable(given.path);
  if (given.value === undefined) return ours.missingValue(given.op, given.path, place.property.codec?.hint ?? 'text');
  if (place.property.codec === undefined && given.value !== '') return ours.testOfGroup(given.path);
  const actual = readPlace(draft.next, place);
  return isAsExpected(actual, place, given.value)
    ? undefined
    : ours.testFailed(readableName(place), given.value, actual);
};

const appliers: ReadonlyMap<string, Apply> = new Map<string, Apply>([
  ['add', set],
  ['replace', set],
  ['remove', remove],
  ['copy', copy],
  ['test', test],
  ['move', (_draft, { path }) => ours.move(path)],
]);

const noText = (name: string, member: unknown): string => `${name}: expected a text, came ${kindOf(member)}`;

/** What keeps an operation from being read at all. */
const malformation = (operation: unknown): string | undefined => {
  if (!isObject(operation)) return `expected an object, came ${kindOf(operation)}`;
  const { op, path, value, from } = operation;
  if (typeof op !== 'string') return noText('op', op);
  // One outside the enum is refused for that, whatever else it holds.
  if (!appliers.has(op)) return undefined;
  if (typeof path !== 'string') return noText('path', path);
  if (typeof value !== 'string' && value !== undefined) return noText('value', value);
  return typeof from === 'string' || (from === undefined && op !== 'copy') ? undefined : noText('from', from);
};

const isTest = (operation: unknown): boolean => isObject(operation) && operation['op'] === 'test';

const tryOperation = (draft: Draft, operations: readonly unknown[], index: number, context: PatchContext): Refusal => {
  const operation = operations[index];
  const reason = malformation(operation);
  if (reason) return ours.malformed(index, reason);
  const given = operation as unknown as Given;
  const apply = appliers.get(given.op);
  if (apply !== undefined) return apply(draft, given, context);
  // API Gateway counts what is sent, and no test is.
  return theirs.unknownOp(given.op, operations.slice(0, index).filter((before) => !isTest(before)).length);
};

// API Gateway looks at the enum before it tries any operation.
const enumFirst = (problems: readonly PatchProblem[]): readonly PatchProblem[] => [
  ...problems.filter(({ code }) => code === 'unknown-op'),
  ...problems.filter(({ code }) => code !== 'unknown-op'),
];

const mapsOfStage = ['methodSettings', 'variables', 'accessLogSettings', 'canarySettings'] as const;

const isMap = (value: unknown): boolean => value === undefined || isObject(value);

/** @throws StageError where a value, or a map in it, is no object. Its leaves are not looked at. */
export const checkStage = (stage: unknown): void => {
  if (!isObject(stage)) throw new StageError('input', [ours.notAStage('A stage', kindOf(stage))]);
  const { canarySettings: canary } = stage;
  const overrides = isObject(canary) ? canary['stageVariableOverrides'] : undefined;
  const problems: Problem[] = [];
  for (const name of mapsOfStage) if (!isMap(stage[name])) problems.push(ours.notAStage(name, kindOf(stage[name])));
  if (!isMap(overrides)) problems.push(ours.notAStage('canarySettings.stageVariableOverrides', kindOf(overrides)));
  if (problems.length > 0) throw new StageError('input', problems);
};

/**
 * Applies patch operations to a stage as UpdateStage would: in order, each seeing the effect of those before it, and all of
 * them or none. The argument is left as it is; the answer shares with it what did not change.
 *
 * @throws PatchError with every operation that API Gateway would refuse, or is not known to accept. Operations outside the
 * enum come first; the others are tried as if the refused ones had not been there.
 * @throws StageError where `stage` is no stage.
 * @see https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateStage-Patch
 *
 * @example
 * applyPatch({ description: 'old' }, [{ op: 'replace', path: '/description', value: 'new' }]); // { description: 'new' }
 */
export const applyPatch = (stage: Stage, operations: readonly PatchOperation[], context: PatchContext = {}): Stage => {
  checkStage(stage);
  if (!Array.isArray(operations)) {
    throw new PatchError([{ ...ours.notAList(kindOf(operations)), operation: operations, index: 0 }]);
  }
  const draft = draftOf(stage);
  const problems: PatchProblem[] = [];
  for (let index = 0; index < operations.length; index++) {
    const refusal = tryOperation(draft, operations, index, context);
    if (refusal) problems.push({ ...refusal, operation: operations[index], index });
  }
  if (problems.length > 0) throw new PatchError(enumFirst(problems));
  return draft.next;
};
