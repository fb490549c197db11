import type { EditCommand, PlanInput } from './commands/command.js';
import { type Choice, resolve } from './stage/choice.js';
import type { PatchOperation } from './stage/operation.js';
import { applyPatch } from './stage/patch.js';
import { pathOf } from './stage/place.js';
import type { Calls, Decide, Notice } from './stage/plan.js';
import { StageError } from './stage/problem.js';
import { operationsOf, type StageResult } from './stage/result.js';
import { noticesFor } from './stage/rules.js';
import type { Stage } from './stage/stage.js';
import type { StageTarget } from './targets/target.js';

export interface EditRequest extends Omit<PlanInput, 'stage'> {
  /** The values that properties must have before the edit. */
  readonly expected: readonly Choice[];
  readonly isDryRun: boolean;
  /** Called with the calls before they are made. */
  readonly onPlan?: (calls: Calls) => void;
}

const testsOf = (expected: readonly Choice[], stage: Stage): readonly PatchOperation[] =>
  resolve(expected, stage).resolved.map(({ place, choice }) => ({
    op: 'test',
    path: pathOf(place),
    value: choice.text ?? '',
  }));

/** Expectations are tests at the head of the first call. */
const expecting = (tests: readonly PatchOperation[], calls: Calls): Calls => {
  const [first = [], ...rest] = calls;
  const head = [...tests, ...first];
  return head.length > 0 ? [head, ...rest] : rest;
};

const counts: readonly string[] = ['index', 'firstIndex', 'lastIndex', 'of'];

/** The failure with its operations counted as the user counts them: without the expectations at their head. */
const countedWithout = (expectations: number, error: unknown): unknown => {
  if (!(error instanceof StageError) || expectations === 0) return error;
  const less = ([name, value]: readonly [string, unknown]) => [
    name,
    counts.includes(name) && typeof value === 'number' && value >= expectations ? value - expectations : value,
  ];
  return new StageError(
    error.kind,
    error.problems.map((problem) => ({ ...problem, ...Object.fromEntries(Object.entries(problem).map(less)) })),
  );
};

/**
 * The one use case: the command decides on the stage as it is, and the target does it.
 *
 * @throws StageError where the command, the engine or the target refuses. Nothing was changed then, or its problems say what was.
 */
export const edit = async (command: EditCommand, target: StageTarget, request: EditRequest): Promise<StageResult> => {
  let planned: readonly Notice[] = [];
  let expectations = 0;
  const decide: Decide = (stage) => {
    const tests = testsOf(request.expected, stage);
    applyPatch(stage, tests);
    expectations = tests.length;
    const plan = command.plan({ ...request, stage });
    if ('problems' in plan) throw new StageError(plan.kind, plan.problems);
    planned = plan.notices;
    const calls = expecting(tests, plan.calls);
    request.onPlan?.(calls);
    return calls;
  };
  const outcome = await target.edit(decide).catch((error) => {
    throw countedWithout(expectations, error);
  });
  const told = noticesFor(outcome.before, outcome.after, operationsOf(outcome), outcome.own);
  return {
    label: target.label,
    ...outcome,
    notices: [
      ...request.notices,
      ...planned,
      ...told.filter(({ code }) => !command.intends?.includes(code)),
      ...(outcome.notices ?? []),
      ...(target.notices?.() ?? []),
    ],
    isDryRun: request.isDryRun,
  };
};
