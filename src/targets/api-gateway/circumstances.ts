import type { PatchOperation } from '../../stage/operation.js';

/** The calls that are made: of API Gateway, and one of STS. */
export type OperationName = 'GetStage' | 'UpdateStage' | 'GetStages' | 'GetRestApis' | 'GetResources' | 'AssumeRole';

/** Where, by whom and for how long something was tried. */
export interface Circumstances {
  readonly operation: OperationName;
  readonly label: string;
  readonly attempts: number;
  /** Milliseconds that all of it may take. */
  readonly timeout: number;
  readonly restApiId?: string;
  readonly stageName?: string;
  readonly region?: string;
  readonly profile?: string;
  /** Where the call goes, if not to AWS. */
  readonly endpointUrl?: string;
  /** What says how to sign in, where that is done. */
  readonly credentials?: string;
  /** What was asked of UpdateStage. */
  readonly patchOperations?: readonly PatchOperation[];
}

export const isSigningIn = ({ operation }: Circumstances): boolean => operation === 'AssumeRole';

export const serviceOf = (at: Circumstances): string => (isSigningIn(at) ? 'STS' : 'API Gateway');

export const tries = ({ attempts }: Circumstances): string => (attempts > 1 ? ` after ${attempts} attempts` : '');
