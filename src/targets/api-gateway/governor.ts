/** Keeps what is asked of API Gateway within the quota of the account in its region, which all of its tools share. */

export interface Quota {
  /** Calls a second. */
  readonly rate: number;
  /** Calls at once. */
  readonly burst: number;
}

/** What API Gateway grants all management calls of an account in a region. */
export const accountQuota: Quota = { rate: 10, burst: 40 };

/** A token bucket. It may be in debt: then whoever takes next has to wait until that is paid. */
export interface Bucket {
  readonly quota: Quota;
  readonly tokens: number;
  /** Tokens a second, at the time `at`. */
  readonly rate: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const slowBy = 0.7;
const slowest = 0.5;
/** How much of the quota's rate comes back in a second. */
const recovery = 0.02;

export const fullBucket = (quota: Quota, now: number): Bucket => ({
  quota,
  tokens: quota.burst,
  rate: quota.rate,
  at: now,
});

const refill = ({ quota, tokens, rate, at }: Bucket, now: number): Bucket => {
  const seconds = Math.max(0, now - at) / 1000;
  return {
    quota,
    tokens: Math.min(quota.burst, tokens + seconds * rate),
    rate: Math.min(quota.rate, rate + seconds * recovery * quota.rate),
    at: Math.max(at, now),
  };
};

/** Takes a token, and says how many milliseconds to wait before the call may be made. */
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

export const newGovernor = (now: () => number, quota: Quota = accountQuota): Governor => {
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

export const newGovernors = (now: () => number, quota?: Quota): Governors => {
  const governors = new Map<string, Governor>();
  return (account) => {
    const governor = governors.get(account) ?? newGovernor(now, quota);
    governors.set(account, governor);
    return governor;
  };
};
