/** Failures of a call: how to recognize each, whether to retry, and what to report. */

import { type FailureKind, type Problem, StageError } from '../../stage/problem.js';
import type { PatchOperation } from '../../stage/stage.js';

export interface Circumstances {
  /** `GetStage`; `AssumeRole` while signing in. */
  readonly operation: string;
  readonly label: string;
  /** Default: API Gateway. */
  readonly service?: 'CloudWatch';
  readonly attempts: number;
  readonly timeout: number;
  readonly restApiId?: string;
  readonly region?: string;
  readonly profile?: string;
  /** The endpoint, if it is not AWS's. */
  readonly endpointUrl?: string;
  readonly patchOperations?: readonly PatchOperation[];
}

/** `throttled`, `unsent`: not applied; `lost`, `strange`: may have been applied; `final`: a retry would fail too. */
export type CallFault = 'conflict' | 'throttled' | 'unsent' | 'lost' | 'strange' | 'final';

const isSigningIn = ({ operation }: Circumstances): boolean => operation === 'AssumeRole';
const serviceOf = (at: Circumstances): string => (isSigningIn(at) ? 'STS' : (at.service ?? 'API Gateway'));
const afterAttempts = ({ attempts }: Circumstances): string => (attempts > 1 ? ` after ${attempts} attempts` : '');

export const span = (milliseconds: number): string => {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 120_000) return `${Number((milliseconds / 1000).toFixed(1))} s`;
  return milliseconds > 86_400_000 ? 'more than a day' : `${Number((milliseconds / 60_000).toFixed(1))} min`;
};

export class NoAnswerInTime extends Error {
  override readonly name = 'NoAnswerInTime';
  constructor(milliseconds: number) {
    super(`no answer within ${span(milliseconds)}`);
  }
}

export class StrangeAnswer extends Error {
  override readonly name = 'StrangeAnswer';
  readonly $metadata = { httpStatusCode: 200 };
}

interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly status: number;
  readonly retryAfter: number;
}

const readError = (thrown: unknown): SdkError => {
  const { name = '', message = '', code = '', $metadata, $response } = Object(thrown);
  return {
    name,
    // Without the SDK's advice to programmers.
    message: String(message).replace(/\n\s*Deserialization error:.*$/s, ''),
    code,
    status: $metadata?.httpStatusCode ?? $response?.statusCode ?? 0,
    retryAfter: Number($response?.headers?.['retry-after'] ?? 0) * 1000 || 0,
  };
};

/** Whether the answer has a message, as all answers of API Gateway have. */
const isReadable = ({ name, message }: SdkError): boolean =>
  message !== '' && name !== 'SyntaxError' && !/^(Unknown|@aws-sdk XML parse error)/.test(message);

export const retryAfterOf = (thrown: unknown): number => readError(thrown).retryAfter;

/** HTTP methods, which name the IAM actions. */
const methods: Readonly<Record<string, string>> = {
  UpdateStage: 'PATCH',
  CreateStage: 'POST',
  FlushStageCache: 'DELETE',
  CreateDeployment: 'POST',
};

