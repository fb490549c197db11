/** What API Gateway accepts silently and users should know: settings without effect, and edits that lose something. */

import { boolean, type Leaf, variableValue } from './codec.js';
import { type Change, changesBetween } from './diff.js';
import { isDeadKey, keyOf, methodNamesIn, parseMethods, readableKey, spellingsOf } from './method.js';
import { findPlace, isMethodRow, nameOf, type Place, pathOf, readLeaf, settingPath } from './place.js';
import type { Notice } from './plan.js';
import { everyMethod, type GroupName, type Property } from './properties.js';
import type { MethodSetting, PatchOperation, Stage } from './stage.js';

/** What was done to a stage. */
interface Edit {
  readonly before: Stage;
  readonly changes: readonly Change[];
  readonly operations: readonly PatchOperation[];
}

interface Rule {
  readonly code: string;
  /** The rule is checked if an edit changes one of these. */
  readonly about: readonly (GroupName | 'cacheClusterEnabled' | 'deploymentId')[];
  /** A sentence for each case in a stage after an edit. */
  readonly say: (stage: Stage, edit: Edit) => readonly string[];
}

const when = (condition: boolean, sentence: string): readonly string[] => (condition ? [sentence] : []);

const methodsWhere = (stage: Stage, isSo: (setting: MethodSetting) => boolean): readonly string[] =>
  Object.entries(stage.methodSettings ?? {})
    .filter(([, setting]) => isSo(setting))
    .map(([key]) => key)
    .map(methodNamesIn(stage));

// Characters that only one of AWS's document and AWS's message allows.
const disputed: readonly (readonly [character: string, name: string])[] = [
  ['~', 'a ~'],
  ['#', 'a #'],
  [' ', 'a space'],
];

const disputedVariable = ({ place, after }: Change): readonly string[] => {
  const held =
    place.property.codec === variableValue && typeof after === 'string'
      ? disputed.filter(([character]) => after.includes(character)).map(([, name]) => name)
      : [];
  return when(
    held.length > 0,
    `The value of ${nameOf(place)} has ${held.join(' and ')}: AWS's document and AWS's error message disagree whether that is allowed.`,
  );
};

/** Methods whose own entry keeps another value of a setting that all methods were given. `isWritten`: except these. */
export const keptValues = (
  stage: Stage,
  property: Property,
  all: Leaf | undefined,
  isWritten: (place: Place) => boolean,
): readonly string[] => {
  const methodName = methodNamesIn(stage);
  const kept = keysIn(stage)
    .filter((key) => key !== everyMethod && !isDeadKey(key))
    .map((key) => ({ place: { property, key }, leaf: readLeaf(stage, { property, key }) }))
    .filter(({ place, leaf }) => leaf !== all && !isWritten(place))
    .map(({ place, leaf }) => ({ name: methodName(place.key), value: String(leaf ?? 'unset') }));
  const [first] = kept;
  if (first === undefined) return [];
  return kept.length === 1
    ? [`${first.name} has its own settings and keeps ${property.field} ${first.value}.`]
    : [
        `${kept.length} methods have their own settings and keep another ${property.field}: ` +
          `${kept.map(({ name, value }) => `${name} (${value})`).join(', ')}.`,
      ];
};

/** Only for settings that the edit wrote: a new entry's defaults say nothing. */
const otherValues: Rule['say'] = (stage, { changes, operations }) => {
  const changed = new Set(changes.map(({ place }) => nameOf(place)));
  const written = new Set(operations.map(({ path }) => path));
  return changes
    .filter(({ place, before }) => isMethodRow(place.property) && (before !== undefined || written.has(pathOf(place))))
    .filter(({ place: { key } }) => key === everyMethod && keysIn(stage).includes(everyMethod))
    .flatMap(({ place: { property }, after }) =>
      keptValues(stage, property, after, (place) => changed.has(nameOf(place))),
    );
};

const keysIn = ({ methodSettings = {} }: Stage): readonly string[] => Object.keys(methodSettings);

