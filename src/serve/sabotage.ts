/** The faults that are errors, as API Gateway words them. */
import type { FaultStatus } from './faults.js';
import { account } from './operations.js';
import { ApiError, conflict } from './wire.js';

const accessDenied = (method: string, path: string): ApiError => {
  const action = `apigateway:${method}`;
  return new ApiError(
    'AccessDeniedException',
    `User: arn:aws:iam::${account}:user/stage is not authorized to perform: ${action} on resource: ` +
      `arn:aws:apigateway:us-east-1::${path} because no identity-based policy allows the ${action} action`,
  );
};

export const throttled = (): ApiError => new ApiError('TooManyRequestsException', 'Too Many Requests');

const errors: { readonly [status in FaultStatus]: (method: string, path: string) => ApiError } = {
  403: accessDenied,
  expired: () => new ApiError('ExpiredTokenException', 'The security token included in the request is expired'),
  409: conflict,
  429: throttled,
  500: () => new ApiError('InternalServerErrorException', 'Internal server error'),
  503: () => new ApiError('ServiceUnavailableException', 'Service Unavailable'),
};

export const faultError = (status: FaultStatus, method: string, path: string): ApiError => errors[status](method, path);
