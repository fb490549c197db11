/** The only module that uses the SDK's API Gateway client. Load it only for a live stage: it loads the SDK. */
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import {
  APIGatewayClient,
  type APIGatewayClientConfig,
  CreateDeploymentCommand,
  CreateStageCommand,
  type CreateStageCommandInput,
  FlushStageCacheCommand,
  GetDeploymentCommand,
  GetDeploymentsCommand,
  GetResourcesCommand,
  GetRestApiCommand,
  GetRestApisCommand,
  GetStageCommand,
  GetStagesCommand,
  type Deployment as SdkDeployment,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import { failure } from '../../stage/problem.js';
import {
  type CanarySettings,
  type Deployment,
  dateOf,
  isObject,
  type PatchOperation,
  type Shape,
  type Stage,
  stageShape,
} from '../../stage/stage.js';
import type { World } from '../../world.js';
import { checkCredentials, credentialSource, type Profile, profileName } from './credentials.js';
import { StrangeAnswer } from './failures.js';

export interface ConnectionOptions {
  readonly world: Pick<World, 'env' | 'now' | 'random' | 'signal'>;
  /** From the address, the target or `--region`. It overrides the environment's. */
  readonly region?: string;
  readonly profile?: Profile;
  readonly endpointUrl?: string;
  readonly roleArn?: string;
  /** The path of a file with the certificates to trust. Overrides AWS_CA_BUNDLE. */
  readonly caBundle?: string;
  readonly tracing?: Tracing;
}

type Credentials = NonNullable<APIGatewayClientConfig['credentials']>;

const userAgent = 'apigw-stage';

/** The region, if known before the SDK looks for one. The SDK does not read AWS_DEFAULT_REGION. */
export const knownRegion = ({ region, world: { env } }: ConnectionOptions): string | undefined =>
  region || env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || undefined;

const certificates = ({ caBundle, world }: ConnectionOptions): Buffer | undefined => {
  const path = caBundle ?? (world.env['AWS_CA_BUNDLE'] || undefined);
  try {
    return path === undefined ? undefined : readFileSync(path);
  } catch (error) {
    const from = caBundle === undefined ? 'AWS_CA_BUNDLE' : '--ca-bundle';
    throw failure('config', 'ca-bundle', `${from}: the CA bundle cannot be read: ${(error as Error).message}.`);
  }
};

/** Undefined if the SDK finds the credentials itself. The providers are large, so they are loaded only when needed. */
const credentialsFor = ({ profile, roleArn, world }: ConnectionOptions): Credentials | undefined => {
  const source = credentialSource(profile, world.env);
  const ofProfile: Credentials = async (identity) =>
    (await import('@aws-sdk/credential-providers')).fromIni({ profile: source.profile ?? '' })(identity);
  const base = source.profile === undefined ? source.keys : ofProfile;
  if (roleArn === undefined) return base;
  return async (identity) => {
    const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
    const params = { RoleArn: roleArn, RoleSessionName: userAgent };
    return fromTemporaryCredentials({ params, ...(base && { masterCredentials: base }) })(identity);
  };
};

// `stage` retries by itself: the SDK knows neither the quota nor which calls may be sent twice.
const oneAttempt: Exclude<
  NonNullable<APIGatewayClientConfig['retryStrategy']>,
  { acquireInitialRetryToken: unknown }
> = { retry: (next, args) => next(args) };

/** Reads the body of an answer. The SDK's own collector would load web streams. */
const collect = async (stream: Readable): Promise<Uint8Array> => {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of stream) {
    parts.push(part);
    size += part.length;
    if (size > 10 * 1024 * 1024) throw new StrangeAnswer('it is larger than 10 MB');
  }
  return Buffer.concat(parts);
};