/** Entries that stay after another entry of the same method was removed. */
const leftSpellings: Rule['say'] = (stage, { changes }) => {
  const removed = changes
    .map(({ place }) => place)
    .filter(({ property, key }) => isMethodRow(property) && !Object.hasOwn(stage.methodSettings ?? {}, key));
  const gone = new Set(removed.map(({ key }) => readableKey(key)));
  return [...spellingsOf(gone.size === 0 ? [] : keysIn(stage))]
    .filter(([method]) => gone.has(method))
    .flatMap(([method, left]) => left.map((key) => `${method} also has an entry with the key ${key}, which stays.`));
};

const sameMethod: Rule['say'] = (stage) =>
  [...spellingsOf(keysIn(stage))]
    .filter(([, same]) => same.length > 1)
    .map(([method, same]) => {
      const dead = same.filter(isDeadKey).map((key) => `'${key}'`);
      const advice = `API Gateway ignores ${dead.join(' and ')}; remove it: stage unset --method ${dead.join(' --method ')}.`;
      return (
        `${method} has ${same.length} entries, with the keys ${same.join(' and ')}. ` +
        (dead.length > 0 ? advice : 'API Gateway keeps them apart.')
      );
    });

/** The key that a dead one was meant for; some people begin it with a word of the API. */
const livingKey = (key: string): string | undefined => {
  const [, wrong, rest] = /^((?:methods|methodSettings|resources)\/)?(.*)$/.exec(key) ?? [];
  if (wrong === undefined && !isDeadKey(key)) return undefined;
  const parsed = parseMethods(`/${rest}`);
  const [method] = 'problem' in parsed ? [] : parsed.methods;
  return method === undefined ? `~1/${rest}` : keyOf(method);
};

const deadKeys: Rule['say'] = (_stage, { operations }) => {
  const sentences = new Map<string, string>();
  for (const { op, path } of operations) {
    const place = op === 'replace' ? findPlace(path) : undefined;
    const meant = place && isMethodRow(place.property) ? livingKey(place.key) : undefined;
    if (place === undefined || meant === undefined || sentences.has(place.key)) continue;
    sentences.set(
      place.key,
      `${path} has no effect: API Gateway stores these settings and ignores them. ` +
        `For ${readableKey(meant)} the path is /${meant}${settingPath(place.property)}.`,
    );
  }
  return [...sentences.values()];
};

const looseBooleans: Rule['say'] = (_stage, { operations }) =>
  operations.flatMap((operation) => {
    if (operation.op !== 'replace' || /^(true|false)$/.test(operation.value)) return [];
    const place = findPlace(operation.path);
    return place && isMethodRow(place.property) && place.property.codec === boolean
      ? [
          `API Gateway reads ${JSON.stringify(operation.value)} at ${operation.path} as ${operation.value.toLowerCase() === 'true'}.`,
        ]
      : [];
  });

/** The variables that the canary overrides with another value than the stage has. */
export const differingOverrides = ({ variables = {}, canarySettings }: Stage): readonly string[] =>
  Object.entries(canarySettings?.stageVariableOverrides ?? {})
    .filter(([name, value]) => !Object.hasOwn(variables, name) || variables[name] !== value)
    .map(([name]) => name);

const promote = 'To give them to the stage, use stage promote-canary.';

const lostCanary: Rule['say'] = (stage, { before: { canarySettings } }) => {
  if (canarySettings === undefined || stage.canarySettings !== undefined) return [];
  const { deploymentId } = canarySettings;
  const isNew = deploymentId !== undefined && deploymentId !== stage.deploymentId;
  const lost = [
    ...(isNew ? [`deployment ${deploymentId}`] : []),
    ...differingOverrides({ ...stage, canarySettings }).map((name) => `variable ${name}`),
  ];
  return when(lost.length > 0, `The canary ends without a promotion and takes with it: ${lost.join(', ')}. ${promote}`);
};

