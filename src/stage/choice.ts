/** What users name: a property by its field path or patch path, and its new text. */

import { stageFileName } from '../text/stage-file-name.js';
import { allMethods, findKey, keyOf, type Method, parseMethods, spellingNotice } from './method.js';
import { findPlace, findProperty, methodEntry, methodRows, type Place } from './place.js';
import type { Notice } from './plan.js';
import { everyMethod, type Property, properties } from './properties.js';
import { type Stage, stageShape } from './stage.js';

/** A property that the user named. Which entry its method means depends on the stage. */
export interface Choice {
  readonly property: Property;
  /** The name of a variable or tag. */
  readonly name?: string;
  readonly method?: Method;
  /** Its new value. */
  readonly text?: string;
  /** How it was named: a word as typed, or an option with its NAME. */
  readonly word?: string;
}

export type Word =
  | { readonly choices: readonly Choice[]; readonly notices: readonly Notice[] }
  | { readonly problem: string };

/** The part before the first dot or equals sign. */
const headOf = (word: string): string => /^[^.=]*/.exec(word)?.[0] ?? '';

const isPath = (word: string): boolean =>
  word.startsWith('/') && !stageFileName.test(word) && findPlace(word) !== undefined;

/**
 * Whether a word names a property and not a target: its first part is a field of a stage, or it is a patch path. A value may
 * follow.
 */
export const isProperty = (word: string): boolean =>
  Object.hasOwn(stageShape, headOf(word)) || isPath(word) || isPath(word.replace(/=.*$/s, ''));

const found = (property: Property, rest: Omit<Choice, 'property'> = {}): Word => ({
  choices: [{ property, ...rest }],
  notices: [],
});

const keyed = (place: Place): Word =>
  place.property.group === 'methodSettings'
    ? found(place.property, { method: { key: place.key } })
    : found(place.property, place.key === '' ? {} : { name: place.key });

const inMethods = (methods: string, property: Property): Word => {
  const parsed = parseMethods(methods);
  if ('problem' in parsed) return parsed;
  return { choices: parsed.methods.map((method) => ({ property, method })), notices: parsed.notices };
};

const settingNames = (): string => methodRows.map(({ field }) => field).join(', ');

/** Whether the text before the last dot is a method, so that the rest should be a setting. */
const hasSetting = (rest: string, dot: number): boolean =>
  dot > 0 && /^[A-Za-z]+$/.test(rest.slice(dot + 1)) && !('problem' in parseMethods(rest.slice(0, dot)));

const parseSetting = (rest: string): Word => {
  const dot = rest.lastIndexOf('.');
  const field = rest.slice(dot + 1);
  const property = dot > 0 ? findProperty(`${methodEntry.name}.${field}`) : undefined;
  if (property) return inMethods(rest.slice(0, dot), property);
  if (findProperty(`${methodEntry.name}.${rest}`))
    return { problem: `the method is missing; for all methods write methodSettings.*/*.${rest}` };
  if (hasSetting(rest, dot))
    return { problem: `${field} is not a setting of a method; expected one of ${settingNames()}` };
  return inMethods(rest, methodEntry);
};

const fieldsUnder = (parent: string): string =>
  properties
    .filter(({ name }) => name.startsWith(`${parent}.`))
    .map(({ name }) => name)
    .join(', ');

const parseField = (word: string): Word => {
  const plain = findProperty(word);
  if (plain) return found(plain);
  const dot = word.indexOf('.');
  const [parent, rest] = [word.slice(0, dot), word.slice(dot + 1)];
  if (parent === 'methodSettings') return parseSetting(rest);
  const overrides = 'stageVariableOverrides.';
  const [map, name] = rest.startsWith(overrides)
    ? [`${parent}.stageVariableOverrides`, rest.slice(overrides.length)]
    : [parent, rest];
  const property = dot > 0 && name !== '' ? findProperty(`${map}.{name}`) : undefined;
  if (property) return found(property, { name });
  const known = fieldsUnder(headOf(word));
  return { problem: known === '' ? 'it has no fields' : `expected one of ${known}` };
};

/** Reads a word for which `isProperty` holds: a field path (`variables.color`) or a patch path (`/variables/color`). */
export const parseProperty = (word: string): Word => {
  const place = isPath(word) ? findPlace(word) : undefined;
  const parsed = place ? keyed(place) : parseField(word);
  return 'problem' in parsed ? parsed : { ...parsed, choices: parsed.choices.map((choice) => ({ ...choice, word })) };
};

/** Several properties with commas between them, each maybe with a final `.*`. A comma within a method does not separate. */
export const splitProperties = (text: string): readonly string[] =>
  text
    .split(',')
    .reduce<string[]>((words, part) => {
      if (words.length > 0 && !isProperty(part)) words.push(`${words.pop()},${part}`);
      else words.push(part);
      return words;
    }, [])
    .map((word) => word.replace(/\.\*$/, ''));

const methodsIn = (stage: Stage, isUsable: (key: string) => boolean = () => true): readonly Method[] => [
  allMethods,
  ...Object.keys(stage.methodSettings ?? {})
    .filter((key) => key !== everyMethod && isUsable(key))
    .map((key) => ({ key })),
];

/** Which methods an option such as `--logging-level` is for: those of `--method`, or with `--all-methods` all entries. */
export type MethodChoice = readonly Method[] | 'all-entries';

export interface Resolved {
  readonly place: Place;
  readonly choice: Choice;
}

/** The choices as places of a stage. Entries in another spelling are used, with a notice, if `isUsable` accepts them. */
export const resolve = (
  choices: readonly Choice[],
  stage: Stage,
  methods: MethodChoice = [allMethods],
  isUsable?: (key: string) => boolean,
): { readonly resolved: readonly Resolved[]; readonly notices: readonly Notice[] } => {
  const named = methods === 'all-entries' ? methodsIn(stage, isUsable) : methods;
  const notices = new Map<string, Notice>();
  const resolveOne = (choice: Choice, method: Method): Resolved => {
    const key = findKey(stage, method, isUsable) ?? keyOf(method);
    for (const notice of spellingNotice(method, key)) notices.set(notice.message, notice);
    return { place: { property: choice.property, key }, choice };
  };
  const resolved = choices.flatMap((choice): readonly Resolved[] => {
    if (!choice.property.name.includes('{method}'))
      return [{ place: { property: choice.property, key: choice.name ?? '' }, choice }];
    return (choice.method ? [choice.method] : named).map((method) => resolveOne(choice, method));
  });
  return { resolved, notices: [...notices.values()] };
};
