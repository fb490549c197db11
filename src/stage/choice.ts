/** What users name and ask for: a property by its field path or patch path, and the text it is to have. */

import { stageFileName } from '../text/stage-file-name.js';
import { allMethods, findKey, keyOf, type Method, parseMethods, spellingNotice } from './method.js';
import { findPlace, findProperty, methodEntry, methodRows, type Place } from './place.js';
import type { Notice } from './plan.js';
import { everyMethod, type Property, properties } from './properties.js';
import { type Stage, stageShape } from './stage.js';

/** A property that the user named; which entry a method stands for is found out at the stage. */
export interface Choice {
  readonly property: Property;
  /** The name of a variable or tag. */
  readonly name?: string;
  readonly method?: Method;
  /** What it is to become. */
  readonly text?: string;
  /** What named it: a word as it was typed, or a flag, with a name where it takes one. */
  readonly word?: string;
}

export type Word =
  | { readonly choices: readonly Choice[]; readonly notices: readonly Notice[] }
  | { readonly problem: string };

/** What stands before the first dot or equals sign. */
const headOf = (word: string): string => /^[^.=]*/.exec(word)?.[0] ?? '';

const isPath = (word: string): boolean =>
  word.startsWith('/') && !stageFileName.test(word) && findPlace(word) !== undefined;

/**
 * Whether a word names a property, and so no target: its first part is a field of a stage, or it is a patch path, with or
 * without a value behind it.
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

/** Whether a method comes before the last dot, so that what is behind it was meant to be a setting. */
const hasSetting = (rest: string, dot: number): boolean =>
  dot > 0 && /^[A-Za-z]+$/.test(rest.slice(dot + 1)) && !('problem' in parseMethods(rest.slice(0, dot)));

const parseSetting = (rest: string): Word => {
  const dot = rest.lastIndexOf('.');
  const field = rest.slice(dot + 1);
  const property = dot > 0 ? findProperty(`${methodEntry.name}.${field}`) : undefined;
  if (property) return inMethods(rest.slice(0, dot), property);
  if (findProperty(`${methodEntry.name}.${rest}`))
    return { problem: `the method is missing; write methodSettings.*/*.${rest} for all methods` };
  if (hasSetting(rest, dot))
    return { problem: `${field} is no setting of a method; expected one of ${settingNames()}` };
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
  return { problem: known === '' ? 'it has no fields of its own' : `expected one of ${known}` };
};

/** Reads a word for which `isProperty` holds: a field path (`variables.color`) or a patch path (`/variables/color`). */
export const parseProperty = (word: string): Word => {
  const place = isPath(word) ? findPlace(word) : undefined;
  const parsed = place ? keyed(place) : parseField(word);
  return 'problem' in parsed ? parsed : { ...parsed, choices: parsed.choices.map((choice) => ({ ...choice, word })) };
};

const methodsIn = (stage: Stage): readonly Method[] => [
  allMethods,
  ...Object.keys(stage.methodSettings ?? {})
    .filter((key) => key !== everyMethod)
    .map((key) => ({ key })),
];

/** Which methods a flag such as `--logging-level` is for: those of `--method`, or with `--all-methods` all that are there. */
export type MethodChoice = readonly Method[] | 'all-entries';

export interface Resolved {
  readonly place: Place;
  readonly choice: Choice;
}

/** The choices as places of a stage: entries that are there under another spelling are used, with a notice. */
export const resolve = (
  choices: readonly Choice[],
  stage: Stage,
  methods: MethodChoice = [allMethods],
): { readonly resolved: readonly Resolved[]; readonly notices: readonly Notice[] } => {
  const named = methods === 'all-entries' ? methodsIn(stage) : methods;
  const notices = new Map<string, Notice>();
  const resolveOne = (choice: Choice, method: Method): Resolved => {
    const key = findKey(stage, method) ?? keyOf(method);
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
