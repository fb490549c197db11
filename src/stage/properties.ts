import {
  boolean,
  burstLimit,
  type Codec,
  id,
  logDestination,
  logFormat,
  loggingLevel,
  number,
  oneOf,
  rateLimit,
  text,
  ttlInSeconds,
  variableValue,
} from './codec.js';
import type { CanarySettings, MethodSetting, Op, Stage } from './stage.js';

export type GroupName = 'stage' | 'variables' | 'accessLogSettings' | 'canarySettings' | 'methodSettings';

/**
 * One property of a stage: where it is patched, which operations API Gateway accepts there, how its text is read, and what
 * users call it. Options, help, checks, engine, diff, copy, reference page and schema read these rows.
 */
export interface Property {
  /** AWS's field names that lead to it; `{name}` and `{method}` are keys. Unique. */
  readonly name: string;
  /** The last part of the name: the member of the stage that holds it. */
  readonly field: string;
  readonly group: GroupName;
  /** The option without its dashes: of `set`, or of a group, which only `unset` and `copy` have. */
  readonly flag?: string;
  /** Another name of the option. */
  readonly alias?: string;
  /** Other words for it: not accepted, but used in suggestions. */
  readonly also?: readonly string[];
  readonly help: string;
  /** The patch path, in AWS's spelling. */
  readonly path: string;
  /** The operations that API Gateway accepts there, as documented or recorded. */
  readonly ops: readonly Op[];
  /** Undocumented: whether API Gateway accepts these operations is unknown. */
  readonly unproven?: readonly Op[];
  /** Missing on a row of a whole group. */
  readonly codec?: Codec;
  /** The only `from` of a `copy`. */
  readonly copyFrom?: string;
  /** The value that unsets it, if no removal does. The empty text removes the key. */
  readonly clear?: string;
  /** How it is unset if no single operation does that. */
  readonly unsetAs?: 'rebuilding its group' | 'unsetting each part';
  /** What to do if it cannot be set or unset. */
  readonly instead?: string;
  /** Belongs to one stage: copied to another only by name. */
  readonly bound?: true;
  /** The default is the account's limit, which may differ from AWS's default. */
  readonly accountDefault?: true;
  /** Changes by itself, so it is not compared. */
  readonly volatile?: true;
}

export interface Group {
  readonly title: string;
  /** AWS's page about it. */
  readonly page: string;
}

const guide = 'https://docs.aws.amazon.com/apigateway/latest';

/**
 * The groups of properties, with AWS's page about each.
 *
 * @example
 * groups.canarySettings.title; // 'Canary'
 */
export const groups: Readonly<Record<GroupName, Group>> = {
  stage: { title: 'Stage', page: `${guide}/api/API_UpdateStage.html` },
  variables: { title: 'Stage variables', page: `${guide}/developerguide/stage-variables.html` },
  accessLogSettings: { title: 'Access logs', page: `${guide}/developerguide/set-up-logging.html` },
  canarySettings: { title: 'Canary', page: `${guide}/developerguide/canary-release.html` },
  methodSettings: { title: 'Methods', page: `${guide}/api/API_MethodSetting.html` },
};

const groupOf = (name: string): GroupName => {
  const [first = ''] = name.split('.');
  return Object.hasOwn(groups, first) ? (first as GroupName) : 'stage';
};

/** A row without what its name tells: its path, where that is spelled like the name. */
type Row = Omit<Property, 'field' | 'group' | 'path'> & { readonly path?: string };

/** `canarySettings.percentTraffic` is set by `--canary-percent-traffic`. */
const flagOf = (name: string): string =>
  name
    .replace(/Settings\b\.?/, '-')
    .replace(/[A-Z]/g, '-$&')
    .replace(/^-|-$/g, '')
    .toLowerCase();

const settable = (name: string, codec: Codec, help: string, rest: Partial<Row> = {}): Row => ({
  name,
  flag: flagOf(name),
  help,
  ops: ['replace'],
  codec,
  ...rest,
});

const replaced = (name: string, codec: Codec, help: string, rest: Partial<Row> = {}): Row =>
  settable(name, codec, help, { unproven: ['add'], ...rest });

const ofAccessLog: Partial<Row> = {
  ops: ['add', 'replace'],
  unsetAs: 'rebuilding its group',
  instead: 'Access logs are removed as a whole: remove /accessLogSettings, then set the rest again.',
};

const ofMethod = (
  field: keyof MethodSetting,
  path: string,
  codec: Codec,
  help: string,
  also?: readonly string[],
  rest: Partial<Row> = {},
): Row =>
  replaced(`methodSettings.{method}.${field}`, codec, help, {
    flag: flagOf(field),
    ...(also && { also }),
    path: `/{resourcePath}/{httpMethod}/${path}`,
    unsetAs: 'rebuilding its group',
    instead: 'API Gateway removes only whole entries of a method; stage unset --method rebuilds one without a setting.',
    ...rest,
  });

