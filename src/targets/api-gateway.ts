/** A stage that lives in API Gateway. Import this only dynamically: it brings the AWS SDK with it. */
import { type Decide, type Notice, type Outcome, onPartials } from '../stage/plan.js';
import { StageError } from '../stage/problem.js';
import type { Stage } from '../stage/stage.js';
import type { World } from '../world.js';
import type { Clock } from './api-gateway/clock.js';
import {
  type Connection,
  type ConnectionOptions,
  connect,
  type Exchange,
  type Tracing,
} from './api-gateway/connection.js';
import { credentialSource, regionOf } from './api-gateway/credentials.js';
import { type EditOptions, editStage, foreseeEdit } from './api-gateway/edit-stage.js';
import { showLeaf } from './api-gateway/foreseen.js';
import { type Governors, newGovernors } from './api-gateway/governor.js';
import {
  type ApiReference,
  findRestApi,
  type ListedApi,
  type ListedReference,
  listApis as list,
  type Nearest,
  type OnLeftOut,
} from './api-gateway/names.js';
import { findStage, type Opened } from './api-gateway/read-stage.js';
import type { Resource } from './api-gateway/resources.js';
import { callFailure, inTime, readPages, restarted, type Session } from './api-gateway/session.js';
import { type OnProgress, settleCache } from './api-gateway/wait-for-cache.js';
import { defaults } from './defaults.js';
import { type Sleep, sleep } from './sleep.js';
import type { StageTarget } from './target.js';

export { isBeside, unknownMethods } from './api-gateway/resources.js';
export type { Exchange, ListedApi, ListedReference, OnLeftOut };

/** Which stage. */
export interface LiveAddress {
  readonly api: ApiReference;
  readonly stageName: string;
  /** What reports call it; `API/STAGE` where it is left out. */
  readonly label?: string;
}

/** How API Gateway is talked to. */
export interface LiveOptions extends ConnectionOptions {
  readonly world: Pick<World, 'env' | 'now' | 'random' | 'signal'>;
  /** In place of a timer, for tests. */
  readonly sleep?: Sleep;
  /** Milliseconds that one read or one edit may take, retries included. */
  readonly timeout?: number;
  /** HTTP attempts of one call. */
  readonly maxAttempts?: number;
  /** Told, in a sentence, of every wait that a failure causes. */
  readonly tell?: (sentence: string) => void;
  readonly tracing?: Tracing;
  /** Finds the word that was probably meant. */
  readonly nearest?: Nearest;
}

export type LiveEditOptions = LiveOptions & Partial<EditOptions>;

const usual: EditOptions = {
  verbatim: false,
  recheck: false,
  onPartial: onPartials[0],
  ownerTags: [],
  refuseOwned: false,
  showLeaf,
};

const noNearest: Nearest = () => undefined;

const labelOf = ({ api, stageName, label }: LiveAddress): string =>
  label ?? ('id' in api ? `${api.id}/${stageName}` : `name:${api.name}/${stageName}`);

const profileName = ({ profile, world }: LiveOptions): string | undefined => {
  const source = credentialSource(profile, world.env);
  return source.use === 'profile' ? source.name : source.use === 'chain' ? world.env['AWS_PROFILE'] : undefined;
};

/** The account is not known before the first call; what decides on it is. */
const accountKey = (options: LiveOptions, region: string): string =>
  [region, options.endpointUrl, options.roleArn, profileName(options), options.world.env['AWS_ACCESS_KEY_ID']].join(
    ' ',
  );

/** What is known of where a session leads to, as failures are explained with it. */
const placeOf = (options: LiveOptions, label: string): Session['at'] => {
  const { endpointUrl } = options;
  const region = regionOf(options.region, options.world.env);
  const profile = profileName(options);
  return { label, ...(profile && { profile }), ...(region && { region }), ...(endpointUrl && { endpointUrl }) };
};

/** Whoever cannot sign in has something to set right on this side, also where it was AWS that said no. */
const signInFailure = (error: unknown, at: Session['at'], timeout: number): unknown => {
  const explained = callFailure(error, { at, timeout }, { operation: 'AssumeRole', attempts: 1 });
  const isRefused = explained instanceof StageError && explained.kind === 'refused';
  return isRefused ? new StageError('config', explained.problems) : explained;
};

/** Before the first call, so that no failure of this is taken for one of API Gateway's. Answers with the region. */
const signIn = async (connection: Connection, at: Session['at'], timeout: number): Promise<string> => {
  try {
    return await inTime(connection.signIn(), timeout);
  } catch (error) {
    throw signInFailure(error, at, timeout);
  }
};

const governorsByWorld = new WeakMap<object, Governors>();

