/** What there is to serve, for who starts the server to see. */
import { StageError } from '../stage/problem.js';
import type { Store } from './store.js';

export interface Contents {
  /** As a TARGET names them: `API/STAGE`. */
  readonly stages: readonly string[];
  /** Why a file is not served, a sentence each. Files of stages are not looked into. */
  readonly leftOut: readonly string[];
}

const problemsOf = (id: string, { api }: Store): readonly string[] => {
  try {
    api(id);
    return [];
  } catch (error) {
    if (error instanceof StageError) return [error.message];
    throw error;
  }
};

export const contentsOf = (store: Store): Contents => {
  const ids = store.apiIds();
  return {
    stages: ids.flatMap((id) => store.stageNames(id).map((name) => `${id}/${name}`)),
    leftOut: ids.flatMap((id) => problemsOf(id, store)),
  };
};
