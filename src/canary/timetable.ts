import { actionOf, observe, percentOf } from './rollout.js';
import type { RolloutAction, RolloutState } from './types.js';

/** A step as it goes if all gates pass at once. Times are milliseconds from now. */
interface TimetableRow {
  /** The index of the step. */
  readonly step: number;
  readonly percent: number;
  /** The call that the step begins with; absent where the canary has the percentage already. */
  readonly shift?: RolloutAction & { readonly do: 'shift' };
  /** When the canary begins to serve the percentage (or goes on to), and until when at least. */
  readonly start: number;
  readonly until: number;
  /** When the gates are asked, the metrics delay included; absent without gates. */
  readonly asked?: number;
}

export interface Timetable {
  readonly rows: readonly TimetableRow[];
  /** What is done after the steps, and when. */
  readonly end: RolloutAction;
  readonly endsAt: number;
}

/** What is left of a rollout: its own machine runs, with gates that pass. */
export const timetableOf = (begun: RolloutState, now: number): Timetable => {
  const rows = new Map<number, TimetableRow>();
  let [state, time] = [begun, now];
  for (;;) {
    const action = actionOf(state, time);
    const at = time - now;
    const { step } = state;
    const row = rows.get(step) ?? { step, percent: percentOf(state), start: at, until: at };
    if (action.do === 'shift') {
      rows.set(step, { ...row, shift: action });
      state = observe(state, { kind: 'made', now: time });
    } else if (action.do === 'wait') {
      time += action.milliseconds;
      rows.set(step, state.phase === 'bake' ? { ...row, until: time - now } : row);
      state = observe(state, { kind: 'waited', now: time });
    } else if (action.do === 'measure') {
      rows.set(step, { ...row, asked: at });
      state = observe(state, { kind: 'measured', results: [], now: time });
    } else return { rows: [...rows.values()], end: action, endsAt: at };
  }
};
