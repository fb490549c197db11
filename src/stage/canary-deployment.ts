/** A deployment made for a canary: CreateDeployment with canary settings. */
import { settingAll } from './creation.js';
import type { CanaryDeployment } from './plan.js';
import type { CanarySettings, Deployment, PatchOperation, Stage } from './stage.js';

/** Placeholder for the id of a deployment that does not exist yet. */
export const newDeploymentId = '(new deployment)';

type Marked = Pick<CanaryDeployment, 'runId'>;

/** Maximum length of a description without its mark. The real limit is undocumented; a truncated mark is not found. */
export const mostDescription = 900;

const markOf = ({ runId }: Marked): string => `[stage run ${runId}]`;

/** The description of the deployment: the user's text, then the mark. */
export const describedDeployment = (call: CanaryDeployment): string =>
  [...(call.description ? [call.description] : []), markOf(call)].join(' ');

/** Whether this run made the deployment. */
export const isDeploymentOf = (run: Marked, { description = '' }: Pick<Deployment, 'description'>): boolean =>
  description.endsWith(markOf(run));

/** Operations equivalent to CreateDeployment with these settings. They replace an earlier canary. */
export const settingCanary = (canarySettings: CanarySettings, stage: Stage): readonly PatchOperation[] => [
  ...(stage.canarySettings === undefined ? [] : [{ op: 'remove', path: '/canarySettings' } as const]),
  ...settingAll({ canarySettings }),
];
