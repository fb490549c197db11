import type { Problem } from './problem.js';
import { limits } from './stage.js';

// Every sentence with which the engine refuses an operation: first API Gateway's own, then ours.

/** The list that API Gateway prints, its broken separators included (recorded from AWS). */
const patchablePaths = [
  '/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings',
  '/accessLogSettings/destinationArn, /accessLogSettings/format, /{resourcePath}/{httpMethod}/metrics/enabled',
  '/{resourcePath}/{httpMethod}/logging/dataTrace, /{resourcePath}/{httpMethod}/logging/loglevel',
  '/{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit' +
    '/{resourcePath}/{httpMethod}/caching/ttlInSeconds',
  '/{resourcePath}/{httpMethod}/caching/enabled, /{resourcePath}/{httpMethod}/caching/dataEncrypted',
  '/{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl',
  '/{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, /*/*/metrics/enabled',
  '/*/*/logging/dataTrace, /*/*/logging/loglevel',
  '/*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, /*/*/caching/enabled',
  '/*/*/caching/dataEncrypted, /*/*/caching/requireAuthorizationForCacheControl',
  '/*/*/caching/unauthorizedCacheControlHeaderStrategy, /variables/{variable_name}, /tracingEnabled',
].join(', ');

const methodSettings =
  '.../metrics/enabled, .../logging/dataTrace, .../logging/loglevel,.../throttling/burstLimit, .../throttling/rateLimit, ' +
  '.../caching/ttlInSeconds, .../caching/enabled, .../caching/dataEncrypted, ' +
  '.../caching/requireAuthorizationForCacheControl, .../caching/unauthorizedCacheControlHeaderStrategy';

const problem = (code: string, message: string): Problem => ({ code, message });

const ops = 'add, remove, move, test, replace, copy';

/** What API Gateway answers, word for word. */
export const theirs = {
  unknownPath: (path: string) =>
    problem('unknown-path', `Invalid method setting path: ${path}. Must be one of: [${patchablePaths}]`),
  unknownSetting: (setting: string) =>
    problem('unknown-setting', `Invalid method setting path: ${setting}. Must be one of: [${methodSettings}]`),
  notRemovable: (path: string) =>
    problem(
      'not-removable',
      `Cannot remove method setting ${path.replace(/^\//, '')} because there is no method setting for this method `,
    ),
  invalidAdd: (path: string) => problem('invalid-add', `Invalid add operation with path: ${path}`),
  invalidCopy: (path: string, from: string) =>
    problem(
      'invalid-copy',
      `Invalid copy operation with path: ${path} and from ${from}. Valid copy:path are [/deploymentId, /variables] and ` +
        'valid copy:from are [/canarySettings/deploymentId, /canarySettings/stageVariableOverrides]',
    ),
  noCanary: () => problem('no-canary', 'Promotion not available. Canary does not exist.'),
  accessLogPath: () =>
    problem(
      'access-log-path',
      'Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, /accessLogSettings/format]',
    ),
  accessLogEmpty: () => problem('access-log-empty', 'Access Log value must not be empty'),
  logGroupCharacters: (resource: string) =>
    problem(
      'log-group-characters',
      `Access log destination must only contain characters a-z, A-Z, 0-9, '_', '-', '/', '.': '${resource}'`,
    ),
  arnStart: (value: string) =>
    problem('arn-start', `Invalid ARN specified in the request. ARNs must start with 'arn:': ${value}`),
  accessLogArn: () =>
    problem(
      'access-log-arn',
      'Invalid ARN specified in the request. The ARN must be a valid CloudWatch Logs log group or Kinesis Data Firehose ' +
        'delivery stream ARN.',
    ),
  firehoseName: (resource: string) =>
    problem(
      'firehose-name',
      `Kinesis Firehose delivery stream name must begin with the characters 'amazon-apigateway-': '${resource}'`,
    ),
  formatWithoutRequestId: (format: string) =>
    problem(
      'format-without-request-id',
      `Access Log format must include either $context.requestId or $context.extendedRequestId : '${format}'`,
    ),
  formatNewline: (format: string) =>
    problem(
      'format-newline',
      `Access Log format must be single line, new line character is allowed only at end of the format: '${format}'`,
    ),
  noLogRole: () => problem('no-log-role', 'CloudWatch Logs role ARN must be set in account settings to enable logging'),
  unknownDeployment: () => problem('unknown-deployment', 'Deployment id does not exist'),
  ttlTooLong: () => problem('ttl-too-long', 'Invalid time-to-live setting, must be an integer no greater than 3600'),
  loggingLevel: (level: string | undefined) =>
    problem('logging-level', `Invalid logging level specified: ${level ?? null}`),
  variableName: (name: string) =>
    problem('variable-name', `Invalid stage variable name: ${name}. Please use names with only word characters.`),
  variableValue: (name: string) =>
    problem(
      'variable-value',
      `Invalid stage variable value of key ${name}.  Please use values with alphanumeric characters and the symbols ` +
        "' ', -', '.', '_', ':', '/', '?', '&', '=', and ','.",
    ),
  /** `index` counts from 0; API Gateway counts from 1. */
  unknownOp: (op: string, index: number) =>
    problem(
      'unknown-op',
      `1 validation error detected: Value '${op}' at 'updateStageInput.patchOperations.${index + 1}.member.op' failed to ` +
        `satisfy constraint: Member must satisfy enum value set: [${ops}]`,
    ),
};

