/** An answer on its way to the client, whole or not. */
import type { ServerResponse } from 'node:http';
import type { Answer } from './wire.js';

/** A response on its way out, and the connection that it goes by. */
export interface Reply {
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

/** Sends an answer, and says in a few words which. */
export const send = (reply: Reply, given: Answer): string => {
  const bytes = bytesOf(given);
  writeHead(reply, given, bytes.length);
  reply.response.end(bytes);
  const error = given.headers?.['x-amzn-errortype'];
  return error === undefined ? String(given.status) : `${given.status} ${error}`;
};

export const reset = ({ response }: Reply): void => {
  response.socket?.resetAndDestroy();
};

/** Sends the head and half of the body, and ends the connection. */
export const sendHalf = async (reply: Reply, given: Answer): Promise<void> => {
  const bytes = bytesOf(given);
  // Of an empty answer a byte is promised that never comes.
  writeHead(reply, given, Math.max(1, bytes.length));
  await new Promise((resolve) => reply.response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), resolve));
  reply.response.socket?.destroy();
};
