/** Finds and masks secrets. */

import type { Leaf } from '../stage/codec.js';
import { findPlace, isNamed, type Place } from '../stage/place.js';
import { properties } from '../stage/properties.js';
import { isObject } from '../stage/stage.js';

/** Printed instead of a secret. */
export const mask = '********';

/** Whether a variable with this name holds a secret. */
export type IsSecret = (name: string) => boolean;

/** Patterns for lower-case words with spaces around them. A word can have a prefix: `dbpassword`. */
const secretWords = [
  /(?:token|secret|password|passwd|passphrase|credential|pass word|pass phrase|pwd)s? /,
  /(?:api|access|secret|private|signing|encryption|auth|account|master|shared|license) ?keys? /,
  / jwts? | dsns? | conn(?:ection)? ?str(?:ing)?s? /,
  / (?:db|database|sql|mysql|postgres|postgresql|pg|mongo|mongodb|redis|amqp|rabbitmq|jdbc) ?(?:url|uri)s? /,
  // Excludes English words that end in "pass".
  /(?<! (?:by|com|encom|over|under|sur|tres))pass /,
];

/** Matches names with a word for a secret, or with one of `more`. `dbPassword` and `DB_PASSWORD` are `db password`. */
export const secretNames =
  (more: readonly string[]): IsSecret =>
  (name) => {
    const separate = name.replace(/([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3 $2').toLowerCase();
    const words = ` ${separate.split(/[^a-z]+/).join(' ')} `;
    return (
      secretWords.some((pattern) => pattern.test(words)) ||
      more.some((word) => name.toLowerCase().includes(word.toLowerCase()))
    );
  };

export const isSecretPlace = ({ property, key }: Place, isSecret: IsSecret): boolean =>
  isNamed(property) && isSecret(key);

/** A value for documents: null if unset, masked if secret. */
export const maskLeaf = (place: Place, leaf: Leaf | undefined, isSecret: IsSecret): Leaf | null =>
  leaf !== undefined && isSecretPlace(place, isSecret) ? mask : (leaf ?? null);

/**
 * Whether the value of an operation is a secret. In an unknown path, any segment may name a secret; the value for a
 * whole group may contain one.
 */
export const isSecretAt = (path: string, value: unknown, isSecret: IsSecret): boolean => {
  const place = findPlace(path);
  if (place === undefined) return path.split('/').some(isSecret);
  return isSecretPlace(place, isSecret) || (place.property.codec === undefined && isSecret(String(value)));
};

/** The members with user-chosen keys: `variables`, `stageVariableOverrides` and `tags`. */
const namedMaps = new Set(properties.filter(isNamed).map(({ name }) => name.split('.').at(-2)));

/** Masks the secrets anywhere in a stage, or in a request or response body of API Gateway. */
export const maskSecrets = (body: unknown, isSecret: IsSecret, isMap = false): unknown => {
  if (Array.isArray(body)) return body.map((item) => maskSecrets(item, isSecret));
  if (!isObject(body)) return body;
  const { path, value } = body;
  const isHidden = typeof path === 'string' && !isMap && isSecretAt(path, value, isSecret);
  return Object.fromEntries(
    Object.entries(body).map(([name, member]) =>
      (isMap ? isSecret(name) : isHidden && name === 'value')
        ? [name, mask]
        : [name, maskSecrets(member, isSecret, namedMaps.has(name) && !isMap)],
    ),
  );
};
