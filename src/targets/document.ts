/** A stage as the text of a stage file: what `aws apigateway get-stage` prints, or a part of it. */
import { failure, StageError } from '../stage/problem.js';
import { isObject, type JsonObject, kindOf, type Misfit, misfitsOf, type Stage, stageShape } from '../stage/stage.js';
import { parseJson, withoutBom } from '../text/json.js';
import { clipped, listed, memberPath } from '../text/printable.js';
import { firstDifference, sameValue } from '../text/same-value.js';
import { stageFileName, yamlFileName } from '../text/stage-file-name.js';
import { parseJsonStage } from './json-format.js';
import { decodeText } from './read-file.js';
import type { ParsedText, ParseText } from './text-format.js';

/** A stage, and the text that it was read from. */
export interface StageDocument extends ParsedText {
  readonly text: string;
  readonly stage: Stage;
  readonly parse: ParseText;
  /** Its name in messages. */
  readonly label: string;
}

/** Decided by the file name extension, or else by the start of the text. JSON in a YAML file is edited as JSON. */
const parserFor = async (text: string, label: string): Promise<ParseText> => {
  const isBracketed = /^\s*[{[]/.test(text);
  const isJson = yamlFileName.test(label)
    ? isBracketed && parseJson(text) !== undefined
    : isBracketed || stageFileName.test(label);
  return isJson ? parseJsonStage : (await import('./yaml-format.js')).parseYamlStage;
};

export const usualPrint = 'aws apigateway get-stage --rest-api-id ID --stage-name NAME';
const howToPrint = `Print one with: ${usualPrint}`;

const refusal = (code: string, label: string, sentence: string): StageError =>
  failure('input', code, `${clipped(label)}: expected ${sentence}`);

/** Maximum number of wrong members to report. */
const mostTold = 20;

/** The refusal of a list: under `item`, as `get-stages` prints it, or an array. */
const listRefusal = (items: readonly unknown[], at: string, label: string): StageError => {
  if (items.length === 0) return refusal('not-one-stage', label, `one stage, got an empty list. ${howToPrint}`);
  const pick = `Pick one, the first for example, with: jq '${at}[0]'`;
  return refusal('not-one-stage', label, `one stage, got a list of ${items.length}. ${pick}`);
};

/** Refuses a value that is not a stage, and says what it seems to be instead. */
const expectStage = (value: unknown, label: string): JsonObject => {
  if (Array.isArray(value)) throw listRefusal(value, '.', label);
  if (!isObject(value)) throw refusal('not-a-stage', label, `a stage, an object; got ${kindOf(value)}`);
  const keys = Object.keys(value);
  if (keys.length === 0 || keys.some((key) => Object.hasOwn(stageShape, key))) return value;
  const items = Object.hasOwn(value, 'item') ? value['item'] : undefined;
  if (Array.isArray(items)) throw listRefusal(items, '.item', label);
  const quoted = keys.map((key) => JSON.stringify(key));
  const got = `an object without any of its members (it has ${clipped(listed(quoted, 5))})`;
  throw refusal('not-a-stage', label, `a stage, got ${got}. ${howToPrint}`);
};

const locatorFor = async (text: string) => (await import('../text/locate.js')).locatorOf(text);

const misfitError = async (misfits: readonly Misfit[], text: string, label: string): Promise<StageError> => {
  const locate = await locatorFor(text);
  const sentences = misfits
    .slice(0, mostTold)
    .map(({ at, expected, got }) => `${memberPath(at)}: expected ${expected}, got ${got} (line ${locate(at).line})`);
  const left = misfits.length - sentences.length;
  const all = left > 0 ? [...sentences, `${left} more members are wrong.`] : sentences;
  return new StageError(
    'input',
    all.map((sentence) => ({ code: 'misfit', message: `${clipped(label)}: ${sentence}` })),
  );
};

/**
 * Reads a stage file, JSON or YAML. `label` is its name in messages; the extension decides the format. Throws
 * `StageError('input')` if the text is not UTF-8, JSON or YAML, the value is not a stage, or members have wrong types.
 */
export const readDocument = async (bytes: Uint8Array, label: string): Promise<StageDocument> => {
  const text = decodeText(bytes, label);
  const body = withoutBom(text);
  if (body.trim() === '') throw refusal('empty', label, `a stage, got an empty text. ${howToPrint}`);
  const parse = await parserFor(body, label);
  const parsed = await parse(body, label);
  const stage = expectStage(parsed.value, label);
  const misfits = misfitsOf(stage);
  if (misfits.length > 0) throw await misfitError(misfits, body, label);
  return { ...parsed, text, stage, parse, label };
};

/**
 * The text of a stage file, edited to hold `after`. Only differences are touched: order, indentation, line ends,
 * comments, byte-order mark and the spelling of numbers stay. New members go where AWS's model has them.
 */
export const editDocument = async (document: StageDocument, after: Stage): Promise<string> => {
  const { text, stage, parse, label, rewrite } = document;
  if (sameValue(stage, after)) return text;
  const body = withoutBom(text);
  const edited = rewrite(after, stageShape);
  const { value: held } = await parse(edited, label).catch(() => ({ value: stage }));
  if (sameValue(held, after)) return text.slice(0, text.length - body.length) + edited;
  const { line } = (await locatorFor(body))(firstDifference(after, held));
  const what = 'an alias, an anchor, a merge key or a key without a colon is in the way';
  const sentence = `the edit would change more than it names: ${what}. Write the values out, or edit the file by hand.`;
  throw failure('input', 'edit-differs', `${clipped(label)}: line ${line}: ${sentence}`);
};

/** The text of a new stage file, in the format that its name implies. */
export const newDocument = async (stage: Stage, label: string): Promise<string> => {
  // Start from a member that every created stage has.
  const start = yamlFileName.test(label) ? 'tracingEnabled: false\n' : '{\n    "tracingEnabled": false\n}\n';
  return editDocument(await readDocument(Buffer.from(start), label), stage);
};
