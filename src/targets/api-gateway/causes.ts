/** What can go wrong with a call, and by what it is told. */
import type { FailureKind } from '../../stage/problem.js';
import { type Circumstances, isSigningIn, type OperationName, serviceOf, tries } from './circumstances.js';
import { span } from './clock.js';
import type { Fault } from './retries.js';
import { isReadable, isStrange, retryAfterOf, type Said, sentenceIn } from './said.js';

export interface Cause {
  readonly kind: FailureKind;
  /** Why a call waits, in a few words. */
  readonly waiting?: (said: Said) => string;
  /** What happened, where API Gateway has no sentence for it. */
  readonly sentence?: (said: Said, at: Circumstances) => string;
  /** What helps. */
  readonly hint?: (at: Circumstances, said: Said) => string | undefined;
}

const actionOf = ({ operation }: Circumstances): string =>
  operation === 'UpdateStage' ? 'apigateway:PATCH' : 'apigateway:GET';

const resourcePaths: Readonly<Record<OperationName, string>> = {
  GetStage: '/restapis/ID/stages/NAME',
  UpdateStage: '/restapis/ID/stages/NAME',
  GetStages: '/restapis/ID/stages',
  GetRestApis: '/restapis',
  GetResources: '/restapis/ID/resources',
  AssumeRole: '',
};

const resourceOf = ({ operation, region = '*', restApiId = '*', stageName = '*' }: Circumstances): string =>
  `arn:aws:apigateway:${region}::${resourcePaths[operation].replace('ID', restApiId).replace('NAME', stageName)}`;

const deniedHint = (circumstances: Circumstances, { message }: Said): string | undefined => {
  const [isExplicit, where = 'the policy that has it'] = /with an explicit deny(?: in ([\w -]+))?/.exec(message) ?? [];
  if (isExplicit) return `An explicit deny counts more than any Allow: it has to be lifted in ${where}.`;
  const [, action, resource] = /perform: (\S+)(?: on resource: (\S+))?/.exec(message) ?? [];
  if (isSigningIn(circumstances) && resource === undefined) return undefined;
  return `Allow ${action ?? actionOf(circumstances)} on ${resource ?? resourceOf(circumstances)}.`;
};

const signIn = ({ profile }: Circumstances): string =>
  profile === undefined
    ? 'Sign in again (aws sso login), or export fresh AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.'
    : `Sign in again: aws sso login --profile ${profile} (or renew the keys of that profile).`;

const signUp = ({ profile }: Circumstances): string =>
  profile === undefined
    ? 'Run aws configure, or aws sso login, or export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a --profile.'
    : `Set the profile up with aws configure --profile ${profile}, or sign in with aws sso login --profile ${profile}.`;

const throttledHint = (at: Circumstances, said: Said): string => {
  if (isSigningIn(at)) return `STS had too many requests; run the command again later.`;
  const shared = "All tools of the account share API Gateway's quota";
  const asked = retryAfterOf(said) ?? 0;
  return asked > at.timeout
    ? `${shared}; it asked to wait ${span(asked)}, longer than the ${span(at.timeout)} of --timeout.`
    : `${shared}; a longer --timeout than ${span(at.timeout)} gives it time.`;
};

/** By the codes of the problems that they become. */
export const causes = {
  'timed-out': {
    kind: 'unavailable',
    waiting: ({ message }) => message,
    sentence: ({ message }, at) => `${isSigningIn(at) ? 'Signing in' : at.operation} got ${message}${tries(at)}.`,
    hint: ({ timeout }) => `--timeout gives it longer than ${span(timeout)}.`,
  },
  unreachable: {
    kind: 'unavailable',
    waiting: ({ code, name }) => `API Gateway cannot be reached (${code || name})`,
    sentence: ({ message, code }, at) => `${serviceOf(at)} cannot be reached${tries(at)}: ${message || code}.`,
    hint: ({ endpointUrl, region = 'the region' }) =>
      endpointUrl === undefined
        ? `Check the network, and that ${region} is a region.`
        : `Is anything listening at ${endpointUrl}?`,
  },
  'no-answer': {
    kind: 'unavailable',
    waiting: ({ code, name }) => `the connection was lost (${code || name})`,
    sentence: ({ message, code }, at) =>
      `The connection was lost before ${at.operation} was answered${tries(at)}: ${message || code}.`,
  },
  'strange-answer': {
    kind: 'unavailable',
    waiting: ({ status }) => `the answer (${status}) is none of API Gateway's`,
    sentence: ({ status }, at) => `${at.operation} was answered with ${status}, but not as API Gateway answers it.`,
    hint: ({ endpointUrl }) =>
      endpointUrl === undefined
        ? 'Does a proxy on the way there answer in its place?'
        : `Is ${endpointUrl} API Gateway?`,
  },
  'broken-answer': {
    kind: 'unavailable',
    waiting: () => 'the answer broke off',
    sentence: (_said, at) => `The answer to ${at.operation} could not be read to its end${tries(at)}.`,
  },
  'server-error': {
    kind: 'unavailable',
    waiting: ({ status }) => `API Gateway failed (${status})`,
    // Where it said nothing, the sentence says this already.
    hint: (at, said) =>
      `${isReadable(said) ? `${serviceOf(at)} failed (${said.status}) at ${at.operation}${tries(at)}. ` : ''}Run the command again later.`,
  },
  throttled: {
    kind: 'unavailable',
    waiting: () => 'the quota of the account is used up (429)',
    hint: throttledHint,
  },
  conflict: {
    kind: 'refused',
    waiting: () => 'another change of this stage is under way (409)',
    hint: () => 'Another change went on all the time: wait for it to end, and run the command again.',
  },
  'not-found': { kind: 'refused' },
  'access-denied': { kind: 'refused', hint: deniedHint },
  refused: { kind: 'refused' },
  'sign-in': { kind: 'config', sentence: (said) => `Signing in failed: ${sentenceIn(said)}.`.replace(/\.\.$/, '.') },
  'expired-token': {
    kind: 'config',
    // What STS says of a token is of one that it was shown: there it is told which.
    hint: (at, { name }) =>
      isSigningIn(at) && name.startsWith('ExpiredToken') && at.profile === undefined ? undefined : signIn(at),
  },
  'no-credentials': { kind: 'config', hint: signUp },
  'bad-credentials': { kind: 'config', hint: signUp },
  'clock-skew': { kind: 'config', hint: () => 'Set the clock of this machine right.' },
  'no-region': {
    kind: 'config',
    sentence: ({ message }) =>
      message.startsWith('Region not accepted') ? `${message}.`.replace(/\.\.$/, '.') : 'No AWS region is set.',
    hint: ({ profile }) =>
      `Give --region, export AWS_REGION=eu-west-1, or run aws configure set region eu-west-1${profile ? ` --profile ${profile}` : ''}.`,
  },
  certificate: {
    kind: 'config',
    hint: () => 'Where a proxy signs with a certificate of its own, name that with --ca-bundle.',
  },
  'no-tls': {
    kind: 'unavailable',
    sentence: (_said, at) => `${at.endpointUrl ?? serviceOf(at)} does not answer as https does.`,
    hint: ({ endpointUrl }) => endpointUrl && 'Is it http:// instead?',
  },
} satisfies Readonly<Record<string, Cause>>;

