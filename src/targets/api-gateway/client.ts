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
import { dateOf } from '../../stage/read-only.js';
import { isObject, type Shape, type Stage, stageShape } from '../../stage/stage.js';
import type { World } from '../../world.js';
import { StrangeAnswer } from './causes.js';
import {
  type CredentialSource,
  checkCredentials,
  credentialSource,
  type Profile,
  profileName,
  regionOf,
} from './credentials.js';
import { exchangeOf, type Tracing, type Wire, type WireRequest, type WireResponse } from './exchange.js';
import type { ApiGateway } from './session.js';

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

const readBundle = (path: string, from: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (error) {
    const { message } = error as Error;
    throw failure('config', 'ca-bundle', `${from}: the CA bundle ${path} cannot be read: ${message}.`);
  }
};

/** The certificates to trust besides Node's. */
const certificates = ({ caBundle }: ConnectionOptions, env: World['env']): Buffer | undefined => {
  if (caBundle !== undefined) return readBundle(caBundle, '--ca-bundle');
  const path = env['AWS_CA_BUNDLE'];
  return path ? readBundle(path, 'AWS_CA_BUNDLE') : undefined;
};

/** Loaded only where they are needed: they are large. */
const profileCredentials =
  (profile: string): Credentials =>
  async (identity) => {
    const { fromIni } = await import('@aws-sdk/credential-providers');
    return fromIni({ profile })(identity);
  };

const baseCredentials = (source: CredentialSource): Credentials | undefined => {
  if (source.use === 'chain') return undefined;
  if (source.use === 'profile') return profileCredentials(source.name);
  const { use: _, ...keys } = source;
  return keys;
};

const roleCredentials =
  (roleArn: string, masterCredentials: Credentials | undefined): Credentials =>
  async (identity) => {
    const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
    const params = { RoleArn: roleArn, RoleSessionName: userAgent };
    return fromTemporaryCredentials({ params, ...(masterCredentials && { masterCredentials }) })(identity);
  };

const credentialsFor = (options: ConnectionOptions, env: World['env']): Credentials | undefined => {
  const base = baseCredentials(credentialSource(options.profile, env));
  return options.roleArn === undefined ? base : roleCredentials(options.roleArn, base);
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
    ...(source.use === 'profile' && { profile: source.name }),
    ...(options.endpointUrl && { endpoint: options.endpointUrl }),
  });
};

/** Reports every exchange once its answer was read. */
const traceExchanges = (client: Client, tracing: Tracing, now: () => number): void => {
  const wires = new WeakMap<object, Wire>();
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const operation = String(context['commandName']).replace(/Command$/, '');
      const wire: Wire = { operation, request: args.request as WireRequest };
      wires.set(context, wire);
      const result = await next(args);
      const response = result.response as Pick<WireResponse, 'statusCode' | 'headers'> & { readonly body: object };
      wire.response = { ...response, bytes: () => bodies.get(response.body) };
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'stageWire' },
  );
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const start = now();
      const tell = (answer: unknown): void => {
        const wire = wires.get(context);
        if (wire) tracing.trace(exchangeOf(wire, answer, now() - start, tracing));
      };
      try {
        const result = await next(args);
        tell(result.output);
        return result;
      } catch (error) {
        tell(error);
        throw error;
      }
    },
    { step: 'initialize', priority: 'high', name: 'stageTrace' },
  );
};

const pageOf = <Item>(items: readonly Item[], position: string | undefined) => ({
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

const callsOf = (client: Client): ApiGateway => ({
  getStage: async (restApiId, stageName, abortSignal) =>
    stageCalled(stageName, await client.send(new GetStageCommand({ restApiId, stageName }), { abortSignal })),
  updateStage: async (restApiId, stageName, operations, abortSignal) => {
    const patchOperations = operations.map((operation) => ({ ...operation }));
    const command = new UpdateStageCommand({ restApiId, stageName, patchOperations });
    return stageCalled(stageName, await client.send(command, { abortSignal }));
  },
  getStages: async (restApiId, abortSignal) => {
    const { item = [] } = await client.send(new GetStagesCommand({ restApiId }), { abortSignal });
    return item.map(toStage);
  },
  getRestApis: async (position, abortSignal) => {
    const answer = await client.send(new GetRestApisCommand({ limit: page, position }), { abortSignal });
    const apis = (answer.items ?? []).map(({ id = '', name = '' }) => ({ id, name }));
    return pageOf(apis, answer.position);
  },
  getResources: async (restApiId, position, abortSignal) => {
    const command = new GetResourcesCommand({ restApiId, limit: page, position, embed: ['methods'] });
    const answer = await client.send(command, { abortSignal });
    const resources = (answer.items ?? []).map(({ path = '/', resourceMethods = {} }) => ({
      path,
      methods: Object.keys(resourceMethods),
    }));
    return pageOf(resources, answer.position);
  },
  getDeployment: (restApiId, deploymentId, abortSignal) =>
    client.send(new GetDeploymentCommand({ restApiId, deploymentId }), { abortSignal }),
  // The agents stay usable: the next request opens a connection.
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
