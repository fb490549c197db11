/** APIs and stages by their names. */
import { failure, StageError } from '../../stage/problem.js';
import type { Stage } from '../../stage/stage.js';
import { type RestApi, readAnswer, readPages, restarted, type Session } from './session.js';

/** An API as it is addressed: by its id, or by the name that people gave it. */
export type ApiReference = { readonly id: string } | { readonly name: string };

/** The word that was probably meant, among those that there are. */
export type Nearest = (given: string, words: readonly string[]) => string | undefined;

const refuse = (code: string, message: string): StageError => failure('usage', code, message);

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

/** The one API of a name. Throws StageError('usage') where it is nobody's, or several APIs'. */
const apiCalled = (wanted: string, apis: readonly RestApi[], { at }: Session, nearest: Nearest): RestApi => {
  const [first, ...others] = apis.filter(({ name }) => name === wanted);
  const where = at.region ? ` in ${at.region}` : '';
  if (first === undefined) {
    const instead = insteadOf(wanted, [...new Set(apis.map(({ name }) => name))], nearest);
    throw refuse('unknown-api', `No API${where} is called ${wanted}. ${instead}`);
  }
  if (others.length === 0) return first;
  const ids = [first, ...others].map(({ id }) => id).join(', ');
  throw refuse(
    'ambiguous-api',
    `${others.length + 1} APIs${where} are called ${wanted}: ${ids}. Write the id of the one you mean.`,
  );
};

/** The id of the API that a reference means. Throws StageError('usage') where a name is nobody's, or several APIs'. */
export const findRestApi = async (api: ApiReference, session: Session, nearest: Nearest): Promise<string> =>
  'id' in api ? api.id : apiCalled(api.name, await readRestApis(session), session, nearest).id;

export const readStages = (restApiId: string, session: Session): Promise<readonly Stage[]> =>
  readAnswer('GetStages', (signal) => session.api.getStages(restApiId, signal), session);

/** An API and its stages. */
export interface ListedApi extends RestApi {
  readonly stages: readonly Stage[];
}

/** Which API a list is about: by its name, or by its id or its name where nothing says which of them it is. */
export type ListedReference = { readonly name: string } | { readonly idOrName: string };

const listedApi = (api: ListedReference, apis: readonly RestApi[], session: Session, nearest: Nearest): RestApi => {
  if ('name' in api) return apiCalled(api.name, apis, session, nearest);
  const { idOrName } = api;
  return apis.find(({ id }) => id === idOrName) ?? apiCalled(idOrName, apis, session, nearest);
};

/** Told of an API whose stages were refused: it may not be read, or is gone since the APIs were listed. */
export type OnLeftOut = (api: RestApi, error: StageError) => void;

const withStages = async (api: RestApi, session: Session): Promise<ListedApi> => {
  const run = restarted({ ...session, at: { ...session.at, restApiId: api.id } });
  return { ...api, stages: await readStages(api.id, run) };
};

interface Refused {
  readonly api: RestApi;
  readonly error: StageError;
}

/** One API that cannot be read hides no other; what is left out is told only where something is left to list. */
const listAll = async (
  apis: readonly RestApi[],
  session: Session,
  onLeftOut: OnLeftOut,
): Promise<readonly ListedApi[]> => {
  const listed: ListedApi[] = [];
  const refused: Refused[] = [];
  for (const api of apis) {
    try {
      listed.push(await withStages(api, session));
    } catch (error) {
      if (!(error instanceof StageError) || error.kind !== 'refused') throw error;
      refused.push({ api, error });
    }
  }
  const [first] = refused;
  if (first !== undefined && listed.length === 0) throw first.error;
  for (const { api, error } of refused) onLeftOut(api, error);
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
