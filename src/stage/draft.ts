import { StageError } from './problem.js';
import { ours } from './refusals.js';
import { type CanarySettings, isObject, kindOf, type MethodSetting, type Stage } from './stage.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** An object of a draft that may be written to. */
export type Members = Record<string, unknown>;

/**
 * A stage being changed: `next` starts as a copy of `base`'s first level, and each level below is copied once, before its
 * first change. What is never written to stays shared with `base`, which is never written to.
 */
export interface Draft {
  readonly base: Stage;
  readonly next: Mutable<Stage> & Members;
}

export const draftOf = (base: Stage): Draft => ({ base, next: { ...base } as Draft['next'] });

// From here on JSON.parse makes a hash table, and a spread of one takes four times as long as a copy key by key.
const manyKeys = 128;

/** Copies a map, an own `__proto__` too: the copy is filled while it has no prototype, so that no key can reach one. */
const copyMany = (map: Members, keys: readonly string[]): Members => {
  const copy: Members = Object.create(null);
  for (const key of keys) copy[key] = map[key];
  return Object.setPrototypeOf(copy, Object.prototype);
};

// Methods have a copy of their own: through the one for all maps this call was many times slower.
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

/** The entry of a method; `seed` makes it where there is none. */
export const methodSettingOf = (draft: Draft, key: string, seed: (stage: Stage) => MethodSetting): Members => {
  const settings = methodSettingsOf(draft);
  // Read without a question for hasOwn, which is slow: a method's key holds a slash, and no inherited name does.
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

/** The canary; `seed` makes it where there is none. */
export const canarySettingsOf = ({ base, next }: Draft, seed: (stage: Stage) => CanarySettings): Members => {
  next.canarySettings ??= seed(next);
  return memberOf(next, base, 'canarySettings');
};

export const overridesOf = (draft: Draft, seed: (stage: Stage) => CanarySettings): Members =>
  memberOf(canarySettingsOf(draft, seed), draft.base.canarySettings, 'stageVariableOverrides');

/** Takes a key away, and the map with it when that was its last. */
export const removeKey = (parent: Members, kept: object | undefined, map: MapName, key: string): void => {
  const members = memberOf(parent, kept, map);
  delete members[key];
  if (Object.keys(members).length === 0) delete parent[map];
};
