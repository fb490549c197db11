/** The status of a stage: settings in groups, and methods in a table. */
import type { Leaf } from '../stage/codec.js';
import { methodNamesIn, readableKey } from '../stage/method.js';
import { methodRows, type Place, placesFor, propertyNamed, readLeaf } from '../stage/place.js';
import type { Notice } from '../stage/plan.js';
import { defaultMethodSetting, everyMethod, type Property, seedMethodSetting } from '../stage/properties.js';
import { type Deployment, isClusterUnderWay, type Stage, secondsOf } from '../stage/stage.js';
import { shown } from './human.js';
import { type IsSecret, maskSecrets } from './redact.js';
import type { Cell, Table } from './table.js';

/** A stage with what its status shows. */
export interface StageReport {
  readonly label: string;
  readonly stage: Stage;
  /** For a live stage: the deployments that it and its canary serve, if reading them is permitted. */
  readonly deployments: readonly Deployment[];
  /** The tools that deploy the stage, in words. */
  readonly owners: readonly string[];
  readonly notices: readonly Notice[];
}

/** Describes a leaf of a stage with masked secrets; `key` is the key of its place. */
type Say = (leaf: Leaf, report: StageReport, key: string) => string | undefined;

/** `2026-01-31 12:00 UTC`; a value that is not a date is unchanged. */
export const dateText = (leaf: Leaf): string => {
  const seconds = secondsOf(leaf);
  if (seconds === undefined) return String(leaf);
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
};

const deployment: Say = (leaf, report) => {
  const { description, createdDate } = report.deployments.find(({ id }) => id === leaf) ?? {};
  const facts = [leaf, description, createdDate && dateText(createdDate)];
  return facts.filter((fact) => fact !== undefined).join(' · ');
};

const canary: Say = (percent, report) => {
  const id = report.stage.canarySettings?.deploymentId;
  return `${percent}% of requests${id === undefined ? '' : ` to ${deployment(id, report, '')}`}`;
};

const named: Say = (leaf, _, name) => `${name}=${shown(leaf)}`;

const variable = propertyNamed('variables.{name}');

const override: Say = (leaf, report, name) => {
  const own = readLeaf(report.stage, { property: variable, key: name }) ?? leaf;
  return `${named(leaf, report, name)}${own === leaf ? '' : ` instead of ${shown(own)}`}`;
};

const ifOn =
  (text: string): Say =>
  (leaf) =>
    leaf === true ? text : undefined;

const ofCluster =
  (say: Say): Say =>
  (leaf, report, key) =>
    report.stage.cacheClusterEnabled || isClusterUnderWay(report.stage) ? say(leaf, report, key) : undefined;

const cachedMethod = ofCluster((leaf, _, key) => (leaf === true ? readableKey(key) : undefined));

/** Descriptions of properties, by group title. Each variable, override and tag has a line; other values share one. */
const groups: readonly (readonly [title: string, says: Readonly<Record<string, Say>>])[] = [
  ['Serves', { deploymentId: deployment }],
  ['Canary', { 'canarySettings.percentTraffic': canary }],
  ['Canary', { 'canarySettings.stageVariableOverrides.{name}': override }],
  ['Canary', { 'canarySettings.useStageCache': ifOn('uses the cache of the stage') }],
  ['Description', { description: shown }],
  ['Variables', { 'variables.{name}': named }],
  ['Cache', { cacheClusterSize: ofCluster((size) => `${size} GB`), cacheClusterStatus: ofCluster(shown) }],
  ['Cache', { 'methodSettings.{method}.cachingEnabled': cachedMethod }],
  ['Access logs', { 'accessLogSettings.destinationArn': shown }],
  ['Access logs', { 'accessLogSettings.format': shown }],
  [
    'Logging */*',
    {
      'methodSettings.*/*.loggingLevel': shown,
      'methodSettings.*/*.dataTraceEnabled': ifOn('data trace'),
      'methodSettings.*/*.metricsEnabled': ifOn('detailed metrics'),
    },
  ],
  [
    'Throttling */*',
    {
      'methodSettings.*/*.throttlingRateLimit': (rate) => `${rate} requests per second`,
      'methodSettings.*/*.throttlingBurstLimit': (burst) => `burst ${burst}`,
    },
  ],
  ['Certificate', { clientCertificateId: shown }],
  ['Documentation', { documentationVersion: shown }],
  ['Tracing', { tracingEnabled: ifOn('X-Ray') }],
  ['Web ACL', { webAclArn: shown }],
  ['Tags', { 'tags.{name}': named }],
  ['Updated', { lastUpdatedDate: dateText }],
];

const placesCalled = (name: string, stage: Stage): readonly Place[] =>
  name.includes(everyMethod)
    ? [{ property: propertyNamed(name.replace(everyMethod, '{method}')), key: everyMethod }]
    : placesFor(stage, propertyNamed(name));

const linesOf = (says: Readonly<Record<string, Say>>, report: StageReport): readonly string[] => {
  const texts = Object.entries(says).flatMap(([name, say]) =>
    placesCalled(name, report.stage).flatMap((place) => {
      const leaf = readLeaf(report.stage, place);
      return leaf === undefined ? [] : (say(leaf, report, place.key) ?? []);
    }),
  );
  const areNamed = Object.keys(says).some((name) => name.endsWith('{name}'));
  return areNamed || texts.length === 0 ? texts : [texts.join(' · ')];
};

/** The groups of a stage, one row per line, with the title in the group's first row. */
export const groupTable = (report: StageReport, isSecret: IsSecret): Table => {
  const stage = maskSecrets(report.stage, isSecret) as Stage;
  const canarySettings = stage.canarySettings && { percentTraffic: 0, ...stage.canarySettings };
  const masked = { ...report, stage: { ...stage, ...(canarySettings && { canarySettings }) } };
  const rows = [
    ...groups.flatMap(([title, says]) => linesOf(says, masked).map((line) => [title, line] as const)),
    ...report.owners.map((owner) => ['Deployed by', owner] as const),
  ];
  return rows.map(([title, line], at) => [{ quiet: title === rows[at - 1]?.[0] ? '' : title }, line]);
};

const headOf = ({ also: [word] = [], flag = '' }: Property): string =>
  (word ?? flag).replaceAll('-', ' ').toUpperCase();

/** The setting of a method without its own entry: that of all methods, or AWS's default. */
const usualLeaf = (stage: Stage, place: Place): Leaf | undefined => {
  const setting = place.key === everyMethod ? defaultMethodSetting : seedMethodSetting(stage);
  return readLeaf({ methodSettings: { [place.key]: { loggingLevel: 'OFF', ...setting } } }, place);
};

const settingCell = (stage: Stage, place: Place): Cell => {
  const leaf = readLeaf(stage, place);
  return leaf === undefined || leaf === usualLeaf(stage, place) ? { quiet: shown(leaf) } : shown(leaf);
};

/** The method entries, one row each. Omits columns that have only usual values. */
export const methodTable = (stage: Stage): Table => {
  const keys = Object.keys(stage.methodSettings ?? {});
  const settings = methodRows
    .map((property) => ({ head: headOf(property), cells: keys.map((key) => settingCell(stage, { property, key })) }))
    .filter(({ cells }) => cells.some((cell) => typeof cell === 'string'));
  const methodName = methodNamesIn(stage);
  if (keys.length === 0) return [];
  return [
    ['METHOD', ...settings.map(({ head }) => head)],
    ...keys.map((key, at) => [methodName(key), ...settings.map(({ cells }) => cells[at] ?? '')]),
  ];
};
