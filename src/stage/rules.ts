/** Notices about what API Gateway accepts silently: settings without effect, and edits that lose something. */

import { boolean, type Leaf } from './codec.js';
import { type Change, changesBetween } from './diff.js';
import { isDeadKey, keyOf, methodNamesIn, parseMethods, readableKey, spellingsOf } from './method.js';
import { findPlace, isMethodRow, nameOf, type Place, pathOf, readLeaf, settingPath } from './place.js';
import type { Notice } from './plan.js';
import { everyMethod, type GroupName, type Property } from './properties.js';
import type { MethodSetting, PatchOperation, Stage } from './stage.js';

interface Edit {
  readonly before: Stage;
  readonly changes: readonly Change[];
  readonly operations: readonly PatchOperation[];
}

interface Rule {
  readonly code: string;
  readonly about: readonly (GroupName | 'cacheClusterEnabled' | 'deploymentId')[];
  readonly say: (stage: Stage, edit: Edit) => readonly string[] | string | false | undefined;
}

const keysIn = ({ methodSettings = {} }: Stage): readonly string[] => Object.keys(methodSettings);

const methodsWhere = (stage: Stage, isSo: (setting: MethodSetting) => boolean): string =>
  keysIn(stage)
    .filter((key) => isSo(stage.methodSettings?.[key] ?? {}))
    .map(methodNamesIn(stage))
    .join(', ');

/** Methods whose own entry keeps another value of a setting that was set for all. Skips places that `isWritten`. */
export const keptValues = (
  stage: Stage,
  property: Property,
  all: Leaf | undefined,
  isWritten: (place: Place) => boolean,
): readonly string[] => {
  const methodName = methodNamesIn(stage);
  const kept = keysIn(stage)
    .filter((key) => key !== everyMethod && !isDeadKey(key))
    .map((key) => ({ key, leaf: readLeaf(stage, { property, key }) }))
    .filter(({ key, leaf }) => leaf !== all && !isWritten({ property, key }));
  const others = kept.map(({ key, leaf = 'unset' }) => `${methodName(key)} (${leaf})`).join(', ');
  const many = `${kept.length} methods have their own settings and keep another ${property.field}: ${others}.`;
  if (kept.length > 1) return [many];
  return kept.map(
    ({ key, leaf = 'unset' }) => `${methodName(key)} has its own settings and keeps ${property.field} ${leaf}.`,
  );
};

/** Only for settings that the edit wrote, not for the defaults of a new entry. */
const otherValues: Rule['say'] = (stage, { changes, operations }) => {
  const changed = new Set(changes.map(({ place }) => nameOf(place)));
  const written = new Set(operations.map(({ path }) => path));
  return changes
    .filter(({ place: { property, key } }) => isMethodRow(property) && key === everyMethod)
    .filter(({ before, after, place }) => after !== undefined && (before !== undefined || written.has(pathOf(place))))
    .flatMap(({ place, after }) => keptValues(stage, place.property, after, (other) => changed.has(nameOf(other))));
};

const sameMethod: Rule['say'] = (stage) =>
  [...spellingsOf(keysIn(stage))]
    .filter(([, same]) => same.length > 1)
    .map(([method, same]) => {
      const dead = same.filter(isDeadKey).map((key) => `'${key}'`);
      const advice = `API Gateway ignores ${dead.join(' and ')}; remove it: stage unset --method ${dead.join(' --method ')}.`;
      const entries = `${method} has ${same.length} entries, with the keys ${same.join(' and ')}.`;
      return `${entries} ${dead.length > 0 ? advice : 'API Gateway treats them as separate entries.'}`;
    });

const settingsWritten = ({ operations }: Edit) =>
  operations.flatMap((operation) => {
    const place = operation.op === 'replace' ? findPlace(operation.path) : undefined;
    return operation.op === 'replace' && place && isMethodRow(place.property) ? [{ ...operation, place }] : [];
  });

/** The key that a dead key was meant to be. Some people prefix keys with a word from the API. */
const livingKey = (key: string): string | undefined => {
  const [, wrong, rest] = /^((?:methods|methodSettings|resources)\/)?(.*)$/.exec(key) ?? [];
  if (wrong === undefined && !isDeadKey(key)) return undefined;
  const parsed = parseMethods(`/${rest}`);
  const [method] = 'problem' in parsed ? [] : parsed.methods;
  return method === undefined ? `~1/${rest}` : keyOf(method);
};

/** One notice per key, about its last setting. */
const deadKeys: Rule['say'] = (_stage, edit) =>
  [...new Map(settingsWritten(edit).map((written) => [written.place.key, written])).values()].flatMap(
    ({ path, place }) => {
      const meant = livingKey(place.key);
      if (meant === undefined) return [];
      const better = `For ${readableKey(meant)} the path is /${meant}${settingPath(place.property)}.`;
      return `${path} has no effect: API Gateway stores these settings and ignores them. ${better}`;
    },
  );

