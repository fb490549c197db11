/** The calls that an edit takes, and the stage that they should lead to. */
import { changesBetween, type Wanted } from '../../stage/diff.js';
import { applyPatch } from '../../stage/patch.js';
import { coveredBy, findPlace, nameOf, type Place } from '../../stage/place.js';
import type { Calls, OtherCall } from '../../stage/plan.js';
import { PatchError } from '../../stage/problem.js';
import { applyCall, plannedOperations, sent } from '../../stage/result.js';
import type { PatchOperation, Stage } from '../../stage/stage.js';

type Operations = readonly PatchOperation[];

export type Step = ({ readonly kind: 'UpdateStage' } | OtherCall) & {
  /** Empty except for UpdateStage. */
  readonly operations: Operations;
  /** The stage that the engine foresees after this call. */
  readonly after: Stage;
  /** Operations with an unknown effect, which `after` does not include. */
  readonly unproven: Operations;
};

export interface Foresight {
  readonly before: Stage;
  readonly steps: readonly Step[];
  readonly after: Stage;
  readonly listed: Operations;
}

/** Whether operations name a place or a group that contains it. */
export const namedBy = (operations: Operations): Wanted =>
  coveredBy(operations.flatMap(({ path }) => findPlace(path) ?? []));

/** A number known to be accepted in one call. AWS does not document the limit. */
const mostOperations = 80;

/** Names what belongs together: the entry of a method, or the members of any other group. */
const unitOf = (place: Place | undefined): string =>
  place?.property.group === 'methodSettings' ? place.key : ` ${place?.property.group}`;

const chunks = (operations: Operations): readonly Operations[] =>
  Array.from({ length: Math.ceil(operations.length / mostOperations) }, (_, index) =>
    operations.slice(index * mostOperations, (index + 1) * mostOperations),
  );

/** Splits operations into calls. Keeps the entry of a method in one call where possible. */
const packed = (operations: Operations): readonly Operations[] => {
  if (operations.length <= mostOperations) return chunks(operations);
  const units = new Map<string, PatchOperation[]>();
  for (const operation of operations) {
    const place = findPlace(operation.path);
    const key = place?.property.group === 'methodSettings' ? place.key : '';
    const unit = units.get(key) ?? [];
    unit.push(operation);
    units.set(key, unit);
  }
  const calls: PatchOperation[][] = [];
  for (const unit of [...units.values()].flatMap(chunks)) {
    const last = calls.at(-1);
    if (last !== undefined && last.length + unit.length <= mostOperations) last.push(...unit);
    else calls.push([...unit]);
  }
  return calls;
};

/** Drops operations that change nothing. A call with a copy is kept whole: the source may change before it is sent. */
const dropNoOps = (stage: Stage, operations: Operations, after: Stage): Operations => {
  const changes = changesBetween(stage, after);
  if (changes.length === 0) return [];
  if (operations.some(({ op }) => op === 'copy')) return operations;
  const changed = new Set(changes.flatMap(({ place }) => [nameOf(place), unitOf(place)]));
  const placed = operations.map((operation) => ({ operation, place: findPlace(operation.path) }));
  // All operations after a removal are needed to rebuild what it removes.
  const rebuilt = new Set(placed.flatMap(({ operation: { op }, place }) => (op === 'remove' ? unitOf(place) : [])));
  const isNeeded = (place: Place): boolean =>
    changed.has(nameOf(place)) || (changed.has(unitOf(place)) && rebuilt.has(unitOf(place)));
  return placed.filter(({ place }) => place === undefined || isNeeded(place)).map(({ operation }) => operation);
};

const stepOf = (before: Stage, operations: Operations): Step => {
  try {
    return { kind: 'UpdateStage', operations, after: applyPatch(before, operations), unproven: [] };
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    // API Gateway is known to refuse everything else.
    const known = error.problems.filter(({ code }) => code !== 'unproven' && code !== 'absent');
    if (known.length > 0) throw new PatchError(known);
    const unproven = error.problems.flatMap(({ index }) => operations[index] ?? []);
    const proven = operations.filter((operation) => !unproven.includes(operation));
    return { kind: 'UpdateStage', operations, after: applyPatch(before, proven), unproven };
  }
};

const otherStep = (before: Stage, call: OtherCall, stageName: string | undefined): Step => {
  const named = stageName === undefined ? {} : { stageName };
  const known = call.kind === 'CreateStage' ? { ...call, stage: { ...call.stage, ...named } } : call;
  return { ...call, operations: [], after: applyCall(before, known), unproven: [] };
};

const makes = (stage: Stage, operations: Operations, after: Stage): boolean => {
  try {
    return changesBetween(applyPatch(stage, operations), after).length === 0;
  } catch {
    return false;
  }
};

const partsOf = (stage: Stage, operations: Operations, isVerbatim: boolean): readonly Operations[] => {
  // Applies the whole call first, to report all of its problems at once.
  const { after } = isVerbatim ? stepOf(stage, operations) : { after: applyPatch(stage, operations) };
  const given = sent(operations);
  if (isVerbatim) return chunks(given);
  const calls = packed(dropNoOps(stage, given, after));
  return makes(stage, calls.flat(), after) ? calls : chunks(given);
};

/** The calls that an edit takes. `test` operations are checked by stage and dropped; so are no-ops, unless verbatim. */
export const foreseeCalls = (before: Stage, calls: Calls, isVerbatim: boolean, stageName?: string): Foresight => {
  const steps: Step[] = [];
  let after = before;
  for (const call of calls)
    for (const part of 'kind' in call ? [call] : partsOf(after, call, isVerbatim)) {
      const step = 'kind' in part ? otherStep(after, part, stageName) : stepOf(after, part);
      steps.push(step);
      after = step.after;
    }
  const given = plannedOperations(calls);
  const tests = given.filter(({ op }) => op === 'test');
  const listed = isVerbatim ? given : [...tests, ...steps.flatMap(({ operations }) => operations)];
  return { before, steps, after, listed };
};
