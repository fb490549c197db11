import { begin } from '../../src/canary/begin.js';
import { rehearse } from '../../src/canary/rehearse.js';
import type { RolloutPlan } from '../../src/canary/types.js';
import type { Stage } from '../../src/stage/stage.js';
import { aCanary, aStage } from '../stages.js';
import { aPlan, aWorld, maxGate, minutes, run, startOfTime } from './simulate.js';

const commands = { resumeCommand: 'stage rollout-canary', approveCommand: 'stage approve-canary' };

/** What happens in a rehearsal, each with its minute since the start and the percentage. */
const rehearsed = async (plan: RolloutPlan, stage: Stage = aStage(), now = startOfTime) => {
  const state = begin({ plan, stage, now, id: 'word', target: 'prod' });
  if ('code' in state) throw new Error(state.message);
  const events = await rehearse(state, stage, now, commands);
  return events.map(({ event: { event, time, percent }, calls }) => ({
    ...{ event, percent, minute: (Date.parse(time) - now) / minutes, calls: calls.length },
  }));
};

test('a rehearsal has each step with its time, the metrics delay, the calls and the end', async () => {
  const events = await rehearsed(aPlan({ gates: [maxGate] }));
  const steps = [
    { percent: 5, start: 0, until: 10, asked: 12.5 },
    { percent: 25, start: 12.5, until: 42.5, asked: 45 },
    { percent: 50, start: 45, until: 55, asked: 57.5 },
  ];
  expect(events).toEqual([
    ...steps.flatMap(({ percent, start, until, asked }) => [
      { event: 'shifted', percent, minute: start, calls: 1 },
      { event: 'waiting', percent, minute: start, calls: 0 },
      { event: 'waiting', percent, minute: until, calls: 0 },
      { event: 'measured', percent, minute: asked, calls: 0 },
    ]),
    { event: 'promoted', percent: 100, minute: 57.5, calls: 1 },
  ]);
});

test('without gates nothing is asked, and hold is an end', async () => {
  const events = await rehearsed(aPlan({ gates: [], then: 'hold' }));
  expect(events.map(({ event }) => event)).not.toContain('measured');
  expect(events.at(-1)).toMatchObject({ event: 'held', minute: 50, calls: 0 });
});

test('a canary at a step is not shifted there', async () => {
  const events = await rehearsed(aPlan(), aStage({ canarySettings: aCanary({ percentTraffic: 25 }) }));
  expect(events.filter(({ event }) => event === 'shifted').map(({ percent }) => percent)).toEqual([50]);
});

test('the stage that is rehearsed on is not changed', async () => {
  const stage = aStage();
  await rehearsed(aPlan(), stage);
  expect(stage).toEqual(aStage());
});

test.each([0, 20_000, 59_999])('a run that begins %d ms after the minute keeps to its rehearsal', async (offset) => {
  const plan = aPlan({ gates: [maxGate], steps: [1, 2, 3].map((percent) => ({ percent, interval: minutes })) });
  const world = aWorld({ time: startOfTime + offset });
  const events = await rehearsed(plan, aStage(), world.time);
  run(world, plan);
  const measured = world.log.filter((line) => line.endsWith('measure')).map((line) => Number.parseFloat(line));
  const asked = events.filter(({ event }) => event === 'measured').map(({ minute }) => minute + offset / minutes);
  expect(asked).toEqual(measured.map((minute) => expect.closeTo(minute, 6)));
});
