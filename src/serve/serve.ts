/** API Gateway's wire protocol over a folder of stage files: the one place that knows HTTP. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { printable } from '../stage/printable.js';
import { type Problem, StageError } from '../stage/problem.js';
import { isObject, type JsonObject } from '../stage/stage.js';
import type { World } from '../world.js';
import { newClusters } from './clusters.js';
import { type Fault, type FaultRule, newStrike, type Strike } from './faults.js';
import { checkAsker, hostInUrl } from './gate.js';
import { type Backend, operations } from './operations.js';
import { newBucket, type Quota } from './quota.js';
import { type Route, routeOf } from './routes.js';
import { faultError, throttled } from './sabotage.js';
import { openStore } from './store.js';
import { type Answer, ApiError, errorAnswer, newRequestId } from './wire.js';

export interface ServeOptions {
  /** `ID/STAGE.json`, and `ID.json` where there is one. */
  readonly folder: string;
  readonly host: string;
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
  /** Stops listening, ends what is under way, and resolves when all is done. What is being written is finished. */
  close(): Promise<void>;
  /** Resolves when the server has stopped, by `close` or by the world's signal. */
  readonly closed: Promise<void>;
}

/** Everything that one request needs to be answered. */
interface Desk {
  readonly backend: Backend;
  readonly strike: Strike;
  /** Takes one of the account's requests, and answers whether there was one. */
  readonly take: () => boolean;
  readonly limits: Limits;
  readonly host: string;
  /** Aborts when the server stops. */
  readonly stopping: AbortSignal;
  readonly world: ServeOptions['world'];
}

/** What became of a request, for its line in the log. */
interface Told {
  readonly operation: string;
  readonly outcome: string;
}

/** Resolves after some milliseconds, at once when the signal aborts, and never otherwise. */
const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = Number.isFinite(milliseconds) ? setTimeout(done, milliseconds) : undefined;
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    if (signal.aborted) done();
    else signal.addEventListener('abort', done);
  });

/** The bytes of a body. What is too long is read to its end and not kept, so that the client sees the answer. */
const readBytes = async (request: IncomingMessage, most: number): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= most) chunks.push(chunk);
  }
  if (size > most)
    throw new ApiError('RequestEntityTooLargeException', `The body has ${size} bytes; at most ${most} are taken.`);
  return Buffer.concat(chunks);
};

const parseBody = (bytes: Buffer): JsonObject => {
  if (bytes.length === 0) return {};
  try {
    const body: unknown = JSON.parse(bytes.toString());
    if (isObject(body)) return body;
  } catch {}
  throw new ApiError('SerializationException', 'The body is no JSON object.');
};

const served = [...operations.keys()].join(', ');

const operationOf = (route: Route | undefined, method: string, path: string) => {
  if (route === undefined)
    throw new ApiError('UnknownOperationException', `API Gateway has no operation ${method} ${printable(path)}`);
  const operation = operations.get(route.operation);
  if (operation !== undefined) return operation;
  throw new ApiError(
    'NotImplementedException',
    `stage serve does not answer ${route.operation}. It answers ${served}.`,
  );
};

/** A request as far as its line goes. */
interface Line {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

const lineOf = ({ method = '', url = '' }: IncomingMessage): Line => {
  const [path = '', ...query] = url.split('?');
  return { method, path, query: new URLSearchParams(query.join('?')) };
};

const answer = async (request: IncomingMessage, desk: Desk, line: Line, route: Route | undefined): Promise<Answer> => {
  const operation = operationOf(route, line.method, line.path);
  const body = parseBody(await readBytes(request, desk.limits.bodyBytes));
  return operation({ parameters: route?.parameters ?? {}, query: line.query, body }, desk.backend);
};

/** A response on its way out, and the connection that it goes by. */
interface Reply {
  readonly response: ServerResponse;
  readonly requestId: string;
}

const bytesOf = ({ body }: Answer): Buffer => Buffer.from(body === undefined ? '' : JSON.stringify(body));

const writeHead = ({ response, requestId }: Reply, { status, headers }: Answer, length: number): void => {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': length,
    'x-amzn-requestid': requestId,
    ...headers,
  });
};

const send = (reply: Reply, given: Answer): string => {
  const bytes = bytesOf(given);
  writeHead(reply, given, bytes.length);
  reply.response.end(bytes);
  const error = given.headers?.['x-amzn-errortype'];
  return error === undefined ? String(given.status) : `${given.status} ${error}`;
};

const reset = ({ response }: Reply): void => {
  response.socket?.resetAndDestroy();
};

/** Sends the head and half of the body, and ends the connection. */
const sendHalf = async (reply: Reply, given: Answer): Promise<void> => {
  const bytes = bytesOf(given);
  // Of an empty answer a byte is promised that never comes.
  writeHead(reply, given, Math.max(1, bytes.length));
  await new Promise((resolve) => reply.response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), resolve));
  reply.response.socket?.destroy();
};

