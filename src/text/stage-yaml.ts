/** Reading a stage file in YAML: what a stage has as text is taken as it is written. Loads the `yaml` package. */
import type { Document, Node, Pair, Scalar } from 'yaml';
import { clipped, listed } from './printable.js';

/** What a member may hold: a kind of leaf (`'string'`…), or members of its own; `'*'` stands for those that users name. */
type YamlShape = string | { readonly [member: string]: YamlShape };

/** Where a text is not a stage in YAML; line and column from 1. */
export interface YamlFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface StageYaml {
  readonly value: unknown;
  readonly notices: readonly { readonly code: string; readonly message: string }[];
}

type Yaml = typeof import('yaml');

interface Reading {
  readonly yaml: Yaml;
  readonly document: Document.Parsed;
  /** Names of values without quotes that other readers take for something else than text. */
  readonly unquoted: string[];
  /** How many nodes may still be read, so that aliases of aliases end. */
  left: number;
}

const tooDeep = 'it is nested too deeply';
const pythonDict = "this is Python's str() of a dict, not JSON. Write the file with json.dumps(stage, default=str)";

class Unreadable extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

/** What is wrong with a text where an object belongs. */
export const depthFault = (value: unknown): string | undefined =>
  typeof value === 'string' && value.startsWith('@{')
    ? "PowerShell's ConvertTo-Json cut it off. Write the file again with ConvertTo-Json -Depth 10"
    : undefined;

/** A scalar as it is written, without its quotes. */
export const scalarText = ({ type, source, value }: Scalar): string =>
  type === 'PLAIN' ? (source ?? '') : String(value ?? '');

/** Whether a reader of YAML 1.1 or 1.2 takes it for something else than text: 1.10, on, 12:30. */
const isAmbiguous = ({ yaml }: Reading, scalar: Scalar): boolean =>
  scalar.type === 'PLAIN' &&
  scalar.value !== null &&
  (typeof scalar.value !== 'string' || typeof yaml.parse(scalarText(scalar), { version: '1.1' }) !== 'string');

const startOf = ({ key }: Pick<Pair, 'key'>): number => (key as Node | null)?.range?.[0] ?? 0;

const keyText = ({ yaml }: Reading, { key }: Pair): string => {
  if (yaml.isScalar(key)) return scalarText(key);
  throw new Unreadable(startOf({ key }), 'a key has to be text');
};

const memberShape = (shape: YamlShape | undefined, key: string): YamlShape | undefined =>
  typeof shape === 'object' ? (Object.hasOwn(shape, key) ? shape[key] : shape['*']) : undefined;

/** The members of a map, those of merge keys first, since its own go before them. */
const membersOf = (reading: Reading, pairs: readonly Pair[], shape: YamlShape | undefined, at: readonly string[]) => {
  const isMerge = (pair: Pair): boolean => keyText(reading, pair) === '<<' && !reading.yaml.isScalar(pair.value);
  const merged = pairs.filter(isMerge).flatMap(({ value }): (readonly [string, unknown])[] => {
    const sources = readNode(reading, value as Node, shape, at);
    // What is not a map has nothing to merge.
    return (Array.isArray(sources) ? [...sources].reverse() : [sources]).flatMap((source) =>
      Object.entries(source ?? {}),
    );
  });
  const seen = new Set<string>();
  const own = pairs
    .filter((pair) => !isMerge(pair))
    .map((pair): readonly [string, unknown] => {
      const key = keyText(reading, pair);
      if (seen.has(key)) throw new Unreadable(startOf(pair), `expected each key once, got ${clipped(key, 60)} again`);
      seen.add(key);
      const inner = memberShape(shape, key);
      const isNamed = typeof shape === 'object' && inner === 'string' && Object.hasOwn(shape, '*');
      if (isNamed && reading.yaml.isScalar(pair.value) && isAmbiguous(reading, pair.value))
        reading.unquoted.push([...at, key].join('.'));
      return [key, readNode(reading, pair.value as Node | null, inner, [...at, key])];
    });
  return Object.fromEntries([...merged, ...own]);
};

const readNode = (
  reading: Reading,
  node: Node | null,
  shape: YamlShape | undefined,
  at: readonly string[],
): unknown => {
  const { yaml, document } = reading;
  reading.left -= 1;
  if (reading.left < 0) throw new Unreadable(node?.range?.[0] ?? 0, 'the aliases make it too large');
  if (yaml.isAlias(node)) {
    const named = node.resolve(document);
    if (named) return readNode(reading, named, shape, at);
    throw new Unreadable(node.range?.[0] ?? 0, `no anchor &${clipped(node.source)} stands before this alias`);
  }
  if (yaml.isScalar(node)) return shape === 'string' && node.value !== null ? scalarText(node) : node.value;
  if (yaml.isMap(node)) return membersOf(reading, node.items as Pair[], shape, at);
  if (yaml.isSeq(node))
    return node.items.map((item, index) => readNode(reading, item as Node, shape, [...at, `${index}`]));
  return null;
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

/** What the package says otherwise, or not at all. */
const messages: { readonly [code: string]: string } = {
  MULTIPLE_DOCS: 'expected one YAML document, got several',
  RESOURCE_EXHAUSTION: tooDeep,
};

/** The same as `parseStageYaml`, for those who have the package. */
export const readStageYaml = (text: string, shape: YamlShape, yaml: Yaml): StageYaml | YamlFault => {
  // Read as YAML, its None would be a text.
  if (/^\s*\{\s*'/.test(text) && /[:[,]\s*(?:True|False|None|datetime\.)/.test(text))
    return { line: 1, column: 1, message: pythonDict };
  const lineCounter = new yaml.LineCounter();
  try {
    const document = yaml.parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: false });
    const [error] = document.errors;
    if (error !== undefined) throw new Unreadable(error.pos[0], messages[error.code] ?? error.message);
    const reading: Reading = { yaml, document, unquoted: [], left: 1000 + 2 * text.length };
    const value = readNode(reading, document.contents, shape, []);
    return { value, notices: unquotedNotice(reading.unquoted) };
  } catch (error) {
    if (error instanceof RangeError) return { line: 1, column: 1, message: tooDeep };
    if (!(error instanceof Unreadable)) throw error;
    const { line, col } = lineCounter.linePos(error.offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1), message: error.message };
  }
};

/**
 * What a YAML text holds, with text as it is written wherever the shape says `'string'`: `1.10`, `0123`, `yes`, `12:30`. Keys are
 * text always.
 */
export const parseStageYaml = async (text: string, shape: YamlShape): Promise<StageYaml | YamlFault> =>
  readStageYaml(text, shape, await import('yaml'));
