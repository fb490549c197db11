/** Runs a rollout: does what its state says, and tells events, until the rollout ends or is stopped. */
import type { EditCommand, PlanInput } from '../commands/command.js';
import { failure, isUnmade, StageError, toStageError } from '../stage/problem.js';
import type { StageResult } from '../stage/result.js';
import type { Signal } from '../world.js';
import { eventOf, servedPercent } from './events.js';
import { abort, actionOf, observe, percentOf } from './rollout.js';
import { type EditAction, stepEdit } from './step-edit.js';
import type { End, GateResult, MetricWindow, Observation, RolloutAction, RolloutEvent, RolloutState } from './types.js';

/** Why a rollout stops before its end. */
export type StopCause = Signal | 'aborted by a person';

/** What a rollout needs of the world. */
export interface RolloutPorts {
  /** Edits the stage. A signal does not stop an urgent edit. */
  edit(command: EditCommand, input: Omit<PlanInput, 'stage'>, isUrgent: boolean): Promise<Pick<StageResult, 'after'>>;
  /** Asks the gates. The signal ends the checks when nobody waits for them any more. */
  ask(state: RolloutState, window: MetricWindow, signal: AbortSignal): Promise<readonly GateResult[]>;
  /** Waits so many milliseconds, or until something stops the rollout. */
  wait(milliseconds: number, state: RolloutState): Promise<void>;
  /** Undefined while nothing stops the rollout. */
  stopCause(): StopCause | undefined;
  /** The result of the work; undefined if something stops the rollout first. */
  unlessStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined>;
  now(): number;
  save(state: RolloutState): void;
  tell(event: RolloutEvent, state: RolloutState): void;
  readonly onInterrupt: 'hold' | 'abort';
  /** The command that resumes the rollout. */
  readonly resumeCommand: string;
  /** The command that approves it, without the deployment. */
  readonly approveCommand: string;
  /** The command of the AWS CLI that takes the traffic back. */
  abortByHand(): Promise<string>;
}

/** What the canary serves after a failure. A call without an answer may have been made. */
const serving = (state: RolloutState, error?: unknown): string => {
  const before = servedPercent(state);
  if (isUnmade(error) || (state.phase !== 'shift' && state.phase !== 'promote'))
    return `The canary still serves ${before} percent.`;
  return state.phase === 'shift'
    ? `The canary serves ${before} percent, or ${percentOf(state)} already.`
    : 'The canary is promoted, or serves as before.';
};

/** The codes of failures whose messages need no more. */
const explained = ['interrupted', 'foreign-change', 'aborted-by-person'];

/** The failure with what the canary serves now, and the command to run next. */
const explain = async (error: StageError, state: RolloutState, ports: RolloutPorts): Promise<StageError> => {
  const { kind, problems } = error;
  if (problems.some(({ code }) => explained.includes(code))) return error;
  if (state.phase !== 'abort') {
    const message = `${serving(state, error)} To go on: ${ports.resumeCommand}`;
    return new StageError(kind, [...problems, { code: 'rollout-stopped', message }]);
  }
  const message = `The canary could not be aborted, and still serves ${servedPercent(state)} percent. To abort it: ${await ports.abortByHand()}`;
  return new StageError('unavailable', [{ code: 'not-aborted', message }, ...problems]);
};

const makeEdit = async (action: EditAction, state: RolloutState, ports: RolloutPorts) => {
  const { command, input } = stepEdit(action, state);
  const isAbort = action.do === 'abort';
  // A promotion that was sent is finished: after half of it there is no traffic to take back.
  const isUrgent = isAbort || (action.do === 'promote' && ports.onInterrupt === 'abort');
  try {
    const { after } = await ports.edit(command, input, isUrgent);
    return { deploymentId: after.canarySettings?.deploymentId };
  } catch (error) {
    // The next run sees whether the call was made.
    const isOpen = error instanceof StageError && (error.kind === 'interrupted' || isUnmade(error));
    if (isOpen && !isAbort && ports.stopCause()) return undefined;
    throw error;
  }
};

/** The result of an action; undefined if something stopped the rollout during it. */
const carryOut = async (
  action: Exclude<RolloutAction, { readonly do: 'end' }>,
  state: RolloutState,
  ports: RolloutPorts,
): Promise<Observation | undefined> => {
  if (action.do === 'wait') {
    await ports.wait(action.milliseconds, state);
    return ports.stopCause() === undefined ? {} : undefined;
  }
  if (action.do !== 'measure') return makeEdit(action, state, ports);
  const results = await ports.unlessStopped((signal) => ports.ask(state, action, signal));
  return results && { results };
};

const byPerson = 'A person aborted the canary with stage abort-canary. The rollout stops.';

/** Takes the traffic back before a rollout stops; or throws, which leaves the traffic as it is. */
const stop = (cause: StopCause, state: RolloutState, ports: RolloutPorts): RolloutState => {
  // A shift of this rollout may have reached the stage after the person's abort.
  if (cause === 'aborted by a person') return abort(state, byPerson, ports.now());
  if (ports.onInterrupt === 'abort') return abort(state, `The rollout was interrupted by ${cause}.`, ports.now());
  const message = `Interrupted by ${cause}. ${serving(state)} To go on: ${ports.resumeCommand}`;
  throw failure('interrupted', 'interrupted', message);
};

const endMessage = (state: RolloutState, { approveCommand, resumeCommand }: RolloutPorts): { message?: string } => {
  const { phase, reason, deploymentId } = state;
  if (phase !== 'held') return reason === undefined ? {} : { message: reason };
  const how = `To let it go on: ${approveCommand} --deployment-id ${deploymentId}, then ${resumeCommand}`;
  return { message: `${reason} ${how}` };
};

/** Resolves to its last phase, or to the signal that aborted it. Throws StageError if something stops the rollout; it can go on later. */
export const runRollout = async (begun: RolloutState, ports: RolloutPorts): Promise<End | Signal> => {
  let state = begun;
  let stoppedBy: StopCause | undefined;
  const tell = (event: RolloutEvent['event'], more: Partial<RolloutEvent> = {}, about = state): void =>
    ports.tell(eventOf(event, about, ports.now(), more), state);
  try {
    for (;;) {
      const cause = ports.stopCause();
      const action = actionOf(state, ports.now());
      if (cause && action.do !== 'abort' && action.do !== 'end') {
        state = stop(cause, state, ports);
        stoppedBy = cause;
        continue;
      }
      ports.save(state);
      if (action.do === 'end') {
        if (stoppedBy === 'aborted by a person') throw failure('expectation', 'aborted-by-person', byPerson);
        tell(action.phase, endMessage(state, ports));
        return stoppedBy ?? action.phase;
      }
      if (action.do === 'wait' && action.milliseconds > 0)
        tell('waiting', { until: new Date(ports.now() + action.milliseconds).toISOString() });
      const observation = await carryOut(action, state, ports);
      if (observation === undefined) continue;
      const before = state;
      state = observe(state, observation, ports.now());
      ports.save(state);
      if (action.do === 'shift') tell('shifted');
      const round = state.rounds.at(-1);
      if (observation.results && round) tell('measured', { verdict: round.verdict, results: round.results }, before);
    }
  } catch (error) {
    const reason = await explain(toStageError(error), state, ports);
    tell(reason.kind === 'interrupted' ? reason.kind : 'stopped', { message: reason.message });
    throw reason;
  }
};
