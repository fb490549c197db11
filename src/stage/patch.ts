import { boolean, checkVariableName, id, isProblem, type Leaf, loggingLevel } from './codec.js';
import {
  accessLogSettingsOf,
  canarySettingsOf,
  type Draft,
  draftOf,
  finished,
  type Members,
  methodSettingOf,
  overridesOf,
  removeMethodSetting,
  variablesOf,
} from './draft.js';
import { readableName } from './method.js';
import { decodeAt, findPlace, isNamed, namesMethod, type Place, readPlace } from './place.js';
import { PatchError, type PatchProblem, type Problem, StageError } from './problem.js';
import { type Property, seedCanarySettings, seedMethodSetting } from './properties.js';
import { ours, theirs } from './refusals.js';
import type { PatchOperation } from './stage.js';
import { isObject, kindOf, limits, type Stage } from './stage.js';

/** What is known besides the stage. What is missing is not checked. */
export interface PatchContext {
  /** The ids of all deployments of the API. */
  readonly deploymentIds?: readonly string[];
  /** What GetAccount answers: without a role, API Gateway refuses to turn logging on. */
  readonly account?: { readonly cloudwatchRoleArn?: string | null | undefined };
  /** Refuse booleans other than true and false also where API Gateway reads them as false. */
  readonly isStrict?: boolean;
}

/** An operation whose members are texts; nothing else is known about it. */
interface Given {
  readonly op: string;
  readonly path: string;
  readonly value?: string;
  readonly from?: string;
}

// Each applier checks everything before it writes, so that a refused operation leaves no trace.
type Refusal = Problem | undefined;
type Apply = (draft: Draft, given: Given, context: PatchContext) => Refusal;

const isUnder = (path: string, parent: string): boolean => path === parent || path.startsWith(`${parent}/`);

/** Refused with a message of its own, even if the path reads like one of a method's setting. */
const isCanaryAdd = (op: string, path: string): boolean => op === 'add' && isUnder(path, '/canarySettings');

/** API Gateway's message about an operation that it does not accept at this path. */
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

const isUnknownDeployment = ({ codec }: Property, leaf: Leaf, { deploymentIds }: PatchContext): boolean =>
  codec === id && deploymentIds !== undefined && !deploymentIds.includes(String(leaf));

const countKeys = (map: object | undefined): number => (map === undefined ? 0 : Object.keys(map).length);

const checkCount = (map: object | undefined, name: string): Refusal => {
  if (map !== undefined && Object.hasOwn(map, name)) return undefined;
  const count = countKeys(map) + 1;
  return count > limits.variables ? ours.tooManyVariables(count) : undefined;
};

/** The object that holds a place's leaf, ready to be changed. */
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
  if (leaf === '' && place.property.clear === '') delete holder[memberName(place)];
  else holder[memberName(place)] = leaf;
};

const isVariable = ({ property }: Place): boolean => isNamed(property) && property.ops.length > 0;

const variableMap = ({ next }: Draft, { group }: Property): object | undefined =>
  group === 'variables' ? next.variables : next.canarySettings?.stageVariableOverrides;

const checkVariable = (draft: Draft, { property, key }: Place): Refusal =>
  checkVariableName(key) ?? checkCount(variableMap(draft, property), key);

/** Checks that a missing role does not hide: recorded, as is that the checks of a log format come after the one of the role. */
const beforeRole: readonly string[] = ['arn-start', 'logging-level', 'missing-value'];

/** Recorded for access logs and INFO, and that OFF needs no role. For ERROR it is inferred. */
const needsRole = ({ property }: Place, value: string | undefined): boolean =>
  property.group === 'accessLogSettings' || (property.codec === loggingLevel && value !== 'OFF');

/**
 * The value as API Gateway reads it. It never refuses a boolean of a method setting: `invalid` is read as false (recorded);
 * that case is ignored is inferred. For other booleans neither is known, so they are strict.
 */
const decode = (
  place: Place,
  { op, path, value }: Given,
  { account, isStrict }: PatchContext,
): Leaf | Problem | undefined => {
  const { property, key } = place;
  if (!isStrict && property.codec === boolean && property.group === 'methodSettings' && value !== undefined)
    return value.toLowerCase() === 'true';
  const leaf = property.codec?.decode(value, { op, path, key });
  if (account === undefined || account.cloudwatchRoleArn || !needsRole(place, value)) return leaf;
  return leaf !== undefined && isProblem(leaf) && beforeRole.includes(leaf.code) ? leaf : theirs.noLogRole();
};

const set: Apply = (draft, given, context) => {
  const place = findPlace(given.path);
  if (place === undefined || !allows(place.property, given.op)) return refusalAt(given, place?.property);
  const refusal = isVariable(place) ? checkVariable(draft, place) : undefined;
  if (refusal) return refusal;
  const leaf = decode(place, given, context);
  if (leaf === undefined) return refusalAt(given, place.property);
  if (isProblem(leaf)) return leaf;
  if (isUnknownDeployment(place.property, leaf, context)) return theirs.unknownDeployment();
  write(draft, place, leaf);
  return undefined;
};

