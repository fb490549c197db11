/** Handles a request: checks the sender, applies faults, parses the body, runs the operation, answers, and logs. */
import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { isObject, type JsonObject } from '../stage/stage.js';
import { parseJson } from '../text/json.js';
import { printable } from '../text/printable.js';
import { type FaultRule, hinder, type newStrike } from './faults.js';
import type { Backend } from './operation.js';
import { type Asked, askedBy, operationNames } from './routes.js';
import { type Answer, ApiError, errorAnswer, send, throttled } from './wire.js';

/** Everything needed to answer a request. */
export interface Endpoint extends Backend {
  readonly strike: ReturnType<typeof newStrike>;
  /** Takes one request from the account's quota. Returns false if none is left. */
  readonly take: () => boolean;
  /** Allowed host names, besides those of the loopback interface. */
  readonly hosts: readonly string[];
  /** Aborts when the server stops. */
  readonly stopping: AbortSignal;
  readonly log: (line: string) => void;
}

/** A host as written in a URL and in the Host header: `[::1]`. Unwraps an IPv4-mapped IPv6 address. */
export const hostInUrl = (host: string): string => {
  const name = host.replace(/^::ffff:(?=\d+\.)/i, '');
  return name.includes(':') ? `[${name}]` : name;
};

/**
 * Refuses requests that a web page may have triggered: for another host name that resolves to this machine (DNS
 * rebinding), or with an origin. `own` lists the addresses of the server and its allowed host names.
 */
const checkAsker = ({ host = '', origin }: IncomingHttpHeaders, own: readonly string[]): void => {
  const named = own.map((name) => hostInUrl(name).toLowerCase());
  const allowed = [...new Set(['localhost', '127.0.0.1', '[::1]', ...named])];
  if (!allowed.includes(host.toLowerCase().replace(/:\d*$/, '')))
    throw new ApiError(
      'AccessDeniedException',
      `Host: expected one of ${allowed.join(', ')}. Start with --allow-host NAME to allow another.`,
    );
  if (origin !== undefined)
    throw new ApiError('AccessDeniedException', 'Origin: requests from web pages are not answered.');
};

const mostBytes = 2 ** 20;

/** The parsed body. A body that is too long is read to its end but discarded, so that the client sees the answer. */
const readBody = async (request: IncomingMessage): Promise<JsonObject> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= mostBytes) chunks.push(chunk);
  }
  if (size > mostBytes)
    throw new ApiError('RequestEntityTooLargeException', `The body has ${size} bytes; the limit is ${mostBytes}.`);
  const bytes = Buffer.concat(chunks);
  if (!isUtf8(bytes)) throw new ApiError('SerializationException', 'The body is not UTF-8.');
  const body = size === 0 ? {} : parseJson(bytes.toString());
  if (isObject(body)) return body;
  throw new ApiError('SerializationException', 'The body is not a JSON object.');
};

const answerTo = async (request: IncomingMessage, asked: Asked, endpoint: Endpoint): Promise<Answer> => {
  const { method, path, query, route, parameters } = asked;
  if (route === undefined)
    throw new ApiError(
      'NotImplementedException',
      `stage serve does not answer ${method} ${printable(path.slice(0, 200))}. It answers ${operationNames.join(', ')}.`,
    );
  const body = await readBody(request);
  const { restApiId: id } = parameters;
  const api = id === '' ? { id, name: id } : await endpoint.store.api(id);
  return { status: route.status, body: await route.operation({ ...endpoint, ...parameters, api, query, body }) };
};

/** Answers one request and logs it. */
export const attend = async (request: IncomingMessage, response: ServerResponse, endpoint: Endpoint): Promise<void> => {
  const { socket } = request;
  const { world, hosts, take, strike, stopping, log } = endpoint;
  const [started, asked] = [world.now(), askedBy(request)];
  const name = asked.route?.name ?? '-';
  let fault: FaultRule | undefined;
  // Undefined if the fault leaves nothing to answer.
  const answering = async (): Promise<Answer | undefined> => {
    checkAsker(request.headers, [...hosts, socket.localAddress ?? '']);
    if (!take()) throw throttled();
    fault = strike(name);
    if (fault !== undefined && (await hinder(fault, response, asked, stopping))) return undefined;
    return answerTo(request, asked, endpoint);
  };
  response.setHeader('x-amzn-requestid', randomUUID());
  const answer = await answering().catch(errorAnswer);
  const isGone = answer !== undefined && socket.destroyed;
  if (fault?.kind === 'reset-after') socket.resetAndDestroy();
  else if (answer !== undefined && !isGone) send(response, answer, fault?.kind === 'truncate');
  const status = isGone ? '(the client has gone)' : answer?.status;
  const outcome = [status, answer?.headers?.['x-amzn-errortype'], fault && `(fault: ${fault.kind})`];
  log([asked.method, asked.path, name, ...outcome, `${world.now() - started}ms`].filter(Boolean).join(' '));
};
