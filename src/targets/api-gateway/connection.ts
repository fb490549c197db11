/** The one door to the AWS SDK. Load it only for a live stage: it brings the SDK with it. */
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import {
  APIGatewayClient,
  type APIGatewayClientConfig,
  GetResourcesCommand,
  GetRestApisCommand,
  GetStageCommand,
  GetStagesCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import { failure } from '../../stage/problem.js';
import type { Stage } from '../../stage/stage.js';
import type { World } from '../../world.js';
import { toStage } from './aws-stage.js';
import { type CredentialSource, credentialSource, type Profile, profileName, regionOf } from './credentials.js';
import { exchangeOf, type Tracing, type Wire, type WireRequest, type WireResponse } from './exchange.js';
import { NoStageInAnswer } from './said.js';
import type { ApiGateway } from './session.js';

/** Which account, which region, and how to get there. */
export interface ConnectionOptions {
  /** Of the address, of the target, or of `--region`: it counts before the environment's. */
  readonly region?: string;
  readonly profile?: Profile;
  readonly endpointUrl?: string;
  /** A role to take on, through STS. */
  readonly roleArn?: string;
  /** The path of a file with the certificates to trust. AWS_CA_BUNDLE names one too. */
  readonly caBundle?: string;
}

export interface Connection {
  readonly api: ApiGateway;
  /** The region, once it and the credentials are known. Throws what the SDK throws where they are not to be had. */
  signIn(): Promise<string>;
}

type Client = APIGatewayClient;
type RetryStrategy = Exclude<
  NonNullable<APIGatewayClientConfig['retryStrategy']>,
  { acquireInitialRetryToken: unknown }
>;
type Credentials = NonNullable<APIGatewayClientConfig['credentials']>;

/** Milliseconds until a connection that is not made counts as none. */
const connectionTimeout = 5000;
/** Sent with each request, and seen in CloudTrail. */
const userAgent = 'apigw-stage';
const page = 500;

const readBundle = (path: string, from: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (error) {
    const { message } = error as Error;
    throw failure('config', 'ca-bundle', `${from}: the CA bundle ${path} cannot be read: ${message}.`);
  }
};

/** The certificates to trust besides those of Node; undefined where none are named. */
const certificates = ({ caBundle }: ConnectionOptions, env: World['env']): Buffer | undefined => {
  if (caBundle !== undefined) return readBundle(caBundle, '--ca-bundle');
  const path = env['AWS_CA_BUNDLE'];
  return path ? readBundle(path, 'AWS_CA_BUNDLE') : undefined;
};

/** Credential providers are many; they are loaded for whoever needs one. */
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

/** The bodies of answers as they came, for as long as somebody holds the answer. */
const bodies = new WeakMap<object, Uint8Array>();

/** An answer's body. The SDK's own way to collect one would load the web's streams. */
const collect = (stream: Readable): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const parts: Uint8Array[] = [];
    stream.on('data', (part) => parts.push(part));
    stream.on('error', reject);
    stream.on('end', () => {
      const body = Buffer.concat(parts);
      bodies.set(stream, body);
      resolve(body);
    });
  });

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

/** Tells of every exchange, when its answer has been read. */
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

const wholeStage = (answer: { readonly stageName?: string | undefined; readonly $metadata: object }): Stage => {
  if (answer.stageName !== undefined) return toStage(answer);
  throw new NoStageInAnswer(answer.$metadata);
};

const callsOf = (client: Client): ApiGateway => ({
  getStage: async (restApiId, stageName, abortSignal) =>
    wholeStage(await client.send(new GetStageCommand({ restApiId, stageName }), { abortSignal })),
  updateStage: async (restApiId, stageName, operations, abortSignal) => {
    const patchOperations = operations.map((operation) => ({ ...operation }));
    return wholeStage(
      await client.send(new UpdateStageCommand({ restApiId, stageName, patchOperations }), { abortSignal }),
    );
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
      await client.config.credentials();
      return region;
    },
  };
};
