/** What the status of a stage tells: its settings in groups, and its methods in a table. */
import type { DeploymentFacts } from '../stage/around.js';
import type { Leaf } from '../stage/codec.js';
import { methodNamesIn } from '../stage/method.js';
import { methodRows, type Place, readLeaf } from '../stage/place.js';
import type { Notice } from '../stage/plan.js';
import { defaultMethodSetting, everyMethod, type Property } from '../stage/properties.js';
import type { CanarySettings, MethodSetting, Stage } from '../stage/stage.js';
import { isClusterUnderWay, secondsOf } from '../stage/stage.js';
import { printable } from '../text/printable.js';
import type { Cell } from './columns.js';
import { shown } from './human.js';
import { type IsSecret, maskSecrets } from './redact.js';

/** A stage that was read. */
export interface StageReport {
  readonly label: string;
  readonly stage: Stage;
  /** Of a live stage: those that it and its canary serve, as far as they may be read. */
  readonly deployments: readonly DeploymentFacts[];
  /** What deploys the stage, in words. */
  readonly owners: readonly string[];
  readonly notices: readonly Notice[];
}

/** `2026-01-31 12:00 UTC`; what is not a date stays as it is. */
const dateText = (date: string | number): string => {
  const seconds = secondsOf(date);
  return seconds === undefined
    ? String(date)
    : `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
};

export type Row = readonly [title: string, lines: readonly string[]];

const row = (title: string, ...lines: readonly (string | undefined)[]): Row => [
  title,
  lines.filter((line) => line !== undefined),
];

const deploymentText = (id: string, deployments: readonly DeploymentFacts[]): string => {
  const { description, createdDate } = deployments.find((one) => one.id === id) ?? {};
  const facts = [description, createdDate === undefined ? undefined : dateText(createdDate)];
  return [id, ...facts].filter((part) => part !== undefined).join(' · ');
};

const assignments = (map: Readonly<Record<string, string>> = {}): readonly string[] =>
  Object.entries(map).map(([name, value]) => `${name}=${shown(value)}`);

const canaryLines = (canary: CanarySettings, { variables = {} }: Stage, deployments: readonly DeploymentFacts[]) => {
  const overrides = Object.entries(canary.stageVariableOverrides ?? {}).map(([name, value]) => {
    const replaces = Object.hasOwn(variables, name) && variables[name] !== value;
    const own = replaces ? ` instead of ${shown(variables[name] ?? '')}` : '';
    return `${name}=${shown(value)}${own}`;
  });
  return [
    `${canary.percentTraffic ?? 0}% of requests to ${deploymentText(canary.deploymentId ?? 'an unknown deployment', deployments)}`,
    ...overrides,
    canary.useStageCache ? 'uses the cache of the stage' : undefined,
  ];
};

const cacheLines = (stage: Stage): readonly (string | undefined)[] => {
  const { cacheClusterEnabled, cacheClusterSize, cacheClusterStatus, methodSettings = {} } = stage;
  if (!cacheClusterEnabled) return [isClusterUnderWay(stage) ? `off · ${cacheClusterStatus}` : undefined];
  const facts = [cacheClusterSize === undefined ? 'on' : `${cacheClusterSize} GB`, cacheClusterStatus];
  const methods = Object.keys(methodSettings).filter((key) => methodSettings[key]?.cachingEnabled);
  const cached = methods.length === 0 ? 'no method is cached' : methods.map(methodNamesIn(stage)).join(', ');
  return [facts.filter((fact) => fact !== undefined).join(' · '), cached];
};

const throttleText = ({ throttlingRateLimit: rate, throttlingBurstLimit: burst }: MethodSetting): string | undefined =>
  rate === undefined && burst === undefined
    ? undefined
    : `${rate ?? '–'} requests per second, burst ${burst ?? '–'} (${everyMethod})`;

const loggingText = ({ loggingLevel = 'OFF', dataTraceEnabled, metricsEnabled }: MethodSetting): string =>
  [
    `${loggingLevel} (${everyMethod})`,
    ...(dataTraceEnabled ? ['data trace'] : []),
    ...(metricsEnabled ? ['detailed metrics'] : []),
  ].join(' · ');

/** The groups of a stage; one that it does not have is left out. */
export const rowsOf = ({ stage, deployments, owners }: StageReport, isSecret: IsSecret): readonly Row[] => {
  const masked = maskSecrets(stage, isSecret) as Stage;
  const { accessLogSettings: log = {}, canarySettings: canary } = masked;
  const all = stage.methodSettings?.[everyMethod];
  return [
    row('Serves', stage.deploymentId && deploymentText(stage.deploymentId, deployments)),
    row('Canary', ...(canary === undefined ? [] : canaryLines(canary, masked, deployments))),
    row('Description', stage.description),
    row('Variables', ...assignments(masked.variables)),
    row('Cache', ...cacheLines(stage)),
    row('Access logs', log.destinationArn, log.format),
    row('Logging', all && loggingText(all)),
    row('Throttling', all && throttleText(all)),
    row('Certificate', stage.clientCertificateId),
    row('Documentation', stage.documentationVersion),
    row('Tracing', stage.tracingEnabled ? 'X-Ray' : undefined),
    row('Web ACL', stage.webAclArn),
    row('Tags', ...assignments(masked.tags)),
    row('Deployed by', ...owners),
    row('Updated', stage.lastUpdatedDate === undefined ? undefined : dateText(stage.lastUpdatedDate)),
  ].filter(([, lines]) => lines.length > 0);
};

const heads: Readonly<Record<string, string>> = {
  metricsEnabled: 'METRICS',
  loggingLevel: 'LOGGING',
  dataTraceEnabled: 'DATA TRACE',
  throttlingBurstLimit: 'BURST',
  throttlingRateLimit: 'RATE',
  cachingEnabled: 'CACHING',
  cacheTtlInSeconds: 'TTL',
  cacheDataEncrypted: 'ENCRYPTED',
  requireAuthorizationForCacheControl: 'CACHE CONTROL',
  unauthorizedCacheControlHeaderStrategy: 'WITHOUT PERMISSION',
};

const settingText = (leaf: Leaf | undefined): string =>
  leaf === undefined ? '–' : typeof leaf === 'boolean' ? (leaf ? 'on' : 'off') : printable(String(leaf));

const usual = (stage: Stage, property: Property, key: string): Leaf | undefined => {
  const all = key === everyMethod ? undefined : readLeaf(stage, { property, key: everyMethod });
  const defaults = { methodSettings: { [everyMethod]: { loggingLevel: 'OFF', ...defaultMethodSetting } } };
  return all ?? readLeaf(defaults, { property, key: everyMethod });
};

const isUsual = (stage: Stage, place: Place): boolean =>
  [undefined, usual(stage, place.property, place.key)].includes(readLeaf(stage, place));

/** The entries of methods, a row each; without columns in which all is usual. The first row is the header. */
export const methodCells = (stage: Stage): readonly (readonly Cell[])[] => {
  const keys = Object.keys(stage.methodSettings ?? {});
  const columns = methodRows.filter((property) => keys.some((key) => !isUsual(stage, { property, key })));
  const methodName = methodNamesIn(stage);
  if (keys.length === 0) return [];
  const header = ['METHOD', ...columns.map(({ field }) => heads[field] ?? field)].map((text) => ({ text }));
  const rows = keys.map((key) => [
    { text: printable(methodName(key)) },
    ...columns.map((property) => {
      const place = { property, key };
      return { text: settingText(readLeaf(stage, place)), isUsual: isUsual(stage, place) };
    }),
  ]);
  return [header, ...rows];
};
