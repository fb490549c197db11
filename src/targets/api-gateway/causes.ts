/** What can go wrong with a call, and how that is recognized. */

import type { FailureKind } from '../../stage/problem.js';
import type { PatchOperation } from '../../stage/stage.js';

/** The calls of API Gateway, and one of STS. */
export type OperationName =
  | 'GetStage'
  | 'UpdateStage'
  | 'GetStages'
  | 'GetRestApis'
  | 'GetResources'
  | 'GetDeployment'
  | 'AssumeRole';

/** What was tried: a failure is explained with it. */
export interface Circumstances {
  readonly operation: OperationName;
  readonly label: string;
  readonly attempts: number;
  /** Milliseconds for everything. */
  readonly timeout: number;
  readonly restApiId?: string;
  readonly stageName?: string;
  readonly region?: string;
  readonly profile?: string;
  /** Where the call goes, if not to AWS. */
  readonly endpointUrl?: string;
  /** Where the credentials come from, while signing in. */
  readonly credentials?: string;
  readonly patchOperations?: readonly PatchOperation[];
}

export const isSigningIn = ({ operation }: Circumstances): boolean => operation === 'AssumeRole';
export const serviceOf = (at: Circumstances): string => (isSigningIn(at) ? 'STS' : 'API Gateway');
export const afterAttempts = ({ attempts }: Circumstances): string =>
  attempts > 1 ? ` after ${attempts} attempts` : '';

/** `500 ms`, `1.2 s`, `4 min`. */
export const span = (milliseconds: number): string => {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 120_000) return `${Number((milliseconds / 1000).toFixed(1))} s`;
  return milliseconds > 86_400_000 ? 'more than a day' : `${Number((milliseconds / 60_000).toFixed(1))} min`;
};

/** An attempt without an answer. */
export class NoAnswerInTime extends Error {
  override readonly name = 'NoAnswerInTime';
  constructor(milliseconds: number) {
    super(`no answer within ${span(milliseconds)}`);
  }
}

/** An answer that is not about the stage that was asked for. */
export class StrangeAnswer extends Error {
  override readonly name = 'StrangeAnswer';
  constructor(
    message: string,
    readonly $metadata: object = { httpStatusCode: 200 },
  ) {
    super(message);
  }
}