const deniedHint = (at: Circumstances, { message }: SdkError): string | undefined => {
  const { operation, region = '*', restApiId } = at;
  if (message.includes('explicit deny')) return 'An explicit deny overrides any Allow: change the policy that has it.';
  if (isSigningIn(at) && !message.includes(' on resource: ')) return undefined;
  const [usual, usualResource] = at.service
    ? [`${at.service.toLowerCase()}:${operation}`, '*']
    : [
        `apigateway:${methods[operation] ?? 'GET'}`,
        `arn:aws:apigateway:${region}::/restapis${restApiId ? `/${restApiId}/*` : ''}`,
      ];
  const [, action = usual, resource = usualResource] = /perform: (\S+)(?: on resource: (\S+))?/.exec(message) ?? [];
  return `Allow ${action} on ${resource}.`;
};

const signUp = ({ profile }: Circumstances): string =>
  profile === undefined
    ? 'Run aws configure or aws sso login, export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give --profile.'
    : `Set the profile up with aws configure --profile ${profile}, or sign in with aws sso login --profile ${profile}.`;

const throttledHint = (at: Circumstances, { retryAfter }: SdkError): string =>
  retryAfter > at.timeout
    ? `${serviceOf(at)} asked to wait ${span(retryAfter)}, longer than the ${span(at.timeout)} of --timeout.`
    : `All tools of the account share ${serviceOf(at)}'s quota; to wait longer than ${span(at.timeout)}, add --timeout.`;

// Matched against `STATUS NAME CODE MESSAGE`; the first match counts.
const signs: readonly (readonly [pattern: RegExp, code: string, kind: FailureKind, fault: CallFault])[] = [
  [/^\d+ NoAnswerInTime /, 'timed-out', 'unavailable', 'lost'],
  [/^\d+ ConflictException /, 'conflict', 'refused', 'conflict'],
  [/^(429|\d+ (TooManyRequests|LimitExceeded|Throttling))/, 'throttled', 'unavailable', 'throttled'],
  [/^\d+ (ExpiredToken|\w*(Credentials|Token)ProviderError .*(expired|refresh))/is, 'expired-token', 'config', 'final'],
  [/^\d+ \S+ \S+ Signature (expired|not yet current)/, 'clock-skew', 'config', 'final'],
  [/^\d+ (Credentials|Token)ProviderError /, 'no-credentials', 'config', 'final'],
  [/^\d+ (InvalidSig|SignatureDoes|Unrecogniz|InvalidClient|MissingAu|Incompl)/, 'bad-credentials', 'config', 'final'],
  [/^\d+ \S+ \S+ Region (is missing|not accepted)/, 'no-region', 'config', 'final'],
  [/^5\d\d /, 'server-error', 'unavailable', 'lost'],
  [/^(40[13]|\d+ AccessDenied)/, 'access-denied', 'refused', 'final'],
  [/^404 /, 'not-found', 'refused', 'final'],
  [/^[34]\d\d /, 'refused', 'refused', 'final'],
  // Not JSON from the first character on: another server answered.
  [/^\d+ (StrangeAnswer |SyntaxError \S+ Unexpected token '(.)', "\s*\2)/, 'strange-answer', 'unavailable', 'strange'],
  [/^2\d\d /, 'broken-answer', 'unavailable', 'lost'],
  [/^\d+ \S+ (ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/, 'certificate', 'config', 'final'],
  [/^\d+ \S+ (ECONNREFUSED|ENOTFOUND|EAI_AGAIN|E\w+UNREACH|ENETDOWN) /, 'unreachable', 'unavailable', 'unsent'],
  [/did not establish a connection/, 'unreachable', 'unavailable', 'unsent'],
  [/^\d+ \S+ EPROTO |before secure TLS connection/, 'no-tls', 'unavailable', 'unsent'],
  [/^\d+ (TimeoutError|AbortError|\S+ (ECONN\w+|EPIPE|ETIMEDOUT|HPE_\w+)) /, 'no-answer', 'unavailable', 'lost'],
];

const signOf = ({ status, name, code, message }: SdkError): (typeof signs)[number] | undefined =>
  signs.find(([pattern]) => pattern.test(`${status} ${name || '-'} ${code || '-'} ${message}`));

/** Messages for failures without a message from API Gateway. */
const sentences: Readonly<Record<string, (error: SdkError, at: Circumstances) => string>> = {
  'timed-out': ({ message }, at) =>
    `${isSigningIn(at) ? 'Signing in' : at.operation} got ${message}${afterAttempts(at)}.`,
  conflict: (_error, { attempts }) =>
    `another update is still in progress; API Gateway refused the edit ${attempts > 1 ? `${attempts} times` : 'once'}`,
  'sign-in': ({ message }) => `Signing in failed: ${message}`,
  'strange-answer': ({ status, message, name }, at) =>
    `${at.operation} got status ${status}, but the answer is not from ${serviceOf(at)}${name === 'StrangeAnswer' ? `: ${message}` : ''}.`,
  'broken-answer': (_error, at) => `The answer to ${at.operation} was cut off${afterAttempts(at)}.`,
  unreachable: ({ message, code }, at) => `${serviceOf(at)} cannot be reached${afterAttempts(at)}: ${message || code}.`,
  'no-tls': (_error, at) => `${at.endpointUrl ?? serviceOf(at)} does not speak HTTPS.`,
  'no-answer': ({ message, code }, at) =>
    `The connection was lost before ${at.operation} was answered${afterAttempts(at)}: ${message || code}.`,
};

const isItReally = (at: Circumstances): string =>
  `Is ${at.endpointUrl} ${serviceOf(at)}?${at.service ? ' If not, set AWS_ENDPOINT_URL_CLOUDWATCH to its address.' : ''}`;

/** Next steps, by failure code. */
const hints: Readonly<Record<string, (at: Circumstances, error: SdkError) => string | undefined>> = {
  'timed-out': ({ timeout }) => `To wait longer than ${span(timeout)}, add --timeout.`,
  conflict: () => 'Wait for it to end, and run the command again.',
  throttled: throttledHint,
  'expired-token': signUp,
  'clock-skew': () => 'Set the clock of this machine.',
  'no-credentials': signUp,
  'bad-credentials': signUp,
  'no-region': ({ profile }) =>
    `Give --region, export AWS_REGION=eu-west-1, or run aws configure set region eu-west-1${profile ? ` --profile ${profile}` : ''}.`,
  // Without a message from API Gateway, ours already includes the first sentence.
  'server-error': (at, error) =>
    `${isReadable(error) ? `${at.operation} failed (${error.status})${afterAttempts(at)}. ` : ''}Run the command again later.`,
  'access-denied': deniedHint,
  'strange-answer': (at) => (at.endpointUrl ? isItReally(at) : `Does a proxy answer instead of ${serviceOf(at)}?`),
  certificate: () => 'If a proxy signs with its own certificate, give that with --ca-bundle.',
  'no-tls': ({ endpointUrl }) => endpointUrl && 'Is it http:// instead?',
  unreachable: ({ endpointUrl, region = 'the region' }) =>
    endpointUrl ? `Is anything listening at ${endpointUrl}?` : `Check the network, and that ${region} is a region.`,
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
  [/Invalid (API id|Rest API Id)/, ({ region }) => `stage list shows the APIs${region ? ` in ${region}` : ''}.`],
];

const hintFor = (code: string, message: string, error: SdkError, at: Circumstances): string | undefined => {
  const { endpointUrl, profile } = at;
  // A web page or a redirect; or, for another service, a server that offers only API Gateway.
  const isPage = /^(3|404)/.test(String(error.status)) && !isReadable(error);
  if (endpointUrl && (isPage || (at.service && /^(refused|not-found)$/.test(code)))) return isItReally(at);
  const bySentence = hintsBySentence.find(([when]) => when.test(message));
  const signingIn = `Check the credentials${profile ? ` of the profile ${profile}` : ''}.`;
  return bySentence?.[1](at) ?? hints[code]?.(at, error) ?? (isSigningIn(at) ? signingIn : undefined);
};

/** The operation that a refusal is about: the number in a validation error, counted from 1, or the only operation. */
const atFault = (message: string, operations: readonly PatchOperation[] = []): object => {
  const [, number] = /patchOperations\.(\d+)\.member/.exec(message) ?? [];
  const index = operations.length === 1 ? 0 : Number(number) - 1;
  return operations[index] ? { operation: operations[index], index } : {};
};

/** A failure as reported: API Gateway's message, then `state` and a hint. Any other error is returned unchanged. */
export const awsFailure = (thrown: unknown, at: Circumstances, state = ''): unknown => {
  const error = readError(thrown);
  // Any other error of the credential providers is about credentials.
  const [, code, kind] = signOf(error) ?? (isSigningIn(at) ? ['', 'sign-in', 'config' as const] : []);
  if (thrown instanceof StageError || code === undefined || kind === undefined) return thrown;
  const ours = `${serviceOf(at)} answered ${at.operation} with ${error.status} and no message${afterAttempts(at)}.`;
  const message = sentences[code]?.(error, at) ?? (isReadable(error) ? error.message : ours);
  const about = [state, hintFor(code, message, error, at)].filter(Boolean).join(' ');
  const isOfOperation = code === 'refused' && error.status >= 400;
  const first: Problem = { code, message, ...(isOfOperation && atFault(message, at.patchOperations)) };
  // A refusal while signing in has to be fixed in the configuration.
  const itsKind = kind === 'refused' && isSigningIn(at) ? 'config' : kind;
  return new StageError(itsKind, [
    first,
    ...(about ? [{ code: `${code}-state`, message: `${at.label}: ${about}` }] : []),
  ]);
};

export const faultOf = (thrown: unknown): CallFault => signOf(readError(thrown))?.[3] ?? 'final';

/** The failure as the first part of a sentence. */
export const failureSentence = (thrown: unknown, at: Circumstances): string =>
  String((awsFailure(thrown, at) as Partial<Error>).message).replace(/\.$/, '');
