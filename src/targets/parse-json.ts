/** JSON as a person may have written it: broken, with a key twice, or without a bottom. */
import { failure } from '../stage/problem.js';
import { clipped } from '../text/clipped.js';
import { isTooDeep } from '../text/json-depth.js';
import { findJsonFault, jsonFaultSentence } from '../text/json-fault.js';
import { repeatsKeys } from '../text/json-keys.js';

/** Undefined, which is no JSON value, where the text is none. */
const parseIfJson = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

/** Says where JSON.parse failed, took the last of two members with one key, or went deeper than others can follow. */
const refuseBroken = (json: string, label: string): void => {
  const fault = findJsonFault(json);
  if (fault === undefined) return;
  throw failure('input', 'broken-json', `${clipped(label)}: ${jsonFaultSentence(fault)}`);
};

/** What a JSON text holds. Throws `StageError('input')` where it is none, an object has a key twice, or it is nested too deeply. */
export const parseJson = (json: string, label: string): unknown => {
  const value = parseIfJson(json);
  if (value === undefined || repeatsKeys(json, value) || isTooDeep(value)) refuseBroken(json, label);
  return value;
};
