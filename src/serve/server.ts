/** API Gateway's wire protocol over a folder of stage files. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { failure } from '../stage/problem.js';
import { fullBucket, type Quota, refill } from '../targets/quota.js';
import { sleep } from '../targets/sleep.js';
import { printable } from '../text/printable.js';
import type { World } from '../world.js';
import { type FaultRule, newStrike } from './faults.js';
import { secondsNow } from './operation.js';
import { attend, type Endpoint, hostInUrl } from './request.js';
import { openStore } from './store.js';

export interface ServeOptions {
  /** `ID/STAGE.json`, and where they exist `ID.json` and `account.json`. */
  readonly folder: string;
  readonly host: string;
  /** Other names that it may be asked by, such as that of its container. */
  readonly allowedHosts?: readonly string[];
  /** 0 is any free port. */
  readonly port: number;
  readonly faults: readonly FaultRule[];
  /** Without one, every request is answered. */
  readonly quota?: Quota;
  /** How long a cache cluster takes to be created or deleted, in milliseconds. */
  readonly cacheDelay: number;
  /** How long to wait for another process that edits a file, in milliseconds. */
  readonly lockTimeout: number;
  /** How long the headers of a request may take, and how long all of it, in milliseconds. */
  readonly timeouts?: { readonly headersTimeout: number; readonly requestTimeout: number };
  /** Takes a line for each request, without its end. */
  readonly log: (line: string) => void;
  readonly world: Pick<World, 'pid' | 'cwd' | 'now' | 'random' | 'signal'>;
}

interface Served {
  readonly url: string;
  readonly port: number;
  /** The stages that are served, as `API/STAGE`. */
  readonly targets: readonly string[];
  /** Stops listening, ends what is under way, and resolves when all is done. What is being written is finished. */
  close(): Promise<void>;
  /** Resolves when the server has stopped, by `close` or by the world's signal. */
  readonly closed: Promise<void>;
}

const portProblems: { readonly [code: string]: string } = {
  EADDRINUSE: 'another program listens there. Choose another port with --port.',
  EACCES: 'listening there is not allowed. Choose a --port above 1023.',
  EADDRNOTAVAIL: 'this machine has no such address. Choose another with --host.',
  ENOTFOUND: 'there is no host of this name. Choose another with --host.',
};

const listen = (server: Server, { host, port }: ServeOptions): Promise<number> =>
  new Promise((resolve, reject) => {
    // Later errors are of single connections, and no reason to end.
    server.on('error', (error: NodeJS.ErrnoException) => {
      const why = portProblems[error.code ?? ''] ?? `${error.message}.`;
      reject(failure('usage', 'listen', `${printable(hostInUrl(host))}:${port}: ${why}`));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

/** Takes one of the account's requests at each call, and answers whether there was one. */
const newTaker = (quota: Quota | undefined, now: World['now']): (() => boolean) => {
  if (quota === undefined) return () => true;
  let bucket = fullBucket(quota, now());
  return () => {
    bucket = refill(bucket, now());
    if (bucket.tokens < 1) return false;
    bucket = { ...bucket, tokens: bucket.tokens - 1 };
    return true;
  };
};

const newEndpoint = (options: ServeOptions, stopping: AbortSignal): Endpoint => {
  const { folder, host, allowedHosts = [], faults, quota, cacheDelay, log, world } = options;
  return {
    backend: {
      store: openStore(folder, options),
      changes: new Map(),
      cacheDelay,
      world,
      since: secondsNow({ world }),
      log: (line) => log(printable(line)),
    },
    strike: newStrike(faults, world.random),
    take: newTaker(quota, world.now),
    hosts: [host, ...allowedHosts],
    stopping,
  };
};

const usualTimeouts = { headersTimeout: 10_000, requestTimeout: 30_000 };

/** The requests that are not answered yet. */
type UnderWay = Map<IncomingMessage, Promise<void>>;

const newServer = (endpoint: Endpoint, timeouts: Required<ServeOptions>['timeouts'], underWay: UnderWay): Server => {
  const connectionsCheckingInterval = Math.min(1000, timeouts.headersTimeout);
  // Longer than clients keep idle connections: none of them meets a reset that was not asked for.
  const keepAliveTimeout = 65_000;
  return createServer({ ...timeouts, connectionsCheckingInterval, keepAliveTimeout }, (request, response) => {
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
 * or the address is taken.
 */
export const startServer = async (options: ServeOptions): Promise<Served> => {
  const { signal } = options.world;
  const stopping = new AbortController();
  const endpoint = newEndpoint(options, stopping.signal);
  const underWay: UnderWay = new Map();
  const server = newServer(endpoint, options.timeouts ?? usualTimeouts, underWay);
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
  return { url, port, targets: endpoint.backend.store.targets(), close, closed };
};
