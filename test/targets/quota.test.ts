import { newGovernor } from '../../src/targets/quota.js';

const aGovernor = () => {
  const clock = { now: 1000 };
  return { clock, governor: newGovernor(() => clock.now) };
};
type Asked = ReturnType<typeof aGovernor>;

/** The waits of this many calls in immediate succession. */
const waits = ({ governor }: Asked, count: number): readonly number[] =>
  Array.from({ length: count }, () => Math.round(governor.ask()));

test('40 calls are sent at once, then 10 per second', () => {
  const asked = waits(aGovernor(), 43);
  expect(asked.slice(0, 40)).toEqual(Array.from({ length: 40 }, () => 0));
  expect(asked.slice(40)).toEqual([100, 200, 300]);
});

test('after a 429, nothing is left of the burst', () => {
  const asked = aGovernor();
  asked.governor.slow();
  expect(waits(asked, 2)).toEqual([100, 200]);
});

test('a clock that is set back adds nothing', () => {
  const asked = aGovernor();
  waits(asked, 40);
  asked.clock.now = 0;
  expect(waits(asked, 1)).toEqual([100]);
  asked.clock.now = 100;
  expect(waits(asked, 1)).toEqual([100]);
});
