/** What an account may ask of API Gateway, as a token bucket: live edits keep to it, and `stage serve` enforces it. */

/** In calls a second, and in calls at once. */
export interface Quota {
  readonly rate: number;
  readonly burst: number;
}

/** What API Gateway grants all management calls of an account in a region. */
const accountQuota: Quota = { rate: 10, burst: 40 };

/** The burst for a rate, in the proportion of API Gateway's own; at least one call. */
export const burstFor = (rate: number): number => Math.max(1, (rate * accountQuota.burst) / accountQuota.rate);

interface Bucket {
  readonly quota: Quota;
  /** Below zero: that many are owed. */
  readonly tokens: number;
  readonly at: number;
}

export const fullBucket = (quota: Quota, at: number): Bucket => ({ quota, tokens: quota.burst, at });

/** The bucket as it is now. A clock that was set back adds nothing. */
export const refill = ({ quota, tokens, at }: Bucket, now: number): Bucket => {
  const seconds = Math.max(0, now - at) / 1000;
  return { quota, tokens: Math.min(quota.burst, tokens + seconds * quota.rate), at: now };
};

export type Governor = ReturnType<typeof newGovernor>;

/** Asked before every HTTP attempt, retries included. */
export const newGovernor = (now: () => number) => {
  let bucket = fullBucket(accountQuota, now());
  return {
    /** Counts an attempt, and returns the milliseconds to wait before it. */
    ask: (): number => {
      const filled = refill(bucket, now());
      bucket = { ...filled, tokens: filled.tokens - 1 };
      return Math.max(0, (-bucket.tokens / accountQuota.rate) * 1000);
    },
    /** To be called after every 429: other tools use the quota too, so nothing is left of it. */
    slow: (): void => {
      const filled = refill(bucket, now());
      bucket = { ...filled, tokens: Math.min(0, filled.tokens) };
    },
  };
};
