import fc from 'fast-check';
import type { MethodSetting, Stage } from '../../src/stage/stage.js';

const word = fc.string({ unit: fc.constantFrom(...'abcXYZ019_'), minLength: 1, maxLength: 4 });

/** Plain names, and names with a meaning in JavaScript. `__proto__` is not accepted as the name of a variable. */
export const variableName = fc.oneof(
  word,
  fc.constantFrom('constructor', 'toString', 'hasOwnProperty', '_', '0', 'GET'),
);

export const variableValue = fc.string({ unit: fc.constantFrom(...'aZ09-._~:/?#&=, '), minLength: 1, maxLength: 8 });

const variables = fc.dictionary(variableName, variableValue, { maxKeys: 4, noNullPrototype: true });

const resource = fc.oneof(
  fc.constantFrom(
    '~1',
    '~1pets',
    'pets',
    '~1pets~1{id}',
    'pets/{id}',
    '{proxy+}',
    'a~0b',
    '~1é',
    '__proto__',
    '*',
    'a.b',
  ),
  word,
);

export const methodKey = fc.oneof(
  fc.constant('*/*'),
  fc
    .tuple(resource, fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'))
    .map(([path, httpMethod]) => `${path}/${httpMethod}`),
);

// Often the default, which a diff need not write.
const often = <T>(usual: T, others: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: fc.constant(usual), weight: 2 }, { arbitrary: others, weight: 1 });

const methodSetting: fc.Arbitrary<MethodSetting> = fc.record(
  {
    metricsEnabled: often(false, fc.boolean()),
    loggingLevel: fc.constantFrom('OFF', 'ERROR', 'INFO'),
    dataTraceEnabled: often(false, fc.boolean()),
    throttlingBurstLimit: often(5000, fc.integer({ min: -1, max: 10000 })),
    throttlingRateLimit: often(10000, fc.constantFrom(-1, 0, 0.5, 1.1, 100, 20000)),
    cachingEnabled: often(false, fc.boolean()),
    cacheTtlInSeconds: often(300, fc.integer({ min: 0, max: 3600 })),
    cacheDataEncrypted: often(false, fc.boolean()),
    requireAuthorizationForCacheControl: often(true, fc.boolean()),
    unauthorizedCacheControlHeaderStrategy: often('SUCCEED_WITH_RESPONSE_HEADER', fc.constant('FAIL_WITH_403')),
  },
  {
    // The only field that API Gateway omits until it is set.
    requiredKeys: [
      'metricsEnabled',
      'dataTraceEnabled',
      'throttlingBurstLimit',
      'throttlingRateLimit',
      'cachingEnabled',
      'cacheTtlInSeconds',
      'cacheDataEncrypted',
      'requireAuthorizationForCacheControl',
      'unauthorizedCacheControlHeaderStrategy',
    ],
    noNullPrototype: true,
  },
);

const deploymentId = fc.constantFrom('dep1', 'dep2', 'dep3');
const logGroup = fc.constantFrom('a', 'b').map((name) => `arn:aws:logs:eu-west-1:111111111111:log-group:${name}`);
const format = fc.constantFrom(
  '$context.requestId',
  '$context.extendedRequestId $context.status',
  '$context.requestId\n',
);

/** Leaves out what is empty, as API Gateway does. */
const normal = ({ variables: held, ...stage }: Stage): Stage => {
  const { stageVariableOverrides, ...canary } = stage.canarySettings ?? {};
  const hasOverrides = Object.keys(stageVariableOverrides ?? {}).length > 0;
  return {
    ...stage,
    ...(held && Object.keys(held).length > 0 && { variables: held }),
    ...(stage.canarySettings && {
      canarySettings: { ...canary, ...(hasOverrides && stageVariableOverrides && { stageVariableOverrides }) },
    }),
  };
};

/** A stage that API Gateway could hold. */
export const anyStage: fc.Arbitrary<Stage> = fc
  .record(
    {
      deploymentId,
      stageName: fc.constant('prod'),
      description: fc.string({ minLength: 1, maxLength: 10 }),
      clientCertificateId: fc.constantFrom('cert1', 'cert2'),
      documentationVersion: fc.constantFrom('1', 'v2'),
      tracingEnabled: fc.boolean(),
      cacheClusterEnabled: fc.boolean(),
      cacheClusterSize: fc.constantFrom('0.5', '1.6', '118'),
      cacheClusterStatus: fc.constantFrom('AVAILABLE', 'NOT_AVAILABLE'),
      variables,
      methodSettings: fc.dictionary(methodKey, methodSetting, { maxKeys: 4, noNullPrototype: true }),
      accessLogSettings: fc.oneof(
        fc.record({ destinationArn: logGroup, format }, { noNullPrototype: true }),
        fc.record({ destinationArn: logGroup }, { noNullPrototype: true }),
        fc.record({ format }, { noNullPrototype: true }),
      ),
      canarySettings: fc.record(
        {
          deploymentId,
          percentTraffic: often(0, fc.constantFrom(0.5, 10, 100)),
          useStageCache: often(false, fc.boolean()),
          stageVariableOverrides: variables,
        },
        { requiredKeys: ['deploymentId', 'percentTraffic', 'useStageCache'], noNullPrototype: true },
      ),
      lastUpdatedDate: fc.constantFrom('2026-01-01T00:00:00+00:00', 1767225600),
    },
    {
      requiredKeys: ['deploymentId', 'stageName', 'tracingEnabled', 'cacheClusterEnabled', 'methodSettings'],
      noNullPrototype: true,
    },
  )
  .map(normal);
