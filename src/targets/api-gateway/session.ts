/** Calls API Gateway within the quota and the timeout, and retries where that makes sense. */
import { failure, StageError } from '../../stage/problem.js';
import { defaults } from '../defaults.js';
import { type Governor, newGovernor } from '../quota.js';
import { longestTimer, type Sleep, sleep } from '../sleep.js';
import { type ApiGateway, type ConnectionOptions, connect, knownRegion, type Page, type SignsIn } from './client.js';
import { profileName } from './credentials.js';
import {
  awsFailure,
  type CallFault,
  type Circumstances,
  failureSentence,
  faultOf,
  NoAnswerInTime,
  retryAfterOf,
  span,
} from './failures.js';

export interface LiveOptions extends ConnectionOptions {
  /** Instead of a timer, for tests. */
  readonly sleep?: Sleep;
  /** Milliseconds for all calls of a process, except waits for the cache. */
  readonly timeout?: number;
  readonly maxAttempts?: number;
  /** Gets a sentence about every wait that a failure causes. */
  readonly tell?: (sentence: string) => void;
  /** Gets every attempt of a call. */
  readonly follow?: (attempt: Promise<unknown>) => void;
}

type Attempt<T> = (signal: AbortSignal) => Promise<T>;

/** The state shared by the calls of all services. */
interface AnySession extends Required<Pick<LiveOptions, 'world' | 'sleep' | 'maxAttempts' | 'tell' | 'follow'>> {
  readonly governor: Governor;
  readonly at: Omit<Circumstances, 'operation' | 'attempts'>;
  readonly deadline: number;
  /** The state of the stage to report on an interruption, except while a write is in flight. */
  readonly standing: () => string;
  readonly isWriting: boolean;
}

export interface Session<Api = ApiGateway> extends AnySession {
  readonly api: Api;
}

/** The session with this many milliseconds left (default: its full timeout). */
export const lasting = (session: Session, milliseconds: number = session.at.timeout): Session => ({
  ...session,
  deadline: session.world.now() + milliseconds,
});

const timeLeft = ({ deadline, world }: AnySession): number => Math.max(0, deadline - world.now());

/** The session with part of the remaining time, for a read that the edit does not depend on. */
export const aside = (session: Session): Session => lasting(session, timeLeft(session) / 4);

export const unclear = 'unclear whether the update was applied; check with stage get.';

/** The failure of an interrupted run. `standing` describes the state of the stage. */
export const interruption = ({ world, at }: AnySession, standing: string): StageError =>
  failure(
    'interrupted',
    standing === unclear ? 'unclear' : 'interrupted',
    `${at.label}: interrupted by ${String(world.signal.reason)}; ${standing.replace(/^./, (letter) => letter.toLowerCase())}`,
  );

/** Rejects when the time is up or the run is interrupted, even if the call ignores the signal. */
const withinTime = <T>(call: Attempt<T>, most: number, session: AnySession): Promise<T> => {
  const { signal } = session.world;
  const controller = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason));
  });
  const interrupt = () => controller.abort(interruption(session, session.isWriting ? unclear : session.standing()));
  const timer = setTimeout(() => controller.abort(new NoAnswerInTime(most)), Math.min(most, longestTimer));
  signal.addEventListener('abort', interrupt);
  const attempt = Promise.race([stopped, call(controller.signal)]).finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', interrupt);
  });
  session.follow(attempt);
  return attempt;
};

const pause = async (milliseconds: number, session: AnySession): Promise<void> => {
  const { signal } = session.world;
  if (milliseconds > 0) await session.sleep(milliseconds, signal);
  if (signal.aborted) throw interruption(session, session.standing());
};

/** Makes one attempt when the governor allows it. Throws only on interruption. A write leaves time for a check. */
export const tryOnce = async <T>(
  call: Attempt<T>,
  session: AnySession,
): Promise<{ readonly answer: T } | { readonly error: unknown; readonly fault: CallFault }> => {
  await pause(Math.min(session.governor.ask(), timeLeft(session)), session);
  const left = timeLeft(session);
  if (left <= 0) return { error: new NoAnswerInTime(session.at.timeout), fault: 'final' };
  try {
    const most = Math.min(20_000, session.isWriting ? left / 2 : left);
    return { answer: await withinTime(call, most, session) };
  } catch (error) {
    if (error instanceof StageError) throw error;
    const fault = faultOf(error);
    if (fault === 'throttled') session.governor.slow();
    return { error, fault };
  }
};

