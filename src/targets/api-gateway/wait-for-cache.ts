/** Waiting until a cache cluster is as it was asked to be. */
import { failure, type StageError } from '../../stage/problem.js';
import { isClusterUnderWay } from '../../stage/read-only.js';
import type { Stage } from '../../stage/stage.js';
import { span } from './clock.js';
import { interruption, isInterruption, isUnavailable, lasting, type Session } from './session.js';

/** What to say while waiting: the status, and for how many milliseconds it has been waited. */
export type OnProgress = (status: string, waited: number) => void;

/** Milliseconds from one look to the next: some emulators are quick, API Gateway takes minutes. */
const pauseAfter = (waited: number): number => Math.min(5000, Math.max(500, waited));

/** A look at the stage has at least this long, whatever is left of the wait. */
const shortestLook = 1000;

const tooLong = (stage: Stage | undefined, timeout: number, label: string): StageError => {
  const status = stage === undefined ? 'was not seen to settle within' : `is still ${stage.cacheClusterStatus} after`;
  return failure('unavailable', 'cache-not-settled', `${label}: the cache cluster ${status} ${span(timeout)}.`);
};

/** Reads the stage until its cacheClusterStatus has settled, at most `timeout` milliseconds long. Answers with the stage then. */
export const settleCache = async (
  read: (session: Session) => Promise<Stage>,
  session: Session,
  timeout: number,
  onProgress: OnProgress,
): Promise<Stage> => {
  const { clock, signal, at } = session;
  const start = clock.now();
  const left = (): number => timeout - (clock.now() - start);
  let seen: Stage | undefined;
  const look = (): Promise<Stage> =>
    read(lasting(session, Math.min(session.timeout, Math.max(shortestLook, left())))).catch((error) => {
      if (isInterruption(error)) throw interruption(session, 'the cache cluster has not been seen to settle.');
      throw isUnavailable(error) && left() <= 0 ? tooLong(seen, timeout, at.label) : error;
    });
  for (;;) {
    seen = await look();
    if (!isClusterUnderWay(seen)) return seen;
    if (left() <= 0) throw tooLong(seen, timeout, at.label);
    const waited = timeout - left();
    onProgress(seen.cacheClusterStatus ?? '', waited);
    await clock.sleep(Math.min(pauseAfter(waited), left()), signal);
  }
};
