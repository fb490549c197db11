/** What goes over the wire: restJson1, as API Gateway speaks it. */
import { PatchError, StageError } from '../stage/problem.js';
import { secondsOf } from '../stage/read-only.js';
import type { JsonObject, Stage } from '../stage/stage.js';

/** An answer to a request. Without a body it is empty. */
export interface Answer {
  readonly status: number;
  readonly body?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Every error that can be answered with, by the name that clients know it by. */
const statusByError = {
  BadRequestException: 400,
  ValidationException: 400,
  SerializationException: 400,
  AccessDeniedException: 403,
  ExpiredTokenException: 403,
  NotFoundException: 404,
  UnknownOperationException: 404,
  ConflictException: 409,
  RequestEntityTooLargeException: 413,
  TooManyRequestsException: 429,
  InternalServerErrorException: 500,
  NotImplementedException: 501,
  ServiceUnavailableException: 503,
} as const;

export type ErrorName = keyof typeof statusByError;

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

const headersByError: { readonly [error in ErrorName]?: Readonly<Record<string, string>> } = {
  TooManyRequestsException: { 'retry-after': '1' },
  ServiceUnavailableException: { 'retry-after': '1' },
};

export const conflict = (): ApiError =>
  new ApiError(
    'ConflictException',
    'Unable to complete operation due to concurrent modification. Please try again later.',
  );

// API Gateway answers with the one problem that it stopped at.
const ofPatch = ({ problems, message }: PatchError): ApiError =>
  new ApiError(problems[0]?.code === 'unknown-op' ? 'ValidationException' : 'BadRequestException', message);

const ofStageError = (error: StageError): ApiError => {
  if (error instanceof PatchError) return ofPatch(error);
  if (error.kind === 'lock') return conflict();
  if (error.kind === 'interrupted') return new ApiError('ServiceUnavailableException', 'The server is stopping.');
  if (error.problems[0]?.code === 'no-such-file') return noStage();
  // A file that is broken: the sentence says which, and where.
  return new ApiError('InternalServerErrorException', error.message);
};

export const noStage = (): ApiError => new ApiError('NotFoundException', 'Invalid stage identifier specified');

const toApiError = (error: unknown): ApiError => {
  if (error instanceof ApiError) return error;
  if (error instanceof StageError) return ofStageError(error);
  const { code } = error as NodeJS.ErrnoException;
  return new ApiError('InternalServerErrorException', `Internal server error${code ? ` (${code})` : ''}`);
};

/** The answer to a request that failed, whatever was thrown. */
export const errorAnswer = (thrown: unknown): Answer => {
  const { error, message } = toApiError(thrown);
  return {
    status: statusByError[error],
    body: { message },
    headers: { 'x-amzn-errortype': error, ...headersByError[error] },
  };
};

/** What API Gateway always reports of a stage, and a file may leave out. */
export interface StageFacts {
  readonly stageName: string;
  readonly cacheClusterStatus: string;
  /** For a stage that does not say which it has. */
  readonly deploymentId: string | undefined;
  /** For dates that are not written down; seconds since 1970. */
  readonly since: number;
}

export const stageOnWire = (stage: Stage, { stageName, cacheClusterStatus, deploymentId, since }: StageFacts) => ({
  ...(deploymentId !== undefined && { deploymentId }),
  cacheClusterEnabled: false,
  methodSettings: {},
  tracingEnabled: false,
  ...stage,
  stageName,
  cacheClusterStatus,
  createdDate: secondsOf(stage.createdDate) ?? since,
  lastUpdatedDate: secondsOf(stage.lastUpdatedDate) ?? since,
});

const hex = (digits: number, random: () => number): string =>
  Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');

/** An id as API Gateway gives each request. */
export const newRequestId = (random: () => number): string =>
  [8, 4, 4, 4, 12].map((digits) => hex(digits, random)).join('-');
