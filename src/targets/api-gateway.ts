/** A stage in API Gateway. Import this only dynamically: it loads the AWS SDK. */
import type { Decide, Outcome } from '../stage/plan.js';
import type { Whereabouts } from '../stage/result.js';
import type { Deployment, Stage } from '../stage/stage.js';
import { readDeployments } from './api-gateway/deployments.js';
import { type EditOptions, editLive } from './api-gateway/edit-live.js';
import {
  type ApiReference,
  type FoundStage,
  findRestApi,
  findStage,
  type OnProgress,
  settleCache,
} from './api-gateway/lookups.js';
import { type ReadResources, readDeployment, readResources } from './api-gateway/resources.js';
import { type LiveOptions, lasting, openSession, readAnswer } from './api-gateway/session.js';
import type { StageTarget } from './target.js';

export { deploymentsOfApi } from './api-gateway/deployments.js';
export { listApis, restApiIdOf } from './api-gateway/lookups.js';

interface Address {
  readonly api: ApiReference;
  readonly stageName: string;
  readonly label: string;
}

export type LiveEditOptions = LiveOptions & EditOptions;

const openStage = async (address: Address, options: LiveOptions): Promise<FoundStage> => {
  const session = await openSession(options, address.label);
  const restApiId = await findRestApi(address.api, session);
  return { restApiId, stageName: address.stageName, session: { ...session, at: { ...session.at, restApiId } } };
};

export interface LiveStage extends StageTarget {
  foresee(decide: Decide): Promise<Outcome>;
  /** The resources of its API, or a notice if they cannot be read: that does not stop an edit. */
  resources(): Promise<ReadResources>;
  /** A deployment of its API; undefined if it cannot be read, which does not stop an edit. */
  deployment(id: string): Promise<Deployment | undefined>;
  /** The API, region and profile that its address was resolved to. */
  whereabouts(): Promise<Whereabouts>;
  /** The name of its API, as used in metrics. */
  apiName(): Promise<string>;
  /** The deployments of its API, newest first. */
  deployments(): Promise<readonly Deployment[]>;
  /** Waits until cacheClusterStatus has settled, at most `timeout` milliseconds. Resolves to the stage. */
  waitForCache(timeout: number, onProgress: OnProgress): Promise<Stage>;
}

/** A live stage. Nothing is sent before the first read or edit. An edit takes as few calls as possible. */
export const stageOnApiGateway = (address: Address, options: LiveEditOptions): LiveStage => {
  let opening: Promise<FoundStage> | undefined;
  const open = (): Promise<FoundStage> => {
    opening ??= openStage(address, options);
    return opening;
  };
  const again = async (): Promise<FoundStage> => {
    const isFirst = opening === undefined;
    const found = await open();
    return isFirst ? found : { ...found, session: lasting(found.session) };
  };
  let openToEdit = open;
  return {
    label: address.label,
    // Each read gets the full timeout: a stage may be polled.
    read: async () => findStage(await again(), options.creates),
    edit: async (decide) => editLive(decide, await openToEdit(), options, true),
    foresee: async (decide) => {
      // The user may take a while to confirm the foreseen edit.
      openToEdit = again;
      return editLive(decide, await open(), options, false);
    },
    resources: async () => readResources(await open()),
    deployment: async (id) => readDeployment(id, await again()),
    apiName: async () => {
      const { restApiId, session } = await again();
      const { name } = await readAnswer('GetRestApi', (signal) => session.api.getRestApi(restApiId, signal), session);
      return name;
    },
    deployments: async () => {
      const { restApiId, session } = await open();
      return readDeployments(restApiId, session);
    },
    whereabouts: async () => {
      const { restApiId, stageName, session } = await open();
      const { label: _, timeout: __, ...place } = session.at;
      const { caBundle, roleArn } = options;
      return { ...place, restApiId, stageName, ...(caBundle && { caBundle }), ...(roleArn && { roleArn }) };
    },
    waitForCache: async (timeout, onProgress) => settleCache(await open(), timeout, onProgress),
  };
};
