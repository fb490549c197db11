/** Finds an API and a stage by name. A failure lists what exists instead. */
import { absentStage } from '../../stage/creation.js';
import { failure, StageError, withMore } from '../../stage/problem.js';
import { isClusterUnderWay, type Stage } from '../../stage/stage.js';
import { listed } from '../../text/printable.js';
import { nearestWord } from '../../text/spelling.js';
import { span } from './failures.js';
import {
  aside,
  interruption,
  type LiveOptions,
  lasting,
  openSession,
  readAnswer,
  readPages,
  type Session,
} from './session.js';

export type ApiReference = { readonly id: string } | { readonly name: string };

/** An API as the user named it. */
export type ListedReference = ApiReference | { readonly idOrName: string };

export interface ListedApi {
  readonly id: string;
  readonly name: string;
  readonly stages: readonly Stage[];
}

type RestApi = Omit<ListedApi, 'stages'>;

export interface FoundStage {
  readonly restApiId: string;
  readonly stageName: string;
  readonly session: Session;
}

/** Describes what exists instead of a word that was not found. */
export const insteadOf = (given: string, words: readonly string[]): string => {
  const near = nearestWord(given, words);
  return `${near === undefined ? '' : `Did you mean ${near}? `}Available: ${listed(words, 10) || 'none'}.`;
};

const readRestApis = (session: Session): Promise<readonly RestApi[]> =>
  readPages('GetRestApis', session.api.getRestApis, session);

/** The only API with this name. Throws StageError: `refused` if there is none, `usage` if there are several. */
const apiCalled = (wanted: string, apis: readonly RestApi[], { at }: Session): RestApi => {
  const [first, ...others] = apis.filter(({ name }) => name === wanted);
  const where = at.region ? ` in ${at.region}` : '';
  if (first === undefined) {
    const instead = insteadOf(wanted, [...new Set(apis.map(({ name }) => name))]);
    throw failure('refused', 'unknown-api', `No API${where} is called ${wanted}. ${instead}`);
  }
  if (others.length === 0) return first;
  const ids = [first, ...others].map(({ id }) => id).join(', ');
  const message = `${others.length + 1} APIs${where} are called ${wanted}: ${ids}. Give the id of the one you mean.`;
  throw failure('usage', 'ambiguous-api', message);
};

const apiAmong = (api: ListedReference, apis: readonly RestApi[], session: Session): RestApi => {
  const id = 'id' in api ? api.id : 'idOrName' in api ? api.idOrName : undefined;
  const name = 'name' in api ? api.name : String(id);
  return apis.find((each) => each.id === id) ?? apiCalled(name, apis, session);
};

/** The id of the API. Makes no call if the id is given. */
export const findRestApi = async (api: ListedReference, session: Session): Promise<string> =>
  'id' in api ? api.id : apiAmong(api, await readRestApis(session), session).id;

export const restApiIdOf = async (name: string, options: LiveOptions): Promise<string> =>
  findRestApi({ name }, await openSession(options, 'API Gateway'));

export const readStages = (restApiId: string, session: Session): Promise<readonly Stage[]> =>
  readAnswer('GetStages', (signal) => session.api.getStages(restApiId, signal), session);

/** Called for an API whose stages cannot be read: access is denied, or the API was deleted in the meantime. */
export type OnLeftOut = (api: RestApi, error: StageError) => void;

/** One API with its stages, or all APIs. Reports what is left out only if there is something left to list. */
export const listApis = async (
  api: ListedReference | undefined,
  options: LiveOptions,
  onLeftOut: OnLeftOut,
): Promise<readonly ListedApi[]> => {
  const session = await openSession(options, 'API Gateway');
  const apis = await readRestApis(session);
  const wanted = api && apiAmong(api, apis, session);
  const listed: ListedApi[] = [];
  const refused: (readonly [RestApi, StageError])[] = [];
  for (const each of wanted ? [wanted] : apis) {
    const ofApi = lasting({ ...session, at: { ...session.at, restApiId: each.id } });
    try {
      listed.push({ ...each, stages: await readStages(each.id, ofApi) });
    } catch (error) {
      if (!(error instanceof StageError) || error.kind !== 'refused') throw error;
      refused.push([each, error]);
    }
  }
  if (refused[0] && listed.length === 0) throw refused[0][1];
  for (const each of refused) onLeftOut(...each);
  return listed;
};

export const readLive = ({ restApiId, stageName, session }: FoundStage): Promise<Stage> =>
  readAnswer('GetStage', (signal) => session.api.getStage(restApiId, stageName, signal), session);

export const hasProblem = (error: unknown, code: string): boolean =>
  error instanceof StageError && error.problems.some((problem) => problem.code === code);

/** The failure, with the names of the other stages if this stage was not found. */
export const withOtherStages = async (error: unknown, found: FoundStage): Promise<unknown> => {
  if (!hasProblem(error, 'not-found')) return error;
  const { restApiId, stageName, session } = found;
  const stages = await readStages(restApiId, { ...aside(session), maxAttempts: 1 }).catch(() => undefined);
  const names = stages?.flatMap((stage) => stage.stageName ?? []);
  // If the stage is listed, something else was not found.
  if (names === undefined || names.includes(stageName)) return error;
  const message = `${session.at.label}: there is no such stage. ${insteadOf(stageName, names)}`;
  return withMore(error, [{ code: 'unknown-stage', message }]);
};

/** The stage; with `orNone`, `absentStage` if its API has no stage with this name. */
export const findStage = (found: FoundStage, orNone = false): Promise<Stage> =>
  readLive(found).catch(async (thrown) => {
    const error = await withOtherStages(thrown, found);
    if (orNone && hasProblem(error, 'unknown-stage')) return absentStage;
    throw error;
  });

export type OnProgress = (status: string, waited: number) => void;

/** Reads the stage until its cacheClusterStatus has settled, for at most `timeout` milliseconds. */
export const settleCache = async (found: FoundStage, timeout: number, onProgress: OnProgress): Promise<Stage> => {
  const { session } = found;
  const { world, at } = session;
  const end = world.now() + timeout;
  const left = (): number => end - world.now();
  let status: string | undefined;
  const tooLong = (): StageError => {
    const state = status === undefined ? 'did not settle within' : `is still ${status} after`;
    return failure('unavailable', 'cache-not-settled', `${at.label}: the cache cluster ${state} ${span(timeout)}.`);
  };
  for (;;) {
    // A read gets at least a second, even at the end of the wait.
    const most = Math.min(at.timeout, Math.max(1000, left()));
    const stage = await findStage({ ...found, session: lasting(session, most) }).catch((error) => {
      if (world.signal.aborted) throw interruption(session, 'the cache cluster had not settled.');
      throw error instanceof StageError && error.kind === 'unavailable' && left() <= 0 ? tooLong() : error;
    });
    if (!isClusterUnderWay(stage)) return stage;
    status = stage.cacheClusterStatus ?? '';
    if (left() <= 0) throw tooLong();
    const waited = timeout - left();
    onProgress(status, waited);
    // Some emulators are quick; API Gateway takes minutes.
    await session.sleep(Math.min(5000, Math.max(500, waited), left()), world.signal);
  }
};
