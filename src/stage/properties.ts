import {
  boolean,
  type Codec,
  id,
  logDestination,
  logFormat,
  loggingLevel,
  number,
  oneOf,
  text,
  throttle,
  ttlInSeconds,
  variableValue,
} from './codec.js';
import type { Op } from './operation.js';
import type { CanarySettings, MethodSetting, Stage } from './stage.js';

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
  /**
   * The patch path, in AWS's spelling.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateStage-Patch
   */
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

const isGroupName = (name: string): name is GroupName => Object.hasOwn(groups, name);

const groupOf = (name: string): GroupName => {
  const [first = ''] = name.split('.');
  return isGroupName(first) ? first : 'stage';
};

/** A row without what its name tells: its path, where that is spelled like the name. */
type Row = Omit<Property, 'field' | 'group' | 'path'> & { readonly path?: string };

/** The same for most properties. */
const replaced = { ops: ['replace'], unproven: ['add'] } as const;

const kebab = (field: string): string => field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const setting = (
  field: keyof MethodSetting,
  path: string,
  codec: Codec,
  help: string,
  also?: readonly string[],
): Row => ({
  name: `methodSettings.{method}.${field}`,
  flag: kebab(field),
  ...(also && { also }),
  help,
  path: `/{resourcePath}/{httpMethod}/${path}`,
  ...replaced,
  codec,
  unsetAs: 'rebuilding its group',
  instead: 'API Gateway removes only whole entries of a method; stage unset --method rebuilds one without a setting.',
});

const limited = (...row: Parameters<typeof setting>): Row => ({ ...setting(...row), accountDefault: true });

const readOnly = (name: keyof Stage, help: string, instead: string): Row => ({
  name,
  help,
  ops: [],
  codec: text,
  instead,
});

const reported = (name: keyof Stage, help: string): Row => ({
  ...readOnly(name, help, 'API Gateway sets it.'),
  volatile: true,
});

const removedAsOne = 'Access logs are removed as a whole: remove /accessLogSettings, then set the rest again.';

const taggedElsewhere = 'Use aws apigateway tag-resource or untag-resource.';