export const differingOverrides = ({ variables = {}, canarySettings }: Stage): readonly string[] =>
  Object.entries(canarySettings?.stageVariableOverrides ?? {})
    .filter(([name, value]) => !Object.hasOwn(variables, name) || variables[name] !== value)
    .map(([name]) => name);

/** Whether the stage has no canary, or already has everything that its canary has. */
export const hasNothingToPromote = (stage: Stage): boolean => {
  const { deploymentId, canarySettings: { deploymentId: serves = deploymentId } = {} } = stage;
  return serves === deploymentId && differingOverrides(stage).length === 0;
};

const promote = 'To give them to the stage, use stage promote-canary.';

const lostCanary: Rule['say'] = (stage, { before: { canarySettings } }) => {
  if (canarySettings === undefined || stage.canarySettings !== undefined) return false;
  const { deploymentId = stage.deploymentId } = canarySettings;
  const lost = [
    ...(deploymentId === stage.deploymentId ? [] : [`deployment ${deploymentId}`]),
    ...differingOverrides({ ...stage, canarySettings }).map((name) => `variable ${name}`),
  ].join(', ');
  return lost !== '' && `The canary ends without a promotion. These changes are lost: ${lost}. ${promote}`;
};

const leftOverrides: Rule['say'] = (stage, { changes }) => {
  const left = differingOverrides(stage).join(', ');
  const isPromoted = changes.some(
    ({ place, after }) => place.property.name === 'deploymentId' && after === stage.canarySettings?.deploymentId,
  );
  if (!isPromoted || left === '') return false;
  return `The stage serves the canary's deployment now, without the canary's variables: ${left}. ${promote}`;
};

const rule = (code: string, about: Rule['about'], say: Rule['say']): Rule => ({ code, about, say });

export const rules: readonly Rule[] = [
  rule('caching-without-cluster', ['methodSettings', 'cacheClusterEnabled'], (stage) => {
    const methods = methodsWhere(stage, ({ cachingEnabled }) => cachingEnabled === true);
    return (
      stage.cacheClusterEnabled === false &&
      methods !== '' &&
      `Caching is on for ${methods}, but the cache cluster is off, so nothing is cached. Turn it on with --cache-cluster-enabled.`
    );
  }),
  rule(
    'canary-on-own-deployment',
    ['canarySettings', 'deploymentId'],
    (stage) =>
      stage.canarySettings?.deploymentId !== undefined &&
      hasNothingToPromote(stage) &&
      `The canary serves the stage's own deployment ${stage.deploymentId} and variables: it tests nothing new.`,
  ),
  rule(
    'canary-at-zero',
    ['canarySettings'],
    ({ canarySettings }) => canarySettings?.percentTraffic === 0 && 'The canary is at 0 percent: it gets no requests.',
  ),
  rule(
    'canary-at-hundred',
    ['canarySettings'],
    ({ canarySettings }) =>
      canarySettings?.percentTraffic === 100 &&
      'The canary is at 100 percent, which is not a promotion: the stage keeps its deployment and variables. See stage promote-canary.',
  ),
  rule('data-trace-without-logging', ['methodSettings'], (stage) => {
    const methods = methodsWhere(
      stage,
      ({ dataTraceEnabled, loggingLevel = 'OFF' }) => dataTraceEnabled === true && loggingLevel === 'OFF',
    );
    return (
      methods !== '' &&
      `Data tracing is on for ${methods} but logging is OFF there, so nothing is traced. Turn it on with --logging-level INFO.`
    );
  }),
  rule('method-keeps-value', ['methodSettings'], otherValues),
  rule('method-spelled-twice', ['methodSettings'], sameMethod),
  rule(
    'access-log-without-destination',
    ['accessLogSettings'],
    ({ accessLogSettings: { format, destinationArn } = {} }) =>
      format !== undefined &&
      destinationArn === undefined &&
      'Access logs have a format but no destination, so nothing is logged. Set --access-log-destination-arn.',
  ),
  rule('method-without-effect', ['methodSettings'], deadKeys),
  rule('boolean-read-as', ['methodSettings'], (_stage, edit) =>
    settingsWritten(edit)
      .filter(({ place, value }) => place.property.codec === boolean && value !== 'true' && value !== 'false')
      .map(({ path, value }) => `API Gateway reads ${JSON.stringify(value)} at ${path} as ${/^true$/i.test(value)}.`),
  ),
  rule('canary-not-promoted', ['canarySettings'], lostCanary),
  rule('overrides-not-promoted', ['deploymentId'], leftOverrides),
];

/** The notices about an edit: the rules for what changed from `before` to `own`, checked on the stage as it is now. */
export const noticesFor = (
  before: Stage,
  after: Stage,
  operations: readonly PatchOperation[] = [],
  own: Stage = after,
): readonly Notice[] => {
  const changes = changesBetween(before, own);
  const touched = new Set<string>(changes.flatMap(({ place: { property } }) => [property.group, property.name]));
  return rules
    .filter(({ about }) => about.some((group) => touched.has(group)))
    .flatMap(({ code, say }) =>
      [say(after, { before, changes, operations }) || []].flat().map((message) => ({ code, message })),
    );
};
