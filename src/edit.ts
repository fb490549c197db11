import type { EditCommand, PlanInput } from './commands/command.js';
import { type Choice, resolve } from './stage/choice.js';
import { applyPatch } from './stage/patch.js';
import { pathOf } from './stage/place.js';
import type { Calls, Decide, Notice } from './stage/plan.js';
import { StageError } from './stage/problem.js';
import { operationsOf, type StageResult } from './stage/result.js';
import { noticesFor } from './stage/rules.js';
import type { PatchOperation, Stage } from './stage/stage.js';
import type { StageTarget } from './targets/target.js';

/** An edit: everything that its command needs besides the stage. */
export interface EditRequest extends Omit<PlanInput, 'stage'> {
  /** The values that properties must have before the edit. */
  readonly expected: readonly Choice[];
  readonly isDryRun: boolean;
  /** Called with the calls before they are made. */
  readonly onPlan: (calls: Calls) => void;
}

/** Turns expectations into tests, which go before the first operation. */
const testsOf = (expected: readonly Choice[], stage: Stage): readonly PatchOperation[] =>
  resolve(expected, stage).resolved.map(({ place, choice }) => ({
    op: 'test',
    path: pathOf(place),
    value: choice.text ?? '',
  }));

/** Renumbers the operations in a failure as the user counts them: without the tests. */
const countedWithout = (tests: number, error: unknown): unknown => {
  if (!(error instanceof StageError)) return error;
  const counted = error.problems.map((problem) =>
    'index' in problem && Number(problem.index) >= tests
      ? { ...problem, index: Number(problem.index) - tests }
      : problem,
  );
  return new StageError(error.kind, counted);
};

/**
 * The one use case: the command decides based on the current stage, and the target makes the calls.
 *
 * @throws StageError if the command, the engine or the target refuses. Nothing was changed unless its problems say so.
 */
export const edit = async (command: EditCommand, target: StageTarget, request: EditRequest): Promise<StageResult> => {
  let planned: readonly Notice[] = [];
  let tests: readonly PatchOperation[] = [];
  const decide: Decide = (stage) => {
    tests = testsOf(request.expected, stage);
    applyPatch(stage, tests);
    const plan = command.plan({ ...request, stage });
    if ('problems' in plan) throw new StageError(plan.kind, plan.problems);
    planned = plan.notices;
    const [first = [], ...rest] = plan.calls;
    const head = 'kind' in first ? [tests, first] : [[...tests, ...first]];
    const calls = [...head, ...rest].filter((call) => 'kind' in call || call.length > 0);
    request.onPlan(calls);
    return calls;
  };
  const outcome = await target.edit(decide).catch((error) => {
    throw countedWithout(tests.length, error);
  });
  const told = noticesFor(outcome.before, outcome.after, operationsOf(outcome), outcome.own);
  const unintended = told.filter(({ code }) => !command.intends?.includes(code));
  const notices = [
    ...request.notices,
    ...planned,
    ...unintended,
    ...(outcome.notices ?? []),
    ...(target.notices?.() ?? []),
  ];
  return { ...outcome, label: target.label, notices, isDryRun: request.isDryRun };
};