/** The configuration of every SDK client. */
export const clientConfig = (options: ConnectionOptions) => {
  const { profile } = credentialSource(options.profile, options.world.env);
  const credentials = credentialsFor(options);
  const region = knownRegion(options);
  const ca = certificates(options);
  return {
    maxAttempts: 1,
    retryStrategy: oneAttempt,
    customUserAgent: userAgent,
    streamCollector: collect,
    requestHandler: { connectionTimeout: 5000, ...(ca && { httpsAgent: { ca } }) },
    ...(credentials && { credentials }),
    ...(region && { region }),
    ...(profile && { profile }),
    ...(options.endpointUrl && { endpoint: options.endpointUrl }),
  };
};

/** For `--debug`: gets lines about every HTTP exchange, without headers and therefore without credentials. */
interface Tracing {
  readonly trace: (line: string) => void;
  readonly mask: (body: unknown) => string;
}

interface WireRequest extends Readonly<Record<'protocol' | 'hostname' | 'method' | 'path', string>> {
  readonly port?: number;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}
type WireResponse = { readonly statusCode: number; readonly headers: Readonly<Record<string, string>> } | undefined;

const requestLines = (operation: string, request: WireRequest, mask: Tracing['mask']): readonly string[] => {
  const { protocol, hostname, port, method, path, query, body } = request;
  const json = body && Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
  return [
    `> ${operation} at ${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`,
    `> ${method} ${[path, String(new URLSearchParams(query))].filter(Boolean).join('?')}`,
    ...(json ? [`> ${mask(JSON.parse(json))}`] : []),
  ];
};

/** The common part of the clients of all services. */
interface SdkClient {
  readonly config: Pick<APIGatewayClient['config'], 'region' | 'credentials'>;
  readonly middlewareStack: Pick<APIGatewayClient['middlewareStack'], 'add'>;
}

const traceExchanges = ({ middlewareStack }: SdkClient, { trace, mask }: Tracing, now: () => number): void => {
  middlewareStack.add(
    (next, context) => async (args) => {
      const start = now();
      const operation = String(context['commandName']).replace(/Command$/, '');
      requestLines(operation, args.request as WireRequest, mask).forEach(trace);
      const tell = (answer: object, response: WireResponse): void => {
        trace(`< ${response?.statusCode ?? 'no answer'} after ${Math.round(now() - start)} ms`);
        const requestId = response?.headers['x-amzn-requestid'];
        if (requestId) trace(`< x-amzn-requestid ${requestId}`);
        trace(`< ${mask(answer)}`);
      };
      try {
        const result = await next(args);
        tell({ ...result.output, $metadata: undefined }, result.response as WireResponse);
        return result;
      } catch (error) {
        const { name, message, $response } = error as Error & { readonly $response?: WireResponse };
        tell({ name, message: message.split('\n')[0] }, $response);
        throw error;
      }
    },
    { step: 'finalizeRequest', priority: 'low', name: 'stageTrace' },
  );
};

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly position: string | undefined;
}

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

const toStage = (answer: object): Stage => toJson(answer, stageShape) as Stage;

/** Rejects an answer about another stage. */
const stageCalled = (name: string, answer: { readonly stageName?: string | undefined }): Stage => {
  if (answer.stageName === name) return toStage(answer);
  const got = answer.stageName === undefined ? 'no stage' : `the stage ${answer.stageName}`;
  throw new StrangeAnswer(`expected the stage ${name}, got ${got}`);
};

const toDeployment = ({ id = '', createdDate, description }: SdkDeployment): Deployment => ({
  id,
  ...(createdDate !== undefined && { createdDate: dateOf(createdDate.getTime()) }),
  ...(description ? { description } : {}),
});

/** Checks before the first call that there are credentials and a region. Resolves to the region. */
export interface SignsIn {
  signIn(): Promise<string>;
}

/** Prepares an SDK client for its calls. */
export const prepare = (client: SdkClient, { profile, tracing, world }: ConnectionOptions): SignsIn => {
  if (tracing) traceExchanges(client, tracing, world.now);
  const { config } = client;
  return {
    signIn: async () => {
      const region = await config.region().catch(async (error) => {
        // A missing profile has no region either. Report the missing profile instead.
        if (profileName(profile, world.env) !== undefined) await config.credentials();
        throw error;
      });
      checkCredentials(await config.credentials(), region);
      return region;
    },
  };
};

