import { boolean, checkVariableName, id, isProblem, type Leaf, loggingLevel } from './codec.js';
import { type Draft, draftOf, finished, holderOf, removeMethodSetting } from './draft.js';
import { readableName } from './method.js';
import { decodeAt, findPlace, isNamed, namesMethod, type Place, readPlace } from './place.js';
import { PatchError, type PatchProblem, type Problem, StageError } from './problem.js';
import type { Property } from './properties.js';
import { ours, theirs } from './refusals.js';
import { isObject, kindOf, limits, type PatchOperation, type Stage } from './stage.js';

/** What is known besides the stage. What is missing is not checked. */
export interface PatchContext {
  /** The ids of all deployments of the API. */
  readonly deploymentIds?: readonly string[];
  /** What GetAccount answers: without a role, API Gateway refuses to turn logging on. */
  readonly account?: { readonly cloudwatchRoleArn?: string | null | undefined };
  /** Refuse booleans other than true and false also where API Gateway reads them as false. */
  readonly isStrict?: boolean;
}

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

/** Why an operation is not accepted at its path: API Gateway's message, or ours where its answer is unknown. */
const refusalAt = ({ op, path, from }: Given, property: Property | undefined): Problem => {
  // Before what is unproven, and before the settings of a method, as whose path it may read.
  if (op === 'add' && isUnder(path, '/canarySettings')) return theirs.invalidAdd(path);
  if (property?.unproven?.some((other) => other === op))
    return ours.unproven(op, path, property.codec ? 'Use replace.' : (property.instead ?? ''));
  if (op === 'remove') return theirs.notRemovable(path);
  if (op === 'copy') return theirs.invalidCopy(path, String(from));
  if (isUnder(path, '/accessLogSettings')) return theirs.accessLogPath();
  return namesMethod(path) ? theirs.unknownSetting(path.split('/').slice(-2).join('/')) : theirs.unknownPath(path);
};

const allows = ({ ops }: Property, op: string): boolean => (ops as readonly string[]).includes(op);

const checkCount = (count: number): Refusal => (count > limits.variables ? ours.tooManyVariables(count) : undefined);

const isVariable = ({ property }: Place): boolean => isNamed(property) && property.ops.length > 0;

const hasVariable = (map: object | undefined, name: string): boolean => map !== undefined && Object.hasOwn(map, name);

const variableMap = ({ next }: Draft, { group }: Property): object | undefined =>
  group === 'variables' ? next.variables : next.canarySettings?.stageVariableOverrides;

const checkVariable = (draft: Draft, { property, key }: Place): Refusal => {
  const map = variableMap(draft, property);
  return checkVariableName(key) ?? (hasVariable(map, key) ? undefined : checkCount(Object.keys(map ?? {}).length + 1));
};

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
  const { codec, clear, field } = place.property;
  if (codec === id && context.deploymentIds?.includes(String(leaf)) === false) return theirs.unknownDeployment();
  const holder = holderOf(draft, place);
  const name = isNamed(place.property) ? place.key : field;
  if (leaf === '' && clear === '') delete holder[name];
  else holder[name] = leaf;
  return undefined;
};

const removeAtPlace = (draft: Draft, place: Place): boolean => {
  const { name } = place.property;
  // Removing one that is not there does no harm (public programs send it on every deploy).
  if (name === 'canarySettings' || name === 'accessLogSettings') return delete draft.next[name];
  if (!isVariable(place) || !hasVariable(variableMap(draft, place.property), place.key)) return false;
  return delete holderOf(draft, place)[place.key];
};

const removeMethod = (draft: Draft, path: string): boolean => {
  const key = path.slice(1);
  const isThere = path.startsWith('/') && Object.hasOwn(draft.next.methodSettings ?? {}, key);
  if (isThere) removeMethodSetting(draft, key);
  return isThere;
};

