/** Which values are secrets, and what is shown instead of them. */

import { findPlace, isNamed, type Place, placesFor, withLeaves } from '../stage/place.js';
import { properties } from '../stage/properties.js';
import { isObject, type Stage } from '../stage/stage.js';

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

/** `dbPassword` and `DB_PASSWORD` are both `db password`. */
const wordsOf = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .join(' ');

/** Names with a word in them that stands for a secret, or with one of the user's own. */
export const secretNames =
  (more: readonly string[]): IsSecret =>
  (name) => {
    const words = ` ${wordsOf(name)} `;
    return (
      secretWords.some((pattern) => pattern.test(words)) ||
      more.some((word) => name.toLowerCase().includes(word.toLowerCase()))
    );
  };

const namedRows = properties.filter(isNamed);

export const isSecretPlace = ({ property, key }: Place, isSecret: IsSecret): boolean =>
  isNamed(property) && isSecret(key);

/** The stage with the mask instead of its secrets. */
export const maskStage = (stage: Stage, isSecret: IsSecret): Stage => {
  const places = namedRows.flatMap((property) => placesFor(stage, property)).filter(({ key }) => isSecret(key));
  return places.length === 0
    ? stage
    : withLeaves(
        stage,
        places.map((place) => ({ place, leaf: mask })),
      );
};

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
const namedMaps = new Set(namedRows.map(({ name }) => name.split('.').at(-2)));

const maskMember = (name: string, value: unknown, isSecret: IsSecret): unknown => {
  if (!namedMaps.has(name) || !isObject(value)) return maskBody(value, isSecret);
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, isSecret(key) ? mask : text]));
};

/** The body of a request or an answer of API Gateway without the secrets, wherever they are in it. */
export const maskBody = (body: unknown, isSecret: IsSecret): unknown => {
  if (Array.isArray(body)) return body.map((item) => maskBody(item, isSecret));
  if (!isObject(body)) return body;
  const { path, value } = body;
  const isHidden = typeof path === 'string' && isSecretAt(path, value, isSecret);
  return Object.fromEntries(
    Object.entries(body).map(([name, member]) => [
      name,
      isHidden && name === 'value' ? mask : maskMember(name, member, isSecret),
    ]),
  );
};
