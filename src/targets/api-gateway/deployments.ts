/** The deployments of an API, and the stages that serve them. */

import { type Deployment, secondsOf } from '../../stage/stage.js';
import { findRestApi, type ListedReference, readStages } from './lookups.js';
import { type LiveOptions, openSession, readPages, type Session } from './session.js';

export interface ServedDeployment extends Deployment {
  /** The names of the stages that serve it. */
  readonly stages: readonly string[];
  /** The names of the stages whose canary serves it. */
  readonly canaries: readonly string[];
}

/** All deployments of an API, newest first. */
export const readDeployments = async (restApiId: string, session: Session): Promise<readonly Deployment[]> => {
  const call = (position: string | undefined, signal: AbortSignal) =>
    session.api.getDeployments(restApiId, position, signal);
  const deployments = await readPages('GetDeployments', call, session);
  const timeOf = ({ createdDate }: Deployment): number => secondsOf(createdDate) ?? 0;
  return [...deployments].sort((a, b) => timeOf(b) - timeOf(a));
};

/** All deployments of an API, newest first, each with the stages that serve it. */
export const deploymentsOfApi = async (
  api: ListedReference,
  options: LiveOptions,
): Promise<readonly ServedDeployment[]> => {
  const session = await openSession(options, 'API Gateway');
  const restApiId = await findRestApi(api, session);
  const at = { ...session, at: { ...session.at, restApiId } };
  const deployments = await readDeployments(restApiId, at);
  const stages = await readStages(restApiId, at);
  const named = (isServing: (stage: (typeof stages)[number]) => boolean): readonly string[] =>
    stages.filter(isServing).flatMap(({ stageName }) => stageName ?? []);
  return deployments.map((deployment) => ({
    ...deployment,
    stages: named(({ deploymentId }) => deploymentId === deployment.id),
    canaries: named(({ canarySettings }) => canarySettings?.deploymentId === deployment.id),
  }));
};
