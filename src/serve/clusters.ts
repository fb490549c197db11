/** What cache clusters are doing: API Gateway takes minutes to create and to delete one. */

import type { Stage } from '../stage/stage.js';
import { isClusterUnderWay } from '../stage/stage.js';
import type { World } from '../world.js';

export type Clusters = ReturnType<typeof newClusters>;

/** What a cluster is once it has settled. */
export const settledStatus = ({ cacheClusterEnabled }: Stage): string =>
  cacheClusterEnabled === true ? 'AVAILABLE' : 'NOT_AVAILABLE';

/** Whether an edit creates or deletes a cluster. */
export const isClusterChange = (before: Stage, after: Stage): boolean => settledStatus(before) !== settledStatus(after);

/** `delay` is how long a change takes, in milliseconds. What is under way is forgotten when the server stops. */
export const newClusters = (delay: number, now: World['now']) => {
  const changes = new Map<string, { readonly status: string; readonly until: number }>();
  return {
    /** A stage was edited: its cluster may now be created or deleted. */
    edited: (key: string, before: Stage, after: Stage): void => {
      if (!isClusterChange(before, after)) return;
      const status = after.cacheClusterEnabled ? 'CREATE_IN_PROGRESS' : 'DELETE_IN_PROGRESS';
      changes.set(key, { status, until: now() + delay });
    },
    /** A stage is deleted or new: what the cluster of an earlier stage of its name was doing is over. */
    forget: (key: string): void => {
      changes.delete(key);
    },
    /** The cacheClusterStatus that API Gateway would report. */
    statusOf: (key: string, stage: Stage): string => {
      const change = changes.get(key);
      if (change !== undefined && now() < change.until) return change.status;
      // A status that was written while API Gateway was at work is believed; another must fit what the stage says.
      return (isClusterUnderWay(stage) ? stage.cacheClusterStatus : undefined) ?? settledStatus(stage);
    },
  };
};
