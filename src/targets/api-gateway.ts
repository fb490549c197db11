/** A stage that lives in API Gateway. Import this only dynamically: it brings the AWS SDK with it. */
import { type Decide, type Notice, type Outcome, onPartials } from '../stage/plan.js';
import { StageError } from '../stage/problem.js';
import type { Whereabouts } from '../stage/result.js';
import type { Stage } from '../stage/stage.js';
import { type EditOptions, editStage, foreseeEdit } from './api-gateway/edit-stage.js';
import type { Exchange } from './api-gateway/exchange.js';
import { showLeaf } from './api-gateway/foreseen.js';
import {
  type ApiReference,
  findRestApi,
  type ListedApi,
  type ListedReference,
  listApis as list,
  type Nearest,
  type OnLeftOut,
} from './api-gateway/names.js';
import { type LiveOptions, openSession } from './api-gateway/open-session.js';
import { findStage, type Opened } from './api-gateway/read-stage.js';
import type { Resource } from './api-gateway/resources.js';
import { aside, readPages, restarted } from './api-gateway/session.js';
import { type OnProgress, settleCache } from './api-gateway/wait-for-cache.js';
import type { StageTarget } from './target.js';

export { isBeside, unknownMethods } from './api-gateway/resources.js';
export type { Exchange, ListedApi, ListedReference, LiveOptions, OnLeftOut };

/** Which stage. */
export interface LiveAddress {
  readonly api: ApiReference;
  readonly stageName: string;
  /** What reports call it; `API/STAGE` where it is left out. */
  readonly label?: string;
}

/** How a stage is edited. */
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

export type ReadResources = { readonly resources: readonly Resource[] } | { readonly notice: Notice };

/** A stage that API Gateway serves. */
export interface LiveStage extends StageTarget {
  /** Reads the stage, and says what an edit would do: by which calls, and with which notices. */
  foresee(decide: Decide): Promise<Outcome>;
  /** The resources of its API with their methods; a notice where they cannot be read, because that stops no edit. */
  resources(): Promise<ReadResources>;
  /** What its name, its region and its profile turned out to be. */
  whereabouts(): Promise<Whereabouts>;
  /** Waits until cacheClusterStatus has settled, at most `timeout` milliseconds. Answers with the stage then. */
  waitForCache(timeout: number, onProgress?: OnProgress): Promise<Stage>;
}

const notChecked = ({ session }: Opened, why: string): ReadResources => {
  const message = `${session.at.label}: whether the API has such methods was not checked. ${why}`;
  return { notice: { code: 'methods-not-checked', message } };
};

const readMethods = async (opened: Opened): Promise<ReadResources> => {
  const { restApiId, session } = opened;
  const call = (position: string | undefined, signal: AbortSignal) =>
    session.api.getResources(restApiId, position, signal);
  try {
    // In a part of the time: however long it takes, the edit goes on.
    const resources = await readPages('GetResources', call, aside(session));
    // Every API has at least /.
    return resources.length > 0 ? { resources } : notChecked(opened, 'GetResources was answered without any resource.');
  } catch (error) {
    if (!(error instanceof StageError) || !['refused', 'unavailable'].includes(error.kind)) throw error;
    return notChecked(opened, error.message);
  }
};

const whereaboutsOf = (
  { restApiId, stageName, session: { at } }: Opened,
  { caBundle, roleArn }: LiveOptions,
): Whereabouts => {
  const { region, profile, endpointUrl } = at;
  return {
    restApiId,
    stageName,
    ...(region && { region }),
    ...(profile && { profile }),
    ...(endpointUrl && { endpointUrl }),
    ...(caBundle && { caBundle }),
    ...(roleArn && { roleArn }),
  };
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
  let isForeseen = false;
  /** Whoever was asked about what was foreseen may have taken their time. */
  const openToEdit = async (): Promise<Opened> => {
    const opened = await open();
    return isForeseen ? { ...opened, session: restarted(opened.session) } : opened;
  };
  return {
    label: labelOf(address),
    read: async () => findStage(await open()),
    edit: async (decide) => {
      const opened = await openToEdit();
      return editStage(await findStage(opened), decide, opened, { ...usual, ...options });
    },
    foresee: async (decide) => {
      isForeseen = true;
      const opened = await open();
      return foreseeEdit(await findStage(opened), decide, opened, { ...usual, ...options });
    },
    resources: async () => readMethods(await open()),
    whereabouts: async () => whereaboutsOf(await open(), options),
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
