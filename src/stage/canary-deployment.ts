/** A deployment that is made for a canary: CreateDeployment with canary settings. */
import { settingAll } from './creation.js';
import type { CanaryDeployment } from './plan.js';
import type { CanarySettings, Deployment, PatchOperation, Stage } from './stage.js';

/** Stands for the id of a deployment before it is made. */
export const newDeploymentId = '(new deployment)';

type Marked = Pick<CanaryDeployment, 'runId'>;

/** The longest description beside the mark. What API Gateway takes is undocumented, and a mark that it cut off would not be found. */
export const mostDescription = 900;

const markOf = ({ runId }: Marked): string => `[stage run ${runId}]`;

/** The description that the deployment gets: the user's, and the mark. */
export const describedDeployment = (call: CanaryDeployment): string =>
  [...(call.description ? [call.description] : []), markOf(call)].join(' ');

/** Whether a deployment is the one of this run. */
export const isDeploymentOf = (run: Marked, { description = '' }: Pick<Deployment, 'description'>): boolean =>
  description.endsWith(markOf(run));

/** The operations that say the same as CreateDeployment with these settings: they replace those of an earlier canary. */
export const settingCanary = (canarySettings: CanarySettings, stage: Stage): readonly PatchOperation[] => [
  ...(stage.canarySettings === undefined ? [] : [{ op: 'remove', path: '/canarySettings' } as const]),
  ...settingAll({ canarySettings }),
];
