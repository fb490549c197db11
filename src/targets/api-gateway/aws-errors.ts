/** What the SDK throws, as a fault to ride out and as sentences for people. */
import type { PatchOperation } from '../../stage/operation.js';
import { type Problem, StageError } from '../../stage/problem.js';
import { type Cause, type CauseCode, causes, signOf } from './causes.js';
import { type Circumstances, isSigningIn, serviceOf, tries } from './circumstances.js';
import { operationAtFault } from './operation-at-fault.js';
import type { Fault } from './retries.js';
import { isReadable, isStrange, readError, retryAfterOf, type Said, sentenceIn } from './said.js';

/** What an attempt suffered. What is no failure of API Gateway, of the way there or of the credentials is `final`. */
export const faultOf = (error: unknown, now?: number): Fault => {
  const said = readError(error);
  const kind = signOf(said)?.fault ?? 'final';
  if (kind !== 'throttled' && kind !== 'lost') return { kind };
  if (kind === 'lost' && isStrange(said)) return { kind, isStrange: true };
  const retryAfter = retryAfterOf(said, now);
  return { kind, ...(retryAfter !== undefined && { retryAfter }) };
};

const causeOf = (code: CauseCode): Cause => causes[code];

/** Why a call waits, in a few words. */
export const faultSentence = (error: unknown): string => {
  const said = readError(error);
  const sign = signOf(said);
  return (sign && causeOf(sign.code).waiting?.(said)) ?? said.message;
};

const deployments = ({ restApiId = 'ID', region }: Circumstances): string =>
  `aws apigateway get-deployments --rest-api-id ${restApiId}${region ? ` --region ${region}` : ''} lists those there are.`;

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

/** An address of the user's own that answers as some other server would: with a page, or with a way to one. */
const strangerHint = (said: Said, circumstances: Circumstances): string | undefined => {
  const { endpointUrl } = circumstances;
  const isStrange = (said.status === 404 || (said.status >= 300 && said.status < 400)) && !isReadable(said);
  if (!isStrange || endpointUrl === undefined) return undefined;
  const question = `Is ${endpointUrl} ${serviceOf(circumstances)}?`;
  return isSigningIn(circumstances)
    ? `${question} AWS_ENDPOINT_URL is for all services; AWS_ENDPOINT_URL_API_GATEWAY, or --endpoint-url, is for API Gateway alone.`
    : question;
};

const credentialsHint = ({ credentials }: Circumstances): string | undefined =>
  credentials && `Check what says how to sign in: ${credentials}.`;

const hintFor = (cause: Cause, message: string, said: Said, circumstances: Circumstances): string | undefined =>
  strangerHint(said, circumstances) ??
  hintsBySentence.find(([when]) => when.test(message))?.[1](circumstances) ??
  cause.hint?.(circumstances, said) ??
  credentialsHint(circumstances);

/** API Gateway's own sentence, word for word; or what happened, where it said nothing. */
const sentenceOf = ({ sentence }: Cause, said: Said, circumstances: Circumstances): string => {
  if (sentence) return sentence(said, circumstances);
  return isReadable(said)
    ? sentenceIn(said)
    : `${serviceOf(circumstances)} answered ${circumstances.operation} with ${said.status} and no sentence of its own${tries(circumstances)}.`;
};

const atFault = (message: string, operations: readonly PatchOperation[] = []): object => {
  const index = operationAtFault(message, operations);
  return index === undefined ? {} : { operation: operations[index], index };
};

/**
 * A failure as the error that the program reports: first what API Gateway said, with the operation at fault where that can be
 * told, then `state`, what became of the stage, and what helps. An error that has nothing to do with API Gateway comes back as
 * it is.
 */
export const awsFailure = (error: unknown, circumstances: Circumstances, state = ''): unknown => {
  const said = readError(error);
  // What was thrown by the providers of credentials is about them, whatever it is.
  const code = signOf(said)?.code ?? (isSigningIn(circumstances) ? 'sign-in' : undefined);
  if (error instanceof StageError || code === undefined) return error;
  const cause = causeOf(code);
  const message = sentenceOf(cause, said, circumstances);
  const about = [state, hintFor(cause, message, said, circumstances)].filter(Boolean).join(' ');
  // Whatever else may have gone wrong, no operation is to blame for it.
  const isOfOperation = code === 'refused' && said.status >= 400;
  const first = { code, message, ...(isOfOperation && atFault(message, circumstances.patchOperations)) };
  const rest: readonly Problem[] =
    about === '' ? [] : [{ code: `${code}-state`, message: `${circumstances.label}: ${about}` }];
  return new StageError(cause.kind, [first, ...rest]);
};
