/** `stage deployments`: the deployments of one API, and what serves each. Loaded only for that. */

import type { ServedDeployment } from '../targets/api-gateway/deployments.js';
import type { ListedReference } from '../targets/api-gateway/lookups.js';
import { addressOf, isAddress, type LivePlace } from './address.js';
import type { Context } from './context.js';
import { countOption, usageError } from './given-options.js';
import { liveOptions, reference, waitLines } from './live.js';
import type { Found } from './tell.js';

interface NamedApi {
  readonly api: ListedReference;
  readonly place: Partial<LivePlace>;
}

/** The API of a word: its id, its name, or that of one of its stages. */
const apiOf = async (word: string | undefined, context: Context): Promise<NamedApi> => {
  const isStage = word === undefined || context.settings.stages.has(word) || word.includes('/');
  if (!isStage && (word.startsWith('name:') || !isAddress(word)))
    return { api: /^[a-z0-9]{10}$/.test(word) ? { id: word } : reference(word), place: {} };
  const { kind, label, ...address } = await addressOf(word, context);
  if (kind === 'live' && 'live' in address) return { api: address.live.api, place: address.live };
  throw usageError(`stage deployments takes an API or a live stage, such as API or API/STAGE; got ${label}.`);
};

const rowOf = ({ id, createdDate = '-', description = '-', stages, canaries }: ServedDeployment): readonly string[] => {
  const servedBy = [...stages, ...canaries.map((name) => `canary of ${name}`)].join(', ');
  return [id, createdDate, servedBy || '-', description];
};

export const listDeploymentsOf = async (context: Context): Promise<Found> => {
  const limit = countOption(context, 'limit');
  const { api, place } = await apiOf(context.request.targets[0], context);
  const lines = waitLines(context);
  const { deploymentsOfApi } = await import('../targets/api-gateway.js');
  const all = await lines.showing(deploymentsOfApi(api, liveOptions(place, context, lines.line)));
  const value = all.slice(0, limit);
  return { value, table: [['DEPLOYMENT', 'CREATED', 'SERVED BY', 'DESCRIPTION'], ...value.map(rowOf)] };
};
