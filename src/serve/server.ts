/** API Gateway's wire protocol over a folder of stage files. */
import { createServer, type IncomingMessage, type ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { failure } from '../stage/problem.js';
import type { LockOptions } from '../targets/lock.js';
import { fullBucket, type Quota, refill } from '../targets/quota.js';
import { sleep } from '../targets/sleep.js';
import { printable } from '../text/printable.js';
import type { World } from '../world.js';
import { type FaultRule, newStrike } from './faults.js';
import { secondsNow } from './operation.js';
import { attend, type Endpoint, hostInUrl } from './request.js';
import { openStore } from './store.js';

/** All times are in milliseconds. */
export interface ServeOptions extends LockOptions {
  readonly folder: string;
  readonly host: string;
  readonly allowedHosts?: readonly string[];
  /** 0 means any free port. */
  readonly port: number;
  readonly faults: readonly FaultRule[];
  /** Without a quota, every request is answered. */
  readonly quota?: Quota;
  readonly cacheDelay: number;
  readonly timeouts?: Pick<ServerOptions, 'headersTimeout' | 'requestTimeout'>;
  readonly log: (line: string) => void;
}

const portProblems: { readonly [code: string]: string } = {
  EADDRINUSE: 'the address is already in use. Choose another port with --port.',
  EACCES: 'listening there is not allowed. Choose a --port above 1023.',
  EADDRNOTAVAIL: 'the address does not belong to this machine. Choose another with --host.',
  ENOTFOUND: 'there is no host with this name. Choose another with --host.',
};

/** Each call takes one request from the account's quota, and returns false if none is left. */
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

/**
 * Serves a folder of stage files as API Gateway until `close` or the world's signal. Throws StageError if there is no
 * such folder, or if the address is in use.
 */
export const startServer = async (options: ServeOptions) => {
  const { folder, host, allowedHosts = [], port, faults, quota, cacheDelay, log, world } = options;
  const closing = new AbortController();
  const stopping = AbortSignal.any([world.signal, closing.signal]);
  const endpoint: Endpoint = {
    store: openStore(folder, options, log),
    changes: new Map(),
    cacheDelay,
    world,
    since: secondsNow(world),
    strike: newStrike(faults, world.random),
    take: newTaker(quota, world.now),
    hosts: [host, ...allowedHosts],
    stopping,
    log,
  };
  const targets: string[] = [];
  // Files that cannot be read are logged, and not listed.
  for (const { id } of await endpoint.store.apis())
    for (const { name } of await endpoint.store.stages(id)) targets.push(`${id}/${name}`);
  const underWay = new Map<IncomingMessage, Promise<void>>();
  const server = createServer({
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    connectionsCheckingInterval: 1000,
    // Longer than clients keep idle connections, so that none of them sees an unwanted reset.
    keepAliveTimeout: 65_000,
    ...options.timeouts,
  });
  server.on('request', (request, response) => {
    const work = attend(request, response, endpoint).finally(() => underWay.delete(request));
    underWay.set(request, work);
  });
  await new Promise<void>((resolve, reject) => {
    // Later errors concern single connections and do not stop the server.
    server.on('error', (error: NodeJS.ErrnoException) => {
      const why = portProblems[error.code ?? ''] ?? `${error.message}.`;
      reject(failure('usage', 'listen', `${printable(hostInUrl(host))}:${port}: ${why}`));
    });
    server.listen(port, host, resolve);
  });
  const { port: actualPort } = server.address() as AddressInfo;
  const closed = sleep(Number.POSITIVE_INFINITY, stopping).then(async () => {
    const ended = new Promise((resolve) => server.close(resolve));
    for (const request of underWay.keys()) if (!request.complete) request.destroy();
    // The signal ends faults and waits for locks. Writes in progress are finished.
    await Promise.all(underWay.values());
    server.closeAllConnections();
    await ended;
  });
  return {
    url: `http://${hostInUrl(host)}:${actualPort}`,
    port: actualPort,
    /** The stages that are served, as `API/STAGE`. */
    targets,
    /** Stops listening, and resolves when all requests in progress have ended. */
    close: (): Promise<void> => {
      closing.abort();
      return closed;
    },
    /** Resolves when the server has stopped, through `close` or the world's signal. */
    closed,
  };
};
