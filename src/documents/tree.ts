/** The common form of all documents: stage members in AWS's names, `null` for unset, `Unknown` for unknown values. */
import { checkVariableName, isProblem, type Leaf } from '../stage/codec.js';
import { type Desired, placeNamed } from '../stage/desired.js';
import { keyOf, parseMethods } from '../stage/method.js';
import { decodeAt, isMethodKey, isNamed } from '../stage/place.js';
import type { Notice } from '../stage/plan.js';
import { failure, StageError } from '../stage/problem.js';
import { properties } from '../stage/properties.js';
import { isObject, type JsonObject, kindOf, type Shape, type Stage, stageShape } from '../stage/stage.js';
import type { TextPlace } from '../text/locate.js';
import { printable, shortened } from '../text/printable.js';
import { nearestWord } from '../text/spelling.js';

export interface DesiredOptions {
  /** The document's name in messages. */
  readonly label: string;
  /** The stage to read: a logical id or a Terraform address. Optional if there is only one. */
  readonly name?: string;
  /** Template parameters. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Whether unknown members, and values that API Gateway would refuse, are errors. */
  readonly checksValues?: boolean;
}

/** A value known only after deployment. `why` names the reason: `Fn::GetAtt`. `known` is the part that is known. */
export class Unknown {
  constructor(
    readonly why: string,
    readonly known?: unknown,
  ) {}
}

/** A value that its member cannot have, with a message. */
export class Wrong {
  constructor(readonly sentence: string) {}
}

type At = readonly string[];

interface TreeOptions extends Pick<DesiredOptions, 'label' | 'checksValues'> {
  /** Whether texts, numbers and booleans are interchangeable, as in a template. */
  readonly isLoose?: boolean;
  /** The document's name of a member. Of members that a stage does not have, only likely typos are then reported. */
  readonly spell?: (member: string) => string;
  /** The text of the document, if misfits can be found in it. */
  readonly text?: string;
  /** The keys in the text that lead to a member; those of the member if absent. */
  readonly inText?: (at: At) => At;
}

/** Options for reading a tree, and the results so far. */
interface Reading extends TreeOptions {
  /** All names of members in the document's spelling. */
  readonly known: ReadonlySet<string>;
  readonly unset: string[];
  readonly unknown: Map<string, string>;
  readonly notices: Notice[];
  readonly misfits: { readonly at: At; readonly sentence: string }[];
}

type LeafShape = Extract<Shape, string>;

/** An error in the content of a document, escaped for printing. */
export const input = (code: string, message: string): StageError => failure('input', code, printable(message));

/** An error at a line and column. */
export const faultAt = (label: string, { line, column, message }: TextPlace & { readonly message: string }) => {
  const sentence = printable(`${label}: line ${line}, column ${column}: ${message}`);
  return new StageError('input', [{ code: 'broken-document', message: sentence, ...{ line, column } }]);
};

const misfitError = async ({ label, text, inText = (at) => at, misfits }: Reading): Promise<StageError> => {
  const locate = text === undefined ? undefined : (await import('../text/locate.js')).locatorOf(text);
  const problems = misfits.map(({ at, sentence }) => {
    const place = locate?.(inText(at));
    const line = place === undefined ? '' : ` (line ${place.line})`;
    const where = at.length === 0 ? label : `${label}: ${at.join('.')}`;
    return { code: 'misfit', message: printable(`${where}: ${sentence}${line}`), ...place };
  });
  return new StageError('input', problems);
};

const refuse = ({ misfits }: Reading, at: At, sentence: string): void => {
  misfits.push({ at, sentence });
};

const shown = (value: unknown): string =>
  kindOf(value) === 'a string' ? shortened(JSON.stringify(value), 60) : kindOf(value);

const decode = (value: unknown, shape: LeafShape, at: At): Leaf | undefined => {
  if (!['string', 'number', 'boolean'].includes(typeof value)) return undefined;
  const text = shape === 'boolean' ? String(value).toLowerCase() : String(value);
  const place = placeNamed(at.join('.'));
  const leaf = shape === 'string' ? text : place && decodeAt(place, text);
  return leaf === undefined || isProblem(leaf) ? undefined : leaf;
};

/** The reason why API Gateway would refuse a value, if it would. */
const refusalOf = (value: Leaf, at: At): string | undefined => {
  const place = placeNamed(at.join('.'));
  if (place === undefined || place.property.ops.length === 0) return undefined;
  const name = isNamed(place.property) ? checkVariableName(place.key) : undefined;
  const read = name ?? decodeAt(place, String(value));
  return read !== undefined && isProblem(read) ? read.message : undefined;
};

