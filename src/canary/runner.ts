/** Runs a rollout: does what its state says, and says what came of it, until it ends or is stopped. */
import type { EditCommand, PlanInput } from '../commands/command.js';
import { failure, isUnmade, StageError, withMore } from '../stage/problem.js';
import type { StageResult } from '../stage/result.js';
import { eventOf, servedPercent } from './events.js';
import { abort, actionOf, observe, percentOf } from './rollout.js';
import { type EditAction, stepEdit, watchful } from './step-edit.js';
import type { GateResult, Observation, RolloutAction, RolloutEvent, RolloutState } from './types.js';

/** Why a rollout stops before its end. */
export type StopCause = 'SIGINT' | 'SIGTERM' | 'aborted by a person';

/** What of a window of time the gates are asked about. */
type Window = Pick<Extract<RolloutAction, { readonly do: 'measure' }>, 'from' | 'to'>;

/** What a rollout needs of the world. */
export interface RolloutPorts {
  /** One edit of the stage. An urgent one is made although a signal stops the rollout. */
  edit(command: EditCommand, input: Omit<PlanInput, 'stage'>, isUrgent: boolean): Promise<Pick<StageResult, 'after'>>;
  /** Asks the gates, until the signal says that nobody waits for them. */
  ask(state: RolloutState, window: Window, signal: AbortSignal): Promise<readonly GateResult[]>;
  /** Waits so many milliseconds, or until something stops the rollout. */
  wait(milliseconds: number, state: RolloutState): Promise<void>;
  /** Why the rollout is to stop, if it is. */
  stopCause(): StopCause | undefined;
  /** What the work answers; undefined where something stops the rollout first. */
  unlessStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined>;
  now(): number;
  save(state: RolloutState): void;
  tell(event: RolloutEvent, state: RolloutState): void;
  readonly onInterrupt: 'hold' | 'abort';
  /** The command that goes on with the rollout. */
  readonly sameCommand: string;
  /** The command that approves it, without the deployment. */
  readonly approveCommand: string;
  /** The command of the AWS CLI that takes the traffic back. */
  abortByHand(): Promise<string>;
}

/** What the canary serves after a failure. Where nothing refused it, the call may have been made or not. */
const served = (state: RolloutState, error: unknown): string => {
  const [before, next] = [servedPercent(state), percentOf(state)];
  if (isUnmade(error) || (state.phase !== 'shift' && state.phase !== 'promote'))
    return `The canary still serves ${before} percent.`;
  return state.phase === 'shift'
    ? `The canary serves ${before} percent, or ${next} already.`
    : 'The canary is promoted, or serves as before.';
};

const stillServing = (state: RolloutState, { sameCommand }: RolloutPorts, error?: unknown): string =>
  `${served(state, error)} To go on: ${sameCommand}`;

const save = (state: RolloutState, ports: RolloutPorts): void => {
  try {
    ports.save(state);
  } catch (error) {
    throw withMore(error, [{ code: 'rollout-stopped', message: stillServing(state, ports, error) }]);
  }
};

/** An abort that was not made has to be made by hand. */
const notAborted = async (error: unknown, state: RolloutState, ports: RolloutPorts): Promise<StageError> => {
  const problems = error instanceof StageError ? error.problems : [];
  const message = `The canary could not be aborted, and still serves ${servedPercent(state)} percent. To abort it: ${await ports.abortByHand()}`;
  return new StageError('unavailable', [{ code: 'not-aborted', message }, ...problems]);
};

const isForeign = (error: unknown): boolean =>
  error instanceof StageError && error.problems.some(({ code }) => code === 'foreign-change');

const makeEdit = async (action: EditAction, state: RolloutState, ports: RolloutPorts): Promise<Observation> => {
  const { command, input } = stepEdit(action, state);
  const isAbort = action.do === 'abort';
  // A promotion that was sent is finished before its traffic could be taken back: half of it has none to take.
  const isUrgent = isAbort || (action.do === 'promote' && ports.onInterrupt === 'abort');
  const { after } = await ports.edit(watchful(command, state), input, isUrgent).catch(async (error) => {
    if (isForeign(error)) throw error;
    throw isAbort
      ? await notAborted(error, state, ports)
      : withMore(error, [{ code: 'rollout-stopped', message: stillServing(state, ports, error) }]);
  });
  const { deploymentId } = after.canarySettings ?? {};
  return { kind: 'made', now: ports.now(), ...(deploymentId !== undefined && { deploymentId }) };
};