/** Waits before another attempt, with full jitter, and reports the wait. Resolves to false at once if there is none. */
export const waitForNext = async (
  error: unknown,
  fault: CallFault,
  tried: Circumstances,
  session: AnySession,
): Promise<boolean> => {
  const { world, maxAttempts, at, isWriting } = session;
  const { attempts } = tried;
  const isHopeless = fault === 'final' || (fault === 'strange' && !isWriting);
  // A wrong address will not start to work.
  const most = fault === 'unsent' ? Math.min(5, maxAttempts) : maxAttempts;
  // API Gateway accepts one CreateDeployment every five seconds.
  const first = tried.operation === 'CreateDeployment' ? 5000 : 250;
  const wait = Math.max(world.random() * Math.min(8000, first * 2 ** (attempts - 1)), retryAfterOf(error));
  // Do not retry a write in the last seconds: there would be no time to check its result.
  const left = timeLeft(session) - (isWriting ? Math.min(5000, at.timeout / 4) : 0);
  if (isHopeless || attempts >= most || wait >= left) return false;
  session.tell(`${at.label}: ${failureSentence(error, tried)}; trying again in ${span(wait)}.`);
  await pause(wait, session);
  return true;
};

export const readAnswer = async <T>(operation: string, call: Attempt<T>, session: AnySession): Promise<T> => {
  for (let attempts = 1; ; attempts += 1) {
    const tried = await tryOnce(call, session);
    if ('answer' in tried) return tried.answer;
    const { error, fault } = tried;
    const at = { ...session.at, operation, attempts };
    if (!(await waitForNext(error, fault, at, session))) throw awsFailure(error, at);
  }
};

export const readPages = async <Item>(
  operation: string,
  call: (position: string | undefined, signal: AbortSignal) => Promise<Page<Item>>,
  session: AnySession,
  from?: string,
): Promise<readonly Item[]> => {
  const { items, position } = await readAnswer(operation, (signal) => call(from, signal), session);
  // A position that does not advance would cause an endless loop.
  if (position === undefined || position === from) return items;
  return [...items, ...(await readPages(operation, call, session, position))];
};

/** Shared by all calls of a process: its start time and the quota. */
const sharedByWorld = new WeakMap<object, { readonly begun: number; readonly governor: Governor }>();

/** Runs before the first call, so that its failure does not look like one of API Gateway's. Resolves to the region. */
const signIn = (session: Session<SignsIn>): Promise<string> =>
  withinTime(session.api.signIn, timeLeft(session), session).catch((error) => {
    // STS has its own endpoint.
    const { endpointUrl: _, ...at } = session.at;
    throw awsFailure(error, { ...at, operation: 'AssumeRole', attempts: 1 });
  });

/** A session that uses the given client. */
export const sessionWith = async <Api extends SignsIn>(
  api: Api,
  options: LiveOptions,
  label: string,
  service?: Session['at']['service'],
): Promise<Session<Api>> => {
  const { world, endpointUrl, timeout = defaults.timeout } = options;
  const shared = sharedByWorld.get(world) ?? { begun: world.now(), governor: newGovernor(world.now) };
  sharedByWorld.set(world, shared);
  const [region, profile] = [knownRegion(options), profileName(options.profile, world.env)];
  const at = {
    label,
    timeout,
    ...(profile && { profile }),
    ...(region && { region }),
    ...(endpointUrl && { endpointUrl }),
    ...(service && { service }),
  };
  const session: Session<Api> = {
    api,
    world,
    sleep: options.sleep ?? sleep,
    governor: shared.governor,
    tell: options.tell ?? (() => undefined),
    follow: options.follow ?? (() => undefined),
    maxAttempts: options.maxAttempts ?? defaults.maxAttempts,
    at,
    deadline: shared.begun + timeout,
    standing: () => 'nothing was changed.',
    isWriting: false,
  };
  return { ...session, at: { ...at, region: await signIn(session) } };
};

export const openSession = (options: LiveOptions, label: string): Promise<Session> =>
  sessionWith(connect(options), options, label);
