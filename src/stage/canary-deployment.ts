/** Creates a deployment for a canary: CreateDeployment with canary settings. */
import { settingAll } from './creation.js';
import type { CanaryDeployment } from './plan.js';
import type { CanarySettings, Deployment, PatchOperation, Stage } from './stage.js';

/** A placeholder for the id of a deployment that is not created yet. */
export const newDeploymentId = '(new deployment)';

type Marked = Pick<CanaryDeployment, 'runId'>;

/** The longest description without the mark. API Gateway's limit is undocumented, and stage would not find a mark that was cut off. */
export const mostDescription = 900;

const markOf = ({ runId }: Marked): string => `[stage run ${runId}]`;

/** The user's description, followed by the mark. */
export const describedDeployment = (call: CanaryDeployment): string =>
  [...(call.description ? [call.description] : []), markOf(call)].join(' ');

/** Whether this run created the deployment. */
export const isDeploymentOf = (run: Marked, { description = '' }: Pick<Deployment, 'description'>): boolean =>
  description.endsWith(markOf(run));

/** The operations with the same effect as CreateDeployment with these settings, which replace those of an earlier canary. */
export const settingCanary = (canarySettings: CanarySettings, stage: Stage): readonly PatchOperation[] => [
  ...(stage.canarySettings === undefined ? [] : [{ op: 'remove', path: '/canarySettings' } as const]),
  ...settingAll({ canarySettings }),
];