/** What came of an action; undefined where something stopped the rollout in the middle of it. */
const carryOut = async (
  action: Exclude<RolloutAction, { readonly do: 'end' }>,
  state: RolloutState,
  ports: RolloutPorts,
): Promise<Observation | undefined> => {
  if (action.do === 'wait') {
    await ports.wait(action.milliseconds, state);
    return ports.stopCause() === undefined ? { kind: 'waited', now: ports.now() } : undefined;
  }
  if (action.do === 'measure') {
    const asked = ports.unlessStopped((signal) => ports.ask(state, action, signal));
    const results = await asked.catch((error) => {
      throw withMore(error, [{ code: 'rollout-stopped', message: stillServing(state, ports) }]);
    });
    return results && { kind: 'measured', results, now: ports.now() };
  }
  return makeEdit(action, state, ports).catch((error) => {
    // Whether the call was made is seen when the rollout goes on.
    const isOpen = error instanceof StageError && (error.kind === 'interrupted' || isUnmade(error));
    if (isOpen && action.do !== 'abort' && ports.stopCause()) return undefined;
    throw error;
  });
};

const byPerson = 'A person aborted the canary with stage abort-canary. The rollout stops.';

/** What a rollout does that is to stop: it takes the traffic back, or else it throws. */
const stopped = (cause: StopCause, state: RolloutState, ports: RolloutPorts): RolloutState => {
  // A shift may have reached the stage after the person's abort.
  if (cause === 'aborted by a person') return abort(state, byPerson, ports.now());
  if (ports.onInterrupt === 'abort') return abort(state, `The rollout was interrupted by ${cause}.`, ports.now());
  throw failure('interrupted', 'interrupted', `Interrupted by ${cause}. ${stillServing(state, ports)}`);
};

const tellStop = (error: unknown, state: RolloutState, ports: RolloutPorts): void => {
  const message = error instanceof Error ? error.message : String(error);
  const isInterrupted = error instanceof StageError && error.kind === 'interrupted';
  ports.tell(eventOf(isInterrupted ? 'interrupted' : 'stopped', state, ports.now(), { message }), state);
};

const tellBefore = (action: RolloutAction, state: RolloutState, ports: RolloutPorts): void => {
  if (action.do !== 'wait' || action.milliseconds <= 0) return;
  const now = ports.now();
  const until = new Date(now + action.milliseconds).toISOString();
  ports.tell(eventOf('waiting', state, now, { until }), state);
};

const tellAfter = (action: RolloutAction, before: RolloutState, after: RolloutState, ports: RolloutPorts): void => {
  const now = ports.now();
  if (action.do === 'shift') ports.tell(eventOf('shifted', after, now), after);
  const round = action.do === 'measure' ? after.rounds.at(-1) : undefined;
  if (!round) return;
  const { verdict, results } = round;
  ports.tell(eventOf('measured', before, now, { verdict, results }), after);
};

const howToApprove = ({ deploymentId }: RolloutState, { approveCommand, sameCommand }: RolloutPorts): string =>
  `To let it go on: ${approveCommand} --deployment-id ${deploymentId}, then ${sameCommand}`;

const tellEnd = (state: RolloutState, ports: RolloutPorts): void => {
  const { phase, reason } = state;
  if (phase !== 'promoted' && phase !== 'aborted' && phase !== 'held') return;
  const message = phase === 'held' ? `${reason} ${howToApprove(state, ports)}` : reason;
  ports.tell(eventOf(phase, state, ports.now(), message === undefined ? {} : { message }), state);
};

/** The state at the end, which is saved. Throws StageError where the rollout is stopped; it can go on later. */
export const runRollout = async (begun: RolloutState, ports: RolloutPorts): Promise<RolloutState> => {
  let state = begun;
  try {
    for (;;) {
      const cause = ports.stopCause();
      const action = actionOf(state, ports.now());
      if (cause && action.do !== 'abort' && action.do !== 'end') {
        state = stopped(cause, state, ports);
        continue;
      }
      save(state, ports);
      if (action.do === 'end') break;
      tellBefore(action, state, ports);
      const observation = await carryOut(action, state, ports);
      if (observation === undefined) continue;
      const before = state;
      state = observe(state, observation);
      save(state, ports);
      tellAfter(action, before, state, ports);
    }
    if (state.reason === byPerson) throw failure('expectation', 'aborted-by-person', byPerson);
  } catch (error) {
    tellStop(error, state, ports);
    throw error;
  }
  tellEnd(state, ports);
  return state;
};
