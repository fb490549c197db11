/** Waiting until a cache cluster is as it was asked to be. */
import { failure, type StageError } from '../../stage/problem.js';
import { isClusterUnderWay } from '../../stage/read-only.js';
import type { Stage } from '../../stage/stage.js';
import { span } from './clock.js';
import { restarted, type Session } from './session.js';

/** What to say while waiting: the status, and for how many milliseconds it has been waited. */
export type OnProgress = (status: string, waited: number) => void;

/** Milliseconds from one look to the next: some emulators are quick, API Gateway takes minutes. */
const pauseAfter = (waited: number): number => Math.min(5000, Math.max(500, waited));

const tooLong = ({ cacheClusterStatus }: Stage, timeout: number, label: string): StageError =>
  failure(
    'unavailable',
    'cache-not-settled',
    `${label}: the cache cluster is still ${cacheClusterStatus} after ${span(timeout)}. The edit was made; stage get shows how far the cluster is.`,
  );

/** Reads the stage until its cacheClusterStatus has settled, at most `timeout` milliseconds long. Answers with the stage then. */
export const settleCache = async (
  read: (session: Session) => Promise<Stage>,
  session: Session,
  timeout: number,
  onProgress: OnProgress,
): Promise<Stage> => {
  const { clock, signal, at } = session;
  const start = clock.now();
  for (;;) {
    const stage = await read(restarted(session));
    if (!isClusterUnderWay(stage)) return stage;
    const waited = clock.now() - start;
    if (waited >= timeout) throw tooLong(stage, timeout, at.label);
    onProgress(stage.cacheClusterStatus ?? '', waited);
    await clock.sleep(Math.min(pauseAfter(waited), timeout - waited), signal);
  }
};
