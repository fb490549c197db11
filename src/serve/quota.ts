import type { World } from '../world.js';

/** Of an account in a region; API Gateway's own are 10 and 40. */
export interface Quota {
  /** Requests a second. */
  readonly rate: number;
  /** Requests at once. */
  readonly burst: number;
}

/** A token bucket: each call takes a token, and answers whether there was one. */
export const newBucket = ({ rate, burst }: Quota, now: World['now']): (() => boolean) => {
  let [tokens, at] = [burst, now()];
  return () => {
    const time = now();
    tokens = Math.min(burst, tokens + (Math.max(0, time - at) * rate) / 1000);
    at = time;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
};