const readLeafAt = (value: unknown, shape: LeafShape, at: At, reading: Reading): unknown => {
  const type = shape === 'string' || shape === 'boolean' ? shape : 'number';
  if (shape === 'timestamp') return value;
  if (typeof value === type) {
    const sentence = reading.checksValues ? refusalOf(value as Leaf, at) : undefined;
    return sentence === undefined ? value : refuse(reading, at, sentence);
  }
  const leaf = reading.isLoose ? decode(value, shape, at) : undefined;
  if (leaf !== undefined) return leaf;
  const hint = reading.isLoose ? placeNamed(at.join('.'))?.property.codec?.hint : undefined;
  return refuse(reading, at, `expected ${hint ?? `a ${type}`}, got ${shown(value)}`);
};

const wrongMethodKey = (key: string): string => {
  const parsed = parseMethods(key);
  const keys = 'methods' in parsed ? parsed.methods.map(keyOf).join(', ') : undefined;
  return `expected the key of a method${keys === undefined ? ', such as ~1pets/GET or */*' : `; write ${keys}`}`;
};

const readMember = (value: unknown, shape: Shape | undefined, at: At, reading: Reading): unknown => {
  const [group, key = ''] = at;
  if (group === 'methodSettings' && at.length === 2 && !(value instanceof Wrong) && !isMethodKey(key))
    return refuse(reading, at, wrongMethodKey(key));
  if (shape !== undefined) return readTree(value, shape, at, reading);
  const why = 'is not a member of a stage, so it is ignored';
  if (reading.checksValues) return refuse(reading, at, `this ${why}`);
  reading.notices.push({ code: 'unknown-member', message: printable(`${at.join('.')} ${why}.`) });
  return undefined;
};

/** Members of all levels: settings of a StageDescription may stand outside its list. */
const memberNames = ['resourcePath', 'httpMethod', ...properties.flatMap(({ name }) => name.split('.'))];

/** The members of a document with its own spelling: those of the shape, and likely typos of them. */
const spelledEntries = (tree: JsonObject, shape: object, { spell = String, known }: Reading) => {
  const members = Object.keys(shape);
  const names = members.map(spell);
  const typos = Object.keys(tree).filter((name) => !known.has(name) && nearestWord(name, names) !== undefined);
  return [
    ...members.map((key) => [key, tree[spell(key)]] as const),
    ...typos.map((name) => [name, tree[name]] as const),
  ];
};

const readTree = (tree: unknown, shape: Shape, at: At, reading: Reading): unknown => {
  if (tree instanceof Unknown) {
    reading.unknown.set(at.join('.'), tree.why);
    return readTree(tree.known, shape, at, reading);
  }
  if (tree === null) reading.unset.push(at.join('.'));
  if (tree === undefined || tree === null) return undefined;
  if (tree instanceof Wrong) return refuse(reading, at, tree.sentence);
  if (typeof shape === 'string') return readLeafAt(tree, shape, at, reading);
  if (!isObject(tree)) return refuse(reading, at, `expected an object, got ${shown(tree)}`);
  const shapeOf = (key: string): Shape | undefined => (Object.hasOwn(shape, key) ? shape[key] : shape['*']);
  const isSpelled = reading.spell !== undefined && !Object.hasOwn(shape, '*');
  const entries = isSpelled ? spelledEntries(tree, shape, reading) : Object.entries(tree);
  const members = entries
    .map(([key, value]) => [key, readMember(value, shapeOf(key), [...at, key], reading)] as const)
    .filter(([, value]) => value !== undefined);
  return members.length === 0 ? undefined : Object.fromEntries(members);
};

/**
 * The desired stage from a tree.
 *
 * @throws StageError('input') with all misfits.
 */
export const desiredOf = async (tree: unknown, options: TreeOptions): Promise<Omit<Desired, 'isWhole'>> => {
  // An intrinsic replaces the whole stage.
  if (tree instanceof Unknown) {
    const unknown = new Map(Object.keys(stageShape).map((name) => [name, tree.why]));
    return { stage: {}, unset: [], unknown, notices: [] };
  }
  const known = new Set(memberNames.map(options.spell ?? String));
  const reading: Reading = { ...options, known, unset: [], unknown: new Map(), notices: [], misfits: [] };
  const stage = (readTree(tree, stageShape, [], reading) ?? {}) as Stage;
  if (reading.misfits.length > 0) throw await misfitError(reading);
  return { stage, unset: reading.unset, unknown: reading.unknown, notices: reading.notices };
};