/** API Gateway. Each call is one HTTP attempt, and throws what the SDK throws. */
export type ApiGateway = ReturnType<typeof connect>;

/** A client of API Gateway. Nothing is read or sent before the first call. */
export const connect = (options: ConnectionOptions) => {
  const client = new APIGatewayClient(clientConfig(options));
  return {
    ...prepare(client, options),
    getStage: async (restApiId: string, stageName: string, abortSignal: AbortSignal) =>
      stageCalled(stageName, await client.send(new GetStageCommand({ restApiId, stageName }), { abortSignal })),
    updateStage: async (id: string, stageName: string, patch: readonly PatchOperation[], abortSignal: AbortSignal) => {
      const command = new UpdateStageCommand({ restApiId: id, stageName, patchOperations: [...patch] });
      return stageCalled(stageName, await client.send(command, { abortSignal }));
    },
    getStages: async (restApiId: string, abortSignal: AbortSignal) => {
      const { item = [] } = await client.send(new GetStagesCommand({ restApiId }), { abortSignal });
      return item.map(toStage);
    },
    getRestApis: async (from: string | undefined, abortSignal: AbortSignal) => {
      const command = new GetRestApisCommand({ limit: 500, position: from });
      const { items = [], position } = await client.send(command, { abortSignal });
      return { items: items.map(({ id = '', name = '' }) => ({ id, name })), position };
    },
    getRestApi: async (restApiId: string, abortSignal: AbortSignal) => {
      const { id = '', name = '' } = await client.send(new GetRestApiCommand({ restApiId }), { abortSignal });
      if (id === restApiId && name !== '') return { id, name };
      throw new StrangeAnswer(`expected the API ${restApiId}, got ${id === restApiId ? 'no name' : id || 'none'}`);
    },
    getResources: async (restApiId: string, from: string | undefined, abortSignal: AbortSignal) => {
      const command = new GetResourcesCommand({ restApiId, limit: 500, position: from, embed: ['methods'] });
      const { items = [], position } = await client.send(command, { abortSignal });
      const resource = ({ path = '/', resourceMethods = {} }) => ({ path, methods: Object.keys(resourceMethods) });
      return { items: items.map(resource), position };
    },
    createStage: async (restApiId: string, stageName: string, stage: Stage, abortSignal: AbortSignal) => {
      const input = { ...stage, restApiId, stageName } as CreateStageCommandInput;
      const command = new CreateStageCommand(input);
      return stageCalled(stageName, await client.send(command, { abortSignal }));
    },
    flushStageCache: async (restApiId: string, stageName: string, abortSignal: AbortSignal): Promise<void> => {
      await client.send(new FlushStageCacheCommand({ restApiId, stageName }), { abortSignal });
    },
    /** Makes a deployment for the canary of a stage. Returns its id. */
    createDeployment: async (
      restApiId: string,
      stageName: string,
      input: { readonly description: string; readonly canarySettings: CanarySettings },
      abortSignal: AbortSignal,
    ): Promise<string> => {
      const { id } = await client.send(new CreateDeploymentCommand({ restApiId, stageName, ...input }), {
        abortSignal,
      });
      if (id === undefined) throw new StrangeAnswer('expected a deployment, got none');
      return id;
    },
    getDeployments: async (restApiId: string, from: string | undefined, abortSignal: AbortSignal) => {
      const command = new GetDeploymentsCommand({ restApiId, limit: 500, position: from });
      const { items = [], position } = await client.send(command, { abortSignal });
      return { items: items.map(toDeployment), position };
    },
    getDeployment: async (restApiId: string, deploymentId: string, abortSignal: AbortSignal) =>
      toDeployment(await client.send(new GetDeploymentCommand({ restApiId, deploymentId }), { abortSignal })),
    // Some servers close a connection silently. The agents stay usable: the next request opens a new connection.
    reconnect: () => client.destroy(),
  };
};
