/** The one door to the AWS SDK. Load it only for a live stage: it brings the SDK with it. */
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import {
  APIGatewayClient,
  type APIGatewayClientConfig,
  GetDeploymentCommand,
  GetResourcesCommand,
  GetRestApisCommand,
  GetStageCommand,
  GetStagesCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import { failure } from '../../stage/problem.js';
import type { PatchOperation } from '../../stage/stage.js';
import { dateOf, isObject, type Shape, type Stage, stageShape } from '../../stage/stage.js';
import type { World } from '../../world.js';
import { StrangeAnswer } from './causes.js';
import { checkCredentials, credentialSource, type Profile, profileName, regionOf } from './credentials.js';
import { exchangeOf, type Tracing, type Wire, type WireRequest } from './exchange.js';

/** Which account, which region, and how to get there. */
export interface ConnectionOptions {
  /** Of the address, of the target, or of `--region`: it counts before the environment's. */
  readonly region?: string;
  readonly profile?: Profile;
  readonly endpointUrl?: string;
  /** A role to assume, through STS. */
  readonly roleArn?: string;
  /** The path of a file with the certificates to trust. AWS_CA_BUNDLE names one too. */
  readonly caBundle?: string;
}

export interface Connection {
  readonly api: ApiGateway;
  /** The region, once it and the credentials are known. Throws what the SDK throws without them. */
  signIn(): Promise<string>;
}

type Client = APIGatewayClient;
type RetryStrategy = Exclude<
  NonNullable<APIGatewayClientConfig['retryStrategy']>,
  { acquireInitialRetryToken: unknown }
>;
type Credentials = NonNullable<APIGatewayClientConfig['credentials']>;

const connectionTimeout = 5000;
/** CloudTrail shows it. */
const userAgent = 'apigw-stage';
const page = 500;
const mostBytes = 10 * 1024 * 1024;

/** The certificates to trust besides Node's. */
const certificates = ({ caBundle }: ConnectionOptions, env: World['env']): Buffer | undefined => {
  const path = caBundle ?? (env['AWS_CA_BUNDLE'] || undefined);
  try {
    return path === undefined ? undefined : readFileSync(path);
  } catch (error) {
    const from = caBundle === undefined ? 'AWS_CA_BUNDLE' : '--ca-bundle';
    const message = `${from}: the CA bundle ${path} cannot be read: ${(error as Error).message}.`;
    throw failure('config', 'ca-bundle', message);
  }
};

/** Undefined for all that the SDK finds by itself. The providers are large, and loaded only where they are needed. */
const credentialsFor = ({ profile, roleArn }: ConnectionOptions, env: World['env']): Credentials | undefined => {
  const { use, ...source } = credentialSource(profile, env);
  const ofProfile: Credentials = async (identity) =>
    (await import('@aws-sdk/credential-providers')).fromIni({ profile: source.name ?? '' })(identity);
  const base = use === 'profile' ? ofProfile : source.keys;
  if (roleArn === undefined) return base;
  return async (identity) => {
    const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
    const params = { RoleArn: roleArn, RoleSessionName: userAgent };
    return fromTemporaryCredentials({ params, ...(base && { masterCredentials: base }) })(identity);
  };
};

// Attempts are ours to count: the SDK knows neither the quota nor what may be sent twice.
const oneAttempt: RetryStrategy = { retry: (next, args) => next(args) };

/** The bodies of answers, for `--debug`. */
const bodies = new WeakMap<object, Uint8Array>();

/** An answer's body. The SDK's own way to collect one would load the web's streams. */
const collect = async (stream: Readable): Promise<Uint8Array> => {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of stream) {
    parts.push(part);
    size += part.length;
    if (size > mostBytes) throw new StrangeAnswer(`it is larger than ${mostBytes / 1024 / 1024} MB`);
  }
  const body = Buffer.concat(parts);
  bodies.set(stream, body);
  return body;
};

const newClient = (options: ConnectionOptions, env: World['env']): Client => {
  const source = credentialSource(options.profile, env);
  const credentials = credentialsFor(options, env);
  const region = regionOf(options.region, env);
  const ca = certificates(options, env);
  return new APIGatewayClient({
    maxAttempts: 1,
    retryStrategy: oneAttempt,
    customUserAgent: userAgent,
    streamCollector: collect,
    requestHandler: { connectionTimeout, ...(ca && { httpsAgent: { ca } }) },
    ...(credentials && { credentials }),
    ...(region && { region }),
    ...(source.name && { profile: source.name }),
    ...(options.endpointUrl && { endpoint: options.endpointUrl }),
  });
};

