/** Parses the properties that users name, by field path or patch path, and their new values. */

import { stageFileName } from '../text/stage-file-name.js';
import { allMethods, findKey, keyOf, type Method, parseMethods, spellingNotice } from './method.js';
import { findPlace, findProperty, isNamed, methodEntry, methodRows, type Place } from './place.js';
import type { Notice } from './plan.js';
import { everyMethod, type Property, properties } from './properties.js';
import { type Stage, stageShape } from './stage.js';

/** A property that the user named. The stage decides which entry its method refers to. */
export interface Choice {
  readonly property: Property;
  readonly name?: string;
  readonly method?: Method;
  readonly text?: string;
  /** The word as typed, or the option with its NAME. */
  readonly word?: string;
}

type Word = { readonly choices: readonly Choice[]; readonly notices: readonly Notice[] } | { readonly problem: string };

const headOf = (word: string): string => /^[^.=]*/.exec(word)?.[0] ?? '';

const isPath = (word: string): boolean =>
  word.startsWith('/') && !stageFileName.test(word) && findPlace(word) !== undefined;

/** Whether a word names a property rather than a target. The word may include a value. */
export const isProperty = (word: string): boolean =>
  Object.hasOwn(stageShape, headOf(word)) || isPath(word) || isPath(word.replace(/=.*$/s, ''));

const found = (property: Property, rest: Omit<Choice, 'property'> = {}): Word => ({
  choices: [{ property, ...rest }],
  notices: [],
});

const ofMethods = (methods: string, property: Property): Word => {
  const parsed = parseMethods(methods);
  if ('problem' in parsed) return parsed;
  return { choices: parsed.methods.map((method) => ({ property, method })), notices: parsed.notices };
};

const parseSetting = (rest: string): Word => {
  const dot = rest.lastIndexOf('.');
  const [methods, field] = [rest.slice(0, Math.max(dot, 0)), rest.slice(dot + 1)];
  const property = methodRows.find((row) => row.field === field);
  if (property && dot > 0) return ofMethods(methods, property);
  if (property) return { problem: `the method is missing; for all methods write methodSettings.*/*.${rest}` };
  if (dot < 1 || !/^[A-Za-z]+$/.test(field) || 'problem' in parseMethods(methods)) return ofMethods(rest, methodEntry);
  const names = methodRows.map((row) => row.field).join(', ');
  return { problem: `${field} is not a setting of a method; expected one of ${names}` };
};

const parseField = (word: string): Word => {
  const plain = findProperty(word);
  if (plain) return found(plain);
  if (word.startsWith('methodSettings.')) return parseSetting(word.slice('methodSettings.'.length));
  for (const property of properties.filter(isNamed)) {
    const prefix = property.name.slice(0, -'{name}'.length);
    if (word.startsWith(prefix) && word !== prefix) return found(property, { name: word.slice(prefix.length) });
  }
  const fields = properties.map(({ name }) => name).filter((name) => name.startsWith(`${headOf(word)}.`));
  return { problem: fields.length === 0 ? 'it has no fields' : `expected one of ${fields.join(', ')}` };
};

/** Parses a word that `isProperty` accepts: a field path (`variables.color`) or a patch path (`/variables/color`). */
export const parseProperty = (word: string): Word => {
  const place = isPath(word) ? findPlace(word) : undefined;
  const key =
    place?.property.group === 'methodSettings' ? { method: { key: place.key } } : place?.key ? { name: place.key } : {};
  const parsed = place ? found(place.property, key) : parseField(word);
  return 'problem' in parsed ? parsed : { ...parsed, choices: parsed.choices.map((choice) => ({ ...choice, word })) };
};

/** Splits properties at commas and drops a final `.*` from each. A comma within a method does not separate. */
export const splitProperties = (text: string): readonly string[] =>
  text
    .split(',')
    .reduce<string[]>((words, part) => {
      if (words.length > 0 && !isProperty(part)) words.push(`${words.pop()},${part}`);
      else words.push(part);
      return words;
    }, [])
    .map((word) => word.replace(/\.\*$/, ''));

/** The methods that an option such as `--logging-level` sets: those of `--method`, or all entries (`--all-methods`). */
export type MethodChoice = readonly Method[] | 'all-entries';

export interface Resolved {
  readonly place: Place;
  readonly choice: Choice;
}

/** Resolves choices to places of a stage. A usable entry in another spelling is used, with a notice. */
export const resolve = (
  choices: readonly Choice[],
  stage: Stage,
  methods: MethodChoice = [allMethods],
  isUsable: (key: string) => boolean = () => true,
): { readonly resolved: readonly Resolved[]; readonly notices: readonly Notice[] } => {
  const others = Object.keys(stage.methodSettings ?? {}).filter((key) => key !== everyMethod && isUsable(key));
  const named = methods === 'all-entries' ? [allMethods, ...others.map((key) => ({ key }))] : methods;
  const notices = new Map<string, Notice>();
  const resolved = choices.flatMap((choice): readonly Resolved[] => {
    const { property, name = '', method } = choice;
    if (!property.name.includes('{method}')) return [{ place: { property, key: name }, choice }];
    return (method ? [method] : named).map((one) => {
      const key = findKey(stage, one, isUsable) ?? keyOf(one);
      for (const notice of spellingNotice(one, key)) notices.set(notice.message, notice);
      return { place: { property, key }, choice };
    });
  });
  return { resolved, notices: [...notices.values()] };
};
