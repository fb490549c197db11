/** A stage as the text of a stage file: what `aws apigateway get-stage` prints, or a part of it. */
import { failure, StageError } from '../stage/problem.js';
import { isObject, type JsonObject, kindOf, type Misfit, misfitsOf, type Stage, stageShape } from '../stage/stage.js';
import { clipped } from '../text/printable.js';
import { withoutBom } from '../text/without-bom.js';
import { jsonFormat, sameValue } from './json-format.js';
import { decodeText } from './read-file.js';

/** A stage and the text it was read from. */
export interface StageDocument {
  readonly text: string;
  readonly stage: Stage;
}

const howToPrint = 'Print one with: aws apigateway get-stage --rest-api-id ID --stage-name NAME';

const refusal = (code: string, label: string, sentence: string): StageError =>
  failure('input', code, `${clipped(label)}: expected ${sentence}`);

const nameOf = (item: unknown): string =>
  isObject(item) && typeof item['stageName'] === 'string' ? clipped(item['stageName'], 60) : 'one without a name';

const mostTold = 20;

/** What to say of a list, as `get-stages` prints it under `item`, or as an array. */
const listRefusal = (items: readonly unknown[], at: string, label: string): StageError => {
  if (items.length === 0) return refusal('not-one-stage', label, `one stage, got an empty list. ${howToPrint}`);
  const more = items.length > mostTold ? ` and ${items.length - mostTold} more` : '';
  const got = `a list of ${items.length}: ${items.slice(0, mostTold).map(nameOf).join(', ')}${more}`;
  return refusal('not-one-stage', label, `one stage, got ${got}. Pick one, the first for example, with: jq '${at}[0]'`);
};

const otherRefusal = (value: JsonObject, label: string): StageError => {
  const keys = Object.keys(value)
    .slice(0, 5)
    .map((key) => clipped(JSON.stringify(key), 60));
  const got = `an object without any of its members (it has ${keys.join(', ')})`;
  return refusal('not-a-stage', label, `a stage, got ${got}. ${howToPrint}`);
};

/** Refuses what is not a stage at all, with what it seems to be instead. */
const expectStage = (value: unknown, label: string): JsonObject => {
  if (Array.isArray(value)) throw listRefusal(value, '.', label);
  if (!isObject(value)) throw refusal('not-a-stage', label, `a stage, an object; got ${kindOf(value)}`);
  const keys = Object.keys(value);
  if (keys.length === 0 || keys.some((key) => Object.hasOwn(stageShape, key))) return value;
  const items = Object.hasOwn(value, 'item') ? value['item'] : undefined;
  throw Array.isArray(items) ? listRefusal(items, '.item', label) : otherRefusal(value, label);
};

/** `canarySettings.percentTraffic`, `methodSettings["~1pets/GET"].loggingLevel`. */
const memberPath = (at: readonly string[]): string =>
  at
    .map((key) => (/^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${clipped(JSON.stringify(key))}]`))
    .join('')
    .replace(/^\./, '');

const misfitError = (misfits: readonly Misfit[], text: string, label: string): StageError => {
  const sentences = misfits.slice(0, mostTold).map(({ at, expected, got }) => {
    const line = jsonFormat.lineOf(text, at);
    return `${memberPath(at)}: expected ${expected}, got ${got} (line ${line})`;
  });
  const left = misfits.length - sentences.length;
  const all = left > 0 ? [...sentences, `${left} more members are wrong.`] : sentences;
  return new StageError(
    'input',
    all.map((sentence) => ({ code: 'misfit', message: `${clipped(label)}: ${sentence}` })),
  );
};

/**
 * Reads a stage file. `label` is what messages call it. Throws `StageError('input')` with its problems: text that is not
 * UTF-8 or not JSON, a value that is not a stage, members of another kind than a stage has.
 */
export const readDocument = async (bytes: Uint8Array, label: string): Promise<StageDocument> => {
  const text = decodeText(bytes, label);
  const body = withoutBom(text);
  if (body.trim() === '') throw refusal('empty', label, `a stage, got an empty text. ${howToPrint}`);
  const stage = expectStage(await jsonFormat.read(body, label), label);
  const misfits = misfitsOf(stage);
  if (misfits.length > 0) throw misfitError(misfits, body, label);
  return { text, stage };
};

/**
 * The text of a stage file once it holds `after` instead of `before`, which it holds now. Only what differs is touched: order,
 * indentation, line ends, byte-order mark and the spelling of numbers stay. New members go where AWS's model has them.
 */
export const editDocument = (text: string, before: Stage, after: Stage): string => {
  if (sameValue(before, after)) return text;
  const body = withoutBom(text);
  const edited = jsonFormat.rewrite(body, before, after, stageShape);
  if (!sameValue(JSON.parse(edited), after)) {
    const message = 'The edited text would not hold the edited stage, so it was not written. Please report this.';
    throw failure('unexpected', 'edit-differs', message);
  }
  return text.slice(0, text.length - body.length) + edited;
};
