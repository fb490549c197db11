/** Which methods an API has: API Gateway accepts settings for others, and ignores them. */
import { keyOf, type Method, readableKey } from '../../stage/method.js';
import type { Problem } from '../../stage/problem.js';
import { everyMethod, httpMethods } from '../../stage/properties.js';

export interface Resource {
  /** As API Gateway shows it: `/pets/{id}`. */
  readonly path: string;
  /** `GET`, `ANY`. */
  readonly methods: readonly string[];
}

/** The verbs that a method's settings can be for: a resource with ANY has all seven. */
const verbsOf = ({ methods }: Resource): readonly string[] =>
  methods.includes('ANY') ? httpMethods : httpMethods.filter((verb) => methods.includes(verb));

/** What ANY stands for at a path: the verbs that the resource has; undefined where there is no such resource. */
export const verbsAt = (path: string, resources: readonly Resource[]): readonly string[] | undefined => {
  const resource = resources.find((other) => other.path === path);
  return resource && verbsOf(resource);
};

/** Whether a method was written as ANY of a resource that has other verbs, so that it was not meant. */
export const isBeside = (method: Method, resources: readonly Resource[]): boolean => {
  if ('key' in method || !method.isAny) return false;
  const verbs = verbsAt(method.resourcePath, resources) ?? [];
  return verbs.length > 0 && !verbs.includes(method.httpMethod);
};

/** As it was written: ANY where that stands for none of the verbs, as all that are there are known. */
const readable = (method: Method): string => {
  if ('key' in method) return readableKey(method.key);
  return `${method.isAny ? 'ANY' : method.httpMethod} ${method.resourcePath}`;
};

const sharedStart = (left: string, right: string): number => {
  const end = [...left].findIndex((letter, index) => letter !== right[index]);
  return end < 0 ? left.length : end;
};

/** How much of two paths is the same, from their start and from their end. */
const likeness = (left: string, right: string): number =>
  sharedStart(left, right) + sharedStart([...left].reverse().join(''), [...right].reverse().join(''));

const nearest = (method: string, known: readonly string[]): readonly string[] => {
  const [verb = '', path = ''] = method.split(' ');
  const rank = (other: string): number =>
    likeness(path.toLowerCase(), other.slice(other.indexOf(' ') + 1).toLowerCase()) +
    (other.startsWith(`${verb} `) ? 0.5 : 0);
  return [...known].sort((left, right) => rank(right) - rank(left)).slice(0, 5);
};

/** What there is instead of a method: on its resource nothing, or else methods like it. */
const insteadOf = (method: string, resources: readonly Resource[], known: readonly string[]): string => {
  const path = method.slice(method.indexOf(' ') + 1);
  if (verbsAt(path, resources)?.length === 0) return `The resource ${path} has no methods.`;
  return known.length === 0 ? 'It has no methods.' : `The nearest are ${nearest(method, known).join(', ')}.`;
};

const unknownMethod = (method: string, there: string): Problem => ({
  code: 'unknown-method',
  message: `${method} is no method of this API, which would accept the setting and ignore it. ${there} --allow-unknown-method sends it all the same.`,
});

/** A problem for each method that the API does not have, with the nearest ones. The entry of all methods is no method. */
export const unknownMethods = (methods: readonly Method[], resources: readonly Resource[]): readonly Problem[] => {
  const known = resources.flatMap((resource) => verbsOf(resource).map((verb) => `${verb} ${resource.path}`));
  const isKnown = (method: Method): boolean => {
    const name = readableKey(keyOf(method));
    return name === everyMethod || known.includes(name);
  };
  const unknown = methods.filter((method) => !isKnown(method)).map(readable);
  return [...new Set(unknown)].map((method) => unknownMethod(method, insteadOf(method, resources, known)));
};
