/** Signs in, and brings together what every call of a session needs. */
import { StageError } from '../../stage/problem.js';
import type { World } from '../../world.js';
import { defaults } from '../defaults.js';
import { type Sleep, sleep } from '../sleep.js';
import type { Clock } from './clock.js';
import { type Connection, type ConnectionOptions, connect } from './connection.js';
import { describeSource, profileName, regionOf } from './credentials.js';
import type { Tracing } from './exchange.js';
import { type Governors, newGovernors } from './governor.js';
import type { Nearest } from './names.js';
import { callFailure, type Session, withinTime } from './session.js';

/** How API Gateway is talked to. */
export interface LiveOptions extends ConnectionOptions {
  readonly world: Pick<World, 'env' | 'now' | 'random' | 'signal'>;
  /** In place of a timer, for tests. */
  readonly sleep?: Sleep;
  /** Milliseconds that all that a process asks may take, but for a wait for the cache and for what is taken back. */
  readonly timeout?: number;
  /** HTTP attempts of one call. */
  readonly maxAttempts?: number;
  /** Told, in a sentence, of every wait that a failure causes. */
  readonly tell?: (sentence: string) => void;
  readonly tracing?: Tracing;
  /** Finds the word that was probably meant. */
  readonly nearest?: Nearest;
}

/** The account is not known before the first call; what decides on it is. */
const accountKey = (options: LiveOptions, region: string): string =>
  [
    region,
    options.endpointUrl,
    options.roleArn,
    profileName(options.profile, options.world.env),
    options.world.env['AWS_ACCESS_KEY_ID'],
  ].join(' ');

/** What is known of where a session leads to, as failures are explained with it. */
const placeOf = (options: LiveOptions, label: string): Session['at'] => {
  const { endpointUrl } = options;
  const region = regionOf(options.region, options.world.env);
  const profile = profileName(options.profile, options.world.env);
  return { label, ...(profile && { profile }), ...(region && { region }), ...(endpointUrl && { endpointUrl }) };
};

/** What is known of how one signs in: STS, if it is asked, is an address of its own. */
const signInPlace = (options: LiveOptions, { endpointUrl: _, ...at }: Session['at']): Session['at'] => {
  const { profile, roleArn, world } = options;
  const endpointUrl = world.env['AWS_ENDPOINT_URL_STS'] || world.env['AWS_ENDPOINT_URL'];
  return { ...at, credentials: describeSource(profile, roleArn, world.env), ...(endpointUrl && { endpointUrl }) };
};

/** Whoever cannot sign in has something to set right on this side, also where it was AWS that said no. */
const signInFailure = (error: unknown, at: Session['at'], timeout: number): unknown => {
  const explained = callFailure(error, { at, timeout }, { operation: 'AssumeRole', attempts: 1 });
  const isRefused = explained instanceof StageError && explained.kind === 'refused';
  return isRefused ? new StageError('config', explained.problems) : explained;
};

/** Before the first call, so that no failure of this is taken for one of API Gateway's. Answers with the region. */
const signIn = async (
  connection: Connection,
  at: Session['at'],
  timeout: number,
  signal: AbortSignal,
): Promise<string> => {
  try {
    return await withinTime(() => connection.signIn(), timeout, 'read', { at, signal });
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

const beginnings = new WeakMap<object, number>();

/** One deadline for all that a process asks, counted from when it first asks something. */
const deadlineOf = (world: LiveOptions['world'], now: number, timeout: number): number => {
  const begun = beginnings.get(world) ?? now;
  beginnings.set(world, begun);
  return begun + timeout;
};

/** A session, signed in. `label` is what failures are told of. */
export const openSession = async (options: LiveOptions, label: string): Promise<Session> => {
  const { world, timeout = defaults.timeout, maxAttempts = defaults.maxAttempts } = options;
  const connection = connect(options, world, options.tracing);
  const clock: Clock = { now: world.now, random: world.random, sleep: options.sleep ?? sleep };
  const at = placeOf(options, label);
  const now = clock.now();
  const deadline = deadlineOf(world, now, timeout);
  const left = Math.max(0, deadline - now);
  const region = await signIn(connection, signInPlace(options, at), left, world.signal);
  return {
    api: connection.api,
    clock,
    governor: governorsOf(world)(accountKey(options, region)),
    signal: world.signal,
    tell: options.tell ?? (() => undefined),
    timeout,
    maxAttempts,
    at: { ...at, region },
    deadline,
  };
};