const whole = (name: string, help: string, instead: string, rest: Partial<Row> = {}): Row => ({
  name,
  help,
  ops: [],
  instead,
  ...rest,
});

const readOnly = (name: string, help: string, instead: string): Row => whole(name, help, instead, { codec: text });

const reported = (name: string, help: string): Row => ({
  ...readOnly(name, help, 'API Gateway sets it.'),
  volatile: true,
});

const taggedElsewhere = 'Use aws apigateway tag-resource or untag-resource.';

const cacheSizes = ['0.5', '1.6', '6.1', '13.5', '28.4', '58.2', '118', '237'];
const strategies = ['FAIL_WITH_403', 'SUCCEED_WITH_RESPONSE_HEADER', 'SUCCEED_WITHOUT_RESPONSE_HEADER'];

const rows: readonly Row[] = [
  replaced('description', text, 'Description of the stage', { clear: '' }),
  replaced('deploymentId', id, 'Deployment that the stage serves', {
    also: ['deployment'],
    ops: ['replace', 'copy'],
    copyFrom: '/canarySettings/deploymentId',
    bound: true,
    instead: 'A stage always serves a deployment: set another one.',
  }),
  replaced('clientCertificateId', text, 'Client certificate that API Gateway presents to the backend', {
    also: ['certificate', 'certificate-id'],
    clear: '',
    bound: true,
  }),
  replaced('documentationVersion', text, 'Version of the API documentation', {
    also: ['doc-version', 'docs-version'],
    clear: '',
  }),
  replaced('tracingEnabled', boolean, 'X-Ray tracing', { also: ['tracing', 'xray'], clear: 'false' }),
  // Before its size: API Gateway refuses a size while the cluster is off.
  replaced('cacheClusterEnabled', boolean, 'Cache cluster; turning it on takes about 4 minutes', {
    also: ['cache-cluster', 'cache-enabled'],
    clear: 'false',
  }),
  replaced('cacheClusterSize', oneOf(...cacheSizes), 'Size of the cache in GB; a resize loses the cached data', {
    also: ['cache-size'],
    instead: 'A size cannot be removed: turn the cache cluster off instead.',
  }),
  replaced('variables.{name}', variableValue, 'Stage variable', {
    flag: 'variable',
    alias: 'var',
    also: ['stage-variable', 'env'],
    ops: ['replace', 'remove'],
  }),
  whole('variables', 'All stage variables', 'Set or remove the variables one by one: /variables/{name}.', {
    flag: 'all-variables',
    also: ['vars', 'stage-variables'],
    ops: ['copy'],
    unproven: ['replace', 'remove'],
    copyFrom: '/canarySettings/stageVariableOverrides',
    unsetAs: 'unsetting each part',
  }),
  settable(
    'accessLogSettings.destinationArn',
    logDestination,
    'Log group or Firehose stream that receives the access logs',
    {
      ...ofAccessLog,
      also: ['log-destination', 'log-group'],
      bound: true,
    },
  ),
  settable('accessLogSettings.format', logFormat, 'Format of an access log line', {
    ...ofAccessLog,
    also: ['log-format'],
  }),
  whole(
    'accessLogSettings',
    'Access log settings',
    'Set /accessLogSettings/destinationArn and /accessLogSettings/format.',
    { flag: 'access-log', ops: ['remove'] },
  ),
  settable('canarySettings.deploymentId', id, 'Deployment that the canary serves', {
    also: ['canary-deployment'],
    instead: 'A canary always serves a deployment: set another one, or end the canary.',
  }),
  settable('canarySettings.percentTraffic', number(0, 100), 'Percentage of requests that the canary receives', {
    also: ['canary-percent', 'percent', 'traffic'],
    clear: '0.0',
  }),
  settable('canarySettings.useStageCache', boolean, 'Let the canary use the cache of the stage', { clear: 'false' }),
  settable('canarySettings.stageVariableOverrides.{name}', variableValue, 'Override a stage variable for the canary', {
    flag: 'canary-variable',
    also: ['canary-var', 'canary-variables', 'override'],
    ops: ['replace', 'remove'],
  }),
  whole(
    'canarySettings.stageVariableOverrides',
    'All overrides of stage variables for the canary',
    'Set or remove the overrides one by one: /canarySettings/stageVariableOverrides/{name}.',
    { unproven: ['replace'], unsetAs: 'unsetting each part' },
  ),
  whole('canarySettings', 'Canary', 'Set the fields of the canary one by one.', { flag: 'canary', ops: ['remove'] }),
  ofMethod('metricsEnabled', 'metrics/enabled', boolean, 'Detailed CloudWatch metrics', ['metrics']),
  ofMethod('loggingLevel', 'logging/loglevel', loggingLevel, 'Level of the execution logs', ['log-level', 'logging']),
  ofMethod('dataTraceEnabled', 'logging/dataTrace', boolean, 'Log full requests and responses', ['data-trace']),
  ofMethod('throttlingBurstLimit', 'throttling/burstLimit', burstLimit, 'Burst of requests', ['burst-limit', 'burst'], {
    accountDefault: true,
  }),
  ofMethod(
    'throttlingRateLimit',
    'throttling/rateLimit',
    rateLimit,
    'Requests per second',
    ['rate-limit', 'rate', 'throttle', 'throttling'],
    { accountDefault: true },
  ),
  ofMethod('cachingEnabled', 'caching/enabled', boolean, 'Cache responses', ['caching']),
  ofMethod('cacheTtlInSeconds', 'caching/ttlInSeconds', ttlInSeconds, 'Time to keep a cached response', [
    'cache-ttl',
    'ttl',
    'ttl-in-seconds',
  ]),
  ofMethod('cacheDataEncrypted', 'caching/dataEncrypted', boolean, 'Encrypt cached responses', ['data-encrypted']),
  ofMethod(
    'requireAuthorizationForCacheControl',
    'caching/requireAuthorizationForCacheControl',
    boolean,
    'Require permission to invalidate the cache',
  ),
  ofMethod(
    'unauthorizedCacheControlHeaderStrategy',
    'caching/unauthorizedCacheControlHeaderStrategy',
    oneOf(...strategies),
    'Answer to clients without that permission',
  ),
  whole('methodSettings.{method}', 'All settings of a method', 'Set the settings of the method one by one.', {
    flag: 'method',
    also: ['path', 'resource', 'endpoint'],
    path: '/{resourcePath}/{httpMethod}',
    ops: ['remove'],
  }),
  whole('methodSettings', 'Settings of all methods', 'Name the methods one by one, with --method.', {
    flag: 'all-methods',
    unsetAs: 'unsetting each part',
  }),
  readOnly('stageName', 'Name of the stage', 'A stage keeps its name: create another stage and delete this one.'),
  reported('cacheClusterStatus', 'Status of the cache cluster'),
  readOnly('webAclArn', 'Web ACL of the stage', 'Use aws wafv2 associate-web-acl.'),
  reported('createdDate', 'Date when the stage was created'),
  reported('lastUpdatedDate', 'Date when the stage was last updated'),
  readOnly('tags.{name}', 'Tag of the stage', taggedElsewhere),
  whole('tags', 'All tags of the stage', taggedElsewhere),
];

