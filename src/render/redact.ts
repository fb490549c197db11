/** Which values are secrets, and what is shown instead of them. */

import type { Leaf } from '../stage/codec.js';
import { findPlace, isNamed, type Place } from '../stage/place.js';
import { properties } from '../stage/properties.js';
import { isObject } from '../stage/stage.js';

/** What is shown instead of a secret. */
export const mask = '********';

/** Whether the value of a variable of that name is a secret. */
export type IsSecret = (name: string) => boolean;

/** Among lower-case words with spaces around them. A word may have another in front of it: `dbpassword`. */
const secretWords = [
  /(?:token|secret|password|passwd|passphrase|credential|pass word|pass phrase|pwd)s? /,
  /(?:api|access|secret|private|signing|encryption|auth|account|master|shared|license) ?keys? /,
  / jwts? | dsns? | conn(?:ection)? ?str(?:ing)?s? /,
  / (?:db|database|sql|mysql|postgres|postgresql|pg|mongo|mongodb|redis|amqp|rabbitmq|jdbc) ?(?:url|uri)s? /,
  // English has words that end in it.
  /(?<! (?:by|com|encom|over|under|sur|tres))pass /,
];

/** Names with a word in them that stands for a secret, or with one of the user's own. `dbPassword` and `DB_PASSWORD` are both `db password`. */
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

/** A value as documents have it: null where nothing is set, masked where it is a secret. */
export const maskLeaf = (place: Place, leaf: Leaf | undefined, isSecret: IsSecret): Leaf | null =>
  leaf !== undefined && isSecretPlace(place, isSecret) ? mask : (leaf ?? null);

/**
 * Whether the value of an operation is a secret. Any part of a path that leads nowhere may be the name of one, and the value for a whole
 * group may hold one.
 */
export const isSecretAt = (path: string, value: unknown, isSecret: IsSecret): boolean => {
  const place = findPlace(path);
  if (place === undefined) return path.split('/').some(isSecret);
  return isSecretPlace(place, isSecret) || (place.property.codec === undefined && isSecret(String(value)));
};

/** The members that hold what has a name: `variables`, `stageVariableOverrides` and `tags`. */
const namedMaps = new Set(properties.filter(isNamed).map(({ name }) => name.split('.').at(-2)));

/** A stage, or the body of a request or an answer of API Gateway, without its secrets, wherever they are in it. */
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
