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
 * One property of a stage: where it is patched, which operations API Gateway accepts there, how its text is read, and
 * what users call it. Options, help, checks, engine, diff, copy, reference page and schema read these rows.
 */
export interface Property {
  /** Its path in AWS's field names; `{name}` and `{method}` are keys. Unique. */
  readonly name: string;
  /** The last part of the name: the member of the stage that holds it. */
  readonly field: string;
  readonly group: GroupName;
  /** The option without its dashes. Only `unset` and `copy` have options for whole groups. */
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
  /** Absent for a whole group. */
  readonly codec?: Codec;
  /** The only `from` of a `copy`. */
  readonly copyFrom?: string;
  /** The value that unsets it, if `remove` does not. An empty value removes the key. */
  readonly clear?: string;
  /** How to unset it, if no single operation does. */
  readonly unsetAs?: 'rebuilding its group' | 'unsetting each part';
  /** What to do if it cannot be set or unset. */
  readonly instead?: string;
  /** Belongs to one stage: copied to another only by name. */
  readonly bound?: true;
  /** The default is the account's limit, which may differ from AWS's default. */
  readonly accountDefault?: true;
  /** Changes on its own, so it is not compared. */
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

const groupNames = Object.keys(groups) as GroupName[];

/** A row as written here: its path may be omitted if it is spelled like its name; `also` is separated by spaces. */
type Row = Omit<Property, 'also' | 'field' | 'group' | 'path'> & { readonly also?: string; readonly path?: string };

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
  // `add` is known to be refused for a canary and accepted for access logs.
  ...(!/^(canary|accessLog)Settings/.test(name) && { unproven: ['add'] }),
  ...rest,
});

const ofAccessLog: Partial<Row> = {
  ops: ['add', 'replace'],
  unsetAs: 'rebuilding its group',
  instead: 'Access logs are removed as a whole: remove /accessLogSettings, then set the rest again.',
};

