/** Entries that methods have of their own do not follow the entry of all methods. */

import type { Leaf } from './codec.js';
import { methodNamesIn } from './method.js';
import { type Place, readLeaf } from './place.js';
import type { Notice } from './plan.js';
import { everyMethod, type Property } from './properties.js';
import type { Stage } from './stage.js';

interface Keeper {
  readonly name: string;
  readonly value: string;
}

const sentence = ({ field }: Property, keepers: readonly Keeper[]): string => {
  const [first] = keepers;
  return keepers.length === 1 && first
    ? `${first.name} has settings of its own and keeps ${field} ${first.value}; --all-methods is for it too.`
    : `${keepers.length} methods have settings of their own and keep another ${field}: ` +
        `${keepers.map(({ name, value }) => `${name} (${value})`).join(', ')}; --all-methods is for them too.`;
};

/** What to say of a setting that the entry of all methods was given: which entries have another, save those that were written. */
export const keeping = (
  stage: Stage,
  property: Property,
  all: Leaf | undefined,
  isWritten: (place: Place) => boolean,
): readonly Notice[] => {
  const methodName = methodNamesIn(stage);
  const others = Object.keys(stage.methodSettings ?? {})
    .filter((key) => key !== everyMethod)
    .map((key) => ({ place: { property, key }, leaf: readLeaf(stage, { property, key }) }))
    .filter(({ place, leaf }) => leaf !== all && !isWritten(place))
    .map(({ place, leaf }) => ({ name: methodName(place.key), value: String(leaf ?? 'unset') }));
  return others.length === 0 ? [] : [{ code: 'method-keeps-value', message: sentence(property, others) }];
};
