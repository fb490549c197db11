/** What was typed or sent, without the secrets in it: for refusals, and for what --debug shows. */

import { findPlace } from '../stage/place.js';
import { isObject } from '../stage/stage.js';
import { type IsSecret, isSecretPlace, mask, namedRows } from './redact.js';

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

const sign = /[=:\s]/g;

/** A word that was typed, without what stands behind the name of a secret in it: `apiKey:********`. */
export const maskWord = (word: string, isSecret: IsSecret): string => {
  const ends = [...word.matchAll(sign)].map(({ index }) => index);
  const end = ends.find((at) => isSecret(word.slice(0, at)));
  return end === undefined ? word : `${word.slice(0, end + 1)}${mask}`;
};
