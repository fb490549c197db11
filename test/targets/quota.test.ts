import { newGovernor } from '../../src/targets/quota.js';

const aGovernor = () => {
  const clock = { now: 1000 };
  return { clock, governor: newGovernor(() => clock.now) };
};
type Asked = ReturnType<typeof aGovernor>;

/** The waits of so many calls, one right after the other. */
const waits = ({ governor }: Asked, count: number): readonly number[] =>
  Array.from({ length: count }, () => Math.round(governor.ask()));

test('40 calls go at once, then 10 a second', () => {
  const asked = waits(aGovernor(), 43);
  expect(asked.slice(0, 40)).toEqual(Array.from({ length: 40 }, () => 0));
  expect(asked.slice(40)).toEqual([100, 200, 300]);
});

test('a 429 voids the savings and slows down to 0.7 of the rate, which recovers slowly', () => {
  const asked = aGovernor();
  asked.governor.slow();
  expect(waits(asked, 2)).toEqual([143, 286]);
  asked.clock.now += 60_000;
  expect(waits(asked, 41)[40]).toBe(100);
});

test('many 429s never stop it', () => {
  const asked = aGovernor();
  for (let count = 0; count < 50; count += 1) asked.governor.slow();
  expect(waits(asked, 1)).toEqual([2000]);
});

test('a clock that is set back adds nothing', () => {
  const asked = aGovernor();
  waits(asked, 40);
  asked.clock.now = 0;
  expect(waits(asked, 1)).toEqual([100]);
  asked.clock.now = 100;
  expect(waits(asked, 1)).toEqual([100]);
});
