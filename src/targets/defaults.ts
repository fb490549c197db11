/** Defaults of options, with times in milliseconds. In a separate file, so that help does not load the targets. */
export const defaults = {
  /** For all API Gateway calls of a command, including retries, but not for waiting or for rolling back. */
  timeout: 60_000,
  /** HTTP attempts per call. */
  maxAttempts: 10,
  /** For waiting until a cache cluster has settled. */
  cacheTimeout: 15 * 60_000,
} as const;
