/** What goes over the wire: restJson1, as API Gateway speaks it. */
import type { ServerResponse } from 'node:http';
import { PatchError, StageError } from '../stage/problem.js';
import { type JsonObject, type Shape, stageShape } from '../stage/stage.js';

/** An answer to a request. Without a body it is empty. */
export interface Answer {
  readonly status: number;
  readonly body?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

export const ok = (body: JsonObject): Answer => ({ status: 200, body });
export const created = (body: JsonObject): Answer => ({ status: 201, body });
/** API Gateway's answer to what it will do soon. */
export const accepted: Answer = { status: 202 };

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

type ErrorName = keyof typeof statusByError;

/** A request is refused; the message goes to the client. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly error: ErrorName,
    message: string,
  ) {
    super(message);
  }
}

export const badRequest = (message: string): ApiError => new ApiError('BadRequestException', message);
export const notFound = (message: string): ApiError => new ApiError('NotFoundException', message);
export const noStage = (): ApiError => notFound('Invalid stage identifier specified');
export const throttled = (): ApiError => new ApiError('TooManyRequestsException', 'Too Many Requests');
export const conflict = (): ApiError =>
  new ApiError(
    'ConflictException',
    'Unable to complete operation due to concurrent modification. Please try again later.',
  );

const ofStageError = (error: StageError): ApiError => {
  const code = error.problems[0]?.code;
  // API Gateway answers with the one problem that it stopped at.
  if (error instanceof PatchError)
    return new ApiError(code === 'unknown-op' ? 'ValidationException' : 'BadRequestException', error.message);
  if (error.kind === 'lock') return conflict();
  if (error.kind === 'interrupted') return new ApiError('ServiceUnavailableException', 'The server is stopping.');
  // Otherwise a file is broken: the sentence says which, and where.
  return code === 'no-such-file' ? noStage() : new ApiError('InternalServerErrorException', error.message);
};

const toApiError = (error: unknown): ApiError => {
  if (error instanceof ApiError) return error;
  if (error instanceof StageError) return ofStageError(error);
  const { code } = error as NodeJS.ErrnoException;
  return new ApiError('InternalServerErrorException', `Internal server error${code ? ` (${code})` : ''}`);
};

const retryLater: readonly ErrorName[] = ['TooManyRequestsException', 'ServiceUnavailableException'];

/** The answer to a request that failed, whatever was thrown. */
export const errorAnswer = (thrown: unknown): Answer => {
  const { error, message } = toApiError(thrown);
  return {
    status: statusByError[error],
    body: { message },
    headers: {
      'x-amzn-errortype': error,
      // Version 1 of the SDK for Go reads the text of errors that it does not know only here. Headers are short and of ASCII.
      ...(/^[\x20-\x7e]{1,1000}$/.test(message) && { 'x-amzn-errormessage': message }),
      ...(retryLater.includes(error) && { 'retry-after': '1' }),
    },
  };
};

const decimalsIn = (shape: Shape): readonly string[] =>
  typeof shape === 'string'
    ? []
    : Object.entries(shape).flatMap(([name, member]) => (member === 'decimal' ? [name] : decimalsIn(member)));

const decimals = [...decimalsIn(stageShape), 'rateLimit'].join('|');
const wholeDecimal = new RegExp(`"(?:${decimals})":-?\\d+(?=[,}])`, 'g');

/** JSON in which doubles have their fraction, as API Gateway sends them: `10.0`. */
const jsonOf = (body: JsonObject): string => JSON.stringify(body).replace(wholeDecimal, '$&.0');

/** Writes the head; answers with the body. */
const begin = (response: ServerResponse, { status, body, headers }: Answer, least = 0): Buffer => {
  const bytes = Buffer.from(body === undefined ? '' : jsonOf(body));
  // A 204 has no body, and so no length of one.
  const size = status === 204 ? {} : { 'content-length': Math.max(least, bytes.length) };
  response.writeHead(status, { 'content-type': 'application/json', ...size, ...headers });
  return bytes;
};

export const send = (response: ServerResponse, answer: Answer): void => {
  response.end(begin(response, answer));
};

/** Sends the head and half of the body, and ends the connection. An empty answer promises a byte that is never sent. */
export const sendHalf = async (response: ServerResponse, answer: Answer): Promise<void> => {
  const bytes = begin(response, answer, 1);
  await new Promise((resolve) => response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), resolve));
  response.socket?.destroy();
};
