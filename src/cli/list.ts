/** `stage list`: what live stages there are, each with a TARGET that can be pasted. */

import type { Sight } from '../commands/command.js';
import { printable } from '../stage/printable.js';
import type { Stage } from '../stage/stage.js';
import { listLive } from './live.js';
import type { Scene } from './scene.js';

const header = ['TARGET', 'API', 'DEPLOYMENT', 'CANARY', 'CACHE', 'UPDATED'] as const;

const canaryOf = ({ canarySettings }: Stage): string =>
  canarySettings === undefined ? '-' : `${canarySettings.percentTraffic ?? 0}%`;

const rowOf = (api: { readonly id: string; readonly name: string }, stage: Stage): readonly string[] =>
  [
    `${api.id}/${stage.stageName}`,
    api.name,
    stage.deploymentId ?? '-',
    canaryOf(stage),
    stage.cacheClusterEnabled ? (stage.cacheClusterSize ?? 'on') : '-',
    String(stage.lastUpdatedDate ?? '-'),
  ].map(printable);

const aligned = (rows: readonly (readonly string[])[]): string => {
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
};

/** A table on a terminal; tab-separated, without a header, for programs. */
export const list = async (scene: Scene): Promise<Sight> => {
  const apis = await listLive(scene.request.targets[0], scene);
  const rows = apis.flatMap((api) => api.stages.map((stage) => rowOf(api, stage)));
  const text = scene.world.stdout.isTTY ? aligned([header, ...rows]) : rows.map((row) => row.join('\t')).join('\n');
  return rows.length === 0 && !scene.voice.asked ? { value: 'There are no stages.' } : { value: apis, text };
};
