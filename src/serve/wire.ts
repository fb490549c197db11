/** The wire format: restJson1, as used by API Gateway. */
import type { ServerResponse } from 'node:http';
import { PatchError, StageError } from '../stage/problem.js';
import type { JsonObject } from '../stage/stage.js';

/** An answer to a request. `body` is absent if the answer is empty. */
export interface Answer {
  readonly status: number;
  readonly body?: JsonObject | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The status of every error, by the error name that clients know. */
const statusByError = {
  BadRequestException: 400,
  ValidationException: 400,
  SerializationException: 400,
  // Not 501, which clients retry, nor 404, which means that the resource does not exist.
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

/** The account id in messages. */
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
  // API Gateway reports only the first problem.
  if (error instanceof PatchError)
    return new ApiError(code === 'unknown-op' ? 'ValidationException' : 'BadRequestException', error.message);
  if (error.kind === 'lock') return conflict();
  if (error.kind === 'interrupted') return new ApiError('ServiceUnavailableException', 'The server is stopping.');
  // Any other StageError is about a broken file. Its message says which one, and where.
  return code === 'no-such-file' ? noStage() : new ApiError('InternalServerErrorException', error.message);
};

/** The answer to a failed request, for anything thrown. */
export const errorAnswer = (thrown: unknown): Answer => {
  const { error, message } = toApiError(thrown);
  const status = statusByError[error];
  return {
    status,
    body: { message },
    headers: {
      'x-amzn-errortype': error,
      // The SDK for Go v1 reads messages of unknown errors only here. Headers must be short and ASCII.
      ...(/^[\x20-\x7e]{1,1000}$/.test(message) && { 'x-amzn-errormessage': message }),
      ...((status === 429 || status === 503) && { 'retry-after': '1' }),
    },
  };
};

/** All whole doubles in answers. API Gateway sends them with a fraction: `10.0`. */
const wholeDouble = /"(?:percentTraffic|throttlingRateLimit|rateLimit)":-?\d+(?=[,}])/g;

/** Sends an answer. If truncated, sends the head and half of the body, then closes the connection. */
export const send = (response: ServerResponse, { status, body, headers }: Answer, isTruncated: boolean): void => {
  const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body).replace(wholeDouble, '$&.0'));
  // A 204 has no body, so no length either. A truncated answer promises at least one byte more than it sends.
  const size = status === 204 ? {} : { 'content-length': Math.max(isTruncated ? 1 : 0, bytes.length) };
  response.writeHead(status, { 'content-type': 'application/json', ...size, ...headers });
  if (!isTruncated) response.end(bytes);
  else response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => response.socket?.destroy());
};
