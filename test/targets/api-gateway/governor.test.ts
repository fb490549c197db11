import { newGovernors, slowDown, takeToken } from '../../../src/targets/api-gateway/governor.js';
import { fullBucket } from '../../../src/targets/quota.js';

const quota = { rate: 10, burst: 40 };

/** The waits of so many calls, one right after the other. */
const waitsOf = (count: number, start = fullBucket(quota, 0)): readonly number[] => {
  let bucket = start;
  return Array.from({ length: count }, () => {
    const taken = takeToken(bucket, 0);
    bucket = taken.bucket;
    return Math.round(taken.wait);
  });
};

test('40 calls go at once, then 10 a second', () => {
  const waits = waitsOf(43);
  expect(waits.slice(0, 40)).toEqual(Array.from({ length: 40 }, () => 0));
  expect(waits.slice(40)).toEqual([100, 200, 300]);
});

test('a 429 voids what was saved up and slows to 0.7 of the rate', () => {
  const slowed = slowDown(fullBucket(quota, 0), 0);
  expect(slowed).toMatchObject({ tokens: 0, rate: 7 });
  expect(waitsOf(2, slowed)).toEqual([143, 286]);
});

test('the rate recovers slowly, and not beyond the quota', () => {
  const slowed = slowDown(fullBucket(quota, 0), 0);
  expect(takeToken(slowed, 5000).bucket.rate).toBeCloseTo(8);
  expect(takeToken(slowed, 60_000).bucket.rate).toBe(10);
});

test('many 429s never stop it', () => {
  const bucket = Array.from({ length: 50 }).reduce<ReturnType<typeof fullBucket>>(
    (slowed) => slowDown(slowed, 0),
    fullBucket(quota, 0),
  );
  expect(bucket.rate).toBe(0.5);
});

test('a clock that goes back gives nothing and takes nothing, and is counted on from there', () => {
  const { bucket } = takeToken(fullBucket(quota, 1000), 1000);
  const back = takeToken(bucket, 0);
  expect(back).toMatchObject({ wait: 0, bucket: { tokens: 38, at: 0 } });
  expect(takeToken(back.bucket, 100).bucket.tokens).toBe(38);
});

test('an account has one governor', () => {
  const governors = newGovernors(() => 0, { rate: 1, burst: 1 });
  expect([governors('a').ask(), governors('a').ask(), governors('b').ask()]).toEqual([0, 1000, 0]);
});
