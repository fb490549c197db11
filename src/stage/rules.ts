/** What is true of two properties together, and API Gateway does not say: settings that it accepts and that do nothing. */

import { type Change, changesBetween } from './changes.js';
import { variableValue } from './codec.js';
import { keeping } from './keeping.js';
import { methodNamesIn, readableKey, spellingsOf } from './method.js';
import type { PatchOperation } from './operation.js';
import { isMethodRow, nameOf, pathOf } from './place.js';
import type { Notice } from './plan.js';
import { everyMethod, type GroupName } from './properties.js';
import type { MethodSetting, Stage } from './stage.js';

/** What was done to a stage. */
interface Edit {
  readonly changes: readonly Change[];
  /** The paths that were written to. What changed elsewhere API Gateway filled in, or took away. */
  readonly written: ReadonlySet<string>;
}

interface Rule {
  readonly code: string;
  /** An edit is told of the rule when it changes something here. */
  readonly about: readonly (GroupName | 'cacheClusterEnabled' | 'deploymentId')[];
  /** A sentence for each time that the rule holds of a stage after an edit. */
  readonly say: (stage: Stage, edit: Edit) => readonly string[];
}

const when = (condition: boolean, sentence: string): readonly string[] => (condition ? [sentence] : []);

const methodsWhere = (stage: Stage, isSo: (setting: MethodSetting) => boolean): readonly string[] =>
  Object.entries(stage.methodSettings ?? {})
    .filter(([, setting]) => isSo(setting))
    .map(([key]) => key)
    .map(methodNamesIn(stage));

// What AWS's document allows and its message does not name, and the other way round.
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
    `The value of ${nameOf(place)} holds ${held.join(' and ')}: AWS's document and AWS's own message disagree about that.`,
  );
};

/** A setting of all methods that was asked for: that of an entry which is there still, and no default of a new one. */
const isOfAllMethods =
  ({ methodSettings }: Stage, { written }: Edit) =>
  ({ place, before }: Change): boolean =>
    isMethodRow(place.property) &&
    place.key === everyMethod &&
    methodSettings?.[everyMethod] !== undefined &&
    (before !== undefined || written.has(pathOf(place)));

const otherValues: Rule['say'] = (stage, edit) => {
  const changed = new Set(edit.changes.map(({ place }) => nameOf(place)));
  return edit.changes
    .filter(isOfAllMethods(stage, edit))
    .flatMap(({ place: { property }, after }) => keeping(stage, property, after, (place) => changed.has(nameOf(place))))
    .map(({ message }) => message);
};

const keysIn = ({ methodSettings = {} }: Stage): readonly string[] => Object.keys(methodSettings);

/** Entries of a method that stay where another of the same method went. */
const leftSpellings: Rule['say'] = (stage, { changes }) => {
  const removed = changes
    .map(({ place }) => place)
    .filter(({ property, key }) => isMethodRow(property) && !Object.hasOwn(stage.methodSettings ?? {}, key));
  const gone = new Set(removed.map(({ key }) => readableKey(key)));
  return [...spellingsOf(gone.size === 0 ? [] : keysIn(stage))]
    .filter(([method]) => gone.has(method))
    .flatMap(([method, left]) => left.map((key) => `${method} is spelled ${key} too; that entry stays in force.`));
};

const sameMethod = (stage: Stage): readonly string[] => {
  return [...spellingsOf(keysIn(stage))]
    .filter(([, same]) => same.length > 1)
    .map(
      ([method, same]) =>
        `${method} has ${same.length} entries, spelled ${same.join(' and ')}; API Gateway heeds them separately.`,
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
        `Caching is on for ${methods.join(', ')}, but the cache cluster is off, so nothing is cached: --cache-cluster-enabled.`,
      );
    },
  },
  {
    code: 'canary-on-own-deployment',
    about: ['canarySettings', 'deploymentId'],
    say: ({ canarySettings, deploymentId }) =>
      when(
        canarySettings?.deploymentId !== undefined && canarySettings.deploymentId === deploymentId,
        `The canary serves deployment ${deploymentId}, which is the stage's own: it tests nothing new.`,
      ),
  },
  {
    code: 'canary-at-zero',
    about: ['canarySettings'],
    say: ({ canarySettings }) =>
      when(canarySettings?.percentTraffic === 0, 'The canary is at 0 percent: no request reaches it.'),
  },
  {
    code: 'canary-at-hundred',
    about: ['canarySettings'],
    say: ({ canarySettings }) =>
      when(
        canarySettings?.percentTraffic === 100,
        'The canary is at 100 percent, which is no promotion: the stage keeps its deployment and variables. See stage promote-canary.',
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
        `Data tracing is on for ${methods.join(', ')} where logging is OFF, so nothing is traced: --logging-level INFO.`,
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
        'Access logs have a format and no destination, so nothing is logged: --access-log-destination-arn.',
      ),
  },
  {
    code: 'disputed-character',
    about: ['variables', 'canarySettings'],
    say: (_stage, { changes }) => changes.flatMap(disputedVariable),
  },
];

/**
 * What an edit by these operations should be told of: the rules about what it changed, `own` beside `before`, that hold of the
 * stage as it is now.
 */
export const noticesFor = (
  before: Stage,
  after: Stage,
  operations: readonly PatchOperation[] = [],
  own: Stage = after,
): readonly Notice[] => {
  const changes = changesBetween(before, own);
  const touched = new Set<string>(changes.flatMap(({ place: { property } }) => [property.group, property.name]));
  const edit = { changes, written: new Set(operations.map(({ path }) => path)) };
  return rules
    .filter(({ about }) => about.some((group) => touched.has(group)))
    .flatMap(({ code, say }) => say(after, edit).map((message) => ({ code, message })));
};
