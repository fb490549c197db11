/** Reading a stage file in YAML: what a stage has as text is taken as it is written. Loads the `yaml` package. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  type ParseOptions,
  parse,
  parseDocument,
  type Scalar,
  type SchemaOptions,
} from 'yaml';
import type { TextPlace } from './locate.js';
import { clipped, listed } from './printable.js';

/** What a member may hold: a kind of leaf (`'string'`…), or members of its own; `'*'` stands for those that users name. */
type YamlShape = string | { readonly [member: string]: YamlShape };

/** Where a text is not YAML. */
export interface YamlFault extends TextPlace {
  readonly message: string;
}

export interface StageYaml {
  readonly value: unknown;
  readonly notices: readonly { readonly code: string; readonly message: string }[];
}

const tooDeep = 'it is nested too deeply';
const pythonDict = "this is Python's str() of a dict, not JSON. Write the file with json.dumps(stage, default=str)";

/** Thrown at an offset of the text, and caught in this file. */
export class Unreadable extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

/** What the package says otherwise, or not at all. */
const messages: { readonly [code: string]: string } = {
  MULTIPLE_DOCS: 'expected one YAML document, got several',
  NON_STRING_KEY: 'a key has to be text',
  RESOURCE_EXHAUSTION: tooDeep,
};

/** What `read` makes of a YAML text, in which keys are text and `<<` merges; or what is wrong with it, and where. */
export const readYaml = <Value>(
  text: string,
  options: ParseOptions & SchemaOptions,
  read: (document: Document.Parsed) => Value,
): Value | YamlFault => {
  const lineCounter = new LineCounter();
  const fault = (offset: number, message: string): YamlFault => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1), message };
  };
  try {
    const usual = { merge: true, stringKeys: true, prettyErrors: false, lineCounter };
    const document = parseDocument(text, { ...usual, ...options });
    const [error] = document.errors;
    return error ? fault(error.pos[0], messages[error.code] ?? error.message) : read(document);
  } catch (error) {
    // Aliases of aliases, a merge of what is not a map, levels without end.
    if (error instanceof Unreadable) return fault(error.offset, error.message);
    return fault(0, error instanceof RangeError ? tooDeep : (error as Error).message);
  }
};

/** A scalar as it is written, without its quotes. */
export const scalarText = ({ type, source, value }: Scalar): string =>
  type === 'PLAIN' ? (source ?? '') : String(value ?? '');

interface Reading {
  readonly document: Document.Parsed;
  /** Names of values without quotes that other readers take for something else than text. */
  readonly unquoted: Set<string>;
  /** How many nodes may still be read, so that aliases of aliases end. */
  left: number;
}

/** Whether a reader of YAML 1.1 or 1.2 takes it for something else than text: 1.10, on, 12:30. */
const isAmbiguous = (scalar: Scalar): boolean =>
  scalar.type === 'PLAIN' &&
  (typeof scalar.value !== 'string' || typeof parse(scalarText(scalar), { version: '1.1' }) !== 'string');

const memberShape = (shape: YamlShape | undefined, key: string): YamlShape | undefined =>
  typeof shape === 'object' ? (Object.hasOwn(shape, key) ? shape[key] : shape['*']) : undefined;

const offsetOf = (node: unknown): number => (node as Node | null)?.range?.[0] ?? 0;

const takeMembers = (reading: Reading, pairs: readonly Pair[], shape: YamlShape | undefined, at: readonly string[]) => {
  const seen = new Set<string>();
  for (const { key: node, value } of pairs) {
    const key = scalarText(node as Scalar);
    // Other than those of the package, this check takes no time that grows with the square of the keys.
    if (seen.has(key)) throw new Unreadable(offsetOf(node), `expected each key once, got ${clipped(key, 60)} again`);
    if (key === '<<' && !isScalar(value)) {
      takeTexts(reading, value, shape, at);
      continue;
    }
    seen.add(key);
    const inner = memberShape(shape, key);
    const isNamed = typeof shape === 'object' && inner === 'string' && !Object.hasOwn(shape, key);
    takeTexts(reading, value, inner, [...at, key], isNamed);
  }
};

/** Makes texts of the values that the shape says are text. Null stays null. */
const takeTexts = (
  reading: Reading,
  node: unknown,
  shape: YamlShape | undefined,
  at: readonly string[],
  isNamed = false,
): void => {
  const { document, unquoted } = reading;
  reading.left -= 1;
  if (reading.left < 0) throw new Unreadable(offsetOf(node), 'the aliases make it too large');
  if (isAlias(node)) {
    const named = node.resolve(document);
    if (!named) throw new Unreadable(offsetOf(node), `no anchor &${clipped(node.source)} stands before this alias`);
    takeTexts(reading, named, shape, at);
  } else if (isScalar(node) && shape === 'string' && node.value !== null) {
    if (isNamed && isAmbiguous(node)) unquoted.add(at.join('.'));
    node.value = scalarText(node);
  } else if (isMap(node)) takeMembers(reading, node.items, shape, at);
  else if (isSeq(node)) for (const item of node.items) takeTexts(reading, item, shape, at);
};

/** Without the values, which may be secret. */
const unquotedNotice = (names: readonly string[]): StageYaml['notices'] => {
  if (names.length === 0) return [];
  const shown = listed(
    names.map((name) => clipped(name)),
    5,
  );
  const message = `Read as text, which other YAML readers may not do: ${shown}. Put such values in quotes.`;
  return [{ code: 'unquoted-value', message }];
};

/**
 * What a YAML text holds, with text as it is written wherever the shape says `'string'`: `1.10`, `0123`, `yes`, `12:30`. Keys are
 * text always.
 */
export const readStageYaml = (text: string, shape: YamlShape): StageYaml | YamlFault => {
  // Read as YAML, its None would be a text.
  if (/^\s*\{\s*'/.test(text) && /[:[,]\s*(?:True|False|None|datetime\.)/.test(text))
    return { line: 1, column: 1, message: pythonDict };
  return readYaml(text, { uniqueKeys: false }, (document): StageYaml => {
    const reading: Reading = { document, unquoted: new Set(), left: 1000 + 2 * text.length };
    takeTexts(reading, document.contents, shape, []);
    return { value: document.toJS({ maxAliasCount: -1 }), notices: unquotedNotice([...reading.unquoted]) };
  });
};