const ofMethod = (path: string, field: keyof MethodSetting, codec: Codec, help: string, rest: Partial<Row> = {}): Row =>
  settable(`methodSettings.{method}.${field}`, codec, help, {
    flag: flagOf(field),
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

const reported = 'API Gateway sets it.';
const taggedElsewhere = 'Use aws apigateway tag-resource or untag-resource.';
const cacheSizes = ['0.5', '1.6', '6.1', '13.5', '28.4', '58.2', '118', '237'];

const rows: readonly Row[] = [
  settable('description', text, 'Description of the stage', { clear: '' }),
  settable('deploymentId', id, 'Deployment that the stage serves', {
    also: 'deployment',
    ops: ['replace', 'copy'],
    copyFrom: '/canarySettings/deploymentId',
    bound: true,
    instead: 'A stage always serves a deployment: set another one.',
  }),
  settable('clientCertificateId', text, 'Client certificate that API Gateway presents to the backend', {
    also: 'certificate certificate-id',
    clear: '',
    bound: true,
  }),
  settable('documentationVersion', text, 'Version of the API documentation', {
    also: 'doc-version docs-version',
    clear: '',
  }),
  settable('tracingEnabled', boolean, 'X-Ray tracing', { also: 'tracing xray', clear: 'false' }),
  // Before cacheClusterSize: API Gateway refuses a size while the cluster is off.
  settable('cacheClusterEnabled', boolean, 'Cache cluster; turning it on takes about 4 minutes', {
    also: 'cache-cluster cache-enabled',
    clear: 'false',
  }),
  settable('cacheClusterSize', oneOf(...cacheSizes), 'Size of the cache in GB; a resize loses the cached data', {
    also: 'cache-size',
    instead: 'A size cannot be removed: turn the cache cluster off instead.',
  }),
  settable('variables.{name}', variableValue, 'Stage variable', {
    flag: 'variable',
    alias: 'var',
    also: 'stage-variable env',
    ops: ['replace', 'remove'],
  }),
  whole('variables', 'All stage variables', 'Set or remove the variables one by one: /variables/{name}.', {
    flag: 'all-variables',
    also: 'vars stage-variables',
    ops: ['copy'],
    unproven: ['replace', 'remove'],
    copyFrom: '/canarySettings/stageVariableOverrides',
    unsetAs: 'unsetting each part',
  }),
  settable(
    'accessLogSettings.destinationArn',
    logDestination,
    'Log group or Firehose stream that receives the access logs',
    { ...ofAccessLog, also: 'log-destination log-group', bound: true },
  ),
  settable('accessLogSettings.format', logFormat, 'Format of an access log line', {
    ...ofAccessLog,
    also: 'log-format',
  }),
  whole(
    'accessLogSettings',
    'Access log settings',
    'Set /accessLogSettings/destinationArn and /accessLogSettings/format.',
    { flag: 'access-log', ops: ['remove'] },
  ),
  settable('canarySettings.deploymentId', id, 'Deployment that the canary serves', {
    also: 'canary-deployment',
    instead: 'A canary always serves a deployment: set another one, or end the canary.',
  }),
  settable('canarySettings.percentTraffic', number(0, 100), 'Percentage of requests that the canary receives', {
    also: 'canary-percent percent traffic',
    clear: '0.0',
  }),
  settable('canarySettings.useStageCache', boolean, 'Let the canary use the cache of the stage', { clear: 'false' }),
  settable('canarySettings.stageVariableOverrides.{name}', variableValue, 'Override a stage variable for the canary', {
    flag: 'canary-variable',
    also: 'canary-var canary-variables override',
    ops: ['replace', 'remove'],
  }),
  whole(
    'canarySettings.stageVariableOverrides',
    'All overrides of stage variables for the canary',
    'Set or remove the overrides one by one: /canarySettings/stageVariableOverrides/{name}.',
    { unproven: ['replace'], unsetAs: 'unsetting each part' },
  ),
  whole('canarySettings', 'Canary', 'Set the fields of the canary one by one.', { flag: 'canary', ops: ['remove'] }),
  ofMethod('metrics/enabled', 'metricsEnabled', boolean, 'Detailed CloudWatch metrics', { also: 'metrics' }),
  ofMethod('logging/loglevel', 'loggingLevel', loggingLevel, 'Level of the execution logs', {
    also: 'log-level logging',
  }),
  ofMethod('logging/dataTrace', 'dataTraceEnabled', boolean, 'Log full requests and responses', { also: 'data-trace' }),
  ofMethod('throttling/burstLimit', 'throttlingBurstLimit', burstLimit, 'Burst of requests', {
    also: 'burst-limit burst',
    accountDefault: true,
  }),
  ofMethod('throttling/rateLimit', 'throttlingRateLimit', rateLimit, 'Requests per second', {
    also: 'rate-limit rate throttle throttling',
    accountDefault: true,
  }),
  ofMethod('caching/enabled', 'cachingEnabled', boolean, 'Cache responses', { also: 'caching' }),
  ofMethod('caching/ttlInSeconds', 'cacheTtlInSeconds', ttlInSeconds, 'Time to keep a cached response', {
    also: 'cache-ttl ttl ttl-in-seconds',
  }),
  ofMethod('caching/dataEncrypted', 'cacheDataEncrypted', boolean, 'Encrypt cached responses', {
    also: 'data-encrypted',
  }),
  ofMethod(
    'caching/requireAuthorizationForCacheControl',
    'requireAuthorizationForCacheControl',
    boolean,
    'Require permission to invalidate the cache',
  ),
  ofMethod(
    'caching/unauthorizedCacheControlHeaderStrategy',
    'unauthorizedCacheControlHeaderStrategy',
    oneOf('FAIL_WITH_403', 'SUCCEED_WITH_RESPONSE_HEADER', 'SUCCEED_WITHOUT_RESPONSE_HEADER'),
    'Answer to clients without that permission',
  ),
  whole('methodSettings.{method}', 'All settings of a method', 'Set the settings of the method one by one.', {
    flag: 'method',
    also: 'path resource endpoint',
    path: '/{resourcePath}/{httpMethod}',
    ops: ['remove'],
  }),
  whole('methodSettings', 'Settings of all methods', 'Name the methods one by one, with --method.', {
    flag: 'all-methods',
    unsetAs: 'unsetting each part',
  }),
  whole('stageName', 'Name of the stage', 'A stage keeps its name: create another stage and delete this one.', {
    codec: text,
  }),
  whole('cacheClusterStatus', 'Status of the cache cluster', reported, { codec: text, volatile: true }),
  whole('webAclArn', 'Web ACL of the stage', 'Use aws wafv2 associate-web-acl.', { codec: text }),
  whole('createdDate', 'Date when the stage was created', reported, { codec: text, volatile: true }),
  whole('lastUpdatedDate', 'Date when the stage was last updated', reported, { codec: text, volatile: true }),
  whole('tags.{name}', 'Tag of the stage', taggedElsewhere, { codec: text }),
  whole('tags', 'All tags of the stage', taggedElsewhere),
];

/**
 * Every property of a stage, in the order of the help.
 *
 * @example
 * properties.find(({ flag }) => flag === 'variable')?.path; // '/variables/{name}'
 */
export const properties: readonly Property[] = rows.map(({ name, also, ...row }) => ({
  name,
  field: name.slice(name.lastIndexOf('.') + 1),
  group: groupNames.find((group) => name.startsWith(group)) ?? 'stage',
  path: `/${name.replaceAll('.', '/')}`,
  ...(also !== undefined && { also: also.split(' ') }),
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

/** The initial values of a new entry: those of the entry for all methods, even loggingLevel, over AWS's defaults. */
export const seedMethodSetting = ({ methodSettings }: Stage): MethodSetting => ({
  ...defaultMethodSetting,
  ...methodSettings?.[everyMethod],
});

/** The canary that API Gateway creates when its first field is set. */
export const seedCanarySettings = ({ deploymentId }: Stage): CanarySettings => ({
  percentTraffic: 0,
  ...(deploymentId !== undefined && { deploymentId }),
  useStageCache: false,
});