/** One quota for all that a process asks, whichever stages it is for. */
const governorsOf = (world: LiveOptions['world']): Governors => {
  const governors = governorsByWorld.get(world) ?? newGovernors(world.now);
  governorsByWorld.set(world, governors);
  return governors;
};

const openSession = async (options: LiveOptions, label: string): Promise<Session> => {
  const { world, timeout = defaults.timeout, maxAttempts = defaults.maxAttempts } = options;
  const connection = connect(options, world, options.tracing);
  const clock: Clock = { now: world.now, random: world.random, sleep: options.sleep ?? sleep };
  const at = placeOf(options, label);
  const region = await signIn(connection, at, timeout);
  return {
    api: connection.api,
    clock,
    governor: governorsOf(world)(accountKey(options, region)),
    signal: world.signal,
    tell: options.tell ?? (() => undefined),
    timeout,
    maxAttempts,
    at: { ...at, region },
    deadline: clock.now() + timeout,
  };
};

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

const openStage = async (address: LiveAddress, options: LiveOptions): Promise<Opened> => {
  const session = await openSession(options, labelOf(address));
  const nearest = options.nearest ?? noNearest;
  const { stageName } = address;
  const restApiId = await findRestApi(address.api, session, nearest);
  return {
    restApiId,
    stageName,
    session: { ...session, at: { ...session.at, restApiId, stageName } },
    nearest,
  };
};

const restartedStage = (opened: Opened): Opened => ({ ...opened, session: restarted(opened.session) });

export type ReadResources = { readonly resources: readonly Resource[] } | { readonly notice: Notice };

/** A stage that API Gateway serves. */
export interface LiveStage extends StageTarget {
  /** Reads the stage, and says what an edit would do: by which calls, and with which notices. */
  foresee(decide: Decide): Promise<Outcome>;
  /** The resources of its API with their methods; a notice where they cannot be read, because that stops no edit. */
  resources(): Promise<ReadResources>;
  /** Waits until cacheClusterStatus has settled, at most `timeout` milliseconds. Answers with the stage then. */
  waitForCache(timeout: number, onProgress?: OnProgress): Promise<Stage>;
}

const readMethods = async ({ restApiId, session }: Opened): Promise<ReadResources> => {
  const call = (position: string | undefined, signal: AbortSignal) =>
    session.api.getResources(restApiId, position, signal);
  try {
    return { resources: await readPages('GetResources', call, session) };
  } catch (error) {
    if (!(error instanceof StageError) || !['refused', 'unavailable'].includes(error.kind)) throw error;
    const message = `${session.at.label}: whether the API has such methods was not checked. ${error.message}`;
    return { notice: { code: 'methods-not-checked', message } };
  }
};

/**
 * A live stage. An edit reads it, asks `decide`, and makes it so by as few calls of UpdateStage as it takes, none where nothing
 * changes; what it has to say is among the notices of its outcome. Nothing is sent before the first read or edit.
 *
 * Failures are StageErrors: `config` (no region, no credentials, an expired token), `usage` (a name that is no API's, or several
 * APIs'), `patch` (refused before anything was sent), `expectation` (changed meanwhile, or owned by something else), `refused` (by
 * AWS), `unavailable` (no answer in time), `interrupted`.
 */
export const stageOnApiGateway = (address: LiveAddress, options: LiveEditOptions): LiveStage => {
  const open = once(() => openStage(address, options));
  const reopen = async (): Promise<Opened> => restartedStage(await open());
  return {
    label: labelOf(address),
    read: async () => findStage(await reopen()),
    edit: async (decide) => {
      const opened = await reopen();
      return editStage(await findStage(opened), decide, opened, { ...usual, ...options });
    },
    foresee: async (decide) => {
      const opened = await reopen();
      return foreseeEdit(await findStage(opened), decide, opened, { ...usual, ...options });
    },
    resources: async () => readMethods(await reopen()),
    waitForCache: async (timeout, onProgress = () => undefined) => {
      const opened = await open();
      return settleCache((session) => findStage({ ...opened, session }), opened.session, timeout, onProgress);
    },
  };
};

/** All APIs with their stages, or the one that is named. Of all, those whose stages are refused are left out. */
export const listApis = async (
  api: ListedReference | undefined,
  options: LiveOptions,
  onLeftOut: OnLeftOut = () => undefined,
): Promise<readonly ListedApi[]> =>
  list(api, await openSession(options, 'API Gateway'), options.nearest ?? noNearest, onLeftOut);

/** The id of the one API of a name. */
export const restApiIdOf = async (name: string, options: LiveOptions): Promise<string> =>
  findRestApi({ name }, await openSession(options, 'API Gateway'), options.nearest ?? noNearest);
