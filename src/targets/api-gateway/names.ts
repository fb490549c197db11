/** APIs by their names, and lists of them. */
import { failure, StageError } from '../../stage/problem.js';
import type { Stage } from '../../stage/stage.js';
import type { RestApi } from './client.js';
import { readAnswer, readPages, restarted, type Session } from './session.js';

/** An API by its id, or by its name. */
export type ApiReference = { readonly id: string } | { readonly name: string };

/** The word that was probably meant. */
export type Nearest = (given: string, words: readonly string[]) => string | undefined;

const some = (words: readonly string[]): string =>
  words.length > 10 ? `${words.slice(0, 10).join(', ')} and ${words.length - 10} more` : words.join(', ');

/** What there is instead of a word that was not found. */
export const insteadOf = (given: string, words: readonly string[], nearest: Nearest): string => {
  const near = nearest(given, words);
  if (words.length === 0) return 'There is none.';
  return near === undefined ? `There is ${some(words)}.` : `Did you mean ${near}? There is ${some(words)}.`;
};

const readRestApis = (session: Session): Promise<readonly RestApi[]> =>
  readPages('GetRestApis', (position, signal) => session.api.getRestApis(position, signal), session);

/** The one API of a name. Throws StageError: `refused` for none, as by its id, `usage` for several. */
const apiCalled = (wanted: string, apis: readonly RestApi[], { at }: Session, nearest: Nearest): RestApi => {
  const [first, ...others] = apis.filter(({ name }) => name === wanted);
  const where = at.region ? ` in ${at.region}` : '';
  if (first === undefined) {
    const instead = insteadOf(wanted, [...new Set(apis.map(({ name }) => name))], nearest);
    throw failure('refused', 'unknown-api', `No API${where} is called ${wanted}. ${instead}`);
  }
  if (others.length === 0) return first;
  const ids = [first, ...others].map(({ id }) => id).join(', ');
  const message = `${others.length + 1} APIs${where} are called ${wanted}: ${ids}. Give the id of the one you mean.`;
  throw failure('usage', 'ambiguous-api', message);
};

/** The id of the API that a reference means. */
export const findRestApi = async (api: ApiReference, session: Session, nearest: Nearest): Promise<string> =>
  'id' in api ? api.id : apiCalled(api.name, await readRestApis(session), session, nearest).id;

export const readStages = (restApiId: string, session: Session): Promise<readonly Stage[]> =>
  readAnswer('GetStages', (signal) => session.api.getStages(restApiId, signal), session);

export interface ListedApi extends RestApi {
  readonly stages: readonly Stage[];
}

/** Which API a list is about. */
export type ListedReference = { readonly name: string } | { readonly idOrName: string };

const listedApi = (api: ListedReference, apis: readonly RestApi[], session: Session, nearest: Nearest): RestApi => {
  if ('name' in api) return apiCalled(api.name, apis, session, nearest);
  return apis.find(({ id }) => id === api.idOrName) ?? apiCalled(api.idOrName, apis, session, nearest);
};

/** Called for an API whose stages cannot be read: access is denied, or it was deleted meanwhile. */
export type OnLeftOut = (api: RestApi, error: StageError) => void;

const withStages = async (api: RestApi, session: Session): Promise<ListedApi> => {
  const run = restarted({ ...session, at: { ...session.at, restApiId: api.id } });
  return { ...api, stages: await readStages(api.id, run) };
};

/** What is left out is told only if something is left to list. */
const listAll = async (
  apis: readonly RestApi[],
  session: Session,
  onLeftOut: OnLeftOut,
): Promise<readonly ListedApi[]> => {
  const listed: ListedApi[] = [];
  const refused: (readonly [RestApi, StageError])[] = [];
  for (const api of apis) {
    try {
      listed.push(await withStages(api, session));
    } catch (error) {
      if (!(error instanceof StageError) || error.kind !== 'refused') throw error;
      refused.push([api, error]);
    }
  }
  if (refused[0] && listed.length === 0) throw refused[0][1];
  for (const [api, error] of refused) onLeftOut(api, error);
  return listed;
};

/** One API with its stages, or all of them. */
export const listApis = async (
  api: ListedReference | undefined,
  session: Session,
  nearest: Nearest,
  onLeftOut: OnLeftOut,
): Promise<readonly ListedApi[]> => {
  const apis = await readRestApis(restarted(session));
  if (api === undefined) return listAll(apis, session, onLeftOut);
  return [await withStages(listedApi(api, apis, session, nearest), session)];
};
