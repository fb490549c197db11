import { isNamed, type Place, placesFor, withLeaves } from '../stage/place.js';
import { properties } from '../stage/properties.js';
import type { Stage } from '../stage/stage.js';

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

export const namedRows = properties.filter(isNamed);

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
