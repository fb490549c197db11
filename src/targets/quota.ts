/** API Gateway's request quota, as a token bucket. Live edits respect it, and `stage serve` enforces it. */

/** `rate` in calls per second, `burst` in calls. */
export interface Quota {
  readonly rate: number;
  readonly burst: number;
}

/** The quota for all management calls of an account in a region. */
const accountQuota: Quota = { rate: 10, burst: 40 };

/** The burst for a rate, in the same proportion as API Gateway's; at least one call. */
export const burstFor = (rate: number): number => Math.max(1, (rate * accountQuota.burst) / accountQuota.rate);

interface Bucket {
  readonly quota: Quota;
  /** Below zero if calls have been promised ahead. */
  readonly tokens: number;
  readonly at: number;
}

export const fullBucket = (quota: Quota, at: number): Bucket => ({ quota, tokens: quota.burst, at });

/** The bucket at this time. A clock that was set back adds no tokens. */
export const refill = ({ quota, tokens, at }: Bucket, now: number): Bucket => {
  const seconds = Math.max(0, now - at) / 1000;
  return { quota, tokens: Math.min(quota.burst, tokens + seconds * quota.rate), at: now };
};

export type Governor = ReturnType<typeof newGovernor>;

/** Paces every HTTP attempt, including retries. */
export const newGovernor = (now: () => number) => {
  let bucket = fullBucket(accountQuota, now());
  return {
    /** Counts an attempt. Returns the milliseconds to wait before it. */
    ask: (): number => {
      const filled = refill(bucket, now());
      bucket = { ...filled, tokens: filled.tokens - 1 };
      return Math.max(0, (-bucket.tokens / accountQuota.rate) * 1000);
    },
    /** Call after every 429: other tools share the quota, so assume that nothing is left. */
    slow: (): void => {
      const filled = refill(bucket, now());
      bucket = { ...filled, tokens: Math.min(0, filled.tokens) };
    },
  };
};
