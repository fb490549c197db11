// The stages in examples/, as aws apigateway get-stage would print them.

const setting = (given) => ({
  metricsEnabled: true,
  loggingLevel: 'ERROR',
  dataTraceEnabled: false,
  throttlingBurstLimit: 500,
  throttlingRateLimit: 250,
  cachingEnabled: false,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
  ...given,
});

/** A stage with a canary that is ready to be promoted. */
const prod = {
  deploymentId: 'x7k2p9',
  stageName: 'prod',
  description: 'Orders, live',
  cacheClusterEnabled: false,
  cacheClusterStatus: 'NOT_AVAILABLE',
  methodSettings: { '*/*': setting({ throttlingBurstLimit: 200, throttlingRateLimit: 100 }) },
  variables: { ordersTable: 'orders-prod', color: 'blue', logLevel: 'warn' },
  accessLogSettings: {
    format: '$context.requestId $context.identity.sourceIp $context.httpMethod $context.resourcePath $context.status',
    destinationArn: 'arn:aws:logs:eu-west-1:111122223333:log-group:/apigateway/orders-prod',
  },
  canarySettings: {
    percentTraffic: 10,
    deploymentId: 'q4m8w1',
    stageVariableOverrides: { color: 'green', paymentUrl: 'https://pay.example.com/v2' },
    useStageCache: false,
  },
  tracingEnabled: true,
  tags: { team: 'orders' },
  createdDate: '2026-03-02T09:14:51+00:00',
  lastUpdatedDate: '2026-11-20T16:02:33+00:00',
};

/** A plain stage with dates in seconds. */
const staging = {
  deploymentId: 'q4m8w1',
  stageName: 'staging',
  description: 'Orders, before they go live',
  cacheClusterEnabled: false,
  cacheClusterStatus: 'NOT_AVAILABLE',
  methodSettings: {},
  variables: { ordersTable: 'orders-staging', color: 'green', logLevel: 'debug', DEBUG: '1' },
  tracingEnabled: false,
  createdDate: 1772442891,
  lastUpdatedDate: 1795190553,
};

const resources = [
  '/',
  '/orders',
  '/orders/{orderId}',
  '/orders/{orderId}/items',
  '/orders/{orderId}/items/{itemId}',
  '/customers',
  '/customers/{customerId}',
  '/customers/{customerId}/orders',
  '/carts',
  '/carts/{cartId}',
  '/carts/{cartId}/checkout',
  '/invoices',
  '/invoices/{invoiceId}',
  '/search',
  '/health',
  '/{proxy+}',
];

const limits = { GET: [500, 250], PUT: [100, 50], POST: [100, 50], DELETE: [50, 12.5] };

const verbsOf = (path) => {
  if (path.endsWith('}')) return ['GET', 'PUT', 'DELETE'];
  return ['/', '/search', '/health'].includes(path) ? ['GET'] : ['GET', 'POST'];
};

const settingOf = (path, verb) => {
  const [throttlingBurstLimit, throttlingRateLimit] = limits[verb];
  const isCached = verb === 'GET' && ['/search', '/invoices', '/customers/{customerId}'].includes(path);
  const caching = isCached ? { cachingEnabled: true, cacheTtlInSeconds: 60 } : {};
  return setting({ throttlingBurstLimit, throttlingRateLimit, ...caching });
};

const methods = resources.flatMap((path) =>
  verbsOf(path).map((verb) => [`${path.replaceAll('/', '~1')}/${verb}`, settingOf(path, verb)]),
);

/** A stage with settings for many methods, a cache, and a variable whose name marks it as secret. */
const shop = {
  deploymentId: 'c0ffe1',
  clientCertificateId: 'a1b2c3',
  stageName: 'v1',
  description: 'Shop, every method tuned',
  cacheClusterEnabled: true,
  cacheClusterSize: '0.5',
  cacheClusterStatus: 'AVAILABLE',
  methodSettings: { '*/*': setting(), ...Object.fromEntries(methods) },
  variables: { region: 'eu-west-1', apiToken: 'tok-7f3a9c' },
  documentationVersion: '7',
  tracingEnabled: false,
  createdDate: '2025-01-15T08:00:00+00:00',
  lastUpdatedDate: '2026-10-01T12:30:00+00:00',
};

// The AWS CLI prints whole doubles with a fraction too.
const asAwsPrints = (stage) =>
  `${JSON.stringify(stage, null, 4).replace(/("(?:percentTraffic|throttlingRateLimit)": \d+)(?=[,\n])/g, '$1.0')}\n`;

/** A template that describes the desired stage for prod.json. */
const template = `AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Color:
    Type: String
    Default: blue
Resources:
  ProdStage:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref OrdersApi
      DeploymentId: !Ref OrdersDeployment
      StageName: prod
      Description: Orders, live
      TracingEnabled: true
      Variables:
        color: !Ref Color
        ordersTable: !GetAtt OrdersTable.Name
        logLevel: error
      MethodSettings:
        - ResourcePath: /*
          HttpMethod: '*'
          LoggingLevel: ERROR
          ThrottlingRateLimit: 80
`;

/** The text of each file in examples/, by name. */
exports.examples = {
  'prod.json': asAwsPrints(prod),
  'staging.json': asAwsPrints(staging),
  'shop.json': asAwsPrints(shop),
  'template.yaml': template,
};
