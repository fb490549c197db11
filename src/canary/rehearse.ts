/** Runs a rollout on a copy of the stage, without waiting; all gates pass. `--dry-run` shows its events. */
import type { Calls } from '../stage/plan.js';
import { StageError } from '../stage/problem.js';
import { applyCalls } from '../stage/result.js';
import type { Stage } from '../stage/stage.js';
import { gateText } from './gates.js';
import { type RolloutPorts, runRollout } from './runner.js';
import type { RolloutEvent, RolloutState } from './types.js';

export interface RehearsedEvent {
  readonly event: RolloutEvent;
  readonly state: RolloutState;
  /** The calls before it. */
  readonly calls: Calls;
}

/** @throws StageError if a step cannot be planned. */
export const rehearse = async (
  begun: RolloutState,
  stage: Stage,
  start: number,
  commands: Pick<RolloutPorts, 'resumeCommand' | 'approveCommand'>,
): Promise<readonly RehearsedEvent[]> => {
  const events: RehearsedEvent[] = [];
  let [after, now] = [stage, start];
  let calls: Calls = [];
  await runRollout(begun, {
    edit: async (command, input) => {
      const plan = command.plan({ ...input, stage: after });
      if ('problems' in plan) throw new StageError(plan.kind, plan.problems);
      calls = plan.calls;
      after = applyCalls(after, calls);
      return { after };
    },
    ask: async ({ plan }) =>
      plan.gates.map((gate) => ({ gate: gateText(gate), verdict: 'pass', message: 'asked, and assumed to pass' })),
    wait: async (milliseconds) => {
      now += milliseconds;
    },
    tell: (event, state) => {
      events.push({ event, state, calls });
      calls = [];
    },
    now: () => now,
    save: () => {},
    stopCause: () => undefined,
    unlessStopped: (work) => work(new AbortController().signal),
    onInterrupt: 'hold',
    abortByHand: async () => '',
    ...commands,
  });
  return events;
};
