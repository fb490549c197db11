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
 * the user calls it. Flags, help, checks, the engine, the diff, the copy, the reference page and the schema read these rows.
 */
export interface Property {
  /** AWS's names of the fields that lead to it; `{name}` and `{method}` stand for a key. Unique. */
  readonly name: string;
  /** The last part of the name: the member of the stage that holds it. */
  readonly field: string;
  readonly group: GroupName;
  /** The flag of `set`, without its dashes; on a row without a codec, the word by which other verbs choose the whole. */
  readonly flag?: string;
  /** Another name of the flag, which is accepted too. */
  readonly alias?: string;
  /** What people call it otherwise: not accepted, but understood by suggestions. */
  readonly also?: readonly string[];
  readonly help: string;
  /**
   * The patch path, in AWS's spelling.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateStage-Patch
   */
  readonly path: string;
  /** The operations that API Gateway is known to accept there, by its documents or by what was recorded of it. */
  readonly ops: readonly Op[];
  /** Operations that nobody has shown API Gateway to accept, or to refuse. */
  readonly unproven?: readonly Op[];
  /** Absent on a row that stands for a whole group. */
  readonly codec?: Codec;
  /** The one path that `copy` may come from. */
  readonly copyFrom?: string;
  /** The value by which it is unset, where that is not by removal. The empty text takes the key away. */
  readonly clear?: string;
  /** How it is unset where no operation does that: what holds it is built again without it, or each of its parts is unset. */
  readonly unsetAs?: 'rebuilding what holds it' | 'unsetting each of its parts';
  /** What to do where it cannot be set or unset. */
  readonly instead?: string;
  /** It belongs to this one stage, and is copied to another only when it is named. */
  readonly bound?: true;
  /** An entry of a method that is made starts with the account's limit, which may be another than AWS's default. */
  readonly accountDefault?: true;
  /** It changes by itself, so two stages are never compared by it. */
  readonly volatile?: true;
  /** Ids that its value has to be among, where the caller knows them. */
  readonly among?: 'deploymentIds' | 'clientCertificateIds';
}

export interface Group {
  readonly title: string;
  /** AWS's page about it. */
  readonly page: string;
}

const guide = 'https://docs.aws.amazon.com/apigateway/latest';

