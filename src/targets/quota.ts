/** What an account may ask of API Gateway, as a token bucket: kept to by live edits, and held against requests by `stage serve`. */

export interface Quota {
  /** Calls a second. */
  readonly rate: number;
  /** Calls at once. */
  readonly burst: number;
}

/** What API Gateway grants all management calls of an account in a region. */
export const accountQuota: Quota = { rate: 10, burst: 40 };

/** The burst that goes with a rate, in the proportion of API Gateway's own; enough for a call at least. */
export const burstFor = (rate: number): number => Math.max(1, (rate * accountQuota.burst) / accountQuota.rate);

export interface Bucket {
  readonly quota: Quota;
  /** Fewer than none: that many are owed. */
  readonly tokens: number;
  /** Tokens a second; fewer than the quota's for a while after somebody was refused. */
  readonly rate: number;
  /** When it was so, in milliseconds since 1970. */
  readonly at: number;
}

/** How much of the quota's rate comes back in a second. */
const recovery = 0.02;

export const fullBucket = (quota: Quota, now: number): Bucket => ({
  quota,
  tokens: quota.burst,
  rate: quota.rate,
  at: now,
});

/** The bucket as it is by now. A clock that was set back gives nothing, and counts on from there. */
export const refill = ({ quota, tokens, rate, at }: Bucket, now: number): Bucket => {
  const seconds = Math.max(0, now - at) / 1000;
  return {
    quota,
    tokens: Math.min(quota.burst, tokens + seconds * rate),
    rate: Math.min(quota.rate, rate + seconds * recovery * quota.rate),
    at: now,
  };
};
