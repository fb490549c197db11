import type { StageError } from '../../../src/stage/problem.js';
import { awsFailure, type Circumstances, faultOf } from '../../../src/targets/api-gateway/failures.js';
import { replace } from './live.js';

const answered = (status: number, name: string, message = 'x', headers = {}): Error =>
  Object.assign(new Error(message), {
    name,
    $metadata: { httpStatusCode: status },
    $response: { statusCode: status, headers },
  });
const system = (code: string): Error => Object.assign(new Error(code), { code });
const named = (name: string, message = 'x'): Error => Object.assign(new Error(message), { name });

const at: Circumstances = {
  operation: 'GetStage',
  label: 'a1/prod',
  attempts: 1,
  timeout: 60_000,
  restApiId: 'a1',
  region: 'eu-west-1',
};

const rows: readonly (readonly [Error, fault: string, kind: string, code: string])[] = [
  [answered(409, 'ConflictException'), 'conflict', 'refused', 'conflict'],
  [answered(429, 'TooManyRequestsException'), 'throttled', 'unavailable', 'throttled'],
  [answered(429, 'LimitExceededException', 'x', { 'retry-after': '2' }), 'throttled', 'unavailable', 'throttled'],
  [answered(503, 'ServiceUnavailableException'), 'lost', 'unavailable', 'server-error'],
  [answered(500, 'SyntaxError'), 'lost', 'unavailable', 'server-error'],
  [answered(200, 'SyntaxError'), 'lost', 'unavailable', 'broken-answer'],
  [
    answered(200, 'SyntaxError', `Unexpected token '<', "<html><bod"... is not valid JSON`),
    'strange',
    'unavailable',
    'strange-answer',
  ],
  [answered(200, 'SyntaxError', 'Unterminated string in JSON'), 'lost', 'unavailable', 'broken-answer'],
  [
    answered(200, 'SyntaxError', `Unexpected token '<', ..."ame":"pro<html>"... is not valid JSON`),
    'lost',
    'unavailable',
    'broken-answer',
  ],
  [answered(400, 'BadRequestException'), 'final', 'refused', 'refused'],
  [answered(404, 'NotFoundException'), 'final', 'refused', 'not-found'],
  [answered(403, 'AccessDeniedException'), 'final', 'refused', 'access-denied'],
  [answered(403, 'ExpiredTokenException'), 'final', 'config', 'expired-token'],
  [answered(403, 'UnrecognizedClientException'), 'final', 'config', 'bad-credentials'],
  [
    named('CredentialsProviderError', 'The SSO session associated with this profile has expired.'),
    'final',
    'config',
    'expired-token',
  ],
  [
    named('CredentialsProviderError', 'Could not load credentials from any providers'),
    'final',
    'config',
    'no-credentials',
  ],
  [named('Error', 'Region is missing'), 'final', 'config', 'no-region'],
  [system('ECONNREFUSED'), 'unsent', 'unavailable', 'unreachable'],
  [system('ENOTFOUND'), 'unsent', 'unavailable', 'unreachable'],
  [system('ECONNRESET'), 'lost', 'unavailable', 'no-answer'],
  [system('SELF_SIGNED_CERT_IN_CHAIN'), 'final', 'config', 'certificate'],
];
test.each(rows)('%s', (error, fault, kind, code) => {
  expect(faultOf(error)).toBe(fault);
  const { kind: failure, problems } = awsFailure(error, at) as StageError;
  expect([failure, problems[0]?.code]).toEqual([kind, code]);
});

test.each([
  ['a refusal', answered(400, 'BadRequestException'), true],
  ['a conflict', answered(409, 'ConflictException'), false],
  ['throttling', answered(429, 'TooManyRequestsException'), false],
  ['a failure of API Gateway', answered(500, 'InternalServerErrorException'), false],
  ['denied access', answered(403, 'AccessDeniedException'), false],
  ['a page of another server', answered(301, 'SyntaxError'), false],
])('%s blames the only operation: %s', (_what, error, isToBlame) => {
  const asked = { ...at, patchOperations: [replace('/description', 'x')] };
  const [problem] = (awsFailure(error, asked) as StageError).problems;
  expect(problem !== undefined && 'operation' in problem).toBe(isToBlame);
});

test('a StageError stays unchanged', () => {
  const error = new TypeError('undefined is not a function');
  expect(awsFailure(error, at)).toBe(error);
  expect(faultOf(error)).toBe('final');
});

const hintOf = (error: Error, more: Partial<Circumstances> = {}): string | undefined =>
  (awsFailure(error, { ...at, ...more }) as StageError).problems[1]?.message;

test.each<readonly [string, Error, Partial<Circumstances>, string]>([
  [
    'the CloudWatch role',
    answered(400, 'BadRequestException', 'CloudWatch Logs role ARN must be set in account settings to enable logging'),
    {},
    'a1/prod: Set it once for the account in this region: aws apigateway update-account --patch-operations op=replace,path=/cloudwatchRoleArn,value=ROLE_ARN',
  ],
  [
    'an expired session of a profile',
    answered(403, 'ExpiredTokenException'),
    { profile: 'prod' },
    'a1/prod: Set the profile up with aws configure --profile prod, or sign in with aws sso login --profile prod.',
  ],
  [
    'an unknown API',
    answered(404, 'NotFoundException', 'Invalid API identifier specified 1:a1'),
    {},
    'a1/prod: stage list shows the APIs in eu-west-1.',
  ],
  [
    'denied access without a message about the resource',
    answered(403, 'AccessDeniedException', 'Forbidden'),
    {},
    'a1/prod: Allow apigateway:GET on arn:aws:apigateway:eu-west-1::/restapis/a1/*.',
  ],
  [
    'an explicit deny',
    answered(403, 'AccessDeniedException', 'User: x is not authorized to perform: x with an explicit deny in a policy'),
    {},
    'a1/prod: An explicit deny overrides any Allow: change the policy that has it.',
  ],
  ...['Signature expired: 20260101T000000Z is now earlier than x', 'Signature not yet current: x is still later'].map(
    (message) =>
      [
        message,
        answered(403, 'InvalidSignatureException', message),
        {},
        'a1/prod: Set the clock of this machine.',
      ] as const,
  ),
  ...[301, 404].map(
    (status) =>
      [
        `a page with ${status} of another server`,
        answered(status, 'SyntaxError', 'Unexpected token <'),
        { endpointUrl: 'http://localhost:8080' },
        'a1/prod: Is http://localhost:8080 API Gateway?',
      ] as const,
  ),
])('%s has a hint', (_what, error, more, hint) => {
  expect(hintOf(error, more)).toBe(hint);
});
