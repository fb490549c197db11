// Stages of any size, for the benches.

const methodKey = (index) =>
  `~1resources${index % 7}~1{id}~1part${index}/${['GET', 'PUT', 'POST', 'DELETE'][index % 4]}`;

const aStage = (entries) => ({
  deploymentId: 'dep001',
  stageName: 'prod',
  description: 'before',
  cacheClusterEnabled: false,
  cacheClusterStatus: 'NOT_AVAILABLE',
  methodSettings: Object.fromEntries(
    Array.from({ length: entries }, (_, index) => [
      methodKey(index),
      {
        metricsEnabled: false,
        loggingLevel: 'OFF',
        dataTraceEnabled: false,
        throttlingBurstLimit: 5000,
        throttlingRateLimit: 10000,
        cachingEnabled: false,
        cacheTtlInSeconds: 300,
        cacheDataEncrypted: false,
        requireAuthorizationForCacheControl: true,
        unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
      },
    ]),
  ),
  variables: Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`variable${index}`, `value-${index}`])),
  tracingEnabled: false,
  createdDate: '2026-01-01T00:00:00Z',
});

module.exports = { methodKey, aStage };
