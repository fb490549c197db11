import type { Resolved } from '../stage/choice.js';
import { isProblem, type Leaf } from '../stage/codec.js';
import { readableName } from '../stage/method.js';
import type { PatchOperation } from '../stage/operation.js';
import { applyPatch } from '../stage/patch.js';
import { decodeAt, pathOf, readLeaf, replaceAt } from '../stage/place.js';
import type { Problem } from '../stage/problem.js';
import { everyMethod, properties } from '../stage/properties.js';
import type { Stage } from '../stage/stage.js';
import { usageProblem } from './command.js';

const ranks = new Map(properties.map((property, index) => [property, index]));

// In the order of the table. Settings of methods as they were given, the entry of all methods before those that start from it.
const rankOf = ({ place: { property, key } }: Resolved): readonly [number, number] =>
  property.group === 'methodSettings'
    ? [Number.MAX_SAFE_INTEGER, key === everyMethod ? 0 : 1]
    : [ranks.get(property) ?? 0, 0];

const leafOf = ({ place, choice }: Resolved): Leaf | undefined => {
  const leaf = decodeAt(place, choice.text);
  return leaf === undefined || isProblem(leaf) ? choice.text : leaf;
};

const contradiction = (one: Resolved, other: Resolved): Problem => {
  const [first, second] = [one.choice.word, other.choice.word];
  const ways = first === second ? `by ${first} twice` : `by ${first} and by ${second}`;
  return usageProblem(`${readableName(one.place)} is given two values: ${ways}.`);
};

/** Places that are given different values. Nobody can tell which of them is meant. */
export const contradictions = (resolved: readonly Resolved[]): readonly Problem[] => {
  const first = new Map<string, Resolved>();
  return resolved.flatMap((one) => {
    const other = first.get(pathOf(one.place)) ?? one;
    first.set(pathOf(one.place), other);
    return leafOf(other) === leafOf(one) ? [] : [contradiction(other, one)];
  });
};

/** Choices in an order that API Gateway accepts; of two for one place one stays. */
export const ordered = (resolved: readonly Resolved[]): readonly Resolved[] => {
  const last = new Map(resolved.map((one) => [pathOf(one.place), one]));
  return [...last.values()].sort((a, b) => {
    const [first, second] = [rankOf(a), rankOf(b)];
    return first[0] - second[0] || first[1] - second[1];
  });
};

const replaceOf = ({ place, choice }: Resolved): PatchOperation => replaceAt(place, choice.text ?? '');

/**
 * The replaces that change something of the stage as it is. What a new entry is asked to have is written also where AWS
 * would start it so: that a default is what it was taken for, as with an account's throttles, is not known.
 *
 * @throws PatchError with every replace that is refused.
 */
export const changing = (stage: Stage, resolved: readonly Resolved[]): readonly PatchOperation[] => {
  const after = applyPatch(stage, resolved.map(replaceOf));
  return resolved.filter(({ place }) => readLeaf(after, place) !== readLeaf(stage, place)).map(replaceOf);
};
