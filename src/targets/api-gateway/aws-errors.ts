/** What the SDK throws, as a fault to ride out and as sentences for people. */

import type { PatchOperation } from '../../stage/operation.js';
import { findPlace } from '../../stage/place.js';
import { type FailureKind, type Problem, StageError } from '../../stage/problem.js';
import { span } from './clock.js';
import type { Fault } from './retries.js';

/** The calls that are made: of API Gateway, and one of STS. */
export type OperationName = 'GetStage' | 'UpdateStage' | 'GetStages' | 'GetRestApis' | 'GetResources' | 'AssumeRole';

/** An attempt that was given up after so long. */
export class NoAnswerInTime extends Error {
  override readonly name = 'NoAnswerInTime';
  constructor(readonly milliseconds: number) {
    super(`no answer within ${span(milliseconds)}`);
  }
}

interface Said {
  readonly name: string;
  readonly message: string;
  /** Of the system or of TLS: `ECONNREFUSED`. */
  readonly code: string;
  /** 0 where no answer came. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly isSkewMended: boolean;
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const readError = (error: unknown): Said => {
  const metadata = member(error, '$metadata');
  const status = member(metadata, 'httpStatusCode') ?? member(member(error, '$response'), 'statusCode');
  return {
    name: textOf(member(error, 'name')),
    message: textOf(member(error, 'message')),
    code: textOf(member(error, 'code')),
    status: typeof status === 'number' ? status : 0,
    headers: (member(member(error, '$response'), 'headers') ?? {}) as Said['headers'],
    isSkewMended: member(metadata, 'clockSkewCorrected') === true,
  };
};

interface Cause {
  readonly code: string;
  readonly fault: Fault['kind'];
  readonly kind: FailureKind;
  readonly is: (said: Said) => boolean;
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
const causes: readonly Cause[] = [
  { code: 'timed-out', fault: 'lost', kind: 'unavailable', is: named('NoAnswerInTime') },
  {
    code: 'unreachable',
    fault: 'unsent',
    kind: 'unavailable',
    is: ({ name, message }) => name === 'TimeoutError' && message.includes('did not establish a connection'),
  },
  { code: 'clock-skew', fault: 'unsent', kind: 'config', is: ({ isSkewMended }) => isSkewMended },
  { code: 'conflict', fault: 'conflict', kind: 'refused', is: named('ConflictException') },
  { code: 'throttled', fault: 'throttled', kind: 'unavailable', is: ({ status }) => status === 429 },
  {
    code: 'throttled',
    fault: 'throttled',
    kind: 'unavailable',
    is: named('TooManyRequestsException', 'LimitExceededException', 'ThrottlingException'),
  },
  { code: 'expired-token', fault: 'final', kind: 'config', is: isExpired },
  {
    code: 'no-credentials',
    fault: 'final',
    kind: 'config',
    is: named('CredentialsProviderError', 'TokenProviderError'),
  },
  { code: 'clock-skew', fault: 'final', kind: 'config', is: isOffTime },
  {
    code: 'bad-credentials',
    fault: 'final',
    kind: 'config',
    is: named(
      'UnrecognizedClientException',
      'InvalidClientTokenId',
      'InvalidSignatureException',
      'SignatureDoesNotMatch',
      'IncompleteSignatureException',
      'MissingAuthenticationTokenException',
    ),
  },
  {
    code: 'no-region',
    fault: 'final',
    kind: 'config',
    is: ({ message }) => /^Region is missing|^Region not accepted/.test(message),
  },
  { code: 'server-error', fault: 'lost', kind: 'unavailable', is: ({ status }) => status >= 500 },
  {
    code: 'access-denied',
    fault: 'final',
    kind: 'refused',
    is: ({ name, status }) => /^AccessDenied/.test(name) || status === 403 || status === 401,
  },
  { code: 'not-found', fault: 'final', kind: 'refused', is: ({ status }) => status === 404 },
  { code: 'refused', fault: 'final', kind: 'refused', is: ({ status }) => status >= 300 },
  // An answer that began well and cannot be read to its end.
  { code: 'broken-answer', fault: 'lost', kind: 'unavailable', is: ({ status }) => status >= 200 },
  {
    code: 'unreachable',
    fault: 'unsent',
    kind: 'unavailable',
    is: coded(/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|EINVAL)$/),
  },
  {
    code: 'no-answer',
    fault: 'lost',
    kind: 'unavailable',
    is: coded(/^(ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|HPE_\w+|ERR_STREAM_PREMATURE_CLOSE)$/),
  },
  { code: 'no-answer', fault: 'lost', kind: 'unavailable', is: named('TimeoutError', 'AbortError') },
  { code: 'no-tls', fault: 'final', kind: 'unavailable', is: coded(/^EPROTO$/) },
  {
    code: 'certificate',
    fault: 'final',
    kind: 'config',
    is: coded(/^(ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/),
  },
];

const causeOf = (said: Said): Cause | undefined => causes.find(({ is }) => is(said));

/** Milliseconds; undefined where the header says nothing that can be read. A date counts from the answer's own. */
const retryAfterOf = ({ headers }: Said): number | undefined => {
  const text = headers['retry-after'] ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const until = Date.parse(text) - Date.parse(headers['date'] ?? '');
  return Number.isFinite(until) && until >= 0 ? until : undefined;
};

/** What an attempt suffered. What is no failure of API Gateway, of the way there or of the credentials is `final`. */
export const faultOf = (error: unknown): Fault => {
  const said = readError(error);
  const kind = causeOf(said)?.fault ?? 'final';
  if (kind !== 'throttled' && kind !== 'lost') return { kind };
  const retryAfter = retryAfterOf(said);
  return { kind, ...(retryAfter !== undefined && { retryAfter }) };
};

/** Why a call waits, in a few words. */
export const faultSentence = (error: unknown): string => {
  const said = readError(error);
  const cause = causeOf(said)?.code ?? 'unexpected';
  const sentences: Readonly<Record<string, string>> = {
    conflict: 'another change of this stage is under way (409)',
    throttled: 'the quota of the account is used up (429)',
    'timed-out': said.message,
    'server-error': `API Gateway failed (${said.status})`,
    'broken-answer': 'the answer broke off',
    'no-answer': `the connection was lost (${said.code || said.name})`,
    unreachable: `API Gateway cannot be reached (${said.code || said.name})`,
  };
  return sentences[cause] ?? said.message;
};

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
  readonly endpointUrl?: string;
  /** What was asked of UpdateStage. */
  readonly patchOperations?: readonly PatchOperation[];
}

