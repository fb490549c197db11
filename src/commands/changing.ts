import type { Resolved } from '../stage/choice.js';
import type { PatchOperation } from '../stage/operation.js';
import { applyPatch } from '../stage/patch.js';
import { pathOf, readLeaf, replaceAt } from '../stage/place.js';
import { everyMethod, properties } from '../stage/properties.js';
import type { Stage } from '../stage/stage.js';

const ranks = new Map(properties.map((property, index) => [property, index]));

// In the order of the table. Settings of methods as they were given, the entry of all methods before those that start from it.
const rankOf = ({ place: { property, key } }: Resolved): readonly [number, number] =>
  property.group === 'methodSettings'
    ? [Number.MAX_SAFE_INTEGER, key === everyMethod ? 0 : 1]
    : [ranks.get(property) ?? 0, 0];

/** Choices in an order that API Gateway accepts; of two for one place the later stays. */
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
