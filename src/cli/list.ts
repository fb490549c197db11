/** `stage list`: the live stages, each with a TARGET that can be pasted. */

import { type IsSecret, maskStage } from '../render/redact.js';
import type { Stage } from '../stage/stage.js';
import type { ListedApi } from '../targets/api-gateway/lookups.js';
import { printable } from '../text/printable.js';
import type { Context } from './context.js';
import { listLive } from './live.js';
import { type Found, tellNotices } from './tell.js';

const header = ['TARGET', 'API', 'DEPLOYMENT', 'CANARY', 'CACHE', 'UPDATED'] as const;

const canaryOf = ({ canarySettings }: Stage): string =>
  canarySettings === undefined ? '-' : `${canarySettings.percentTraffic ?? 0}%`;

type Api = Pick<ListedApi, 'id' | 'name'>;

const targetOf = ({ id }: Api, { stageName }: Stage): string => `${id}/${stageName}`;

const rowOf = (api: Api, stage: Stage): readonly string[] =>
  [
    targetOf(api, stage),
    api.name,
    stage.deploymentId ?? '-',
    canaryOf(stage),
    stage.cacheClusterEnabled ? (stage.cacheClusterSize ?? 'on') : '-',
    String(stage.lastUpdatedDate ?? '-'),
  ].map(printable);

/** For programs: each stage with all its members, secrets masked. */
const documentOf = ({ stages, ...api }: ListedApi, isSecret: IsSecret): unknown => ({
  ...api,
  stages: stages.map((stage) => ({ target: targetOf(api, stage), ...maskStage(stage, isSecret) })),
});

/** A table on a terminal; tab-separated, without a header, for programs. */
export const list = async (context: Context): Promise<Found> => {
  const apis = await listLive(context.request.targets[0], context);
  const rows = apis.flatMap((api) => api.stages.map((stage) => rowOf(api, stage)));
  const { asked, isSecret } = context.output;
  const value = apis.map((api) => documentOf(api, isSecret));
  if (rows.length === 0 && (asked ?? 'text') === 'text')
    tellNotices([{ code: 'no-stages', message: 'There are no stages.' }], context);
  if (rows.length === 0) return { value, table: [] };
  return context.world.stdout.isTTY
    ? { value, table: [header, ...rows] }
    : { value, text: rows.map((row) => row.join('\t')).join('\n') };
};
