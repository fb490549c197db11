/** Reads the stage that is meant; where it is not there, the failure names those that are. */
import { StageError, withMore } from '../../stage/problem.js';
import type { Stage } from '../../stage/stage.js';
import { insteadOf, type Nearest, readStages } from './names.js';
import { aside, isInterruption, readAnswer, type Session } from './session.js';

/** A stage whose API was found, and how it is reached. */
export interface Opened {
  readonly restApiId: string;
  readonly stageName: string;
  readonly session: Session;
  readonly nearest: Nearest;
}

export const readStage = ({ restApiId, stageName, session }: Opened): Promise<Stage> =>
  readAnswer('GetStage', (signal) => session.api.getStage(restApiId, stageName, signal), session);

export const isNotFound = (error: unknown): boolean =>
  error instanceof StageError && error.problems.some(({ code }) => code === 'not-found');

/** The stage where it can be read in a part of the time: for what is worth saying, and stops no edit. */
export const readAside = async (opened: Opened): Promise<Stage | undefined> => {
  try {
    return await readStage({ ...opened, session: aside(opened.session) });
  } catch (error) {
    if (isInterruption(error)) throw error;
    return undefined;
  }
};

/** Whether the stage is not there any more, as far as that can be read. Never a failure of its own. */
export const isStageGone = (opened: Opened): Promise<boolean> =>
  readStage({ ...opened, session: aside(opened.session) }).then(() => false, isNotFound);

/** The names of the stages that there are, to be said where one is not found. Never a failure of its own. */
const otherStages = async ({ restApiId, stageName, session, nearest }: Opened): Promise<string> => {
  try {
    const stages = await readStages(restApiId, { ...aside(session), maxAttempts: 1 });
    const names = stages.flatMap(({ stageName: name }) => name ?? []);
    // It was something else that was not found.
    return names.includes(stageName) ? '' : insteadOf(stageName, names, nearest);
  } catch {
    return '';
  }
};

/** The failure with the names of the other stages, where this one was not found. */
export const withOtherStages = async (error: unknown, opened: Opened): Promise<unknown> => {
  if (!isNotFound(error)) return error;
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
