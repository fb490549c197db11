/** Calls of API Gateway as the program makes them: within the quota, within the time, and again where that makes sense. */

import type { PatchOperation } from '../../stage/operation.js';
import { type FailureKind, failure, StageError } from '../../stage/problem.js';
import type { Stage } from '../../stage/stage.js';
import { longestTimer } from '../sleep.js';
import { awsFailure, faultOf, faultSentence } from './aws-errors.js';
import type { Circumstances, OperationName } from './circumstances.js';
import { type Clock, span } from './clock.js';
import type { Governor } from './governor.js';
import type { Resource } from './resources.js';
import { attemptTime, type Fault, nextMove } from './retries.js';
import { NoAnswerInTime } from './said.js';

export interface RestApi {
  readonly id: string;
  readonly name: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the next page starts; absent on the last. */
  readonly position?: string;
}

/** API Gateway. Each call is one HTTP attempt, and throws what the SDK throws. */
export interface ApiGateway {
  getStage(restApiId: string, stageName: string, signal: AbortSignal): Promise<Stage>;
  updateStage(
    restApiId: string,
    stageName: string,
    operations: readonly PatchOperation[],
    signal: AbortSignal,
  ): Promise<Stage>;
  getStages(restApiId: string, signal: AbortSignal): Promise<readonly Stage[]>;
  getRestApis(position: string | undefined, signal: AbortSignal): Promise<Page<RestApi>>;
  getResources(restApiId: string, position: string | undefined, signal: AbortSignal): Promise<Page<Resource>>;
}

export interface Session {
  readonly api: ApiGateway;
  readonly clock: Clock;
  readonly governor: Governor;
  readonly signal: AbortSignal;
  /** Milliseconds that all of it may take, with its attempts and waits. */
  readonly timeout: number;
  readonly maxAttempts: number;
  /** Told of every wait that a failure causes, in a sentence. */
  readonly tell: (sentence: string) => void;
  /** What failures are explained with. */
  readonly at: Omit<Circumstances, 'operation' | 'attempts' | 'timeout'>;
  /** When it has to be done by, in milliseconds since 1970. */
  readonly deadline: number;
}

/** The session with so many milliseconds before it. */
export const lasting = (session: Session, milliseconds: number): Session => ({
  ...session,
  deadline: session.clock.now() + milliseconds,
});

/** The session with its whole time before it. */
export const restarted = (session: Session): Session => lasting(session, session.timeout);

export const timeLeft = ({ deadline, clock }: Session): number => deadline - clock.now();

/** The session with a part of the time that is left: for a read that no edit waits for. */
export const aside = (session: Session): Session => lasting(session, timeLeft(session) / 4);

/** The code of the problem of a run that was interrupted while a write was on its way. */
export const interruptedWrite = 'interrupted-write';

/** What the interruption of a run is told by. */
type Interruptible = Pick<Session, 'signal' | 'at'>;

/** A run that was interrupted; `state` says what became of the stage. */
export const interruption = ({ signal, at }: Interruptible, state: string, code = 'interrupted'): StageError =>
  failure('interrupted', code, `${at.label}: interrupted by ${String(signal.reason)}; ${state}`);

const isOfKind =
  (kind: FailureKind) =>
  (error: unknown): boolean =>
    error instanceof StageError && error.kind === kind;

export const isInterruption = isOfKind('interrupted');
export const isUnavailable = isOfKind('unavailable');

const unknownWrite = 'whether the edit was made is not known. stage get shows it.';

/** What is said of an interruption while a write is on its way, or until it is known what became of one. */
export const interruptedWriting = (session: Interruptible): StageError =>
  interruption(session, unknownWrite, interruptedWrite);

const interrupted = (session: Interruptible, doing: Doing): StageError =>
  doing === 'write' ? interruptedWriting(session) : interruption(session, 'nothing was being changed.');

type Doing = 'read' | 'write';

/** Rejects when the time is up or the run is interrupted, whatever the call does. */
export const withinTime = <T>(
  call: (signal: AbortSignal) => Promise<T>,
  milliseconds: number,
  doing: Doing,
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

export type Tried<T> = { readonly answer: T } | { readonly error: unknown; readonly fault: Fault };

const pause = async (milliseconds: number, session: Session): Promise<void> => {
  if (milliseconds > 0) await session.clock.sleep(milliseconds, session.signal);
  if (session.signal.aborted) throw interrupted(session, 'read');
};

const outOfTime = ({ timeout }: Session): Tried<never> => ({
  error: new NoAnswerInTime(timeout),
  fault: { kind: 'unsent' },
});

/** One attempt, once the governor allows it. Throws only where the run is interrupted. */
export const tryOnce = async <T>(
  call: (signal: AbortSignal) => Promise<T>,
  doing: Doing,
  session: Session,
): Promise<Tried<T>> => {
  await pause(Math.min(session.governor.ask(), Math.max(0, timeLeft(session))), session);
  const left = timeLeft(session);
  if (left <= 0) return outOfTime(session);
  try {
    return { answer: await withinTime(call, attemptTime(doing, left), doing, session) };
  } catch (error) {
    if (error instanceof StageError) throw error;
    const fault = faultOf(error, session.clock.now());
    if (fault.kind === 'throttled') session.governor.slow();
    return { error, fault };
  }
};

const doingNext = { retry: 'trying again', ask: 'reading the stage back' } as const;

/** Waits before another attempt, and says so. */
export const waitAfter = async (
  error: unknown,
  milliseconds: number,
  session: Session,
  next: keyof typeof doingNext = 'retry',
): Promise<void> => {
  session.tell(`${session.at.label}: ${faultSentence(error)}; ${doingNext[next]} in ${span(milliseconds)}.`);
  await pause(milliseconds, session);
};

/** What a call that failed is reported as; `state` says what became of the stage. */
export const callFailure = (
  error: unknown,
  { at, timeout }: Pick<Session, 'at' | 'timeout'>,
  call: Pick<Circumstances, 'operation' | 'attempts' | 'patchOperations'>,
  state?: string,
): unknown => awsFailure(error, { ...at, timeout, ...call }, state);

/** Reads until there is an answer. Throws StageError where there will be none. */
export const readAnswer = async <T>(
  operation: OperationName,
  call: (signal: AbortSignal) => Promise<T>,
  session: Session,
): Promise<T> => {
  for (let attempts = 1; ; attempts += 1) {
    const tried = await tryOnce(call, 'read', session);
    if ('answer' in tried) return tried.answer;
    const budget = { attempts, maxAttempts: session.maxAttempts, left: timeLeft(session) };
    const move = nextMove(tried.fault, 'read', budget, session.clock.random);
    if (move.next === 'give-up') throw callFailure(tried.error, session, { operation, attempts });
    await waitAfter(tried.error, move.after, session);
  }
};

/** Every item of all pages. */
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