/**
 * Every property of a stage, in the order of the help.
 *
 * @example
 * properties.find(({ flag }) => flag === 'variable')?.path; // '/variables/{name}'
 */
export const properties: readonly Property[] = rows.map(({ name, ...row }) => ({
  name,
  field: name.slice(name.lastIndexOf('.') + 1),
  group: groupOf(name),
  path: `/${name.replaceAll('.', '/')}`,
  ...row,
}));

/**
 * How a property is unset, in a few words; undefined if it cannot be.
 *
 * @example
 * properties.filter(({ flag }) => flag === 'canary-percent-traffic').map(unsetBy); // ['0.0']
 */
export const unsetBy = ({ clear, ops, unsetAs }: Property): string | undefined => {
  if (clear !== undefined) return clear === '' ? 'the empty text' : clear;
  return ops.includes('remove') ? 'removal' : unsetAs;
};

/** The defaults of a method's entry, recorded from AWS; the throttles differ by account. */
export const defaultMethodSetting: MethodSetting = {
  metricsEnabled: false,
  dataTraceEnabled: false,
  throttlingBurstLimit: 5000,
  throttlingRateLimit: 10000,
  cachingEnabled: false,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
};

/** The key of the entry for all methods. */
export const everyMethod = '*/*';

/** The HTTP methods of a method key. API Gateway refuses `ANY`. */
export const httpMethods: readonly string[] = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];

/** The start of a new entry: the entry of all methods, loggingLevel too, or AWS's defaults. */
export const seedMethodSetting = (stage: Stage): MethodSetting => {
  const all = stage.methodSettings?.[everyMethod];
  return all === undefined ? defaultMethodSetting : { ...defaultMethodSetting, ...all };
};

/** The canary that API Gateway creates when its first field is set. */
export const seedCanarySettings = ({ deploymentId }: Stage): CanarySettings => ({
  percentTraffic: 0,
  ...(deploymentId !== undefined && { deploymentId }),
  useStageCache: false,
});
