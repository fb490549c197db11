import { begin } from '../../src/canary/begin.js';
import { timetableOf } from '../../src/canary/timetable.js';
import type { RolloutPlan, RolloutState } from '../../src/canary/types.js';
import type { Stage } from '../../src/stage/stage.js';
import { aCanary, aStage } from '../stages.js';
import { aPlan, aWorld, maxGate, minutes, run, startOfTime } from './simulate.js';

const begun = (plan: RolloutPlan, stage: Stage = aStage(), now = startOfTime): RolloutState => {
  const state = begin(plan, stage, undefined, now, 'word', 'prod');
  if ('problems' in state) throw new Error(state.problems[0]?.message);
  return state;
};

test('the timetable has each step with its times, the metrics delay and the end', () => {
  expect(timetableOf(begun(aPlan({ gates: [maxGate] })), startOfTime)).toEqual({
    rows: [
      {
        ...{ step: 0, percent: 5, shift: { do: 'shift', percent: 5, starts: true } },
        ...{ start: 0, until: 10 * minutes, asked: 12.5 * minutes },
      },
      {
        ...{ step: 1, percent: 25, shift: { do: 'shift', percent: 25, starts: false } },
        ...{ start: 12.5 * minutes, until: 42.5 * minutes, asked: 45 * minutes },
      },
      {
        ...{ step: 2, percent: 50, shift: { do: 'shift', percent: 50, starts: false } },
        ...{ start: 45 * minutes, until: 55 * minutes, asked: 57.5 * minutes },
      },
    ],
    end: { do: 'promote', ends: false },
    endsAt: 57.5 * minutes,
  });
});

test('without gates nothing is asked, and hold is an end', () => {
  const { rows, end, endsAt } = timetableOf(begun(aPlan({ gates: [], then: 'hold' })), startOfTime);
  expect(rows.map(({ asked }) => asked)).toEqual([undefined, undefined, undefined]);
  expect([end, endsAt]).toEqual([{ do: 'end' }, 50 * minutes]);
});

test('a canary at a step is not shifted there', () => {
  const state = begun(aPlan(), aStage({ canarySettings: aCanary({ percentTraffic: 25 }) }));
  expect(timetableOf(state, startOfTime).rows.map(({ percent, shift }) => [percent, shift?.percent])).toEqual([
    ...[
      [25, undefined],
      [50, 50],
    ],
  ]);
});

test.each([0, 20_000, 59_999])('a run that begins %d ms after the minute keeps to its timetable', (offset) => {
  const plan = aPlan({ gates: [maxGate], steps: [1, 2, 3].map((percent) => ({ percent, interval: minutes })) });
  const world = aWorld({ time: startOfTime + offset });
  const { rows } = timetableOf(begun(plan, aStage(), world.time), world.time);
  run(world, plan);
  const measured = world.log.filter((line) => line.endsWith('measure')).map((line) => Number.parseFloat(line));
  expect(rows.map(({ asked = 0 }) => asked / minutes + offset / minutes)).toEqual(
    measured.map((minute) => expect.closeTo(minute, 6)),
  );
});