/** Reports every exchange once its answer was read. */
const traceExchanges = (client: Client, tracing: Tracing, now: () => number): void => {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const start = now();
      const tell = (answer: unknown, response: unknown): void => {
        const operation = String(context['commandName']).replace(/Command$/, '');
        const held = response as (NonNullable<Wire['response']> & { readonly body: object }) | undefined;
        const bytes = held && bodies.get(held.body);
        const wire = { operation, request: args.request as WireRequest, answer };
        const parts = { ...(held && { response: held }), ...(bytes && { bytes }) };
        tracing.trace(exchangeOf({ ...wire, ...parts }, now() - start, tracing));
      };
      try {
        const result = await next(args);
        tell(result.output, result.response);
        return result;
      } catch (error) {
        tell(error, (error as { readonly $response?: unknown }).$response);
        throw error;
      }
    },
    { step: 'finalizeRequest', priority: 'low', name: 'stageTrace' },
  );
};

export interface RestApi {
  readonly id: string;
  readonly name: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the next page starts; absent on the last. */
  readonly position?: string;
}

const pageOf = <Item>(items: readonly Item[], position: string | undefined): Page<Item> => ({
  items,
  ...(position && { position }),
});

/** Some servers send numbers and booleans as text. */
const leafOf = (value: unknown, shape: Shape | undefined): unknown => {
  if (typeof value !== 'string' || value.trim() === '') return value;
  if (shape === 'boolean' && /^(true|false)$/.test(value)) return value === 'true';
  const isNumber = (shape === 'number' || shape === 'decimal') && Number.isFinite(Number(value));
  return isNumber ? Number(value) : value;
};

const toJson = (value: unknown, shape: Shape | undefined): unknown => {
  if (value instanceof Date) return dateOf(value.getTime());
  if (shape === undefined || typeof shape === 'string' || !isObject(value)) return leafOf(value, shape);
  const keys = Object.keys(Object.hasOwn(shape, '*') ? value : shape);
  const present = keys.filter((key) => value[key] !== undefined && value[key] !== null);
  return Object.fromEntries(present.map((key) => [key, toJson(value[key], shape['*'] ?? shape[key])]));
};

/** The stage in an answer: dates as text, members in the order of AWS's model. */
export const toStage = (answer: object): Stage => toJson(answer, stageShape) as Stage;

/** An answer about another stage is not one to plan on. */
const stageCalled = (
  name: string,
  answer: { readonly stageName?: string | undefined; readonly $metadata: object },
): Stage => {
  if (answer.stageName === name) return toStage(answer);
  const got = answer.stageName === undefined ? 'no stage' : `the stage ${answer.stageName}`;
  throw new StrangeAnswer(`expected the stage ${name}, got ${got}`, answer.$metadata);
};

/** API Gateway. Each call is one HTTP attempt, and throws what the SDK throws. */
export type ApiGateway = ReturnType<typeof callsOf>;

const callsOf = (client: Client) => ({
  getStage: async (restApiId: string, stageName: string, abortSignal: AbortSignal) =>
    stageCalled(stageName, await client.send(new GetStageCommand({ restApiId, stageName }), { abortSignal })),
  updateStage: async (
    restApiId: string,
    stageName: string,
    operations: readonly PatchOperation[],
    abortSignal: AbortSignal,
  ) => {
    const command = new UpdateStageCommand({ restApiId, stageName, patchOperations: [...operations] });
    return stageCalled(stageName, await client.send(command, { abortSignal }));
  },
  getStages: async (restApiId: string, abortSignal: AbortSignal) => {
    const { item = [] } = await client.send(new GetStagesCommand({ restApiId }), { abortSignal });
    return item.map(toStage);
  },
  getRestApis: async (position: string | undefined, abortSignal: AbortSignal) => {
    const answer = await client.send(new GetRestApisCommand({ limit: page, position }), { abortSignal });
    const apis = (answer.items ?? []).map(({ id = '', name = '' }): RestApi => ({ id, name }));
    return pageOf(apis, answer.position);
  },
  getResources: async (restApiId: string, position: string | undefined, abortSignal: AbortSignal) => {
    const command = new GetResourcesCommand({ restApiId, limit: page, position, embed: ['methods'] });
    const { items = [], position: next } = await client.send(command, { abortSignal });
    const resource = ({ path = '/', resourceMethods = {} }) => ({ path, methods: Object.keys(resourceMethods) });
    return pageOf(items.map(resource), next);
  },
  getDeployment: (restApiId: string, deploymentId: string, abortSignal: AbortSignal) =>
    client.send(new GetDeploymentCommand({ restApiId, deploymentId }), { abortSignal }),
  // Some servers close a connection without saying so. The agents stay usable: the next request opens a new one.
  reconnect: () => client.destroy(),
});

/** A client of API Gateway. Nothing is read or sent before the first call. */
export const connect = (
  options: ConnectionOptions,
  world: Pick<World, 'env' | 'now'>,
  tracing?: Tracing,
): Connection => {
  const client = newClient(options, world.env);
  if (tracing) traceExchanges(client, tracing, world.now);
  return {
    api: callsOf(client),
    signIn: async () => {
      const region = await client.config.region().catch(async (error) => {
        // A profile that is not there has no region either, and that it is not there counts more.
        if (profileName(options.profile, world.env) !== undefined) await client.config.credentials();
        throw error;
      });
      checkCredentials(await client.config.credentials(), region);
      return region;
    },
  };
};
