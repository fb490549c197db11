/** What goes over the wire: restJson1, as API Gateway speaks it. */
import type { ServerResponse } from 'node:http';
import { PatchError, StageError } from '../stage/problem.js';
import type { JsonObject } from '../stage/stage.js';

/** An answer to a request. Without a body it is empty. */
export interface Answer {
  readonly status: number;
  readonly body?: JsonObject | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Every error that can be answered with, by the name that clients know it by. */
const statusByError = {
  BadRequestException: 400,
  ValidationException: 400,
  SerializationException: 400,
  // Clients retry a 501, and read a 404 as: what was asked for is gone.
  NotImplementedException: 400,
  AccessDeniedException: 403,
  ExpiredTokenException: 403,
  NotFoundException: 404,
  ConflictException: 409,
  RequestEntityTooLargeException: 413,
  TooManyRequestsException: 429,
  InternalServerErrorException: 500,
  ServiceUnavailableException: 503,
} as const;

/** A request is refused; the message goes to the client. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly error: keyof typeof statusByError,
    message: string,
  ) {
    super(message);
  }
}

/** The account that messages name. */
export const account = '000000000000';

export const badRequest = (message: string): ApiError => new ApiError('BadRequestException', message);
export const notFound = (message: string): ApiError => new ApiError('NotFoundException', message);
export const noStage = (): ApiError => notFound('Invalid stage identifier specified');
export const throttled = (): ApiError => new ApiError('TooManyRequestsException', 'Too Many Requests');
export const conflict = (): ApiError =>
  new ApiError(
    'ConflictException',
    'Unable to complete operation due to concurrent modification. Please try again later.',
  );

const toApiError = (error: unknown): ApiError => {
  if (error instanceof ApiError) return error;
  if (!(error instanceof StageError)) {
    const { code } = error as NodeJS.ErrnoException;
    return new ApiError('InternalServerErrorException', `Internal server error${code ? ` (${code})` : ''}`);
  }
  const code = error.problems[0]?.code;
  // API Gateway answers with the one problem that it stopped at.
  if (error instanceof PatchError)
    return new ApiError(code === 'unknown-op' ? 'ValidationException' : 'BadRequestException', error.message);
  if (error.kind === 'lock') return conflict();
  if (error.kind === 'interrupted') return new ApiError('ServiceUnavailableException', 'The server is stopping.');
  // Otherwise a file is broken: the sentence says which, and where.
  return code === 'no-such-file' ? noStage() : new ApiError('InternalServerErrorException', error.message);
};

/** The answer to a request that failed, whatever was thrown. */
export const errorAnswer = (thrown: unknown): Answer => {
  const { error, message } = toApiError(thrown);
  const status = statusByError[error];
  return {
    status,
    body: { message },
    headers: {
      'x-amzn-errortype': error,
      // Version 1 of the SDK for Go reads the text of errors that it does not know only here. Headers are short and of ASCII.
      ...(/^[\x20-\x7e]{1,1000}$/.test(message) && { 'x-amzn-errormessage': message }),
      ...((status === 429 || status === 503) && { 'retry-after': '1' }),
    },
  };
};

/** All doubles of the answers. API Gateway sends them with their fraction: `10.0`. */
const wholeDouble = /"(?:percentTraffic|throttlingRateLimit|rateLimit)":-?\d+(?=[,}])/g;

/** Sends an answer; of a truncated one the head and half of the body, and then ends the connection. */
export const send = (response: ServerResponse, { status, body, headers }: Answer, isTruncated: boolean): void => {
  const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body).replace(wholeDouble, '$&.0'));
  // A 204 has no body, and so no length of one. A truncated answer promises at least a byte that is never sent.
  const size = status === 204 ? {} : { 'content-length': Math.max(isTruncated ? 1 : 0, bytes.length) };
  response.writeHead(status, { 'content-type': 'application/json', ...size, ...headers });
  if (!isTruncated) response.end(bytes);
  else response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => response.socket?.destroy());
};
