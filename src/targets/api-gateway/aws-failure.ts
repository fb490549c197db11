/** What the SDK throws, as sentences for people. */

import { findPlace } from '../../stage/place.js';
import { type Problem, StageError } from '../../stage/problem.js';
import type { PatchOperation } from '../../stage/stage.js';
import {
  afterAttempts,
  type Cause,
  type Circumstances,
  causes,
  isReadable,
  isSigningIn,
  readError,
  type SdkError,
  sentenceIn,
  serviceOf,
  signOf,
} from './causes.js';

type IsAtFault = (operation: PatchOperation, index: number) => boolean;

const isAt =
  (...paths: readonly string[]): IsAtFault =>
  ({ path }) =>
    paths.some((end) => path.endsWith(end));

/** Which operation a sentence of API Gateway's is about. */
const blames: readonly (readonly [RegExp, (found: RegExpExecArray) => IsAtFault])[] = [
  [
    /patchOperations\.(\d+)\.member/,
    ([, number]) =>
      (_, index) =>
        index + 1 === Number(number),
  ],
  [/^Deployment id does not exist/, () => isAt('/deploymentId')],
  [/stage variable (?:name: |value of key )(\w*)/, ([, name]) => isAt(`/${name}`)],
  [/time-to-live/, () => isAt('/caching/ttlInSeconds')],
  [/logging level/, () => isAt('/logging/loglevel')],
  [/CloudWatch Logs role ARN/, () => isAt('/logging/loglevel', '/logging/dataTrace')],
  [/Access Log format|\$context/, () => isAt('/accessLogSettings/format')],
  [/Access log destination|Firehose|Invalid ARN/, () => isAt('/accessLogSettings/destinationArn')],
  [/client certificate/i, () => isAt('/clientCertificateId')],
  [/cache cluster size|cache size/i, () => isAt('/cacheClusterSize')],
];

const onlyOne = (operations: readonly PatchOperation[], test: IsAtFault): number | undefined => {
  const indexes = operations.flatMap((operation, index) => (test(operation, index) ? [index] : []));
  return indexes.length === 1 ? indexes[0] : undefined;
};

/** The index of the operation that API Gateway's sentence is about, if it can be told. */
export const operationAtFault = (message: string, operations: readonly PatchOperation[]): number | undefined => {
  if (operations.length === 1) return 0;
  const byBlame = blames.flatMap(([pattern, test]) => {
    const found = pattern.exec(message);
    return found ? [onlyOne(operations, test(found))] : [];
  })[0];
  const isNamed: IsAtFault = ({ path }) =>
    message.includes(path) || (findPlace(path) !== undefined && message.includes(` ${path.slice(1)} `));
  return byBlame ?? onlyOne(operations, isNamed);
};

export const deploymentsHint = ({ restApiId = 'ID', region }: Pick<Circumstances, 'restApiId' | 'region'>): string =>
  `aws apigateway get-deployments --rest-api-id ${restApiId}${region ? ` --region ${region}` : ''} lists the deployments.`;

const hintsBySentence: readonly (readonly [RegExp, (at: Circumstances) => string])[] = [
  [
    /CloudWatch Logs role ARN must be set/,
    () =>
      'Set it once for the account in this region: aws apigateway update-account --patch-operations op=replace,path=/cloudwatchRoleArn,value=ROLE_ARN',
  ],
  [/^Deployment id does not exist/, deploymentsHint],
  [/Update size too large/, () => 'Make the edit in several commands.'],
  [
    /Invalid (API identifier|Rest API Id)/,
    ({ region }) => `stage list shows the APIs${region ? ` in ${region}` : ''}.`,
  ],
];

/** The user's own endpoint answers as some other server would: with a page, or a redirection to one. */
const otherServerHint = (error: SdkError, at: Circumstances): string | undefined => {
  const isPage = (error.status === 404 || (error.status >= 300 && error.status < 400)) && !isReadable(error);
  if (!isPage || at.endpointUrl === undefined) return undefined;
  const question = `Is ${at.endpointUrl} ${serviceOf(at)}?`;
  return isSigningIn(at)
    ? `${question} AWS_ENDPOINT_URL is for all services; AWS_ENDPOINT_URL_API_GATEWAY and --endpoint-url are for API Gateway only.`
    : question;
};

const hintFor = (cause: Cause, message: string, error: SdkError, at: Circumstances): string | undefined =>
  otherServerHint(error, at) ??
  hintsBySentence.find(([when]) => when.test(message))?.[1](at) ??
  cause.hint?.(at, error) ??
  (at.credentials && `Check the credentials: ${at.credentials}.`);

/** API Gateway's own sentence word for word; or else ours. */
const sentenceOf = ({ sentence }: Cause, error: SdkError, at: Circumstances): string => {
  if (sentence) return sentence(error, at);
  return isReadable(error)
    ? sentenceIn(error)
    : `${serviceOf(at)} answered ${at.operation} with ${error.status} and no message${afterAttempts(at)}.`;
};

const atFault = (message: string, operations: readonly PatchOperation[] = []): object => {
  const index = operationAtFault(message, operations);
  return index === undefined ? {} : { operation: operations[index], index };
};

/**
 * A failure as the error that the program reports: first what API Gateway said, with the operation at fault if that can be told; then
 * `state`, what became of the stage, and a hint. An error that has nothing to do with API Gateway is returned as it is.
 */
export const awsFailure = (thrown: unknown, at: Circumstances, state = ''): unknown => {
  const error = readError(thrown);
  // Whatever the credential providers throw is about credentials.
  const code = signOf(error)?.code ?? (isSigningIn(at) ? 'sign-in' : undefined);
  if (thrown instanceof StageError || code === undefined) return thrown;
  const cause: Cause = causes[code];
  const message = sentenceOf(cause, error, at);
  const about = [state, hintFor(cause, message, error, at)].filter(Boolean).join(' ');
  const isOfOperation = code === 'refused' && error.status >= 400;
  const first: Problem = { code, message, ...(isOfOperation && atFault(message, at.patchOperations)) };
  return new StageError(cause.kind, [
    first,
    ...(about ? [{ code: `${code}-state`, message: `${at.label}: ${about}` }] : []),
  ]);
};

/** Why a call waits, in a few words. */
export const faultSentence = (thrown: unknown): string => {
  const error = readError(thrown);
  const sign = signOf(error);
  const cause: Cause | undefined = sign && causes[sign.code];
  return cause?.waiting?.(error) ?? error.message;
};