const rows: readonly Row[] = [
  { name: 'description', flag: 'description', help: 'Description of the stage', ...replaced, codec: text, clear: '' },
  {
    name: 'deploymentId',
    flag: 'deployment-id',
    also: ['deployment'],
    help: 'Deployment that the stage serves',
    ops: ['replace', 'copy'],
    unproven: ['add'],
    codec: id,
    copyFrom: '/canarySettings/deploymentId',
    bound: true,
    instead: 'A stage always serves a deployment: set another one.',
  },
  {
    name: 'clientCertificateId',
    flag: 'client-certificate-id',
    also: ['certificate', 'certificate-id'],
    help: 'Client certificate that API Gateway presents to the backend',
    ...replaced,
    codec: text,
    clear: '',
    bound: true,
  },
  {
    name: 'documentationVersion',
    flag: 'documentation-version',
    also: ['doc-version', 'docs-version'],
    help: 'Version of the API documentation',
    ...replaced,
    codec: text,
    clear: '',
  },
  {
    name: 'tracingEnabled',
    flag: 'tracing-enabled',
    also: ['tracing', 'xray'],
    help: 'X-Ray tracing',
    ...replaced,
    codec: boolean,
    clear: 'false',
  },
  // Before its size: API Gateway refuses a size while the cluster is off.
  {
    name: 'cacheClusterEnabled',
    flag: 'cache-cluster-enabled',
    also: ['cache-cluster', 'cache-enabled'],
    help: 'Cache cluster; turning it on takes about 4 minutes',
    ...replaced,
    codec: boolean,
    clear: 'false',
  },
  {
    name: 'cacheClusterSize',
    flag: 'cache-cluster-size',
    also: ['cache-size'],
    help: 'Size of the cache in GB; a resize loses the cached data',
    ...replaced,
    codec: oneOf('0.5', '1.6', '6.1', '13.5', '28.4', '58.2', '118', '237'),
    instead: 'A size cannot be removed: turn the cache cluster off instead.',
  },
  {
    name: 'variables.{name}',
    flag: 'variable',
    alias: 'var',
    also: ['stage-variable', 'env'],
    help: 'Stage variable',
    ops: ['replace', 'remove'],
    unproven: ['add'],
    codec: variableValue,
  },
  {
    name: 'variables',
    flag: 'all-variables',
    also: ['vars', 'stage-variables'],
    help: 'All stage variables',
    ops: ['copy'],
    unproven: ['replace', 'remove'],
    copyFrom: '/canarySettings/stageVariableOverrides',
    unsetAs: 'unsetting each part',
    instead: 'Set or remove the variables one by one: /variables/{name}.',
  },
  {
    name: 'accessLogSettings.destinationArn',
    flag: 'access-log-destination-arn',
    also: ['log-destination', 'log-group'],
    help: 'Log group or Firehose stream that receives the access logs',
    ops: ['add', 'replace'],
    codec: logDestination,
    bound: true,
    unsetAs: 'rebuilding its group',
    instead: removedAsOne,
  },
  {
    name: 'accessLogSettings.format',
    flag: 'access-log-format',
    also: ['log-format'],
    help: 'Format of an access log line',
    ops: ['add', 'replace'],
    codec: logFormat,
    unsetAs: 'rebuilding its group',
    instead: removedAsOne,
  },
  {
    name: 'accessLogSettings',
    flag: 'access-log',
    help: 'Access log settings',
    ops: ['remove'],
    instead: 'Set /accessLogSettings/destinationArn and /accessLogSettings/format.',
  },
  {
    name: 'canarySettings.deploymentId',
    flag: 'canary-deployment-id',
    also: ['canary-deployment'],
    help: 'Deployment that the canary serves',
    ops: ['replace'],
    codec: id,
    instead: 'A canary always serves a deployment: set another one, or end the canary.',
  },
  {
    name: 'canarySettings.percentTraffic',
    flag: 'canary-percent-traffic',
    also: ['canary-percent', 'percent', 'traffic'],
    help: 'Percentage of requests that the canary receives',
    ops: ['replace'],
    codec: number(0, 100),
    clear: '0.0',
  },
  {
    name: 'canarySettings.useStageCache',
    flag: 'canary-use-stage-cache',
    help: 'Let the canary use the cache of the stage',
    ops: ['replace'],
    codec: boolean,
    clear: 'false',
  },
  {
    name: 'canarySettings.stageVariableOverrides.{name}',
    flag: 'canary-variable',
    also: ['canary-var', 'canary-variables', 'override'],
    help: 'Override a stage variable for the canary',
    ops: ['replace', 'remove'],
    codec: variableValue,
  },
  {
    name: 'canarySettings.stageVariableOverrides',
    help: 'All overrides of stage variables for the canary',
    ops: [],
    unproven: ['replace'],
    unsetAs: 'unsetting each part',
    instead: 'Set or remove the overrides one by one: /canarySettings/stageVariableOverrides/{name}.',
  },
  {
    name: 'canarySettings',
    flag: 'canary',
    help: 'Canary',
    ops: ['remove'],
    instead: 'Set the fields of the canary one by one.',
  },
  setting('metricsEnabled', 'metrics/enabled', boolean, 'Detailed CloudWatch metrics', ['metrics']),
  setting('loggingLevel', 'logging/loglevel', loggingLevel, 'Level of the execution logs', ['log-level', 'logging']),
  setting('dataTraceEnabled', 'logging/dataTrace', boolean, 'Log full requests and responses', ['data-trace']),
  limited('throttlingBurstLimit', 'throttling/burstLimit', throttle('integer', 'requests'), 'Burst of requests', [
    'burst-limit',
    'burst',
  ]),
  limited(
    'throttlingRateLimit',
    'throttling/rateLimit',
    throttle('number', 'requests per second'),
    'Requests per second',
    ['rate-limit', 'rate', 'throttle', 'throttling'],
  ),
  setting('cachingEnabled', 'caching/enabled', boolean, 'Cache responses', ['caching']),
  setting('cacheTtlInSeconds', 'caching/ttlInSeconds', ttlInSeconds, 'Time to keep a cached response', [
    'cache-ttl',
    'ttl',
    'ttl-in-seconds',
  ]),
  setting('cacheDataEncrypted', 'caching/dataEncrypted', boolean, 'Encrypt cached responses', ['data-encrypted']),
  setting(
    'requireAuthorizationForCacheControl',
    'caching/requireAuthorizationForCacheControl',
    boolean,
    'Require permission to invalidate the cache',
  ),
  setting(
    'unauthorizedCacheControlHeaderStrategy',
    'caching/unauthorizedCacheControlHeaderStrategy',
    oneOf('FAIL_WITH_403', 'SUCCEED_WITH_RESPONSE_HEADER', 'SUCCEED_WITHOUT_RESPONSE_HEADER'),
    'Answer to clients without that permission',
  ),
  {
    name: 'methodSettings.{method}',
    flag: 'method',
    also: ['path', 'resource', 'endpoint'],
    help: 'All settings of a method',
    path: '/{resourcePath}/{httpMethod}',
    ops: ['remove'],
    instead: 'Set the settings of the method one by one.',
  },
  {
    name: 'methodSettings',
    flag: 'all-methods',
    help: 'Settings of all methods',
    ops: [],
    unsetAs: 'unsetting each part',
    instead: 'Name the methods one by one, with --method.',
  },
  readOnly('stageName', 'Name of the stage', 'A stage keeps its name: create another stage and delete this one.'),
  reported('cacheClusterStatus', 'Status of the cache cluster'),
  readOnly('webAclArn', 'Web ACL of the stage', 'Use aws wafv2 associate-web-acl.'),
  reported('createdDate', 'Date when the stage was created'),
  reported('lastUpdatedDate', 'Date when the stage was last updated'),
  { name: 'tags.{name}', help: 'Tag of the stage', ops: [], codec: text, instead: taggedElsewhere },
  { name: 'tags', help: 'All tags of the stage', ops: [], instead: taggedElsewhere },
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