export type CauseCode = keyof typeof causes;

/** What tells a cause, and what became of the call then. */
interface Sign {
  readonly is: (said: Said) => boolean;
  readonly code: CauseCode;
  readonly fault: Fault['kind'];
}

const named =
  (...names: readonly string[]) =>
  ({ name }: Said): boolean =>
    names.includes(name);

const coded =
  (pattern: RegExp) =>
  ({ code }: Said): boolean =>
    pattern.test(code);

/** Good keys, and a time that AWS does not believe. */
const isOffTime = ({ name, message }: Said): boolean =>
  /^(InvalidSignatureException|SignatureDoesNotMatch)$/.test(name) &&
  /^Signature (expired|not yet current)/i.test(message);

const isExpired = ({ name, message }: Said): boolean =>
  /^ExpiredToken/.test(name) || (/(Credentials|Token)ProviderError$/.test(name) && /expired|refresh/i.test(message));

// The first that fits counts.
const signs: readonly Sign[] = [
  { is: named('NoAnswerInTime'), code: 'timed-out', fault: 'lost' },
  {
    is: ({ name, message }) => name === 'TimeoutError' && message.includes('did not establish a connection'),
    code: 'unreachable',
    fault: 'unsent',
  },
  { is: ({ isSkewMended }) => isSkewMended, code: 'clock-skew', fault: 'unsent' },
  { is: named('ConflictException'), code: 'conflict', fault: 'conflict' },
  { is: ({ status }) => status === 429, code: 'throttled', fault: 'throttled' },
  {
    is: named('TooManyRequestsException', 'LimitExceededException', 'ThrottlingException', 'Throttling'),
    code: 'throttled',
    fault: 'throttled',
  },
  { is: isExpired, code: 'expired-token', fault: 'final' },
  { is: ({ message }) => message.startsWith('Invalid response from STS'), code: 'sign-in', fault: 'final' },
  { is: named('CredentialsProviderError', 'TokenProviderError'), code: 'no-credentials', fault: 'final' },
  { is: isOffTime, code: 'clock-skew', fault: 'final' },
  {
    is: named(
      'UnrecognizedClientException',
      'InvalidClientTokenId',
      'InvalidSignatureException',
      'SignatureDoesNotMatch',
      'IncompleteSignatureException',
      'MissingAuthenticationTokenException',
    ),
    code: 'bad-credentials',
    fault: 'final',
  },
  { is: ({ message }) => /^Region is missing|^Region not accepted/.test(message), code: 'no-region', fault: 'final' },
  { is: ({ status }) => status >= 500, code: 'server-error', fault: 'lost' },
  {
    is: ({ name, status }) => /^AccessDenied/.test(name) || status === 403 || status === 401,
    code: 'access-denied',
    fault: 'final',
  },
  { is: ({ status }) => status === 404, code: 'not-found', fault: 'final' },
  { is: ({ status }) => status >= 300, code: 'refused', fault: 'final' },
  { is: isStrange, code: 'strange-answer', fault: 'lost' },
  // An answer that began well and cannot be read to its end.
  { is: ({ status }) => status >= 200, code: 'broken-answer', fault: 'lost' },
  {
    is: coded(/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|EINVAL)$/),
    code: 'unreachable',
    fault: 'unsent',
  },
  { is: ({ message }) => message.includes('before secure TLS connection'), code: 'no-tls', fault: 'unsent' },
  {
    is: coded(/^(ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|HPE_\w+|ERR_STREAM_PREMATURE_CLOSE)$/),
    code: 'no-answer',
    fault: 'lost',
  },
  { is: named('TimeoutError', 'AbortError'), code: 'no-answer', fault: 'lost' },
  { is: coded(/^EPROTO$/), code: 'no-tls', fault: 'final' },
  { is: coded(/^(ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/), code: 'certificate', fault: 'final' },
];

/** Undefined for what has nothing to do with API Gateway, the way there or the credentials. */
export const signOf = (said: Said): Sign | undefined => signs.find(({ is }) => is(said));
