/** Calls of API Gateway within the quota and the time, and again where that makes sense. */
import { failure, StageError } from '../../stage/problem.js';
import type { World } from '../../world.js';
import type { Governor } from '../quota.js';
import { longestTimer, type Sleep } from '../sleep.js';
import { awsFailure, faultSentence } from './aws-failure.js';
import {
  type Circumstances,
  type FaultKind,
  NoAnswerInTime,
  type OperationName,
  readError,
  retryAfterOf,
  signOf,
  span,
} from './causes.js';
import type { ApiGateway, Page } from './client.js';

export interface Session {
  readonly api: ApiGateway;
  readonly clock: Pick<World, 'now' | 'random'> & { readonly sleep: Sleep };
  readonly governor: Governor;
  readonly signal: AbortSignal;
  /** Milliseconds for everything, attempts and waits included. */
  readonly timeout: number;
  readonly maxAttempts: number;
  /** Told of every wait that a failure causes, in a sentence. */
  readonly tell: (sentence: string) => void;
  /** What failures are explained with. */
  readonly at: Omit<Circumstances, 'operation' | 'attempts' | 'timeout'>;
  /** In milliseconds since 1970. */
  readonly deadline: number;
  /** What an interruption says of the stage, except while a write is in flight. */
  readonly standing?: () => string;
}

/** The session with so many milliseconds left. */
export const lasting = (session: Session, milliseconds: number): Session => ({
  ...session,
  deadline: session.clock.now() + milliseconds,
});

/** The session with all of its time left. */
export const restarted = (session: Session): Session => lasting(session, session.timeout);

export const timeLeft = ({ deadline, clock }: Session): number => deadline - clock.now();

/** The session with a part of the time that is left: for a read that the edit can do without. */
export const aside = (session: Session): Session => lasting(session, timeLeft(session) / 4);

export const unclear = 'unclear whether the update was applied; check with stage get.';

export type Interruptible = Pick<Session, 'signal' | 'at' | 'standing'>;

/** A run that was interrupted; `standing` says what became of the stage. */
export const interruption = ({ signal, at }: Interruptible, standing: string): StageError =>
  failure(
    'interrupted',
    standing === unclear ? 'unclear' : 'interrupted',
    `${at.label}: interrupted by ${String(signal.reason)}; ${standing.replace(/^./, (letter) => letter.toLowerCase())}`,
  );

const interrupted = (session: Interruptible, doing: 'read' | 'write'): StageError =>
  interruption(session, doing === 'write' ? unclear : (session.standing?.() ?? 'nothing was changed.'));

/** Rejects when the time is up or the run is interrupted, whatever the call does. */
export const withinTime = <T>(
  call: (signal: AbortSignal) => Promise<T>,
  milliseconds: number,
  doing: 'read' | 'write',
  session: Interruptible,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const controller = new AbortController();
    const stop = (error: Error): void => {
      reject(error);
      controller.abort();
    };
    const interrupt = (): void => stop(interrupted(session, doing));
    const timer = setTimeout(() => stop(new NoAnswerInTime(milliseconds)), Math.min(milliseconds, longestTimer));
    session.signal.addEventListener('abort', interrupt, { once: true });
    call(controller.signal)
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer);
        session.signal.removeEventListener('abort', interrupt);
      });
  });

export type Tried<T> = { readonly answer: T } | { readonly error: unknown; readonly fault: FaultKind };

export const faultOf = (error: unknown): FaultKind => signOf(readError(error))?.fault ?? 'final';

const pause = async (milliseconds: number, session: Session): Promise<void> => {
  if (milliseconds > 0) await session.clock.sleep(milliseconds, session.signal);
  if (session.signal.aborted) throw interrupted(session, 'read');
};

const longestAttempt = 20_000;