const removeVariable = (draft: Draft, { property, key }: Place): boolean => {
  const map = variableMap(draft, property);
  if (map === undefined || !Object.hasOwn(map, key)) return false;
  delete (property.group === 'variables' ? variablesOf(draft) : overridesOf(draft, seedCanarySettings))[key];
  return true;
};

const removeMethod = (draft: Draft, path: string): boolean => {
  const key = path.slice(1);
  const settings = draft.next.methodSettings;
  if (!path.startsWith('/') || settings === undefined || !Object.hasOwn(settings, key)) return false;
  removeMethodSetting(draft, key);
  return true;
};

/** Removes a whole group. Removing one that is not there does no harm (public programs send it on every deploy). */
const removeGroup = (draft: Draft, name: string): boolean => {
  if (name !== 'canarySettings' && name !== 'accessLogSettings') return false;
  delete draft.next[name];
  return true;
};

const remove: Apply = (draft, given) => {
  const place = findPlace(given.path);
  const property = place?.property;
  if (place && isVariable(place) && removeVariable(draft, place)) return undefined;
  // API Gateway takes any other path for the key of a method.
  if (removeGroup(draft, property?.name ?? '') || removeMethod(draft, given.path)) return undefined;
  const isMethod = property === undefined || property.group === 'methodSettings' || !allows(property, 'remove');
  return isMethod ? refusalAt(given, property) : ours.absent(given.path);
};

const promoteVariables = (draft: Draft, overrides: Readonly<Record<string, string>>): Refusal => {
  const merged = { ...draft.next.variables, ...overrides };
  const count = countKeys(merged);
  if (count > limits.variables) return ours.tooManyVariables(count);
  // Recorded: variables that the canary does not override stay.
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
  // Compared as values: 10.0 is 10. A text that is not a value of the property is compared as a text.
  return actual === decodeAt(place, value) || (!isObject(actual) && String(actual) === value);
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

const notText = (name: string, member: unknown): string => `${name}: expected a string, got ${kindOf(member)}`;

/** Why something is not an operation at all. */
const malformation = (operation: unknown): string | undefined => {
  if (!isObject(operation)) return `expected an object, got ${kindOf(operation)}`;
  const { op, path, value, from } = operation;
  if (typeof op !== 'string') return notText('op', op);
  // API Gateway refuses an op outside the enum, whatever else is wrong.
  if (!appliers.has(op)) return undefined;
  if (typeof path !== 'string') return notText('path', path);
  if (typeof value !== 'string' && value !== undefined) return notText('value', value);
  return typeof from === 'string' || (from === undefined && op !== 'copy') ? undefined : notText('from', from);
};

const isTest = (operation: unknown): boolean => isObject(operation) && operation['op'] === 'test';

/** `sent` counts the operations before it that are sent: a test is not. */
const tryOperation = (
  draft: Draft,
  operation: unknown,
  index: number,
  sent: number,
  context: PatchContext,
): Refusal => {
  const reason = malformation(operation);
  if (reason) return ours.malformed(index, reason);
  const given = operation as Given;
  const apply = appliers.get(given.op);
  return apply === undefined ? theirs.unknownOp(given.op, sent) : apply(draft, given, context);
};

// API Gateway checks the enum before it tries any operation.
const enumFirst = (problems: readonly PatchProblem[]): readonly PatchProblem[] => [
  ...problems.filter(({ code }) => code === 'unknown-op'),
  ...problems.filter(({ code }) => code !== 'unknown-op'),
];

const mapsOfStage = ['methodSettings', 'variables', 'accessLogSettings', 'canarySettings'] as const;

const isMap = (value: unknown): boolean => value === undefined || isObject(value);

/** @throws StageError if a stage, or a map in it, is not an object. Leaves are not checked. */
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
 * Applies patch operations to a stage as UpdateStage would: in order, each seeing the effect of those before it, and all or
 * none of them. The argument does not change; the answer shares with it what is equal.
 *
 * @throws PatchError with every operation that API Gateway refuses, or that is undocumented. Operations outside the enum come
 * first; the others are tried as if the refused ones were not there.
 * @throws StageError if `stage` is not a stage.
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
  let sent = 0;
  for (let index = 0; index < operations.length; index++) {
    const operation: unknown = operations[index];
    const refusal = tryOperation(draft, operation, index, sent, context);
    if (refusal) problems.push({ ...refusal, operation, index });
    if (!isTest(operation)) sent += 1;
  }
  if (problems.length > 0) throw new PatchError(enumFirst(problems));
  return finished(draft);
};
