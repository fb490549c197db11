/** What is true of two properties together, and API Gateway does not say: settings that it accepts and that do nothing. */

import { type Change, changesBetween } from './changes.js';
import { variableValue } from './codec.js';
import { readableKey } from './method.js';
import { nameOf } from './place.js';
import type { Notice } from './plan.js';
import type { GroupName } from './properties.js';
import type { MethodSetting, Stage } from './stage.js';

interface Rule {
  readonly code: string;
  /** An edit is told of the rule when it changes something here. */
  readonly about: readonly (GroupName | 'cacheClusterEnabled' | 'deploymentId')[];
  /** A sentence for each time that the rule holds of a stage, of which these are the changes. */
  readonly say: (stage: Stage, changes: readonly Change[]) => readonly string[];
}

const when = (condition: boolean, sentence: string): readonly string[] => (condition ? [sentence] : []);

const methodsWhere = (stage: Stage, isSo: (setting: MethodSetting) => boolean): readonly string[] =>
  Object.entries(stage.methodSettings ?? {})
    .filter(([, setting]) => isSo(setting))
    .map(([key]) => readableKey(key));

// What AWS's document allows and its message does not name, and the other way round.
const disputed = /[~# ]/;

const disputedVariable = ({ place, after }: Change): readonly string[] => {
  const isVariable = place.property.codec === variableValue && typeof after === 'string';
  // Which of them is not said: the value may be a secret.
  return when(
    isVariable && disputed.test(after),
    `The value of ${nameOf(place)} holds a ~, a # or a space: AWS's document and AWS's own message disagree about these.`,
  );
};

const spellingsOf = (keys: readonly string[]): ReadonlyMap<string, readonly string[]> => {
  const spellings = new Map<string, string[]>();
  for (const key of keys) spellings.set(readableKey(key), [...(spellings.get(readableKey(key)) ?? []), key]);
  return spellings;
};

const sameMethod = (stage: Stage): readonly string[] => {
  const keys = Object.keys(stage.methodSettings ?? {});
  return [...spellingsOf(keys)]
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
  { code: 'method-spelled-twice', about: ['methodSettings'], say: sameMethod },
  {
    code: 'disputed-character',
    about: ['variables', 'canarySettings'],
    say: (_stage, changes) => changes.flatMap(disputedVariable),
  },
];

/** What an edit should be told of: the rules about what it changed that hold of the stage as it is now. */
export const noticesFor = (before: Stage, after: Stage): readonly Notice[] => {
  const changes = changesBetween(before, after);
  const touched = new Set<string>(changes.flatMap(({ place: { property } }) => [property.group, property.name]));
  return rules
    .filter(({ about }) => about.some((group) => touched.has(group)))
    .flatMap(({ code, say }) => say(after, changes).map((message) => ({ code, message })));
};