const isAt =
  (...paths: readonly string[]) =>
  ({ path }: PatchOperation): boolean =>
    paths.some((end) => path === end || path.endsWith(end));

interface Blame {
  readonly when: RegExp;
  readonly is: (found: RegExpExecArray) => (operation: PatchOperation, index: number) => boolean;
}

/** Which operation a sentence of API Gateway's is about. */
const blames: readonly Blame[] = [
  {
    when: /patchOperations\.(\d+)\.member/,
    is:
      ([, index]) =>
      (_, position) =>
        position + 1 === Number(index),
  },
  { when: /^Deployment id does not exist/, is: () => isAt('/deploymentId') },
  { when: /stage variable (?:name: |value of key )(\w*)/, is: ([, name]) => isAt(`/${name}`) },
  { when: /time-to-live/, is: () => isAt('/caching/ttlInSeconds') },
  { when: /logging level/, is: () => isAt('/logging/loglevel') },
  { when: /CloudWatch Logs role ARN/, is: () => isAt('/logging/loglevel', '/logging/dataTrace') },
  { when: /Access Log format|\$context/, is: () => isAt('/accessLogSettings/format') },
  { when: /Access log destination|Firehose|Invalid ARN/, is: () => isAt('/accessLogSettings/destinationArn') },
  { when: /client certificate/i, is: () => isAt('/clientCertificateId') },
  { when: /cache cluster size|cache size/i, is: () => isAt('/cacheClusterSize') },
];

const isNamed = (message: string, { path }: PatchOperation): boolean =>
  message.includes(path) || (findPlace(path) !== undefined && message.includes(` ${path.slice(1)} `));

const onlyOne = (operations: readonly PatchOperation[], is: (operation: PatchOperation, index: number) => boolean) => {
  const indexes = [...operations.keys()].filter((index) => {
    const operation = operations[index];
    return operation !== undefined && is(operation, index);
  });
  return indexes.length === 1 ? indexes[0] : undefined;
};

/** The index of the operation that API Gateway's sentence is about, where it can be told. */
export const operationAtFault = (message: string, operations: readonly PatchOperation[]): number | undefined => {
  if (operations.length === 1) return 0;
  const blame = blames.find(({ when }) => when.test(message));
  const found = blame?.when.exec(message);
  const byBlame = blame && found ? onlyOne(operations, blame.is(found)) : undefined;
  return byBlame ?? onlyOne(operations, (operation) => isNamed(message, operation));
};

const atFault = (message: string, operations: readonly PatchOperation[] = []): object => {
  const index = operationAtFault(message, operations);
  return index === undefined ? {} : { operation: operations[index], index };
};

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

