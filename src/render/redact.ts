import { findPlace, isNamed, type Place, placesFor, withLeaves } from '../stage/place.js';
import { properties } from '../stage/properties.js';
import { isObject, type Stage } from '../stage/stage.js';

/** What is shown in the place of a secret. */
export const mask = '********';

/** Whether the value of a variable of that name is to be hidden. */
export type IsSecret = (name: string) => boolean;

const secretWords = ['token', 'secret', 'password', 'passwd', 'passphrase', 'pass', 'pwd', 'apikey', 'credential'];
// Each of them says nothing alone.
const secretPairs = [
  'api key',
  'access key',
  'secret key',
  'private key',
  'signing key',
  'encryption key',
  'pass word',
  'pass phrase',
];

const withoutPlural = (word: string): string => word.replace(/s$/, '');

/** As they stand among words with spaces around them. A long one may have another before it: `DBPASSWORD`, `accesskey`. */
const known: readonly string[] = [
  ...secretWords.map((word) => `${word.length > 4 ? '' : ' '}${withoutPlural(word)} `),
  ...secretPairs.map((pair) => ` ${pair.split(' ').map(withoutPlural).join(' ')} `),
  ...secretPairs.map((pair) => `${pair.replace(' ', '')} `),
];

/** The words that a name is made of: `dbPassword`, `DB_PASSWORD` and `db2password` all hold `password`. */
const wordsOf = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .map(withoutPlural)
    .join(' ');

/** Names that look like secrets by a word in them, or that hold a word of the user's own. */
export const secretNames = (more: readonly string[]): IsSecret => {
  return (name) => {
    const padded = ` ${wordsOf(name)} `;
    return (
      known.some((word) => padded.includes(word)) ||
      more.some((word) => name.toLowerCase().includes(word.toLowerCase()))
    );
  };
};

const namedRows = properties.filter(isNamed);

const secretPlaces = (stage: Stage, isSecret: IsSecret): readonly Place[] =>
  namedRows.flatMap((property) => placesFor(stage, property)).filter(({ key }) => isSecret(key));

export const isSecretPlace = ({ property, key }: Place, isSecret: IsSecret): boolean =>
  isNamed(property) && isSecret(key);

/** The stage with the mask in the place of what is secret. */
export const maskStage = (stage: Stage, isSecret: IsSecret): Stage => {
  const places = secretPlaces(stage, isSecret);
  return places.length === 0
    ? stage
    : withLeaves(
        stage,
        places.map((place) => ({ place, leaf: mask })),
      );
};

/** The members that hold what has a name: `variables`, `stageVariableOverrides` and `tags`. */
const namedMaps = new Set(namedRows.map(({ name }) => name.split('.').at(-2)));

/**
 * Whether the value of an operation at a path is to be hidden. Any part of a path that leads nowhere may be the name of a secret, and
 * a whole group may hold one.
 */
export const isSecretAt = (path: string, value: unknown, isSecret: IsSecret): boolean => {
  const place = findPlace(path);
  if (place === undefined) return path.split('/').some(isSecret);
  return isSecretPlace(place, isSecret) || (place.property.codec === undefined && isSecret(String(value)));
};

const maskMap = (map: unknown, isSecret: IsSecret): unknown =>
  isObject(map)
    ? Object.fromEntries(Object.entries(map).map(([name, value]) => [name, isSecret(name) ? mask : value]))
    : map;

const maskMember = (member: string, value: unknown, isSecret: IsSecret): unknown =>
  namedMaps.has(member) ? maskMap(value, isSecret) : maskBody(value, isSecret);

/** The body of a request or an answer of API Gateway without the values of secrets, wherever they are in it. */
export const maskBody = (body: unknown, isSecret: IsSecret): unknown => {
  if (Array.isArray(body)) return body.map((item) => maskBody(item, isSecret));
  if (!isObject(body)) return body;
  const { path, value: text } = body;
  const isHidden = typeof path === 'string' && isSecretAt(path, text, isSecret);
  return Object.fromEntries(
    Object.entries(body).map(([member, value]) => [
      member,
      isHidden && member === 'value' ? mask : maskMember(member, value, isSecret),
    ]),
  );
};

const sign = /[=:]/g;

/** A word that was typed, without what stands behind the name of a secret in it: `apiKey:********`. */
export const maskWord = (word: string, isSecret: IsSecret): string => {
  const ends = [...word.matchAll(sign)].map(({ index }) => index);
  const end = ends.find((at) => isSecret(word.slice(0, at)));
  return end === undefined ? word : `${word.slice(0, end + 1)}${mask}`;
};
