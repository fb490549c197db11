/** What a request goes through: who may ask, faults, its body, its operation, the answer, a line of the log. */
import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { isObject, type JsonObject } from '../stage/stage.js';
import { printable } from '../text/printable.js';
import { deliver, type FaultRule, hinder, type Strike } from './faults.js';
import type { Backend } from './operation.js';
import { type Asked, askedBy, operationNames } from './routes.js';
import { type Answer, ApiError, errorAnswer, throttled } from './wire.js';

/** What a request needs to be answered. */
export interface Endpoint {
  readonly backend: Backend;
  readonly strike: Strike;
  /** Takes one of the account's requests, and answers whether there was one. */
  readonly take: () => boolean;
  /** The names that it may be asked by, besides those that every machine has. */
  readonly hosts: readonly string[];
  /** Aborts when the server stops. */
  readonly stopping: AbortSignal;
}

const localNames: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** A host as it stands in a URL and in the Host header: `[::1]`. An IPv4 address that came by IPv6 is itself again. */
export const hostInUrl = (host: string): string => {
  const name = host.replace(/^::ffff:(?=\d+\.)/i, '');
  return name.includes(':') ? `[${name}]` : name;
};

/**
 * Refuses a request that a browser may have been led to make: for a name that points to this machine (DNS rebinding), or from a
 * page. `own` are the addresses that the server listens at, and the names that it was told it has.
 */
const checkAsker = ({ host = '', origin }: IncomingHttpHeaders, own: readonly string[]): void => {
  const allowed = [...new Set([...localNames, ...own.map((name) => hostInUrl(name).toLowerCase())])];
  if (!allowed.includes(host.toLowerCase().replace(/:\d*$/, '')))
    throw new ApiError(
      'AccessDeniedException',
      `Host: expected one of ${allowed.join(', ')}. Start with --allow-host NAME to allow another.`,
    );
  if (origin !== undefined)
    throw new ApiError('AccessDeniedException', 'Origin: requests from web pages are not answered.');
};

const mostBytes = 2 ** 20;

/** The bytes of a body. One that is too long is read to its end and not kept, so that the client sees the answer. */
const readBytes = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= mostBytes) chunks.push(chunk);
  }
  if (size > mostBytes)
    throw new ApiError('RequestEntityTooLargeException', `The body has ${size} bytes; the limit is ${mostBytes}.`);
  return Buffer.concat(chunks);
};

const parseBody = (bytes: Buffer): JsonObject => {
  if (bytes.length === 0) return {};
  if (!isUtf8(bytes)) throw new ApiError('SerializationException', 'The body is not UTF-8.');
  try {
    const body: unknown = JSON.parse(bytes.toString());
    if (isObject(body)) return body;
  } catch {}
  throw new ApiError('SerializationException', 'The body is not a JSON object.');
};

const answerTo = async (request: IncomingMessage, asked: Asked, { backend }: Endpoint): Promise<Answer> => {
  const { method, path, query, route } = asked;
  if (route === undefined)
    throw new ApiError(
      'NotImplementedException',
      `stage serve does not answer ${method} ${printable(path.slice(0, 200))}. It answers ${operationNames.join(', ')}.`,
    );
  const body = parseBody(await readBytes(request));
  return route.operation({ ...backend, parameters: route.parameters, query, body });
};

/** Answers a request, and says in a few words how. */
const handle = async (
  request: IncomingMessage,
  response: ServerResponse,
  asked: Asked,
  endpoint: Endpoint,
): Promise<string> => {
  let fault: FaultRule | undefined;
  // Undefined where the fault has left nothing to answer.
  const answering = async (): Promise<Answer | undefined> => {
    checkAsker(request.headers, [...endpoint.hosts, request.socket.localAddress ?? '']);
    if (!endpoint.take()) throw throttled();
    fault = endpoint.strike(asked.route?.name ?? '-');
    if (fault !== undefined && (await hinder(fault, response, asked, endpoint.stopping))) return undefined;
    return answerTo(request, asked, endpoint);
  };
  const answer = await answering().catch(errorAnswer);
  const because = fault && `(fault: ${fault.kind})`;
  if (answer === undefined) return because ?? '';
  if (request.socket.destroyed) return '(the client has gone)';
  await deliver(fault, response, answer);
  return [answer.status, answer.headers?.['x-amzn-errortype'], because].filter(Boolean).join(' ');
};

/** Answers one request and logs it. Never fails. */
export const attend = async (request: IncomingMessage, response: ServerResponse, endpoint: Endpoint): Promise<void> => {
  const { log, world } = endpoint.backend;
  const [started, asked] = [world.now(), askedBy(request)];
  response.setHeader('x-amzn-requestid', randomUUID());
  const outcome = await handle(request, response, asked, endpoint).catch((error) => {
    response.socket?.destroy();
    return `(${String(error)})`;
  });
  log(`${asked.method} ${asked.path} ${asked.route?.name ?? '-'} ${outcome} ${world.now() - started}ms`);
};
