/** APIs and stages by their names. */
import { StageError } from '../../stage/problem.js';
import type { Stage } from '../../stage/stage.js';
import { type RestApi, readAnswer, readPages, restarted, type Session } from './session.js';

/** An API as it is addressed: by its id, or by the name that people gave it. */
export type ApiReference = { readonly id: string } | { readonly name: string };

/** The word that was probably meant, among those that there are. */
export type Nearest = (given: string, words: readonly string[]) => string | undefined;

const refuse = (code: string, message: string): StageError => new StageError('usage', [{ code, message }]);

const some = (words: readonly string[]): string =>
  words.length > 10 ? `${words.slice(0, 10).join(', ')} and ${words.length - 10} more` : words.join(', ');

/** What there is instead of a word that was not found. */
export const insteadOf = (given: string, words: readonly string[], nearest: Nearest): string => {
  const near = nearest(given, words);
  if (words.length === 0) return 'There is none.';
  return near === undefined ? `There is ${some(words)}.` : `Did you mean ${near}? There is ${some(words)}.`;
};

export const readRestApis = (session: Session): Promise<readonly RestApi[]> =>
  readPages('GetRestApis', (position, signal) => session.api.getRestApis(position, signal), session);

/** The id of the API that a reference means. Throws StageError('usage') where a name is nobody's, or several APIs'. */
export const findRestApi = async (api: ApiReference, session: Session, nearest: Nearest): Promise<string> => {
  if ('id' in api) return api.id;
  const apis = await readRestApis(session);
  const [first, ...others] = apis.filter(({ name }) => name === api.name);
  const where = session.at.region ? ` in ${session.at.region}` : '';
  if (first === undefined) {
    const instead = insteadOf(api.name, [...new Set(apis.map(({ name }) => name))], nearest);
    throw refuse('unknown-api', `No API${where} is called ${api.name}. ${instead}`);
  }
  if (others.length === 0) return first.id;
  const ids = [first, ...others].map(({ id }) => id).join(', ');
  throw refuse(
    'ambiguous-api',
    `${others.length + 1} APIs${where} are called ${api.name}: ${ids}. Write the id of the one you mean.`,
  );
};

export const readStages = (restApiId: string, session: Session): Promise<readonly Stage[]> =>
  readAnswer('GetStages', (signal) => session.api.getStages(restApiId, signal), session);

/** An API and its stages. */
export interface ListedApi extends RestApi {
  readonly stages: readonly Stage[];
}

/** One API with its stages, or all of them. */
export const listApis = async (
  api: ApiReference | undefined,
  session: Session,
  nearest: Nearest,
): Promise<readonly ListedApi[]> => {
  const run = restarted(session);
  const wanted = api && (await findRestApi(api, run, nearest));
  const apis = await readRestApis(run);
  const named = wanted === undefined ? apis : apis.filter(({ id }) => id === wanted);
  if (wanted !== undefined && named.length === 0) {
    throw refuse(
      'unknown-api',
      `There is no API ${wanted}. ${insteadOf(
        wanted,
        apis.map(({ id }) => id),
        nearest,
      )}`,
    );
  }
  const listed: ListedApi[] = [];
  for (const each of named) listed.push({ ...each, stages: await readStages(each.id, run) });
  return listed;
};