/** Spoils an answer after the request was handled. */
const spoil = async (fault: Fault | undefined, reply: Reply, given: Answer): Promise<string> => {
  if (fault?.kind === 'truncate') await sendHalf(reply, given);
  else if (fault?.kind === 'reset-after') reset(reply);
  else return send(reply, given);
  return `${given.status} (fault: ${fault.kind})`;
};

const goneOf = ({ response }: Reply): Promise<void> => new Promise((resolve) => response.once('close', resolve));

/** What a fault does before the request is handled. Answers whether that was all. */
const hinder = async (fault: Fault | undefined, reply: Reply, line: Line, { stopping }: Desk): Promise<boolean> => {
  if (fault?.kind === 'status') throw faultError(fault.status, line.method, line.path);
  if (fault?.kind === 'slow') await pause(fault.milliseconds, stopping);
  if (fault?.kind === 'hang') await Promise.race([goneOf(reply), pause(Number.POSITIVE_INFINITY, stopping)]);
  if (fault?.kind === 'hang' || fault?.kind === 'reset') reset(reply);
  return fault?.kind === 'hang' || fault?.kind === 'reset';
};

const handle = async (request: IncomingMessage, reply: Reply, line: Line, desk: Desk): Promise<Told> => {
  const route = routeOf(line.method, line.path);
  const operation = route?.operation ?? '-';
  let fault: Fault | undefined;
  const answering = async (): Promise<Answer | 'none'> => {
    checkAsker(request.headers, [desk.host, request.socket.localAddress ?? desk.host]);
    if (!desk.take()) throw throttled();
    fault = desk.strike(operation);
    if (await hinder(fault, reply, line, desk)) return 'none';
    return answer(request, desk, line, route);
  };
  const given = await answering().catch(errorAnswer);
  if (given === 'none') return { operation, outcome: `(fault: ${fault?.kind})` };
  if (request.socket.destroyed) return { operation, outcome: '(the client has gone)' };
  return { operation, outcome: await spoil(fault, reply, given) };
};

const portProblems: { readonly [code: string]: string } = {
  EADDRINUSE: 'another program listens there. Give another with --port.',
  EACCES: 'listening there is not allowed. Give a --port above 1023.',
  EADDRNOTAVAIL: 'this machine has no such address. Give another with --host.',
  ENOTFOUND: 'there is no host of this name. Give another with --host.',
};

const listen = (server: Server, { host, port }: ServeOptions): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = portProblems[error.code ?? ''] ?? `${error.message}.`;
      const problem: Problem = { code: 'listen', message: `${printable(hostInUrl(host))}:${port}: ${why}` };
      reject(new StageError('usage', [problem]));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

const newDesk = (options: ServeOptions, stopping: AbortSignal): Desk => {
  const { folder, host, faults, quota, cacheDelay, limits, world } = options;
  return {
    backend: {
      store: openStore(folder, options),
      clusters: newClusters(cacheDelay, world.now),
      world,
      since: Math.floor(world.now() / 1000),
    },
    strike: newStrike(faults, world.random),
    take: quota === undefined ? () => true : newBucket(quota, world.now),
    limits: { ...usualLimits, ...limits },
    host,
    stopping,
    world,
  };
};

/** Answers one request and logs it. Never fails. */
const attend = async (request: IncomingMessage, response: ServerResponse, desk: Desk, log: ServeOptions['log']) => {
  const { now, random } = desk.world;
  const [started, line] = [now(), lineOf(request)];
  const told = await handle(request, { response, requestId: newRequestId(random) }, line, desk).catch((error) => {
    response.socket?.destroy();
    return { operation: '-', outcome: `(${String(error)})` };
  });
  log(printable(`${line.method} ${line.path} ${told.operation} ${told.outcome} ${now() - started}ms`));
};

/** The requests that are not answered yet. */
type UnderWay = Map<IncomingMessage, Promise<void>>;

const newServer = (desk: Desk, underWay: UnderWay, log: ServeOptions['log']): Server => {
  const { headersTimeout, requestTimeout } = desk.limits;
  const connectionsCheckingInterval = Math.min(1000, headersTimeout);
  const patience = { headersTimeout, requestTimeout, connectionsCheckingInterval, keepAliveTimeout: 5000 };
  return createServer(patience, (request, response) => {
    const work = attend(request, response, desk, log).finally(() => underWay.delete(request));
    underWay.set(request, work);
  });
};

/** How long requests that are being handled may take to end, in milliseconds. */
const grace = 5000;

const stop = async (server: Server, underWay: UnderWay): Promise<void> => {
  const ended = new Promise((resolve) => server.close(resolve));
  for (const request of underWay.keys()) if (!request.complete) request.destroy();
  const settled = new AbortController();
  await Promise.race([Promise.all(underWay.values()), pause(grace, settled.signal)]);
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
  const desk = newDesk(options, stopping.signal);
  const underWay: UnderWay = new Map();
  const server = newServer(desk, underWay, options.log);
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
  return { url: `http://${hostInUrl(options.host)}:${port}`, port, close, closed };
};
