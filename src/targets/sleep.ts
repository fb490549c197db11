/** The most milliseconds that a timer of Node takes; it fires at once for more. */
export const longestTimer = 2 ** 31 - 1;

/** Waits so many milliseconds, without end for an infinite number; ends early, and without an error, when the signal aborts. */
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
