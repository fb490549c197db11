import { isNamed, type Place } from './place.js';
import { StageError } from './problem.js';
import { seedCanarySettings, seedMethodSetting } from './properties.js';
import { ours } from './refusals.js';
import { isObject, kindOf, type Stage } from './stage.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

type Members = Record<string, unknown>;

/**
 * A stage being changed: `next` starts as a copy of `base`'s first level, and each level below is copied once, before
 * its first change. What does not change stays shared with `base`.
 */
export interface Draft {
  readonly base: Stage;
  readonly next: Mutable<Stage> & Members;
}

export const draftOf = (base: Stage): Draft => ({ base, next: { ...base } as Draft['next'] });

// V8 stores objects of this size as hash tables, and spreading one takes four times as long as copying key by key.
const manyKeys = 128;

/** Some entries of a map. The copy has no prototype while it is filled, so that `__proto__` is an ordinary key. */
export const picked = <T>(map: { readonly [key: string]: T }, keys: readonly string[]): Record<string, T> => {
  const copy: Record<string, T> = Object.create(null);
  for (const key of keys) copy[key] = map[key] as T;
  return Object.setPrototypeOf(copy, Object.prototype);
};

const copyOf = (map: Members = {}): Members => {
  const keys = Object.keys(map);
  return keys.length < manyKeys ? { ...map } : picked(map, keys);
};

export const checkObject = (name: string, value: unknown): void => {
  if (!isObject(value)) throw new StageError('input', [ours.noStage(name, kindOf(value))]);
};

const memberOf = (parent: Members, kept: object | undefined, name: string, copy = copyOf): Members => {
  // hasOwn is slow, and not needed: a method's key has a slash, and no inherited name has one.
  const current = parent[name] as Members | undefined;
  if (current !== undefined && current !== (kept as Members | undefined)?.[name]) return current;
  const map = copy(current);
  parent[name] = map;
  return map;
};

// Not copyOf: V8 copies objects faster in a function that sees only one size of them.
const methodSettingOf = ({ base, next }: Draft, key: string): Members =>
  memberOf(memberOf(next, base, 'methodSettings'), base.methodSettings, key, (entry) => {
    if (entry !== undefined && !isObject(entry)) checkObject(`methodSettings.${key}`, entry);
    return { ...(entry ?? seedMethodSetting(next)) };
  });

export const removeMethodSetting = (draft: Draft, key: string): void => {
  delete memberOf(draft.next, draft.base, 'methodSettings')[key];
};

/** The object that holds a place's leaf, ready to be changed. A missing entry or canary is created. */
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

/** The finished stage, without maps of variables that lost their last key. Checked only here: counting keys is slow. */
export const finished = ({ base, next }: Draft): Stage => {
  if (next.variables !== base.variables && isEmpty(next.variables)) delete next.variables;
  const overrides = next.canarySettings?.stageVariableOverrides;
  if (overrides !== base.canarySettings?.stageVariableOverrides && isEmpty(overrides))
    delete (next.canarySettings as Members)['stageVariableOverrides'];
  return next;
};
