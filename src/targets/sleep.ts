/** The longest Node timer, in milliseconds. A longer one fires at once. */
export const longestTimer = 2 ** 31 - 1;

/** Waits this many milliseconds, which may be Infinity. Resolves early when the signal aborts. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

export const sleep: Sleep = (milliseconds, signal) =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = Number.isFinite(milliseconds) ? setTimeout(done, Math.min(milliseconds, longestTimer)) : undefined;
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
