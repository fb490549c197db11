/** Reads a stage, once or until its cache cluster has settled; if it is not found, the failure names the others. */
import { failure, StageError, withMore } from '../../stage/problem.js';
import type { Stage } from '../../stage/stage.js';
import { isClusterUnderWay } from '../../stage/stage.js';
import { span } from './causes.js';
import { insteadOf, type Nearest, readStages } from './names.js';
import { aside, interruption, lasting, readAnswer, type Session } from './session.js';

/** A stage whose API was found, and how it is reached. */
export interface Opened {
  readonly restApiId: string;
  readonly stageName: string;
  readonly session: Session;
  readonly nearest: Nearest;
}

export const readStage = ({ restApiId, stageName, session }: Opened): Promise<Stage> =>
  readAnswer('GetStage', (signal) => session.api.getStage(restApiId, stageName, signal), session);

/** The names of the stages that exist. Never a failure of its own. */
const otherStages = async ({ restApiId, stageName, session, nearest }: Opened): Promise<string> => {
  try {
    const stages = await readStages(restApiId, { ...aside(session), maxAttempts: 1 });
    const names = stages.flatMap(({ stageName: name }) => name ?? []);
    // Something else was not found.
    return names.includes(stageName) ? '' : insteadOf(stageName, names, nearest);
  } catch {
    return '';
  }
};

/** The failure; with the names of the other stages, if this one was not found. */
export const withOtherStages = async (error: unknown, opened: Opened): Promise<unknown> => {
  if (!(error instanceof StageError) || !error.problems.some(({ code }) => code === 'not-found')) return error;
  const others = await otherStages(opened);
  const message = `${opened.session.at.label}: there is no such stage. ${others}`;
  return others === '' ? error : withMore(error, [{ code: 'unknown-stage', message }]);
};

/** The stage, or a failure that names the others. */
export const findStage = async (opened: Opened): Promise<Stage> => {
  try {
    return await readStage(opened);
  } catch (error) {
    throw await withOtherStages(error, opened);
  }
};

/** Called while waiting: with the status, and the milliseconds so far. */
export type OnProgress = (status: string, waited: number) => void;

/** Some emulators are quick, API Gateway takes minutes. */
const pauseAfter = (waited: number): number => Math.min(5000, Math.max(500, waited));

/** A read has at least this long, however little is left of the wait. */
const shortestRead = 1000;

/** Reads the stage until its cacheClusterStatus has settled, at most `timeout` milliseconds long. */
export const settleCache = async (opened: Opened, timeout: number, onProgress: OnProgress): Promise<Stage> => {
  const { session } = opened;
  const { clock, signal, at } = session;
  const end = clock.now() + timeout;
  const left = (): number => end - clock.now();
  let seen: Stage | undefined;
  const tooLong = (): StageError => {
    const status = seen === undefined ? 'did not settle within' : `is still ${seen.cacheClusterStatus} after`;
    return failure('unavailable', 'cache-not-settled', `${at.label}: the cache cluster ${status} ${span(timeout)}.`);
  };
  for (;;) {
    const most = Math.min(session.timeout, Math.max(shortestRead, left()));
    seen = await findStage({ ...opened, session: lasting(session, most) }).catch((error) => {
      if (signal.aborted) throw interruption(session, 'the cache cluster had not settled.');
      throw error instanceof StageError && error.kind === 'unavailable' && left() <= 0 ? tooLong() : error;
    });
    if (!isClusterUnderWay(seen)) return seen;
    if (left() <= 0) throw tooLong();
    const waited = timeout - left();
    onProgress(seen.cacheClusterStatus ?? '', waited);
    await clock.sleep(Math.min(pauseAfter(waited), left()), signal);
  }
};
