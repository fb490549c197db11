/** From a request to the answer of the operation that it asks for. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { isObject, type JsonObject } from '../stage/stage.js';
import { printable } from '../text/printable.js';
import type { Backend } from './operation.js';
import { operations } from './operations.js';
import { type Route, routeOf } from './routes.js';
import { type Answer, ApiError } from './wire.js';

/** What the first line of a request asks for. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly route: Route | undefined;
}

export const askedBy = ({ method = '', url = '' }: IncomingMessage): Asked => {
  // To a proxy, and so to every server, the whole address may be said.
  const [path = '', ...query] = url.replace(/^https?:\/\/[^/?]*/i, '').split('?');
  return { method, path, query: new URLSearchParams(query.join('?')), route: routeOf(method, path) };
};

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
  if (!isUtf8(bytes)) throw new ApiError('SerializationException', 'The body is no UTF-8.');
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

/** What the operation answers that a request asks for. Throws what it is refused for. */
export const answerTo = async (
  request: IncomingMessage,
  { method, path, query, route }: Asked,
  bodyBytes: number,
  backend: Backend,
): Promise<Answer> => {
  const operation = operationOf(route, method, path);
  const body = parseBody(await readBytes(request, bodyBytes));
  return operation({ parameters: route?.parameters ?? {}, query, body }, backend);
};