const shown = (actual: unknown): string => {
  if (actual === undefined) return 'unset';
  return typeof actual === 'object' ? 'set' : String(actual);
};

/** Ours, where API Gateway's words are unknown, or where it is never asked. */
export const ours = {
  malformed: (index: number, reason: string) =>
    problem('malformed-operation', `Operation ${index + 1} of the patch cannot be read: ${reason}.`),
  notAList: (got: string) => problem('malformed-operation', `The operations: expected an array, got ${got}.`),
  unproven: (op: string, path: string, instead: string) =>
    problem('unproven', `${op} at ${path} is undocumented, so stage refuses it. ${instead}`),
  move: (path: string) =>
    problem('move', `API Gateway moves nothing in a stage (move to ${path}). Replace one path and remove the other.`),
  missingValue: (op: string, path: string, expected: string) =>
    problem('missing-value', `${op} at ${path} needs a value: ${expected}.`),
  invalidValue: (path: string, expected: string, got: string) =>
    problem('invalid-value', `Invalid value at ${path}: expected ${expected}, got ${JSON.stringify(got)}.`),
  reservedName: (name: string) =>
    problem('reserved-name', `A variable cannot be called ${name}: JavaScript reserves that name. Choose another one.`),
  longName: (name: string) =>
    problem(
      'variable-name-too-long',
      `A variable's name has at most ${limits.variableNameLength} characters; ${name.slice(0, 20)}… has ${name.length}.`,
    ),
  longValue: (name: string, length: number) =>
    problem(
      'variable-value-too-long',
      `A variable's value has at most ${limits.variableValueLength} characters; the value of ${name} has ${length}.`,
    ),
  tooManyVariables: (count: number) =>
    problem(
      'too-many-variables',
      `A stage has at most ${limits.variables} variables; this would be number ${count}. Remove one first.`,
    ),
  absent: (path: string) => problem('absent', `There is nothing at ${path} to remove.`),
  unknownSource: (from: string) => problem('unknown-source', `${from} cannot be copied: this stage does not hold it.`),
  testFailed: (name: string, expected: string, actual: unknown) =>
    problem(
      'test-failed',
      `Expected ${name} to be ${expected === '' ? 'unset' : expected}, but it is ${shown(actual)}.`,
    ),
  notAStage: (name: string, got: string, expected = 'an object') =>
    problem('no-stage', `${name}: expected ${expected}, got ${got}.`),
  untestable: (path: string) =>
    problem('untestable', `There is no property at ${path}. stage explain lists the paths.`),
  testOfGroup: (path: string) =>
    problem(
      'test-of-group',
      `${path} holds several properties: test one of them, or test for an empty value, which means not set.`,
    ),
};