const remove: Apply = (draft, given) => {
  const place = findPlace(given.path);
  // API Gateway takes any other path for the key of a method.
  if ((place && removeAtPlace(draft, place)) || removeMethod(draft, given.path)) return undefined;
  const property = place?.property;
  const isMethod = property === undefined || property.group === 'methodSettings' || !allows(property, 'remove');
  return isMethod ? refusalAt(given, property) : ours.absent(given.path);
};

const copy: Apply = ({ next }, given) => {
  const property = findPlace(given.path)?.property;
  if (property?.copyFrom === undefined || property.copyFrom !== given.from) return refusalAt(given, undefined);
  const canary = next.canarySettings;
  if (canary === undefined) return theirs.noCanary();
  if (property.group === 'variables') {
    // Recorded: variables that the canary does not override stay.
    const merged = { ...next.variables, ...canary.stageVariableOverrides };
    const count = Object.keys(merged).length;
    if (count > 0 && count <= limits.variables) next.variables = merged;
    return checkCount(count);
  }
  if (canary.deploymentId === undefined) return ours.unknownSource(given.from);
  next.deploymentId = canary.deploymentId;
  return undefined;
};

const test: Apply = (draft, { op, path, value }) => {
  const place = findPlace(path);
  if (place === undefined) return ours.untestable(path);
  if (value === undefined) return ours.missingValue(op, path, place.property.codec?.hint ?? 'text');
  if (place.property.codec === undefined && value !== '') return ours.testOfGroup(path);
  const actual = readPlace(draft.next, place);
  const isEqual = (): boolean => {
    if (value === '') return isObject(actual) ? Object.keys(actual).length === 0 : (actual ?? '') === '';
    // Compared as values: 10.0 is 10. A text that is not a value of the property is compared as a text.
    return (
      actual !== undefined && (actual === decodeAt(place, value) || (!isObject(actual) && String(actual) === value))
    );
  };
  return isEqual() ? undefined : ours.testFailed(readableName(place), value, actual);
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

const mapsOfStage = ['methodSettings', 'variables', 'accessLogSettings', 'canarySettings'] as const;

const isMap = (value: unknown): boolean => value === undefined || isObject(value);

/** @throws StageError if a stage, or a map in it, is not an object. Leaves are not checked. */
export const checkStage = (stage: unknown): void => {
  if (!isObject(stage)) throw new StageError('input', [ours.noStage('A stage', kindOf(stage))]);
  const { canarySettings: canary } = stage;
  const overrides = isObject(canary) ? canary['stageVariableOverrides'] : undefined;
  const problems: Problem[] = [];
  for (const name of mapsOfStage) if (!isMap(stage[name])) problems.push(ours.noStage(name, kindOf(stage[name])));
  if (!isMap(overrides)) problems.push(ours.noStage('canarySettings.stageVariableOverrides', kindOf(overrides)));
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
    const problem = ours.malformedOperation(0, `expected an array of operations, got ${kindOf(operations)}`);
    throw new PatchError([{ ...problem, operation: operations, index: 0 }]);
  }
  const draft = draftOf(stage);
  const problems: PatchProblem[] = [];
  let sent = 0;
  const refuseOp: Apply = (_draft, { op }) => theirs.unknownOp(op, sent);
  for (let index = 0; index < operations.length; index++) {
    const operation: unknown = operations[index];
    const given = operation as Given;
    const reason = malformation(operation);
    const refusal = reason
      ? ours.malformedOperation(index, reason)
      : (appliers.get(given.op) ?? refuseOp)(draft, given, context);
    if (refusal) problems.push({ ...refusal, operation, index });
    // A test is not sent.
    if (!isObject(operation) || operation['op'] !== 'test') sent += 1;
  }
  // API Gateway checks the enum before it tries any operation.
  problems.sort((one, other) => Number(other.code === 'unknown-op') - Number(one.code === 'unknown-op'));
  if (problems.length > 0) throw new PatchError(problems);
  return finished(draft);
};