const deniedHint = (message: string, circumstances: Circumstances): string => {
  const [, action, resource] = /perform: (\S+)(?: on resource: (\S+))?/.exec(message) ?? [];
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

const deployments = ({ restApiId = 'ID' }: Circumstances): string =>
  `aws apigateway get-deployments --rest-api-id ${restApiId} lists those there are.`;

const hintsByCode: Readonly<Record<string, (circumstances: Circumstances, message: string) => string>> = {
  conflict: () => 'Another change went on all the time: wait for it to end, and run the command again.',
  throttled: ({ timeout }) =>
    `All tools of the account share API Gateway's quota; a longer --timeout than ${span(timeout)} gives it time.`,
  'timed-out': ({ timeout }) => `--timeout gives it longer than ${span(timeout)}.`,
  'expired-token': signIn,
  'no-credentials': signUp,
  'bad-credentials': signUp,
  'clock-skew': () => 'Set the clock of this machine right.',
  'no-region': ({ profile }) =>
    `Give --region, export AWS_REGION=eu-west-1, or run aws configure set region eu-west-1${profile ? ` --profile ${profile}` : ''}.`,
  'access-denied': (circumstances, message) => deniedHint(message, circumstances),
  certificate: () => 'Where a proxy signs with a certificate of its own, name that with --ca-bundle.',
  'no-tls': () => 'Is it http:// instead?',
  unreachable: ({ endpointUrl, region, operation }) =>
    endpointUrl === undefined || operation === 'AssumeRole'
      ? `Check the network, and that ${region ?? 'the region'} is a region.`
      : `Is anything listening at ${endpointUrl}?`,
};

const hintsBySentence: readonly (readonly [RegExp, (circumstances: Circumstances) => string])[] = [
  [
    /CloudWatch Logs role ARN must be set/,
    () =>
      'Set it once for the account in this region: aws apigateway update-account --patch-operations op=replace,path=/cloudwatchRoleArn,value=ROLE_ARN',
  ],
  [/^Deployment id does not exist/, deployments],
  [/Update size too large/, () => 'Make the edit in several commands.'],
  [
    /Invalid (API identifier|Rest API Id)/,
    ({ region }) => `stage list shows the APIs that there are${region ? ` in ${region}` : ''}.`,
  ],
];

const isSigningIn = ({ operation }: Circumstances): boolean => operation === 'AssumeRole';

/** Whether the answer had a sentence in it, as all of API Gateway's have. */
const isReadable = ({ name, message }: Said): boolean =>
  message !== '' && name !== 'SyntaxError' && !message.startsWith('Unknown');

/** An address of the user's own that answers as some other server would: with a page, or with a way to one. */
const strangerHint = (said: Said, circumstances: Circumstances): string | undefined => {
  const { endpointUrl } = circumstances;
  const isStrange = (said.status === 404 || (said.status >= 300 && said.status < 400)) && !isReadable(said);
  return isStrange && endpointUrl !== undefined && !isSigningIn(circumstances)
    ? `Is ${endpointUrl} API Gateway?`
    : undefined;
};

const hintFor = (code: string, message: string, said: Said, circumstances: Circumstances): string | undefined =>
  strangerHint(said, circumstances) ??
  hintsBySentence.find(([when]) => when.test(message))?.[1](circumstances) ??
  hintsByCode[code]?.(circumstances, message);

const serviceOf = (at: Circumstances): string => (isSigningIn(at) ? 'STS' : 'API Gateway');

const tries = ({ attempts }: Circumstances): string => (attempts > 1 ? ` after ${attempts} attempts` : '');

const ourSentences: Readonly<Record<string, (said: Said, circumstances: Circumstances) => string>> = {
  'timed-out': (said, at) => `${isSigningIn(at) ? 'Signing in' : at.operation} got ${said.message}${tries(at)}.`,
  unreachable: (said, at) => `${serviceOf(at)} cannot be reached${tries(at)}: ${said.message || said.code}.`,
  'no-tls': (_said, at) => `${at.endpointUrl ?? serviceOf(at)} does not answer as https does.`,
  'no-answer': (said, at) =>
    `The connection was lost before ${at.operation} was answered${tries(at)}: ${said.message || said.code}.`,
  'broken-answer': (_said, at) => `The answer to ${at.operation} could not be read to its end${tries(at)}.`,
  'no-region': ({ message }) =>
    message.startsWith('Region not accepted') ? `${message}.`.replace(/\.\.$/, '.') : 'No AWS region is set.',
};

/** API Gateway's own sentence, word for word; or what happened, where it said nothing. */
const sentenceOf = (code: string, said: Said, circumstances: Circumstances): string => {
  const ourWords = ourSentences[code]?.(said, circumstances);
  if (ourWords) return ourWords;
  return isReadable(said)
    ? said.message.replace(/\n\s*Deserialization error:.*$/s, '')
    : `API Gateway answered ${circumstances.operation} with ${said.status} and no sentence of its own${tries(circumstances)}.`;
};

/**
 * A failure as the error that the program reports: first what API Gateway said, with the operation at fault where that can be
 * told, then `state`, what became of the stage, and what helps. An error that has nothing to do with API Gateway comes back as
 * it is.
 */
export const explainFailure = (error: unknown, circumstances: Circumstances, state = '', more = ''): unknown => {
  const said = readError(error);
  const cause = error instanceof StageError ? undefined : causeOf(said);
  if (cause === undefined) return error;
  const message = sentenceOf(cause.code, said, circumstances);
  const hint = [hintFor(cause.code, message, said, circumstances), more].filter(Boolean).join(' ');
  const about = [state, hint].filter(Boolean).join(' ');
  const first = { code: cause.code, message, ...atFault(message, circumstances.patchOperations) };
  const rest: readonly Problem[] =
    about === '' ? [] : [{ code: `${cause.code}-state`, message: `${circumstances.label}: ${about}` }];
  return new StageError(cause.kind, [first, ...rest]);
};
