/** Complete, valid stages for tests. */
import { defaultMethodSetting } from '../src/stage/properties.js';
import type { CanarySettings, MethodSetting, Stage } from '../src/stage/stage.js';

export const aStage = (members: Stage = {}): Stage => ({
  deploymentId: 'dep1',
  stageName: 'prod',
  cacheClusterEnabled: false,
  cacheClusterStatus: 'NOT_AVAILABLE',
  methodSettings: {},
  tracingEnabled: false,
  createdDate: '2026-01-01T00:00:00+00:00',
  lastUpdatedDate: '2026-01-01T00:00:00+00:00',
  ...members,
});

export const aMethod = (members: MethodSetting = {}): MethodSetting => ({ ...defaultMethodSetting, ...members });

/** A canary with its own deployment. */
export const aCanary = (members: CanarySettings = {}): CanarySettings => ({
  percentTraffic: 10,
  deploymentId: 'dep2',
  useStageCache: false,
  ...members,
});
