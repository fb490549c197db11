import { StageError } from './problem.js';
import { ours } from './refusals.js';
import { type CanarySettings, isObject, kindOf, type MethodSetting, type Stage } from './stage.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** An object of a draft that may be changed. */
export type Members = Record<string, unknown>;

/**
 * A stage being changed: `next` starts as a copy of `base`'s first level, and each level below is copied once, before its
 * first change. What does not change stays shared with `base`.
 */
export interface Draft {
  readonly base: Stage;
  readonly next: Mutable<Stage> & Members;
}

export const draftOf = (base: Stage): Draft => ({ base, next: { ...base } as Draft['next'] });

// V8 stores objects of this size as hash tables, and spreading one takes four times as long as copying key by key.
const manyKeys = 128;

/** Copies a map. It has no prototype while it is filled, so that an own `__proto__` is a key like others. */
const copyMany = (map: Members, keys: readonly string[]): Members => {
  const copy: Members = Object.create(null);
  for (const key of keys) copy[key] = map[key];
  return Object.setPrototypeOf(copy, Object.prototype);
};

// Not through memberOf: V8 runs this many times faster.
const methodSettingsOf = ({ base, next }: Draft): Members => {
  const current = next.methodSettings;
  if (current === undefined) next.methodSettings = {};
  else if (current === base.methodSettings) {
    const keys = Object.keys(current);
    const copy = keys.length < manyKeys ? { ...current } : copyMany(current as Members, keys);
    next.methodSettings = copy as Record<string, MethodSetting>;
  }
  return next.methodSettings as Members;
};

/** The entry of a method; `seed` makes a missing one. */
export const methodSettingOf = (draft: Draft, key: string, seed: (stage: Stage) => MethodSetting): Members => {
  const settings = methodSettingsOf(draft);
  // hasOwn is slow, and not needed: a method's key has a slash, and no inherited name has one.
  const current = settings[key];
  if (current !== undefined && current !== draft.base.methodSettings?.[key]) return current as Members;
  if (current !== undefined && !isObject(current))
    throw new StageError('input', [ours.notAStage(`methodSettings.${key}`, kindOf(current))]);
  const entry: Members = { ...(current === undefined ? seed(draft.next) : (current as object)) };
  settings[key] = entry;
  return entry;
};

export const removeMethodSetting = (draft: Draft, key: string): void => {
  delete methodSettingsOf(draft)[key];
};

type MapName = 'variables' | 'accessLogSettings' | 'canarySettings' | 'stageVariableOverrides';

const memberOf = (parent: Members, kept: object | undefined, name: MapName): Members => {
  const current = parent[name];
  if (current !== undefined && current !== (kept as Members | undefined)?.[name]) return current as Members;
  const map: Members = { ...(current as object | undefined) };
  parent[name] = map;
  return map;
};

export const variablesOf = ({ base, next }: Draft): Members => memberOf(next, base, 'variables');

export const accessLogSettingsOf = ({ base, next }: Draft): Members => memberOf(next, base, 'accessLogSettings');

/** The canary; `seed` makes a missing one. */
export const canarySettingsOf = ({ base, next }: Draft, seed: (stage: Stage) => CanarySettings): Members => {
  next.canarySettings ??= seed(next);
  return memberOf(next, base, 'canarySettings');
};

export const overridesOf = (draft: Draft, seed: (stage: Stage) => CanarySettings): Members =>
  memberOf(canarySettingsOf(draft, seed), draft.base.canarySettings, 'stageVariableOverrides');

const isEmpty = (map: object | undefined): boolean => map !== undefined && Object.keys(map).length === 0;

/** The finished stage: a map of variables that lost its last key is gone. Asked once, since counting keys takes time. */
export const finished = ({ base, next }: Draft): Stage => {
  if (next.variables !== base.variables && isEmpty(next.variables)) delete next.variables;
  const overrides = next.canarySettings?.stageVariableOverrides;
  if (overrides !== base.canarySettings?.stageVariableOverrides && isEmpty(overrides))
    delete (next.canarySettings as Members)['stageVariableOverrides'];
  return next;
};
