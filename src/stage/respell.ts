/** One method, two spellings: `pets/GET` in one stage is `~1pets/GET` in another. */
import { isDeadKey, readableKey } from './method.js';
import type { Stage } from './stage.js';

export type Spellings = ReadonlyMap<string, string>;

/** The source's method keys in the target's spelling, so that each method has one entry. Dead keys stay as they are. */
export const spellings = (
  { methodSettings: source = {} }: Stage,
  { methodSettings: target = {} }: Stage,
  keys: readonly string[] = Object.keys(source),
): Spellings => {
  const alive = Object.keys(target).filter((key) => !isDeadKey(key));
  const there = new Map(alive.map((key) => [readableKey(key), key]));
  const spell = (key: string): string => {
    const other = Object.hasOwn(target, key) || isDeadKey(key) ? key : (there.get(readableKey(key)) ?? key);
    return Object.hasOwn(source, other) ? key : other;
  };
  return new Map(keys.map((key) => [key, spell(key)]));
};

export const respelled = (source: Stage, keys: Spellings): Stage => {
  const entries = Object.entries(source.methodSettings ?? {});
  return source.methodSettings === undefined
    ? source
    : { ...source, methodSettings: Object.fromEntries(entries.map(([key, entry]) => [keys.get(key) ?? key, entry])) };
};
