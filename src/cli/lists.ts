/** `stage list` and `stage deployments`. Loaded only for these commands. */

import { maskSecrets } from '../render/redact.js';
import type { Stage } from '../stage/stage.js';
import type { ServedDeployment } from '../targets/api-gateway/deployments.js';
import type { ListedApi, ListedReference, OnLeftOut } from '../targets/api-gateway/lookups.js';
import { addressOf, isAddress, type LivePlace } from './address.js';
import type { Context } from './context.js';
import { numberOption, usageError } from './given-options.js';
import { asking } from './live.js';
import { type Found, tellNotice, tellNotices } from './tell.js';

/** Parses a word that names an API. */
const reference = (word: string): ListedReference => {
  if (word === 'name:') throw usageError('name: needs the name of an API: name:orders-api.');
  return word.startsWith('name:') ? { name: word.slice('name:'.length) } : { idOrName: word };
};

const stageRow = (api: ListedApi, stage: Stage): readonly string[] => [
  `${api.id}/${stage.stageName}`,
  api.name,
  stage.deploymentId ?? '-',
  stage.canarySettings ? `${stage.canarySettings.percentTraffic ?? 0}%` : '-',
  stage.cacheClusterEnabled ? (stage.cacheClusterSize ?? 'on') : '-',
  String(stage.lastUpdatedDate ?? '-'),
];

/** `stage list`. Each TARGET in its output works as an argument. */
export const listOfStages = async (context: Context): Promise<Found> => {
  const { asked, isSecret } = context.output;
  const [word] = context.request.targets;
  // Printed even with --quiet: an incomplete list must not look complete.
  const onLeftOut: OnLeftOut = ({ id, name }, { message }) =>
    tellNotice(`${id} (${name}) is left out: its stages cannot be read. ${message}`, context);
  const api = word === undefined ? undefined : reference(word);
  const apis = await asking({}, context, ({ listApis }, options) => listApis(api, options, onLeftOut));
  const withTargets = ({ id, stages, ...rest }: ListedApi) => ({
    id,
    ...rest,
    stages: stages.map((stage) => ({ target: `${id}/${stage.stageName}`, ...stage })),
  });
  const rows = apis.flatMap((each) => each.stages.map((stage) => stageRow(each, stage)));
  if (rows.length === 0 && (asked ?? 'text') === 'text')
    tellNotices([{ code: 'no-stages', message: 'There are no stages.' }], context);
  return {
    value: maskSecrets(apis.map(withTargets), isSecret),
    table: [['TARGET', 'API', 'DEPLOYMENT', 'CANARY', 'CACHE', 'UPDATED'], ...rows],
  };
};

/** The API of a word, which is an id, a name, or a stage of the API, and how to reach it. */
const apiOf = async (
  word: string | undefined,
  context: Context,
): Promise<readonly [ListedReference, Partial<LivePlace>]> => {
  if (word === undefined && context.settings.default === undefined)
    throw usageError('Which API? Name it, or one of its live stages: stage deployments API/STAGE.');
  const isStage = word === undefined || context.settings.stages.has(word) || word.includes('/');
  if (!isStage && (word.startsWith('name:') || !isAddress(word)))
    return [/^[a-z0-9]{10}$/.test(word) ? { id: word } : reference(word), {}];
  const { kind, label, ...address } = await addressOf(word, context);
  if (kind === 'live' && 'live' in address) return [address.live.api, address.live];
  throw usageError(`stage deployments takes an API or a live stage, such as API or API/STAGE; got ${label}.`);
};

const deploymentRow = ({
  id,
  createdDate = '-',
  description = '-',
  stages,
  canaries,
}: ServedDeployment): readonly string[] => {
  const servedBy = [...stages, ...canaries.map((name) => `canary of ${name}`)].join(', ');
  return [id, createdDate, servedBy || '-', description];
};

export const listOfDeployments = async (context: Context): Promise<Found> => {
  const limit = numberOption(context, 'limit');
  const [api, place] = await apiOf(context.request.targets[0], context);
  const all = await asking(place, context, ({ deploymentsOfApi }, options) => deploymentsOfApi(api, options));
  const value = all.slice(0, limit);
  return { value, table: [['DEPLOYMENT', 'CREATED', 'SERVED BY', 'DESCRIPTION'], ...value.map(deploymentRow)] };
};
