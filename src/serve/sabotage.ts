/** What faults do to a request and to its answer. */
import { sleep } from '../targets/sleep.js';
import type { Asked } from './asked.js';
import type { Fault, FaultStatus } from './faults.js';
import { account } from './operation.js';
import { type Reply, reset, send, sendHalf } from './reply.js';
import { type Answer, ApiError, conflict } from './wire.js';

const accessDenied = ({ method, path }: Asked): ApiError => {
  const action = `apigateway:${method}`;
  return new ApiError(
    'AccessDeniedException',
    `User: arn:aws:iam::${account}:user/stage is not authorized to perform: ${action} on resource: ` +
      `arn:aws:apigateway:us-east-1::${path} because no identity-based policy allows the ${action} action`,
  );
};

export const throttled = (): ApiError => new ApiError('TooManyRequestsException', 'Too Many Requests');

const errors: { readonly [status in FaultStatus]: (asked: Asked) => ApiError } = {
  403: accessDenied,
  expired: () => new ApiError('ExpiredTokenException', 'The security token included in the request is expired'),
  409: conflict,
  429: throttled,
  500: () => new ApiError('InternalServerErrorException', 'Internal server error'),
  503: () => new ApiError('ServiceUnavailableException', 'Service Unavailable'),
};

/** Sends an answer as the fault has it, and says in a few words what was sent. */
export const spoil = async (fault: Fault | undefined, reply: Reply, given: Answer): Promise<string> => {
  const because = fault === undefined ? '' : ` (fault: ${fault.kind === 'status' ? fault.status : fault.kind})`;
  if (fault?.kind === 'truncate') await sendHalf(reply, given);
  else if (fault?.kind === 'reset-after') reset(reply);
  else return `${send(reply, given)}${because}`;
  return `${given.status}${because}`;
};

const goneOf = ({ response }: Reply): Promise<void> => new Promise((resolve) => response.once('close', resolve));

/** What a fault does before the request is handled; `stopping` ends it. Answers whether that was all. */
export const hinder = async (
  fault: Fault | undefined,
  reply: Reply,
  asked: Asked,
  stopping: AbortSignal,
): Promise<boolean> => {
  if (fault?.kind === 'status') throw errors[fault.status](asked);
  if (fault?.kind === 'slow') await sleep(fault.milliseconds, stopping);
  if (fault?.kind === 'hang') await Promise.race([goneOf(reply), sleep(Number.POSITIVE_INFINITY, stopping)]);
  if (fault?.kind === 'hang' || fault?.kind === 'reset') reset(reply);
  return fault?.kind === 'hang' || fault?.kind === 'reset';
};
