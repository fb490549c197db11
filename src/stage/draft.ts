import { isNamed, type Place } from './place.js';
import { StageError } from './problem.js';
import { seedCanarySettings, seedMethodSetting } from './properties.js';
import { ours } from './refusals.js';
import { isObject, kindOf, type Stage } from './stage.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

type Members = Record<string, unknown>;

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

/** It has no prototype while it is filled, so that an own `__proto__` is a key like others. */
const copyOf = (map: Members): Members => {
  const keys = Object.keys(map);
  if (keys.length < manyKeys) return { ...map };
  const copy: Members = Object.create(null);
  for (const key of keys) copy[key] = map[key];
  return Object.setPrototypeOf(copy, Object.prototype);
};

const memberOf = (parent: Members, kept: object | undefined, name: string): Members => {
  const current = parent[name];
  if (current !== undefined && current !== (kept as Members | undefined)?.[name]) return current as Members;
  const map = copyOf((current ?? {}) as Members);
  parent[name] = map;
  return map;
};

const methodSettingOf = (draft: Draft, key: string): Members => {
  const settings = memberOf(draft.next, draft.base, 'methodSettings');
  // hasOwn is slow, and not needed: a method's key has a slash, and no inherited name has one.
  const current = settings[key];
  if (current !== undefined && current !== draft.base.methodSettings?.[key]) return current as Members;
  if (current !== undefined && !isObject(current))
    throw new StageError('input', [ours.noStage(`methodSettings.${key}`, kindOf(current))]);
  const entry: Members = { ...(current === undefined ? seedMethodSetting(draft.next) : (current as object)) };
  settings[key] = entry;
  return entry;
};

export const removeMethodSetting = (draft: Draft, key: string): void => {
  delete memberOf(draft.next, draft.base, 'methodSettings')[key];
};

/** The object that holds a place's leaf, ready to be changed. A missing entry or canary is made. */
export const holderOf = (draft: Draft, { property, key }: Place): Members => {
  const { base, next } = draft;
  if (property.group === 'methodSettings') return methodSettingOf(draft, key);
  if (property.group === 'stage') return next;
  if (property.group !== 'canarySettings') return memberOf(next, base, property.group);
  next.canarySettings ??= seedCanarySettings(next);
  const canary = memberOf(next, base, 'canarySettings');
  return isNamed(property) ? memberOf(canary, base.canarySettings, 'stageVariableOverrides') : canary;
};

const isEmpty = (map: object | undefined): boolean => map !== undefined && Object.keys(map).length === 0;

/** The finished stage: a map of variables that lost its last key is gone. Asked once, since counting keys takes time. */
export const finished = ({ base, next }: Draft): Stage => {
  if (next.variables !== base.variables && isEmpty(next.variables)) delete next.variables;
  const overrides = next.canarySettings?.stageVariableOverrides;
  if (overrides !== base.canarySettings?.stageVariableOverrides && isEmpty(overrides))
    delete (next.canarySettings as Members)['stageVariableOverrides'];
  return next;
};