/** What the SDK threw, in the parts that say what went wrong. */
export interface SdkError {
  readonly name: string;
  readonly message: string;
  /** The system's or TLS's: `ECONNREFUSED`. */
  readonly code: string;
  /** 0 without an answer. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly isSkewMended: boolean;
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export const readError = (error: unknown): SdkError => {
  const metadata = member(error, '$metadata');
  const status = member(metadata, 'httpStatusCode') ?? member(member(error, '$response'), 'statusCode');
  return {
    name: textOf(member(error, 'name')),
    message: textOf(member(error, 'message')),
    code: textOf(member(error, 'code')),
    status: typeof status === 'number' ? status : 0,
    headers: (member(member(error, '$response'), 'headers') ?? {}) as SdkError['headers'],
    isSkewMended: member(metadata, 'clockSkewCorrected') === true,
  };
};

/** Whether the answer has a sentence, as all of API Gateway's have. */
export const isReadable = ({ name, message }: SdkError): boolean =>
  message !== '' && name !== 'SyntaxError' && !/^(Unknown|@aws-sdk XML parse error)/.test(message);

/** The sentence, without the SDK's advice to programmers. */
export const sentenceIn = ({ message }: SdkError): string => message.replace(/\n\s*Deserialization error:.*$/s, '');

/** Milliseconds. A date counts from the answer's own, or else from `now`. */
export const retryAfterOf = ({ headers }: SdkError, now = Number.NaN): number | undefined => {
  const text = headers['retry-after'] ?? '';
  if (/^\d+(\.\d+)?(e\d+)?$/i.test(text)) return Number(text) * 1000;
  const date = headers['date'];
  const until = Date.parse(text) - (date === undefined ? now : Date.parse(date));
  return until >= 0 ? until : undefined;
};

export interface Cause {
  readonly kind: FailureKind;
  /** Why a call waits, in a few words. */
  readonly waiting?: (error: SdkError) => string;
  /** What happened, where API Gateway has no sentence for it. */
  readonly sentence?: (error: SdkError, at: Circumstances) => string;
  /** What helps. */
  readonly hint?: (at: Circumstances, error: SdkError) => string | undefined;
}

const resourcePaths: Readonly<Record<OperationName, string>> = {
  GetStage: '/restapis/ID/stages/NAME',
  UpdateStage: '/restapis/ID/stages/NAME',
  GetStages: '/restapis/ID/stages',
  GetRestApis: '/restapis',
  GetResources: '/restapis/ID/resources',
  GetDeployment: '/restapis/ID/deployments/*',
  AssumeRole: '',
};

const deniedHint = (at: Circumstances, { message }: SdkError): string | undefined => {
  const [isExplicit, where = 'the policy that has it'] = /with an explicit deny(?: in ([\w -]+))?/.exec(message) ?? [];
  if (isExplicit) return `An explicit deny overrides any Allow: remove it from ${where}.`;
  const [, action, resource] = /perform: (\S+)(?: on resource: (\S+))?/.exec(message) ?? [];
  if (isSigningIn(at) && resource === undefined) return undefined;
  const { operation, region = '*', restApiId = '*', stageName = '*' } = at;
  const path = resourcePaths[operation].replace('ID', restApiId).replace('NAME', stageName);
  const usual = operation === 'UpdateStage' ? 'apigateway:PATCH' : 'apigateway:GET';
  return `Allow ${action ?? usual} on ${resource ?? `arn:aws:apigateway:${region}::${path}`}.`;
};

const signInAgain = ({ profile }: Circumstances): string =>
  profile === undefined
    ? 'Sign in again (aws sso login), or export fresh AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.'
    : `Sign in again: aws sso login --profile ${profile} (or renew the keys of that profile).`;

const signUp = ({ profile }: Circumstances): string =>
  profile === undefined
    ? 'Run aws configure or aws sso login, export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give --profile.'
    : `Set the profile up with aws configure --profile ${profile}, or sign in with aws sso login --profile ${profile}.`;

const throttledHint = (at: Circumstances, error: SdkError): string => {
  if (isSigningIn(at)) return 'STS had too many requests; run the command again later.';
  const asked = retryAfterOf(error) ?? 0;
  return asked > at.timeout
    ? `API Gateway asked to wait ${span(asked)}, longer than the ${span(at.timeout)} of --timeout.`
    : `All tools of the account share API Gateway's quota; a longer --timeout than ${span(at.timeout)} gives it time.`;
};

const once = (sentence: string): string => sentence.replace(/\.?$/, '.');

/** By the codes of the problems that they become. */
export const causes = {
  'timed-out': {
    kind: 'unavailable',
    waiting: ({ message }) => message,
    sentence: ({ message }, at) =>
      `${isSigningIn(at) ? 'Signing in' : at.operation} got ${message}${afterAttempts(at)}.`,
    hint: ({ timeout }) => `--timeout gives it longer than ${span(timeout)}.`,
  },
  unreachable: {
    kind: 'unavailable',
    waiting: ({ code, name }) => `API Gateway cannot be reached (${code || name})`,
    sentence: ({ message, code }, at) => `${serviceOf(at)} cannot be reached${afterAttempts(at)}: ${message || code}.`,
    hint: ({ endpointUrl, region = 'the region' }) =>
      endpointUrl ? `Is anything listening at ${endpointUrl}?` : `Check the network, and that ${region} is a region.`,
  },
  'no-answer': {
    kind: 'unavailable',
    waiting: ({ code, name }) => `the connection was lost (${code || name})`,
    sentence: ({ message, code }, at) =>
      `The connection was lost before ${at.operation} was answered${afterAttempts(at)}: ${message || code}.`,
  },
  'strange-answer': {
    kind: 'unavailable',
    waiting: ({ status }) => `the answer (${status}) is not API Gateway's`,
    sentence: ({ status, message, name }, at) =>
      `${at.operation} was answered with ${status}, but not as API Gateway answers it${name === 'StrangeAnswer' ? `: ${message}` : ''}.`,
    hint: ({ endpointUrl }) =>
      endpointUrl ? `Is ${endpointUrl} API Gateway?` : 'Does a proxy answer instead of API Gateway?',
  },
  'broken-answer': {
    kind: 'unavailable',
    waiting: () => 'the answer broke off',
    sentence: (_error, at) => `The answer to ${at.operation} broke off${afterAttempts(at)}.`,
  },
  'server-error': {
    kind: 'unavailable',
    waiting: ({ status }) => `API Gateway failed (${status})`,
    // Without a sentence of its own, ours says this already.
    hint: (at, error) =>
      `${isReadable(error) ? `${serviceOf(at)} failed (${error.status}) at ${at.operation}${afterAttempts(at)}. ` : ''}Run the command again later.`,
  },
  throttled: { kind: 'unavailable', waiting: () => 'the quota of the account is used up (429)', hint: throttledHint },
  conflict: {
    kind: 'refused',
    waiting: () => 'another update of this stage is in progress (409)',
    sentence: (_error, { attempts }) =>
      `another update is still in progress; API Gateway refused the edit ${attempts > 1 ? `${attempts} times` : 'once'}`,
    hint: () => 'Wait for it to end, and run the command again.',
  },
  'not-found': { kind: 'refused' },
  'access-denied': { kind: 'refused', hint: deniedHint },
  refused: { kind: 'refused' },
  'sign-in': { kind: 'config', sentence: (error) => once(`Signing in failed: ${sentenceIn(error)}`) },
  'expired-token': {
    kind: 'config',
    // STS means the token that it was shown: the credentials say which.
    hint: (at, { name }) =>
      isSigningIn(at) && name.startsWith('ExpiredToken') && at.profile === undefined ? undefined : signInAgain(at),
  },
  'no-credentials': { kind: 'config', hint: signUp },
  'bad-credentials': { kind: 'config', hint: signUp },
  'clock-skew': { kind: 'config', hint: () => 'Set the clock of this machine.' },
  'no-region': {
    kind: 'config',
    sentence: ({ message }) => (message.startsWith('Region not accepted') ? once(message) : 'No AWS region is set.'),
    hint: ({ profile }) =>
      `Give --region, export AWS_REGION=eu-west-1, or run aws configure set region eu-west-1${profile ? ` --profile ${profile}` : ''}.`,
  },
  certificate: { kind: 'config', hint: () => 'If a proxy signs with its own certificate, give that with --ca-bundle.' },
  'no-tls': {
    kind: 'unavailable',
    sentence: (_error, at) => `${at.endpointUrl ?? serviceOf(at)} does not answer as https does.`,
    hint: ({ endpointUrl }) => endpointUrl && 'Is it http:// instead?',
  },
} satisfies Readonly<Record<string, Cause>>;

export type CauseCode = keyof typeof causes;

/**
 * What an attempt ended in. `conflict`: another update is in progress. `throttled`, `unsent`: nothing was done. `lost`: it may have been
 * done. `final`: another attempt would end the same.
 */
export type FaultKind = 'conflict' | 'throttled' | 'unsent' | 'lost' | 'final';

// Of `STATUS NAME CODE MESSAGE`; the first that fits counts.
const signs: readonly (readonly [pattern: RegExp, code: CauseCode, fault: FaultKind])[] = [
  [/^skew /, 'clock-skew', 'unsent'],
  [/^\d+ NoAnswerInTime /, 'timed-out', 'lost'],
  [/^\d+ TimeoutError .*did not establish a connection/s, 'unreachable', 'unsent'],
  [/^\d+ ConflictException /, 'conflict', 'conflict'],
  [/^429 /, 'throttled', 'throttled'],
  [/^\d+ (TooManyRequestsException|LimitExceededException|Throttling(Exception)?) /, 'throttled', 'throttled'],
  [/^\d+ (ExpiredToken|\w*(Credentials|Token)ProviderError .*(expired|refresh))/is, 'expired-token', 'final'],
  [/^\d+ \S+ \S+ Invalid response from STS/, 'sign-in', 'final'],
  [/^\d+ (Credentials|Token)ProviderError /, 'no-credentials', 'final'],
  [/^\d+ (InvalidSig|SignatureDoes)\w+ \S+ Signature (expired|not yet current)/i, 'clock-skew', 'final'],
  [/^\d+ (InvalidSignature|SignatureDoesNotMatch|UnrecognizedClient|InvalidClientTokenId)/, 'bad-credentials', 'final'],
  [/^\d+ (IncompleteSignature|MissingAuthenticationToken)/, 'bad-credentials', 'final'],
  [/^\d+ \S+ \S+ Region (is missing|not accepted)/, 'no-region', 'final'],
  [/^5\d\d /, 'server-error', 'lost'],
  [/^(40[13]|\d+ AccessDenied)/, 'access-denied', 'final'],
  [/^404 /, 'not-found', 'final'],
  [/^[34]\d\d /, 'refused', 'final'],
  // Not JSON from its first letter on: another server answered.
  [/^\d+ (StrangeAnswer |SyntaxError \S+ Unexpected token '(.)', "\s*\2)/, 'strange-answer', 'lost'],
  [/^2\d\d /, 'broken-answer', 'lost'],
  [
    /^\d+ \S+ (ECONNREFUSED|ENOTFOUND|EAI_AGAIN|E(HOST|NET)UNREACH|ENETDOWN|EADDRNOTAVAIL|EINVAL) /,
    'unreachable',
    'unsent',
  ],
  [/before secure TLS connection/, 'no-tls', 'unsent'],
  [/^\d+ \S+ (ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|HPE_\w+|ERR_STREAM_PREMATURE_CLOSE) /, 'no-answer', 'lost'],
  [/^\d+ (TimeoutError|AbortError) /, 'no-answer', 'lost'],
  [/^\d+ \S+ EPROTO /, 'no-tls', 'final'],
  [/^\d+ \S+ (ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/, 'certificate', 'final'],
];

/** Undefined for what has nothing to do with API Gateway, the way there or the credentials. */
export const signOf = (error: SdkError): { readonly code: CauseCode; readonly fault: FaultKind } | undefined => {
  const { status, name, code, message, isSkewMended } = error;
  const text = `${isSkewMended ? 'skew ' : ''}${status} ${name || '-'} ${code || '-'} ${message}`;
  const [, cause, fault] = signs.find(([pattern]) => pattern.test(text)) ?? [];
  return cause && fault && { code: cause, fault };
};
