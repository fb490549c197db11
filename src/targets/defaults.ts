/** Defaults of options; times in milliseconds. In a file of their own, so that help loads no target for them. */
export const defaults = {
  /** For all that a command asks of API Gateway, retries included, but for a wait and for what is taken back. */
  timeout: 60_000,
  /** HTTP attempts of one call. */
  maxAttempts: 10,
  /** For a cache cluster to settle. */
  cacheTimeout: 15 * 60_000,
} as const;
