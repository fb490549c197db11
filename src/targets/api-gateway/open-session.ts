/** Signs in, and brings together what every call of a session needs. */
import { StageError } from '../../stage/problem.js';
import type { World } from '../../world.js';
import { defaults } from '../defaults.js';
import { type Governor, newGovernor } from '../quota.js';
import { type Sleep, sleep } from '../sleep.js';
import { type Connection, type ConnectionOptions, connect } from './client.js';
import { describeSource, profileName, regionOf } from './credentials.js';
import type { Tracing } from './exchange.js';
import type { Nearest } from './names.js';
import { callFailure, type Session, withinTime } from './session.js';

/** How API Gateway is reached. */
export interface LiveOptions extends ConnectionOptions {
  readonly world: Pick<World, 'env' | 'now' | 'random' | 'signal'>;
  /** Instead of a timer, for tests. */
  readonly sleep?: Sleep;
  /** Milliseconds for everything that a process asks, except a wait for the cache. */
  readonly timeout?: number;
  /** HTTP attempts of one call. */
  readonly maxAttempts?: number;
  /** Told, in a sentence, of every wait that a failure causes. */
  readonly tell?: (sentence: string) => void;
  readonly tracing?: Tracing;
  /** Finds the word that was probably meant. */
  readonly nearest?: Nearest;
}

/** What all that a process asks has in common: when it began, and the quota. */
interface Shared {
  readonly begun: number;
  readonly governor: Governor;
}

const sharedByWorld = new WeakMap<object, Shared>();

const sharedIn = (world: LiveOptions['world'], now: number): Shared => {
  const shared = sharedByWorld.get(world) ?? { begun: now, governor: newGovernor(world.now) };
  sharedByWorld.set(world, shared);
  return shared;
};

/** What failures are explained with. */
const placeOf = ({ endpointUrl, profile, region, world }: LiveOptions, label: string): Session['at'] => {
  const [knownRegion, name] = [regionOf(region, world.env), profileName(profile, world.env)];
  return {
    label,
    ...(name && { profile: name }),
    ...(knownRegion && { region: knownRegion }),
    ...(endpointUrl && { endpointUrl }),
  };
};

/** STS has an address of its own. */
const signInPlace = (options: LiveOptions, { endpointUrl: _, ...at }: Session['at']): Session['at'] => {
  const { profile, roleArn, world } = options;
  const endpointUrl = world.env['AWS_ENDPOINT_URL_STS'] || world.env['AWS_ENDPOINT_URL'];
  return { ...at, credentials: describeSource(profile, roleArn, world.env), ...(endpointUrl && { endpointUrl }) };
};

/** Before the first call, so that no failure of this looks like one of API Gateway's. Returns the region. */
const signIn = async (
  connection: Connection,
  left: number,
  session: Pick<Session, 'at' | 'timeout' | 'signal'>,
): Promise<string> => {
  try {
    return await withinTime(() => connection.signIn(), left, 'read', session);
  } catch (error) {
    const explained = callFailure(error, session, { operation: 'AssumeRole', attempts: 1 });
    // What AWS refused has to be fixed on this side, too.
    const isRefused = explained instanceof StageError && explained.kind === 'refused';
    throw isRefused ? new StageError('config', explained.problems) : explained;
  }
};

/** A session, signed in. Failures name `label`. */
export const openSession = async (options: LiveOptions, label: string): Promise<Session> => {
  const { world, timeout = defaults.timeout, maxAttempts = defaults.maxAttempts } = options;
  const connection = connect(options, world, options.tracing);
  const at = placeOf(options, label);
  const now = world.now();
  const { begun, governor } = sharedIn(world, now);
  const deadline = begun + timeout;
  const left = Math.max(0, deadline - now);
  const signingIn = { at: signInPlace(options, at), timeout, signal: world.signal };
  const region = await signIn(connection, left, signingIn);
  return {
    api: connection.api,
    clock: { now: world.now, random: world.random, sleep: options.sleep ?? sleep },
    governor,
    signal: world.signal,
    tell: options.tell ?? (() => undefined),
    timeout,
    maxAttempts,
    at: { ...at, region },
    deadline,
  };
};