const leftOverrides: Rule['say'] = (stage, { changes }) => {
  const isCanarys = changes.some(
    ({ place, after }) => place.property.name === 'deploymentId' && after === stage.canarySettings?.deploymentId,
  );
  const left = differingOverrides(stage);
  return when(
    isCanarys && left.length > 0,
    `The stage serves the canary's deployment now, without the canary's variables: ${left.join(', ')}. ${promote}`,
  );
};

export const rules: readonly Rule[] = [
  {
    code: 'caching-without-cluster',
    about: ['methodSettings', 'cacheClusterEnabled'],
    say: (stage) => {
      const methods =
        stage.cacheClusterEnabled === false ? methodsWhere(stage, (setting) => setting.cachingEnabled === true) : [];
      return when(
        methods.length > 0,
        `Caching is on for ${methods.join(', ')}, but the cache cluster is off, so nothing is cached. Turn it on with --cache-cluster-enabled.`,
      );
    },
  },
  {
    code: 'canary-on-own-deployment',
    about: ['canarySettings', 'deploymentId'],
    say: (stage) =>
      when(
        stage.canarySettings?.deploymentId !== undefined &&
          stage.canarySettings.deploymentId === stage.deploymentId &&
          differingOverrides(stage).length === 0,
        `The canary serves the stage's own deployment ${stage.deploymentId} and variables: it tests nothing new.`,
      ),
  },
  {
    code: 'canary-at-zero',
    about: ['canarySettings'],
    say: ({ canarySettings }) =>
      when(canarySettings?.percentTraffic === 0, 'The canary is at 0 percent: it gets no requests.'),
  },
  {
    code: 'canary-at-hundred',
    about: ['canarySettings'],
    say: ({ canarySettings }) =>
      when(
        canarySettings?.percentTraffic === 100,
        'The canary is at 100 percent, which is not a promotion: the stage keeps its deployment and variables. See stage promote-canary.',
      ),
  },
  {
    code: 'data-trace-without-logging',
    about: ['methodSettings'],
    say: (stage) => {
      const methods = methodsWhere(
        stage,
        ({ dataTraceEnabled, loggingLevel = 'OFF' }) => dataTraceEnabled === true && loggingLevel === 'OFF',
      );
      return when(
        methods.length > 0,
        `Data tracing is on for ${methods.join(', ')} but logging is OFF there, so nothing is traced. Turn it on with --logging-level INFO.`,
      );
    },
  },
  { code: 'method-keeps-value', about: ['methodSettings'], say: otherValues },
  { code: 'method-spelled-twice', about: ['methodSettings'], say: sameMethod },
  { code: 'method-spelled-otherwise', about: ['methodSettings'], say: leftSpellings },
  {
    code: 'access-log-without-destination',
    about: ['accessLogSettings'],
    say: ({ accessLogSettings: { format, destinationArn } = {} }) =>
      when(
        format !== undefined && destinationArn === undefined,
        'Access logs have a format but no destination, so nothing is logged. Set --access-log-destination-arn.',
      ),
  },
  {
    code: 'disputed-character',
    about: ['variables', 'canarySettings'],
    say: (_stage, { changes }) => changes.flatMap(disputedVariable),
  },
  { code: 'method-without-effect', about: ['methodSettings'], say: deadKeys },
  { code: 'boolean-read-as', about: ['methodSettings'], say: looseBooleans },
  { code: 'canary-not-promoted', about: ['canarySettings'], say: lostCanary },
  { code: 'overrides-not-promoted', about: ['deploymentId'], say: leftOverrides },
];

/**
 * The notices about an edit: the rules about what changed between `before` and `own`, checked on the stage as it is now.
 */
export const noticesFor = (
  before: Stage,
  after: Stage,
  operations: readonly PatchOperation[] = [],
  own: Stage = after,
): readonly Notice[] => {
  const changes = changesBetween(before, own);
  const touched = new Set<string>(changes.flatMap(({ place: { property } }) => [property.group, property.name]));
  const edit: Edit = { before, changes, operations };
  return rules
    .filter(({ about }) => about.some((group) => touched.has(group)))
    .flatMap(({ code, say }) => say(after, edit).map((message) => ({ code, message })));
};
