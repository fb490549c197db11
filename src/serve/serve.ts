/** API Gateway's wire protocol over a folder of stage files. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { failure } from '../stage/problem.js';
import type { Quota } from '../targets/quota.js';
import { sleep } from '../targets/sleep.js';
import { printable } from '../text/printable.js';
import type { World } from '../world.js';
import { type Asked, answerTo, askedBy } from './asked.js';
import { newClusters } from './clusters.js';
import { type Contents, contentsOf } from './contents.js';
import { type Fault, type FaultRule, newStrike, type Strike } from './faults.js';
import { checkAsker, hostInUrl } from './gate.js';
import { type Backend, secondsNow } from './operation.js';
import { newTaker } from './quota.js';
import type { Reply } from './reply.js';
import { hinder, spoil, throttled } from './sabotage.js';
import { openStore } from './store.js';
import { type Answer, errorAnswer, newRequestId } from './wire.js';

export interface ServeOptions {
  /** `ID/STAGE.json`, and `ID.json` where there is one. */
  readonly folder: string;
  readonly host: string;
  /** Other names that it may be asked by, such as that of its container. */
  readonly allowedHosts?: readonly string[];
  /** 0 is any that is free. */
  readonly port: number;
  readonly faults: readonly FaultRule[];
  /** Without one, every request is answered. */
  readonly quota?: Quota;
  /** How long a cache cluster takes to come or to go, in milliseconds. */
  readonly cacheDelay: number;
  /** How long to wait for another process that edits a file, in milliseconds. */
  readonly lockTimeout: number;
  readonly limits?: Partial<Limits>;
  /** Takes a line for each request, without its end. */
  readonly log: (line: string) => void;
  readonly world: Pick<World, 'pid' | 'cwd' | 'now' | 'random' | 'signal'>;
}

/** What a client may ask of the server. */
export interface Limits {
  readonly bodyBytes: number;
  /** How long a request's headers may take, and how long all of it, in milliseconds. */
  readonly headersTimeout: number;
  readonly requestTimeout: number;
}

const usualLimits: Limits = { bodyBytes: 2 ** 20, headersTimeout: 10_000, requestTimeout: 30_000 };

export interface Served {
  readonly url: string;
  readonly port: number;
  readonly contents: Contents;
  /** Stops listening, ends what is under way, and resolves when all is done. What is being written is finished. */
  close(): Promise<void>;
  /** Resolves when the server has stopped, by `close` or by the world's signal. */
  readonly closed: Promise<void>;
}

/** Everything that one request needs to be answered. */
interface Endpoint {
  readonly backend: Backend;
  readonly strike: Strike;
  /** Takes one of the account's requests, and answers whether there was one. */
  readonly take: () => boolean;
  readonly limits: Limits;
  /** The names that it may be asked by, besides those that every machine has. */
  readonly hosts: readonly string[];
  /** Aborts when the server stops. */
  readonly stopping: AbortSignal;
  readonly world: ServeOptions['world'];
}

/** Throws what a request is refused for before it is looked at. */
const admit = ({ headers, socket }: IncomingMessage, { hosts, take }: Endpoint): void => {
  checkAsker(headers, [...hosts, ...(socket.localAddress === undefined ? [] : [socket.localAddress])]);
  if (!take()) throw throttled();
};

/** Answers a request, and says in a few words how. */
const handle = async (request: IncomingMessage, reply: Reply, asked: Asked, endpoint: Endpoint): Promise<string> => {
  let fault: Fault | undefined;
  // Undefined where the fault has left nothing to answer.
  const answering = async (): Promise<Answer | undefined> => {
    admit(request, endpoint);
    fault = endpoint.strike(asked.route?.operation ?? '-');
    if (await hinder(fault, reply, asked, endpoint.stopping)) return undefined;
    return answerTo(request, asked, endpoint.limits.bodyBytes, endpoint.backend);
  };
  const answer = await answering().catch(errorAnswer);
  if (answer === undefined) return `(fault: ${fault?.kind})`;
  return request.socket.destroyed ? '(the client has gone)' : spoil(fault, reply, answer);
};

