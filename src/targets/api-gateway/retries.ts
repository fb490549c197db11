/** What to do after an attempt that failed. Pure: who calls it counts, waits and sends. */

/** Why an attempt brought no answer that could be used. */
export type Fault =
  /** Another change of the stage is under way. Nothing was done. */
  | { readonly kind: 'conflict' }
  /** The quota is used up. Nothing was done. `retryAfter`: milliseconds that API Gateway asks to wait. */
  | { readonly kind: 'throttled'; readonly retryAfter?: number }
  /** API Gateway was not reached. Nothing was done. */
  | { readonly kind: 'unsent' }
  /**
   * The request may have arrived, and the answer did not, or says of a failure. It may have been done. `isStrange`: who answered is
   * probably not API Gateway, and would say the same again.
   */
  | { readonly kind: 'lost'; readonly retryAfter?: number; readonly isStrange?: true }
  /** Another attempt would end the same. */
  | { readonly kind: 'final' };

/** What is left to spend. */
export interface Budget {
  /** Attempts made so far, the failed one included. */
  readonly attempts: number;
  readonly maxAttempts: number;
  /** Milliseconds until the run times out. */
  readonly left: number;
}

/**
 * What to do next. `ask`: read the stage, because the write may have been made; `isLast`: whatever is seen then, there is no time
 * to send it again. `after` counts milliseconds.
 */
export type Move =
  | { readonly next: 'retry'; readonly after: number }
  | { readonly next: 'ask'; readonly after: number; readonly isLast?: true }
  | { readonly next: 'give-up' };

interface Backoff {
  /** Milliseconds, doubled with each attempt. */
  readonly base: number;
  readonly cap: number;
  /** Attempts that make sense, where that is fewer than the user allows. */
  readonly most?: number;
}

const backoffs: Readonly<Record<Exclude<Fault['kind'], 'final'>, Backoff>> = {
  conflict: { base: 250, cap: 8000 },
  throttled: { base: 500, cap: 10_000 },
  // A wrong address stays wrong: a minute of trying would be spent for nothing.
  unsent: { base: 200, cap: 2000, most: 5 },
  lost: { base: 250, cap: 5000 },
};

/** Capped, exponential, with full jitter, so that those who failed together do not come back together. */
const jittered = ({ base, cap }: Backoff, attempts: number, random: () => number): number =>
  random() * Math.min(cap, base * 2 ** (attempts - 1));

const giveUp: Move = { next: 'give-up' };

/** Milliseconds that the other side asks to wait. */
const askedWait = (fault: Fault): number => ('retryAfter' in fault ? (fault.retryAfter ?? 0) : 0);

/** A lost write is always asked about, even when nothing is left for another attempt: what became of it has to be told. */
const askAfter = (wait: number, asked: number, left: number): Move => {
  const soon = Math.min(wait, Math.max(0, left) / 4);
  return asked < left || asked === 0
    ? { next: 'ask', after: Math.max(soon, asked) }
    : { next: 'ask', after: soon, isLast: true };
};

export const nextMove = (fault: Fault, doing: 'read' | 'write', budget: Budget, random: () => number): Move => {
  if (fault.kind === 'final') return giveUp;
  if (fault.kind === 'lost' && fault.isStrange && doing === 'read') return giveUp;
  const { attempts, maxAttempts, left } = budget;
  const [wait, asked] = [jittered(backoffs[fault.kind], attempts, random), askedWait(fault)];
  if (fault.kind === 'lost' && doing === 'write') return askAfter(wait, asked, left);
  const after = Math.max(wait, asked);
  const most = Math.min(maxAttempts, backoffs[fault.kind].most ?? maxAttempts);
  return attempts < most && after < left ? { next: 'retry', after } : giveUp;
};

const longestAttempt = 20_000;

/** Milliseconds that one attempt may take. A write leaves time to ask what became of it. */
export const attemptTime = (doing: 'read' | 'write', left: number): number =>
  Math.min(longestAttempt, doing === 'write' ? left / 2 : left);
