import { fullBucket, type Quota, refill } from '../targets/quota.js';
import type { World } from '../world.js';

/** Holds requests against the quota of an account in a region: takes one at each call, and answers whether there was one. */
export const newTaker = (quota: Quota, now: World['now']): (() => boolean) => {
  let bucket = fullBucket(quota, now());
  return () => {
    bucket = refill(bucket, now());
    if (bucket.tokens < 1) return false;
    bucket = { ...bucket, tokens: bucket.tokens - 1 };
    return true;
  };
};