const portProblems: { readonly [code: string]: string } = {
  EADDRINUSE: 'another program listens there. Give another with --port.',
  EACCES: 'listening there is not allowed. Give a --port above 1023.',
  EADDRNOTAVAIL: 'this machine has no such address. Give another with --host.',
  ENOTFOUND: 'there is no host of this name. Give another with --host.',
};

const listen = (server: Server, { host, port }: ServeOptions): Promise<number> =>
  new Promise((resolve, reject) => {
    // Once it listens, there is nobody left to tell, and a connection that fails is no reason to end.
    server.on('error', (error: NodeJS.ErrnoException) => {
      const why = portProblems[error.code ?? ''] ?? `${error.message}.`;
      reject(failure('usage', 'listen', `${printable(hostInUrl(host))}:${port}: ${why}`));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

const newEndpoint = (options: ServeOptions, stopping: AbortSignal): Endpoint => {
  const { folder, host, allowedHosts = [], faults, quota, cacheDelay, limits, log, world } = options;
  return {
    backend: {
      store: openStore(folder, options),
      clusters: newClusters(cacheDelay, world.now),
      world,
      since: secondsNow({ world }),
      log: (line) => log(printable(line)),
    },
    strike: newStrike(faults, world.random),
    take: quota === undefined ? () => true : newTaker(quota, world.now),
    limits: { ...usualLimits, ...limits },
    hosts: [host, ...allowedHosts],
    stopping,
    world,
  };
};

/** Answers one request and logs it. Never fails. */
const attend = async (request: IncomingMessage, response: ServerResponse, endpoint: Endpoint): Promise<void> => {
  const { backend, world } = endpoint;
  const { now, random } = world;
  const [started, asked] = [now(), askedBy(request)];
  const reply = { response, requestId: newRequestId(random) };
  const outcome = await handle(request, reply, asked, endpoint).catch((error) => {
    response.socket?.destroy();
    return `(${String(error)})`;
  });
  backend.log(`${asked.method} ${asked.path} ${asked.route?.operation ?? '-'} ${outcome} ${now() - started}ms`);
};

/** The requests that are not answered yet. */
type UnderWay = Map<IncomingMessage, Promise<void>>;

const newServer = (endpoint: Endpoint, underWay: UnderWay): Server => {
  const { headersTimeout, requestTimeout } = endpoint.limits;
  const connectionsCheckingInterval = Math.min(1000, headersTimeout);
  // Longer than clients keep idle connections, so that no reset happens that nobody asked for.
  const keepAliveTimeout = 65_000;
  const patience = { headersTimeout, requestTimeout, connectionsCheckingInterval, keepAliveTimeout };
  return createServer(patience, (request, response) => {
    const work = attend(request, response, endpoint).finally(() => underWay.delete(request));
    underWay.set(request, work);
  });
};

/** How long requests that are being handled may take to end, in milliseconds. */
const grace = 5000;

const stop = async (server: Server, underWay: UnderWay): Promise<void> => {
  const ended = new Promise((resolve) => server.close(resolve));
  for (const request of underWay.keys()) if (!request.complete) request.destroy();
  const settled = new AbortController();
  await Promise.race([Promise.all(underWay.values()), sleep(grace, settled.signal)]);
  settled.abort();
  server.closeAllConnections();
  await ended;
};

/**
 * Serves a folder of stage files as API Gateway until `close` or the world's signal. Throws StageError: there is no such folder,
 * or nobody may listen at the address.
 */
export const serve = async (options: ServeOptions): Promise<Served> => {
  const { signal } = options.world;
  const stopping = new AbortController();
  const endpoint = newEndpoint(options, stopping.signal);
  const underWay: UnderWay = new Map();
  const server = newServer(endpoint, underWay);
  const port = await listen(server, options);
  const closed = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve(stop(server, underWay)), { once: true });
  });
  const close = (): Promise<void> => {
    signal.removeEventListener('abort', close);
    stopping.abort();
    return closed;
  };
  if (signal.aborted) close();
  else signal.addEventListener('abort', close);
  const url = `http://${hostInUrl(options.host)}:${port}`;
  return { url, port, contents: contentsOf(endpoint.backend.store), close, closed };
};
