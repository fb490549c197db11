/** A stage as the text of a stage file: what `aws apigateway get-stage` prints, or a part of it. */
import { failure, type Problem, StageError } from '../stage/problem.js';
import { isObject, type JsonObject, kindOf, type Misfit, misfitsOf, type Stage, stageShape } from '../stage/stage.js';
import { clipped } from '../text/clipped.js';
import { positionOf } from '../text/json-fault.js';
import { withoutBom } from '../text/without-bom.js';
import { decodeText } from './decode-text.js';
import { type JsonNode, membersOf, rootOf } from './json-text.js';
import { parseJson } from './parse-json.js';
import { rewriteJson, sameValue } from './rewrite.js';

/** A stage and the text it was read from. */
export interface StageDocument {
  readonly text: string;
  readonly stage: Stage;
}

const howToPrint = 'aws apigateway get-stage --rest-api-id ID --stage-name NAME';

const refusal = (code: string, label: string, sentence: string): StageError =>
  failure('input', code, `${clipped(label)}: ${sentence}`);

const nameOf = (item: unknown): string =>
  isObject(item) && typeof item['stageName'] === 'string' ? clipped(item['stageName'], 60) : 'one without a name';

const namesOf = (items: readonly unknown[]): string => {
  const names = items.slice(0, 20).map(nameOf);
  return items.length > names.length ? `${names.join(', ')} and ${items.length - names.length} more` : names.join(', ');
};

/** What to say of a list, as `get-stages` prints it under `item`, or as an array. */
const listRefusal = (items: readonly unknown[], at: string, label: string): StageError => {
  const came = items.length === 0 ? 'an empty list' : `a list of ${items.length}: ${namesOf(items)}`;
  const next =
    items.length === 0 ? `Print one with: ${howToPrint}` : `Pick one, the first for example, with: jq '${at}[0]'`;
  return refusal('not-one-stage', label, `expected one stage, came ${came}. ${next}`);
};

const isKnown = (key: string): boolean => Object.hasOwn(stageShape, key);

const strangerRefusal = (value: JsonObject, label: string): StageError => {
  const keys = Object.keys(value)
    .slice(0, 5)
    .map((key) => clipped(JSON.stringify(key), 60));
  const came = `an object without any of its members (it has ${keys.join(', ')})`;
  return refusal('not-a-stage', label, `expected a stage, came ${came}. Print one with: ${howToPrint}`);
};

/** `canarySettings.percentTraffic`, `methodSettings["~1pets/GET"].loggingLevel`. */
const memberPath = (at: readonly string[]): string =>
  at
    .map((key) => (/^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${clipped(JSON.stringify(key))}]`))
    .join('')
    .replace(/^\./, '');

const nodeAt = (json: string, at: readonly string[]): JsonNode =>
  at.reduce((node, key) => membersOf(json, node).get(key)?.value ?? node, rootOf(json));

const misfitProblem = (misfit: Misfit, json: string, label: string): Problem => {
  const { line } = positionOf(json, nodeAt(json, misfit.at).start);
  const sentence = `${memberPath(misfit.at)}: expected ${misfit.expected}, got ${misfit.got} (line ${line})`;
  return { code: 'misfit', message: `${clipped(label)}: ${sentence}` };
};

/** Refuses what is no stage at all, with what it seems to be instead. */
const expectStage = (value: unknown, label: string): JsonObject => {
  if (Array.isArray(value)) throw listRefusal(value, '.', label);
  if (!isObject(value)) throw refusal('not-a-stage', label, `expected a stage, an object; came ${kindOf(value)}`);
  if (Object.keys(value).some(isKnown) || Object.keys(value).length === 0) return value;
  const items = Object.hasOwn(value, 'item') ? value['item'] : undefined;
  throw Array.isArray(items) ? listRefusal(items, '.item', label) : strangerRefusal(value, label);
};

/**
 * Reads a stage file. `label` is what messages call it. Throws `StageError('input')` with every problem: text that is not
 * UTF-8 or not JSON, a value that is no stage, members of another kind than a stage has.
 */
export const readDocument = (bytes: Uint8Array, label: string): StageDocument => {
  const text = decodeText(bytes, label);
  const json = withoutBom(text);
  if (json.trim() === '')
    throw refusal('empty', label, `expected a stage, came an empty text. Print one with: ${howToPrint}`);
  const stage = expectStage(parseJson(json, label), label);
  const misfits = misfitsOf(stage);
  if (misfits.length > 0)
    throw new StageError(
      'input',
      misfits.map((misfit) => misfitProblem(misfit, json, label)),
    );
  return { text, stage };
};

/**
 * The text of a stage file once it holds `after` in place of `before`, which it holds now. Only what differs is touched: order,
 * indentation, line ends, byte-order mark and the spelling of numbers stay. New members go where AWS's model has them.
 */
export const editDocument = (text: string, before: Stage, after: Stage): string => {
  if (sameValue(before, after)) return text;
  const json = withoutBom(text);
  const edited = rewriteJson(json, before, after, stageShape);
  if (!sameValue(JSON.parse(edited), after)) {
    const message = 'The edited text would not hold the edited stage, so it was not written. Please report this.';
    throw failure('unexpected', 'edit-differs', message);
  }
  return text.slice(0, text.length - json.length) + edited;
};
