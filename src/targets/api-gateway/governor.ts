/** Keeps what is asked of API Gateway within the quota of the account in its region, which all of its tools share. */
import { accountQuota, type Bucket, fullBucket, type Quota, refill } from '../quota.js';

const slowBy = 0.7;
const slowest = 0.5;

/** Takes a token, and says how many milliseconds to wait before the call may be made: a bucket in debt is paid off first. */
export const takeToken = (bucket: Bucket, now: number): { readonly bucket: Bucket; readonly wait: number } => {
  const filled = refill(bucket, now);
  const tokens = filled.tokens - 1;
  return { bucket: { ...filled, tokens }, wait: Math.max(0, (-tokens / filled.rate) * 1000) };
};

/** After a 429: somebody else uses the quota too, so what was saved up is void and the rate goes down. */
export const slowDown = (bucket: Bucket, now: number): Bucket => {
  const filled = refill(bucket, now);
  return { ...filled, tokens: Math.min(0, filled.tokens), rate: Math.max(slowest, filled.rate * slowBy) };
};

/** Asked before every HTTP attempt, retries included. */
export interface Governor {
  /** Milliseconds to wait before the next attempt, which is counted by this. */
  ask(): number;
  /** To be told of every 429. */
  slow(): void;
}

const newGovernor = (now: () => number, quota: Quota): Governor => {
  let bucket = fullBucket(quota, now());
  return {
    ask: () => {
      const taken = takeToken(bucket, now());
      bucket = taken.bucket;
      return taken.wait;
    },
    slow: () => {
      bucket = slowDown(bucket, now());
    },
  };
};

/** One governor for each account and region, however many stages of it are edited. */
export type Governors = (account: string) => Governor;

export const newGovernors = (now: () => number, quota: Quota = accountQuota): Governors => {
  const governors = new Map<string, Governor>();
  return (account) => {
    const governor = governors.get(account) ?? newGovernor(now, quota);
    governors.set(account, governor);
    return governor;
  };
};