/**
 * What properties belong to: what they are about together, and where AWS describes it.
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

type Row = Omit<Property, 'field' | 'group'>;

const setting = (
  field: keyof MethodSetting,
  flag: string,
  path: string,
  codec: Codec,
  help: string,
  also: readonly string[] = [],
): Row => ({
  name: `methodSettings.{method}.${field}`,
  flag,
  also,
  help,
  path: `/{resourcePath}/{httpMethod}/${path}`,
  ops: ['replace'],
  unproven: ['add'],
  codec,
  unsetAs: 'rebuilding what holds it',
  instead:
    'API Gateway removes method settings by the whole entry; stage unset --method rebuilds it without one setting.',
});

const limited = (...row: Parameters<typeof setting>): Row => ({ ...setting(...row), accountDefault: true });

const readOnly = (name: keyof Stage, help: string, instead: string): Row => ({
  name,
  help,
  path: `/${name}`,
  ops: [],
  codec: text,
  instead,
});

const reported = (name: keyof Stage, help: string): Row => ({
  ...readOnly(name, help, 'API Gateway reports it; nobody sets it.'),
  volatile: true,
});

const removedAsOne = 'Access logs are removed as a whole: remove /accessLogSettings, then set what is to stay.';

const taggedElsewhere = 'Use aws apigateway tag-resource, or untag-resource.';

const rows: readonly Row[] = [
  {
    name: 'description',
    flag: 'description',
    help: 'What the stage is for',
    path: '/description',
    ops: ['replace'],
    unproven: ['add'],
    codec: text,
    clear: '',
  },
  {
    name: 'deploymentId',
    flag: 'deployment-id',
    also: ['deployment'],
    help: 'The deployment that the stage serves',
    path: '/deploymentId',
    ops: ['replace', 'copy'],
    unproven: ['add'],
    codec: id,
    copyFrom: '/canarySettings/deploymentId',
    bound: true,
    among: 'deploymentIds',
    instead: 'A stage always serves a deployment: set another one.',
  },
  {
    name: 'clientCertificateId',
    flag: 'client-certificate-id',
    also: ['certificate', 'certificate-id'],
    help: 'The certificate that API Gateway shows to the backend',
    path: '/clientCertificateId',
    ops: ['replace'],
    unproven: ['add'],
    codec: text,
    clear: '',
    bound: true,
    among: 'clientCertificateIds',
  },
  {
    name: 'documentationVersion',
    flag: 'documentation-version',
    also: ['doc-version', 'docs-version'],
    help: 'The version of the API documentation',
    path: '/documentationVersion',
    ops: ['replace'],
    unproven: ['add'],
    codec: text,
    clear: '',
  },
  {
    name: 'tracingEnabled',
    flag: 'tracing-enabled',
    also: ['tracing', 'xray'],
    help: 'X-Ray tracing',
    path: '/tracingEnabled',
    ops: ['replace'],
    unproven: ['add'],
    codec: boolean,
    clear: 'false',
  },
  // Before its size: API Gateway wants the cluster on when the size comes.
  {
    name: 'cacheClusterEnabled',
    flag: 'cache-cluster-enabled',
    also: ['cache-cluster', 'cache-enabled'],
    help: 'The cache cluster; turning it on takes about 4 minutes',
    path: '/cacheClusterEnabled',
    ops: ['replace'],
    unproven: ['add'],
    codec: boolean,
    clear: 'false',
  },
  {
    name: 'cacheClusterSize',
    flag: 'cache-cluster-size',
    also: ['cache-size'],
    help: 'Size of the cache in GB; a resize loses what is cached',
    path: '/cacheClusterSize',
    ops: ['replace'],
    unproven: ['add'],
    codec: oneOf('0.5', '1.6', '6.1', '13.5', '28.4', '58.2', '118', '237'),
    instead: 'A size cannot be taken away: turn the cache cluster off instead.',
  },
  {
    name: 'variables.{name}',
    flag: 'variable',
    alias: 'var',
    also: ['stage-variable'],
    help: 'A stage variable',
    path: '/variables/{name}',
    ops: ['replace', 'remove'],
    unproven: ['add'],
    codec: variableValue,
  },
  {
    name: 'variables',
    flag: 'all-variables',
    also: ['vars', 'stage-variables'],
    help: 'All stage variables',
    path: '/variables',
    ops: ['copy'],
    unproven: ['replace', 'remove'],
    copyFrom: '/canarySettings/stageVariableOverrides',
    unsetAs: 'unsetting each of its parts',
    instead: 'Set or remove the variables one by one: /variables/{name}.',
  },
  {
    name: 'accessLogSettings.destinationArn',
    flag: 'access-log-destination-arn',
    also: ['log-destination', 'log-group'],
    help: 'Where access logs go: a log group or a Firehose stream',
    path: '/accessLogSettings/destinationArn',
    ops: ['add', 'replace'],
    codec: logDestination,
    bound: true,
    unsetAs: 'rebuilding what holds it',
    instead: removedAsOne,
  },
  {
    name: 'accessLogSettings.format',
    flag: 'access-log-format',
    also: ['log-format'],
    help: 'What an access log line holds',
    path: '/accessLogSettings/format',
    ops: ['add', 'replace'],
    codec: logFormat,
    unsetAs: 'rebuilding what holds it',
    instead: removedAsOne,
  },
  {
    name: 'accessLogSettings',
    flag: 'access-log',
    help: 'The access log settings',
    path: '/accessLogSettings',
    ops: ['remove'],
    instead: 'Set /accessLogSettings/destinationArn and /accessLogSettings/format.',
  },
  {
    name: 'canarySettings.deploymentId',
    flag: 'canary-deployment-id',
    also: ['canary-deployment'],
    help: 'The deployment that the canary serves',
    path: '/canarySettings/deploymentId',
    ops: ['replace'],
    codec: id,
    among: 'deploymentIds',
    instead: 'A canary always serves a deployment: set another one, or end the canary.',
  },
  {
    name: 'canarySettings.percentTraffic',
    flag: 'canary-percent-traffic',
    also: ['canary-percent', 'percent', 'traffic', 'canary-weight'],
    help: 'Share of requests that the canary answers',
    path: '/canarySettings/percentTraffic',
    ops: ['replace'],
    codec: number(0, 100),
    clear: '0.0',
  },
  {
    name: 'canarySettings.useStageCache',
    flag: 'canary-use-stage-cache',
    help: 'Whether the canary shares the cache of the stage',
    path: '/canarySettings/useStageCache',
    ops: ['replace'],
    codec: boolean,
    clear: 'false',
  },
  {
    name: 'canarySettings.stageVariableOverrides.{name}',
    flag: 'canary-variable',
    also: ['canary-var', 'canary-variables', 'override'],
    help: 'A variable that the canary sees otherwise',
    path: '/canarySettings/stageVariableOverrides/{name}',
    ops: ['replace', 'remove'],
    codec: variableValue,
  },
  {
    name: 'canarySettings.stageVariableOverrides',
    help: 'All variables that the canary sees otherwise',
    path: '/canarySettings/stageVariableOverrides',
    ops: [],
    unproven: ['replace'],
    unsetAs: 'unsetting each of its parts',
    instead: 'Set or remove the overrides one by one: /canarySettings/stageVariableOverrides/{name}.',
  },
  {
    name: 'canarySettings',
    flag: 'canary',
    help: 'The canary',
    path: '/canarySettings',
    ops: ['remove'],
    instead: 'Set the fields of the canary one by one.',
  },
  setting('metricsEnabled', 'metrics-enabled', 'metrics/enabled', boolean, 'Detailed CloudWatch metrics', ['metrics']),
  setting('loggingLevel', 'logging-level', 'logging/loglevel', loggingLevel, 'What goes to the execution log', [
    'log-level',
    'logging',
  ]),
  setting('dataTraceEnabled', 'data-trace-enabled', 'logging/dataTrace', boolean, 'Log whole requests and responses', [
    'data-trace',
  ]),
  limited(
    'throttlingBurstLimit',
    'throttling-burst-limit',
    'throttling/burstLimit',
    throttle('integer', 'requests'),
    'Requests at once',
    ['burst-limit', 'burst'],
  ),
  limited(
    'throttlingRateLimit',
    'throttling-rate-limit',
    'throttling/rateLimit',
    throttle('number', 'requests a second'),
    'Requests a second',
    ['rate-limit', 'rate', 'throttle', 'throttling'],
  ),
  setting('cachingEnabled', 'caching-enabled', 'caching/enabled', boolean, 'Cache responses', ['caching']),
  setting(
    'cacheTtlInSeconds',
    'cache-ttl-in-seconds',
    'caching/ttlInSeconds',
    ttlInSeconds,
    'How long a response is kept',
    ['cache-ttl', 'ttl', 'ttl-in-seconds'],
  ),
  setting('cacheDataEncrypted', 'cache-data-encrypted', 'caching/dataEncrypted', boolean, 'Encrypt what is cached', [
    'data-encrypted',
  ]),
  setting(
    'requireAuthorizationForCacheControl',
    'require-authorization-for-cache-control',
    'caching/requireAuthorizationForCacheControl',
    boolean,
    'Clients need permission to invalidate the cache',
  ),
  setting(
    'unauthorizedCacheControlHeaderStrategy',
    'unauthorized-cache-control-header-strategy',
    'caching/unauthorizedCacheControlHeaderStrategy',
    oneOf('FAIL_WITH_403', 'SUCCEED_WITH_RESPONSE_HEADER', 'SUCCEED_WITHOUT_RESPONSE_HEADER'),
    'What clients without that permission get',
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
    help: 'The settings of all methods',
    path: '/methodSettings',
    ops: [],
    unsetAs: 'unsetting each of its parts',
    instead: 'Name the methods one by one, with --method.',
  },
  readOnly('stageName', 'Name of the stage', 'A stage keeps its name: create another stage and delete this one.'),
  reported('cacheClusterStatus', 'What the cache cluster is doing'),
  readOnly('webAclArn', 'The web ACL in front of the stage', 'Use aws wafv2 associate-web-acl.'),
  reported('createdDate', 'When the stage was created'),
  reported('lastUpdatedDate', 'When the stage was last updated'),
  {
    name: 'tags.{name}',
    help: 'A tag of the stage',
    path: '/tags/{name}',
    ops: [],
    codec: text,
    instead: taggedElsewhere,
  },
  {
    name: 'tags',
    help: 'All tags of the stage',
    path: '/tags',
    ops: [],
    instead: taggedElsewhere,
  },
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
  ...row,
}));

/**
 * How a property is unset, in a few words; undefined where it lasts.
 *
 * @example
 * properties.filter(({ flag }) => flag === 'canary-percent-traffic').map(unsetBy); // ['0.0']
 */
export const unsetBy = ({ clear, ops, unsetAs }: Property): string | undefined => {
  if (clear !== undefined) return clear === '' ? 'the empty text' : clear;
  return ops.includes('remove') ? 'removal' : unsetAs;
};

/** The first entry of a stage's methods, unless `*` + `/*` says otherwise (recorded from AWS; the throttles differ by account). */
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

/** The key of the entry that all methods fall back to. */
export const everyMethod = '*/*';

/** What a method key may end in. `ANY` may not be (API Gateway refuses it). */
export const httpMethods: readonly string[] = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];

/** What a new entry under `methodSettings` starts from: the entry of all methods, loggingLevel too, or AWS's defaults. */
export const seedMethodSetting = (stage: Stage): MethodSetting => {
  const all = stage.methodSettings?.[everyMethod];
  return all === undefined ? defaultMethodSetting : { ...defaultMethodSetting, ...all };
};

/** What a canary starts from when its first field is set. */
export const seedCanarySettings = ({ deploymentId }: Stage): CanarySettings => ({
  percentTraffic: 0,
  ...(deploymentId !== undefined && { deploymentId }),
  useStageCache: false,
});
