import type { CanarySettings, MethodSetting, Stage } from './stage.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** An object of a draft that may be written to. */
export type Members = Record<string, unknown>;

/**
 * A stage being changed: `next` starts as a copy of `base`'s first level, and each level below is copied once, before its
 * first change. What is never written to stays shared with `base`, which is never written to.
 */
export interface Draft {
  readonly base: Stage;
  readonly next: Mutable<Stage>;
}

export const draftOf = (base: Stage): Draft => ({ base, next: { ...base } });

const own = (object: object | undefined, key: string): unknown =>
  object !== undefined && Object.hasOwn(object, key) ? (object as Members)[key] : undefined;

// From here on a spread costs several times a copy key by key, for maps as JSON.parse makes them (npm run bench shows it).
const manyKeys = 200;

const hasManyKeys = (map: object): boolean => {
  let count = 0;
  for (const _ in map) if (++count > manyKeys) return true;
  return false;
};

/** Copies a map, an own `__proto__` too: the copy is filled while it has no prototype, so that no key can reach one. */
const copyMany = (map: Members): Members => {
  const copy: Members = Object.create(null);
  for (const key in map) copy[key] = map[key];
  return Object.setPrototypeOf(copy, Object.prototype);
};

// Methods have a copy of their own: through the one for all maps this call was many times slower.
const methodSettingsOf = ({ base, next }: Draft): Members => {
  const current = next.methodSettings;
  if (current === undefined) next.methodSettings = {};
  else if (current === base.methodSettings) {
    const copy = hasManyKeys(current) ? copyMany(current as Members) : { ...current };
    next.methodSettings = copy as Record<string, MethodSetting>;
  }
  return next.methodSettings as Members;
};

/** The entry of a method; `seed` makes it where there is none. */
export const methodSettingOf = (draft: Draft, key: string, seed: (stage: Stage) => MethodSetting): Members => {
  const settings = methodSettingsOf(draft);
  const current = own(settings, key);
  if (current === undefined) settings[key] = { ...seed(draft.next) };
  else if (current === own(draft.base.methodSettings, key)) settings[key] = { ...(current as object) };
  return settings[key] as Members;
};

export const removeMethodSetting = (draft: Draft, key: string): void => {
  delete methodSettingsOf(draft)[key];
};

const memberOf = (parent: Members, kept: object | undefined, member: string): Members => {
  const current = own(parent, member);
  if (current === undefined) parent[member] = {};
  else if (current === own(kept, member)) parent[member] = { ...(current as object) };
  return parent[member] as Members;
};

export const variablesOf = ({ base, next }: Draft): Members => memberOf(next as Members, base, 'variables');

export const accessLogSettingsOf = ({ base, next }: Draft): Members =>
  memberOf(next as Members, base, 'accessLogSettings');

/** The canary; `seed` makes it where there is none. */
export const canarySettingsOf = ({ base, next }: Draft, seed: (stage: Stage) => CanarySettings): Members => {
  next.canarySettings ??= seed(next);
  return memberOf(next as Members, base, 'canarySettings');
};

export const overridesOf = (draft: Draft, seed: (stage: Stage) => CanarySettings): Members =>
  memberOf(canarySettingsOf(draft, seed), draft.base.canarySettings, 'stageVariableOverrides');

/** Takes a key away, and the map with it when that was its last. */
export const removeKey = (parent: Members, kept: object | undefined, map: string, key: string): void => {
  const members = memberOf(parent, kept, map);
  delete members[key];
  if (Object.keys(members).length === 0) delete parent[map];
};
