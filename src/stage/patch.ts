import { parseJson } from '../text/json.js';
import { firstDifference, sameValue } from '../text/same-value.js';
import { boolean, checkVariableName, id, isProblem, type Leaf, loggingLevel } from './codec.js';
import { checkObject, type Draft, draftOf, finished, holderOf, removeMethodSetting } from './draft.js';
import { readableName } from './method.js';
import { decodeAt, findPlace, isNamed, namesMethod, type Place, readPlace } from './place.js';
import { PatchError, type PatchProblem, type Problem } from './problem.js';
import type { Property } from './properties.js';
import { ours, theirs } from './refusals.js';
import { isObject, kindOf, limits, misreadOperation, type PatchOperation, type Stage } from './stage.js';

/** Known facts besides the stage. Missing facts are not checked. */
export interface PatchContext {
  /** The ids of all deployments of the API. */
  readonly deploymentIds?: readonly string[];
  /** The answer of GetAccount: without a role, API Gateway refuses to turn logging on. */
  readonly account?: { readonly cloudwatchRoleArn?: string | null | undefined };
  /** Refuse booleans other than true and false, even where API Gateway reads them as false. */
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

/** Why an operation is not accepted at its path: API Gateway's message, or ours if its message is unknown. */
const refusalAt = ({ op, path, from }: Given, property: Property | undefined): Problem => {
  // Checked first: the path may also be unproven, or look like a method setting.
  if (op === 'add' && isUnder(path, '/canarySettings')) return theirs.invalidAdd(path);
  if (property?.unproven?.some((other) => other === op))
    return ours.unproven(op, path, property.codec ? 'Use replace.' : (property.instead ?? ''));
  if (op === 'remove') return theirs.notRemovable(path);
  if (op === 'copy') return theirs.invalidCopy(path, String(from));
  if (isUnder(path, '/accessLogSettings')) return theirs.accessLogPath();
  return namesMethod(path) ? theirs.unknownSetting(path.split('/').slice(-2).join('/')) : theirs.unknownPath(path);
};

const checkCount = (count: number): Refusal => (count > limits.variables ? ours.tooManyVariables(count) : undefined);

const isVariable = ({ property }: Place): boolean => isNamed(property) && property.ops.length > 0;

const variablesBeside = ({ next }: Draft, { property: { group } }: Place): object =>
  (group === 'variables' ? next.variables : next.canarySettings?.stageVariableOverrides) ?? {};

const checkVariable = (draft: Draft, place: Place): Refusal => {
  const map = variablesBeside(draft, place);
  const isNew = !Object.hasOwn(map, place.key);
  return checkVariableName(place.key) ?? (isNew ? checkCount(Object.keys(map).length + 1) : undefined);
};

// Recorded: a missing role does not hide these.
const beforeRole: readonly string[] = ['arn-start', 'logging-level', 'missing-value'];

/** Recorded: access logs and INFO need a role, OFF does not. Inferred: ERROR needs one. */
const needsRole = ({ property }: Place, value: string | undefined): boolean =>
  property.group === 'accessLogSettings' || (property.codec === loggingLevel && value !== 'OFF');

/**
 * The value as API Gateway reads it. Recorded: it never refuses a boolean of a method setting, and reads `invalid` as
 * false. Inferred: it ignores case there. Other booleans are strict, since neither is known of them.
 */
const decode = (place: Place, given: Given, { account, isStrict }: PatchContext): Leaf | Problem | undefined => {
  const { property, key } = place;
  const { op, path, value } = given;
  if (!isStrict && property.codec === boolean && property.group === 'methodSettings' && value !== undefined)
    return value.toLowerCase() === 'true';
  const leaf = property.codec?.decode(value, { op, path, key });
  if (account === undefined || account.cloudwatchRoleArn || !needsRole(place, value)) return leaf;
  return leaf !== undefined && isProblem(leaf) && beforeRole.includes(leaf.code) ? leaf : theirs.noLogRole();
};

const set: Apply = (draft, given, context) => {
  const place = findPlace(given.path);
  const accepted: readonly string[] = place?.property.ops ?? [];
  if (place === undefined || !accepted.includes(given.op)) return refusalAt(given, place?.property);
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

const remove: Apply = (draft, given) => {
  const place = findPlace(given.path);
  const name = place?.property.name;
  const key = given.path.slice(1);
  // Removing an absent group does no harm: public programs do so on every deploy.
  if (name === 'canarySettings' || name === 'accessLogSettings') delete draft.next[name];
  else if (place && isVariable(place) && Object.hasOwn(variablesBeside(draft, place), place.key))
    delete holderOf(draft, place)[place.key];
  // API Gateway takes any other path for the key of a method.
  else if (given.path.startsWith('/') && Object.hasOwn(draft.next.methodSettings ?? {}, key))
    removeMethodSetting(draft, key);
  else return place && isVariable(place) ? ours.absent(given.path) : refusalAt(given, place?.property);
  return undefined;
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

/** The test of a group or an entry, whose value is its JSON. */
const testWhole = (path: string, name: string, value: string, actual: unknown): Refusal => {
  const whole = parseJson(value);
  if (!isObject(whole)) return ours.testOfGroup(path);
  if (sameValue(whole, actual)) return undefined;
  // Without values: some may be secret.
  const differing = [name, ...firstDifference(whole, actual)].join('.');
  return ours.testFailed(name, 'as before', actual === undefined ? 'it is unset' : `${differing} differs`);
};

const test: Apply = (draft, { op, path, value }) => {
  const place = findPlace(path);
  if (place === undefined) return ours.untestable(path);
  const { codec } = place.property;
  if (value === undefined) return ours.missingValue(op, path, codec?.hint ?? 'JSON');
  const [name, actual] = [readableName(place), readPlace(draft.next, place)];
  if (codec === undefined && value !== '') return testWhole(path, name, value, actual);
  const isSame = (): boolean => {
    if (value === '') return isObject(actual) ? Object.keys(actual).length === 0 : (actual ?? '') === '';
    // Compared as values: 10.0 is 10. A text that is not a value of the property is compared as a text.
    return actual !== undefined && (actual === decodeAt(place, value) || String(actual) === value);
  };
  const now = isObject(actual) ? 'set' : String(actual ?? 'unset');
  return isSame() ? undefined : ours.testFailed(name, value || 'unset', `it is ${now}`);
};

const appliers: ReadonlyMap<unknown, Apply> = new Map<string, Apply>([
  ['add', set],
  ['replace', set],
  ['remove', remove],
  ['copy', copy],
  ['test', test],
  ['move', (_draft, { path }) => ours.move(path)],
]);

const mapsOfStage = ['methodSettings', 'variables', 'accessLogSettings', 'canarySettings'] as const;

/** @throws StageError if a stage, or a map in it, is not an object. Leaves are not checked. */
export const checkStage = (stage: Stage): void => {
  checkObject('A stage', stage);
  for (const name of mapsOfStage) if (stage[name] !== undefined) checkObject(name, stage[name]);
  const overrides = stage.canarySettings?.stageVariableOverrides;
  if (overrides !== undefined) checkObject('canarySettings.stageVariableOverrides', overrides);
};

/**
 * Applies patch operations to a stage as UpdateStage would: in order, each on the result of those before it, and all or
 * none of them. The argument does not change; the result shares its unchanged parts.
 *
 * @throws PatchError with every operation that API Gateway refuses, or that is undocumented. Those with an unknown `op`
 * come first; the others are tried as if the refused ones were not there.
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
  for (let index = 0; index < operations.length; index++) {
    const operation: unknown = operations[index];
    const op = isObject(operation) ? operation['op'] : undefined;
    const apply = appliers.get(op);
    const reason = misreadOperation(operation);
    const refusal =
      typeof op === 'string' && apply === undefined
        ? theirs.unknownOp(op, sent)
        : reason === undefined
          ? apply?.(draft, operation as Given, context)
          : ours.malformedOperation(index, reason);
    if (refusal) problems.push({ ...refusal, operation, index });
    // `test` operations are never sent.
    if (op !== 'test') sent += 1;
  }
  // API Gateway checks the enum before it tries any operation.
  problems.sort((one, other) => Number(other.code === 'unknown-op') - Number(one.code === 'unknown-op'));
  if (problems.length > 0) throw new PatchError(problems);
  return finished(draft);
};