/** One attempt, once the governor allows it. Throws only if the run is interrupted. A write leaves time to look what became of it. */
export const tryOnce = async <T>(
  call: (signal: AbortSignal) => Promise<T>,
  doing: 'read' | 'write',
  session: Session,
): Promise<Tried<T>> => {
  await pause(Math.min(session.governor.ask(), Math.max(0, timeLeft(session))), session);
  const left = timeLeft(session);
  if (left <= 0) return { error: new NoAnswerInTime(session.timeout), fault: 'final' };
  try {
    const most = Math.min(longestAttempt, doing === 'write' ? left / 2 : left);
    return { answer: await withinTime(call, most, doing, session) };
  } catch (error) {
    if (error instanceof StageError) throw error;
    const fault = faultOf(error);
    if (fault === 'throttled') session.governor.slow();
    return { error, fault };
  }
};

/** In milliseconds; doubled with each attempt up to `cap`. A wrong address stays wrong, so few attempts are made to reach it. */
const backoffs: Readonly<Record<FaultKind, { readonly base: number; readonly cap: number; readonly most?: number }>> = {
  conflict: { base: 250, cap: 8000 },
  throttled: { base: 500, cap: 10_000 },
  unsent: { base: 200, cap: 2000, most: 5 },
  lost: { base: 250, cap: 5000 },
  final: { base: 0, cap: 0, most: 0 },
};

/** A write is not sent again in the last seconds: what became of it could not be read. */
const reserveOf = ({ timeout }: Session): number => Math.min(5000, timeout / 4);

/** Milliseconds to wait before another attempt, with full jitter; undefined for no other attempt. */
export const waitBeforeNext = (
  thrown: unknown,
  attempts: number,
  doing: 'read' | 'write',
  session: Session,
): number | undefined => {
  const error = readError(thrown);
  const { base, cap, most = session.maxAttempts } = backoffs[faultOf(thrown)];
  const { random, now } = session.clock;
  const wait = Math.max(random() * Math.min(cap, base * 2 ** (attempts - 1)), retryAfterOf(error, now()) ?? 0);
  const left = timeLeft(session) - (doing === 'write' ? reserveOf(session) : 0);
  const isHopeless = doing === 'read' && signOf(error)?.code === 'strange-answer';
  return !isHopeless && attempts < Math.min(most, session.maxAttempts) && wait < left ? wait : undefined;
};

/** Waits before another attempt, and says so. */
export const waitAfter = async (error: unknown, milliseconds: number, session: Session): Promise<void> => {
  session.tell(`${session.at.label}: ${faultSentence(error)}; trying again in ${span(milliseconds)}.`);
  await pause(milliseconds, session);
};

/** What a failed call is reported as; `state` says what became of the stage. */
export const callFailure = (
  error: unknown,
  { at, timeout }: Pick<Session, 'at' | 'timeout'>,
  call: Pick<Circumstances, 'operation' | 'attempts' | 'patchOperations'>,
  state?: string,
): unknown => awsFailure(error, { ...at, timeout, ...call }, state);

/** Reads until there is an answer. Throws StageError if there is none. */
export const readAnswer = async <T>(
  operation: OperationName,
  call: (signal: AbortSignal) => Promise<T>,
  session: Session,
): Promise<T> => {
  for (let attempts = 1; ; attempts += 1) {
    const tried = await tryOnce(call, 'read', session);
    if ('answer' in tried) return tried.answer;
    const wait = waitBeforeNext(tried.error, attempts, 'read', session);
    if (wait === undefined) throw callFailure(tried.error, session, { operation, attempts });
    await waitAfter(tried.error, wait, session);
  }
};

/** The items of all pages. */
export const readPages = async <Item>(
  operation: OperationName,
  call: (position: string | undefined, signal: AbortSignal) => Promise<Page<Item>>,
  session: Session,
): Promise<readonly Item[]> => {
  const items: Item[] = [];
  let position: string | undefined;
  do {
    const from = position;
    const page = await readAnswer(operation, (signal) => call(from, signal), session);
    items.push(...page.items);
    // A position that does not move would be read for ever.
    position = page.position === from ? undefined : page.position;
  } while (position !== undefined);
  return items;
};
