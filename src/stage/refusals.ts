import type { Problem } from './problem.js';
import { limits } from './stage.js';

// Every message with which the engine refuses an operation: first API Gateway's own, then ours.

/** The list that API Gateway prints, including its broken separators (recorded from AWS). */
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

type Sentences = { readonly [name: string]: (...given: never[]) => string };

/** Turns messages into problems. The code of each problem is its name in kebab case. */
const problemsOf = <T extends Sentences>(sentences: T) =>
  Object.fromEntries(
    Object.entries(sentences).map(([name, sentence]) => {
      const code = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      return [name, (...given: never[]): Problem => ({ code, message: sentence(...given) })];
    }),
  ) as unknown as { readonly [name in keyof T]: (...given: Parameters<T[name]>) => Problem };

const ops = 'add, remove, move, test, replace, copy';

/** API Gateway's messages, word for word. */
export const theirs = problemsOf({
  unknownPath: (path: string) => `Invalid method setting path: ${path}. Must be one of: [${patchablePaths}]`,
  unknownSetting: (setting: string) => `Invalid method setting path: ${setting}. Must be one of: [${methodSettings}]`,
  notRemovable: (path: string) =>
    `Cannot remove method setting ${path.replace(/^\//, '')} because there is no method setting for this method `,
  invalidAdd: (path: string) => `Invalid add operation with path: ${path}`,
  invalidCopy: (path: string, from: string) =>
    `Invalid copy operation with path: ${path} and from ${from}. Valid copy:path are [/deploymentId, /variables] and ` +
    'valid copy:from are [/canarySettings/deploymentId, /canarySettings/stageVariableOverrides]',
  noCanary: () => 'Promotion not available. Canary does not exist.',
  accessLogPath: () =>
    'Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, /accessLogSettings/format]',
  accessLogEmpty: () => 'Access Log value must not be empty',
  logGroupCharacters: (resource: string) =>
    `Access log destination must only contain characters a-z, A-Z, 0-9, '_', '-', '/', '.': '${resource}'`,
  arnStart: (value: string) => `Invalid ARN specified in the request. ARNs must start with 'arn:': ${value}`,
  accessLogArn: () =>
    'Invalid ARN specified in the request. The ARN must be a valid CloudWatch Logs log group or Kinesis Data Firehose ' +
    'delivery stream ARN.',
  firehoseName: (resource: string) =>
    `Kinesis Firehose delivery stream name must begin with the characters 'amazon-apigateway-': '${resource}'`,
  formatWithoutRequestId: (format: string) =>
    `Access Log format must include either $context.requestId or $context.extendedRequestId : '${format}'`,
  formatNewline: (format: string) =>
    `Access Log format must be single line, new line character is allowed only at end of the format: '${format}'`,
  noLogRole: () => 'CloudWatch Logs role ARN must be set in account settings to enable logging',
  unknownDeployment: () => 'Deployment id does not exist',
  ttlTooLong: () => 'Invalid time-to-live setting, must be an integer no greater than 3600',
  loggingLevel: (level: string | undefined) => `Invalid logging level specified: ${level ?? null}`,
  variableName: (name: string) => `Invalid stage variable name: ${name}. Please use names with only word characters.`,
  variableValue: (name: string) =>
    `Invalid stage variable value of key ${name}.  Please use values with alphanumeric characters and the symbols ` +
    "' ', -', '.', '_', ':', '/', '?', '&', '=', and ','.",
  /** `index` counts from 0; API Gateway counts from 1. */
  unknownOp: (op: string, index: number) =>
    `1 validation error detected: Value '${op}' at 'updateStageInput.patchOperations.${index + 1}.member.op' failed to ` +
    `satisfy constraint: Member must satisfy enum value set: [${ops}]`,
});

/** Our messages, for what API Gateway refuses in unknown words or never sees. */
export const ours = problemsOf({
  malformedOperation: (index: number, reason: string) =>
    `Operation ${index + 1} of the patch cannot be read: ${reason}.`,
  unproven: (op: string, path: string, instead: string) =>
    `${op} at ${path} is undocumented, so stage refuses it. ${instead}`,
  move: (path: string) =>
    `API Gateway does not support move on a stage (move to ${path}). Replace one path and remove the other.`,
  missingValue: (op: string, path: string, expected: string) => `${op} at ${path} needs a value: ${expected}.`,
  invalidValue: (path: string, expected: string, got: string) =>
    `Invalid value at ${path}: expected ${expected}, got ${JSON.stringify(got)}.`,
  reservedName: (name: string) =>
    `A variable cannot be called ${name}: JavaScript reserves that name. Choose another one.`,
  variableNameTooLong: (name: string) =>
    `A variable's name has at most ${limits.variableNameLength} characters; ${name.slice(0, 20)}… has ${name.length}.`,
  variableValueTooLong: (name: string, length: number) =>
    `A variable's value has at most ${limits.variableValueLength} characters; the value of ${name} has ${length}.`,
  tooManyVariables: (count: number) =>
    `A stage has at most ${limits.variables} variables; this would be number ${count}. Remove one first.`,
  absent: (path: string) => `There is nothing at ${path} to remove.`,
  unknownSource: (from: string) => `${from} cannot be copied: this stage does not hold it.`,
  testFailed: (name: string, expected: string, is: string) => `Expected ${name} to be ${expected}, but ${is}.`,
  noStage: (name: string, got: string) => `${name}: expected an object, got ${got}.`,
  untestable: (path: string) => `There is no property at ${path}. stage explain lists the paths.`,
  testOfGroup: (path: string) =>
    `${path} holds several properties: the value of a test is their JSON, or empty if none of them is set.`,
});
