/** The state machine of a rollout. It is pure: it says what to do next, and takes the result. */
import { timeText } from '../text/time.js';
import type {
  GateResult,
  MetricWindow,
  Observation,
  RolloutAction,
  RolloutPlan,
  RolloutState,
  Round,
  Verdict,
} from './types.js';

const minute = 60_000;
// A timer may fire a little early. That must not cost the window its last minute.
const timerSlack = 100;

/** Whether the rollout will do nothing more. */
export const isOver = (state: RolloutState): boolean => state.phase === 'promoted' || state.phase === 'aborted';

const stepOf = ({ plan, step }: RolloutState) => plan.steps[step] ?? { percent: 0, interval: 0 };

export const percentOf = (state: RolloutState): number => stepOf(state).percent;

/** The state at the beginning of a phase. */
const enter = (
  state: RolloutState,
  phase: RolloutState['phase'],
  now: number,
  more: Partial<RolloutState> = {},
): RolloutState => ({ ...state, phase, since: now, wait: 0, ...more });

/** The wait of a step, whose percentage the canary serves from now on. */
export const bake = ({ before: _, ...state }: RolloutState, now: number): RolloutState =>
  enter(state, 'bake', now, { servesSince: now, wait: stepOf(state).interval });

/** Goes to the next step; after the last one to the promotion, or to a person. */
export const advance = (state: RolloutState, now: number): RolloutState => {
  const { inconclusiveSince: _, reason: __, isApproved, ...done } = state;
  const { plan, step, deploymentId } = state;
  const percent = percentOf(state);
  if (step + 1 < plan.steps.length)
    return enter(done, 'shift', now, { step: step + 1, before: { deploymentId, percent } });
  if (plan.then !== 'hold' || isApproved) return enter(done, 'promote', now);
  return enter(done, 'held', now, { reason: `The last step, ${percent} percent, is done.` });
};

/** Makes the abort the next action, unless the rollout is over. */
export const abort = (state: RolloutState, reason: string, now: number): RolloutState =>
  isOver(state) ? state : enter(state, 'abort', now, { reason });

const hold = (state: RolloutState, reason: string, now: number): RolloutState =>
  enter(state, 'held', now, { reason: `${reason} The canary still serves ${percentOf(state)} percent.` });

const goOnAnyway = (state: RolloutState, reason: string, now: number): RolloutState => {
  const next = advance(state, now);
  return { ...next, reason: [reason, next.reason ?? 'The rollout goes on.'].join(' ') };
};

const responses = { abort, hold, continue: goOnAnyway };

const verdictOf = (results: readonly GateResult[]): Verdict => {
  const verdicts = results.map(({ verdict }) => verdict);
  return verdicts.includes('fail') ? 'fail' : verdicts.includes('inconclusive') ? 'inconclusive' : 'pass';
};

/** Metrics come by whole minutes: the first that the canary serves at the step's percentage begins then. */
const firstMinute = ({ servesSince = 0 }: RolloutState): number => Math.ceil(servesSince / minute) * minute;

/** How long after its interval a step is measured: when CloudWatch has at least one minute of it. */
const delayOf = (state: RolloutState): number => {
  const { plan, servesSince = 0 } = state;
  if (!plan.gates.some(({ kind }) => kind === 'max')) return 0;
  const end = servesSince + stepOf(state).interval;
  return Math.max(0, firstMinute(state) + minute - end) + plan.metricsDelay;
};

const windowOf = (state: RolloutState, now: number): MetricWindow => {
  const complete = now + timerSlack - state.plan.metricsDelay;
  return { from: firstMinute(state), to: Math.floor(complete / minute) * minute };
};

const afterWait = (state: RolloutState, now: number): RolloutState => {
  if (state.phase === 'measure') return enter(state, 'measure', now);
  return state.plan.gates.length === 0 ? advance(state, now) : enter(state, 'measure', now, { wait: delayOf(state) });
};

/** After an abort the canary can be the one that the rollout was about to replace. */
const afterCall = (before: RolloutState, deploymentId: string | undefined, now: number): RolloutState => {
  const state = { ...before, ...(deploymentId !== undefined && { deploymentId }) };
  if (state.phase === 'shift') return bake(state, now);
  return enter(state, state.phase === 'promote' ? 'promoted' : 'aborted', now);
};

/** Why the round does not pass, in sentences. */
const reasonOf = ({ percent, verdict, results }: Round, { maxWait }: RolloutPlan): string => {
  const gates = results
    .filter((result) => result.verdict === verdict)
    .map(({ gate, message }) => `${gate}: ${message}`.replace(/[^.!?]$/, '$&.'));
  const answer = verdict === 'fail' ? 'failed' : `got no answer from its gates within ${timeText(maxWait)}`;
  return [`The step of ${percent} percent ${answer}.`, ...gates].join(' ');
};

const afterRound = (before: RolloutState, results: readonly GateResult[], now: number): RolloutState => {
  const { plan, step } = before;
  const round: Round = { step, percent: percentOf(before), time: now, verdict: verdictOf(results), results };
  const state: RolloutState = { ...before, rounds: [...before.rounds, round] };
  if (round.verdict === 'pass') return advance(state, now);
  const failed = state.rounds.filter((one) => one.step === step && one.verdict === 'fail').length;
  // After a clock was set back the step must not wait longer.
  const inconclusiveSince = Math.min(state.inconclusiveSince ?? now, now);
  const left = inconclusiveSince + plan.maxWait - now;
  if (failed < plan.abortAfter && left > 0)
    return enter(state, 'measure', now, { inconclusiveSince, wait: Math.min(minute, left) });
  // --on-inconclusive continue is not for a step whose last round failed.
  return responses[round.verdict === 'fail' ? plan.onFail : plan.onInconclusive](state, reasonOf(round, plan), now);
};

/** What to do next. `now` is for the window of metrics: a wait is measured by a timer, since the clock may jump. */
export const actionOf = (state: RolloutState, now: number): RolloutAction => {
  const { phase, wait, plan } = state;
  if (phase === 'shift') return { do: 'shift', percent: percentOf(state) };
  if (phase === 'bake' || (phase === 'measure' && wait > 0)) return { do: 'wait', milliseconds: wait };
  if (phase === 'measure') return { do: 'measure', ...windowOf(state, now) };
  if (phase === 'promote') return { do: 'promote', ends: plan.then === 'promote-and-end' };
  return phase === 'abort' ? { do: 'abort' } : { do: 'end', phase };
};

/** The state after the action of `actionOf`. */
export const observe = (state: RolloutState, { results, deploymentId }: Observation, now: number): RolloutState => {
  if (results) return afterRound(state, results, now);
  const isWait = state.phase === 'bake' || state.phase === 'measure';
  return isWait ? afterWait(state, now) : afterCall(state, deploymentId, now);
};
