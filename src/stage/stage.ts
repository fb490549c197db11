/** The types of leaves. AWS's model tells doubles (`decimal`) from whole numbers. */
type LeafTypes = { string: string; number: number; decimal: number; boolean: boolean; timestamp: string | number };

/** The type of a member: a leaf, or an object with the members named here, or with any members (`'*'`). */
export type Shape = keyof LeafTypes | { readonly [member: string]: Shape };

const shape = {
  deploymentId: 'string',
  clientCertificateId: 'string',
  stageName: 'string',
  description: 'string',
  cacheClusterEnabled: 'boolean',
  cacheClusterSize: 'string',
  cacheClusterStatus: 'string',
  methodSettings: {
    '*': {
      metricsEnabled: 'boolean',
      loggingLevel: 'string',
      dataTraceEnabled: 'boolean',
      throttlingBurstLimit: 'number',
      throttlingRateLimit: 'decimal',
      cachingEnabled: 'boolean',
      cacheTtlInSeconds: 'number',
      cacheDataEncrypted: 'boolean',
      requireAuthorizationForCacheControl: 'boolean',
      unauthorizedCacheControlHeaderStrategy: 'string',
    },
  },
  variables: { '*': 'string' },
  documentationVersion: 'string',
  accessLogSettings: { format: 'string', destinationArn: 'string' },
  canarySettings: {
    percentTraffic: 'decimal',
    deploymentId: 'string',
    stageVariableOverrides: { '*': 'string' },
    useStageCache: 'boolean',
  },
  tracingEnabled: 'boolean',
  webAclArn: 'string',
  tags: { '*': 'string' },
  createdDate: 'timestamp',
  lastUpdatedDate: 'timestamp',
} as const;

/**
 * The members of a stage in the order of AWS's model. `aws apigateway get-stage` prints them in this order, and new
 * keys in a stage file follow it.
 *
 * @example
 * stageShape['accessLogSettings']; // { format: 'string', destinationArn: 'string' }
 */
export const stageShape: { readonly [member: string]: Shape } = shape;

type Described<S> = S extends keyof LeafTypes
  ? LeafTypes[S]
  : S extends { readonly '*': infer Member }
    ? { readonly [key: string]: Described<Member> }
    : { readonly [member in keyof S]?: Described<S[member]> };

/**
 * A stage of a REST API, as GetStage reports it. Every member is optional: a stage file may hold part of a stage, and
 * missing members are unknown. Members that API Gateway may add later are kept.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Stage.html
 */
export type Stage = Described<typeof shape>;

/** @see https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html */
export type MethodSetting = Described<(typeof shape)['methodSettings']['*']>;

/** @see https://docs.aws.amazon.com/apigateway/latest/api/API_CanarySettings.html */
export type CanarySettings = Described<(typeof shape)['canarySettings']>;

/** @see https://docs.aws.amazon.com/apigateway/latest/api/API_AccessLogSettings.html */
export type AccessLogSettings = Described<(typeof shape)['accessLogSettings']>;

/**
 * An operation of UpdateStage. `test` is checked here and never sent. Assignable to the SDK's `PatchOperation`.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_PatchOperation.html
 */
export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: string }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'copy'; readonly from: string; readonly path: string };

export type Op = PatchOperation['op'];

/**
 * A deployment of an API.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Deployment.html
 */
export interface Deployment {
  readonly id: string;
  readonly createdDate?: string;
  readonly description?: string;
}

/** A valid stage name, as the source of a pattern. */
export const stageNamePattern = '[A-Za-z0-9_-]{1,128}';

/** A time as version 2 of the AWS CLI prints it in UTC: `2026-01-31T12:00:00+00:00`, fractions with six digits. */
export const dateOf = (milliseconds: number): string =>
  new Date(milliseconds)
    .toISOString()
    .replace(/\.(\d{3})Z$/, (_, part) => `${part === '000' ? '' : `.${part}000`}+00:00`);

export const secondsOf = (date: unknown): number | undefined => {
  const seconds = typeof date === 'string' ? Date.parse(date) / 1000 : Number(date ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds : undefined;
};

/** Whether API Gateway is creating or deleting the cache cluster, which takes minutes. */
export const isClusterUnderWay = ({ cacheClusterStatus = '' }: Stage): boolean =>
  cacheClusterStatus.endsWith('_IN_PROGRESS');

export const limits = { variables: 100, variableNameLength: 64, variableValueLength: 512, cacheTtlInSeconds: 3600 };

export type JsonObject = { readonly [member: string]: unknown };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** 1e999, which JSON.parse reads as Infinity. */
const isTooLarge = (value: unknown): boolean => typeof value === 'number' && !Number.isFinite(value);

export const kindOf = (value: unknown): string => {
  if (typeof value === 'string' && value.startsWith('@{'))
    return "what PowerShell's ConvertTo-Json cut off; write it again with ConvertTo-Json -Depth 10";
  if (isTooLarge(value)) return 'a number that is too large';
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
};

const notText = (name: string, member: unknown): string => `${name}: expected a string, got ${kindOf(member)}`;

/** Why a value is not an operation. Only the types of its members are checked. */
export const misreadOperation = (operation: unknown): string | undefined => {
  if (!isObject(operation)) return `expected an object with op and path, got ${kindOf(operation)}`;
  const { op, path, value, from } = operation;
  if (typeof op !== 'string') return notText('op', op);
  if (typeof path !== 'string') return notText('path', path);
  if (typeof value === 'object' && value !== null) return `${notText('value', value)}; give its JSON as one string`;
  if (typeof value !== 'string' && value !== undefined) return notText('value', value);
  return typeof from === 'string' || (from === undefined && op !== 'copy') ? undefined : notText('from', from);
};

export interface Misfit {
  /** The keys that lead to the unexpected value. */
  readonly at: readonly string[];
  readonly expected: string;
  readonly got: string;
}

/** Where a value differs from the shape of a stage. Unknown members are fine. */
export const misfitsOf = (value: unknown, shape: Shape = stageShape): readonly Misfit[] => {
  if (typeof shape === 'string') {
    const kind = shape === 'decimal' ? 'number' : shape === 'timestamp' ? 'date' : shape;
    const isFit = typeof value === kind || (kind === 'date' && /string|number/.test(typeof value));
    return isFit && !isTooLarge(value) ? [] : [{ at: [], expected: `a ${kind}`, got: kindOf(value) }];
  }
  if (!isObject(value)) return [{ at: [], expected: 'an object', got: kindOf(value) }];
  const misfits: Misfit[] = [];
  for (const [key, member] of Object.entries(value)) {
    const expected = Object.hasOwn(shape, key) ? shape[key] : shape['*'];
    if (expected === undefined) continue;
    for (const misfit of misfitsOf(member, expected)) misfits.push({ ...misfit, at: [key, ...misfit.at] });
  }
  return misfits;
};
