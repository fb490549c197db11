/** Reading a stage file in YAML: what a stage has as text is taken as it is written. Loads the `yaml` package. */
import type { Document, Node, Pair, Scalar } from 'yaml';

/** What a member may hold: a kind of leaf (`'string'`…), or members of its own; `'*'` stands for those that users name. */
type YamlShape = string | { readonly [member: string]: YamlShape };

/** Why a text is not a stage in YAML, and where; line and column from 1. */
interface YamlFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

interface StageYaml {
  readonly document: Document.Parsed;
  readonly value: unknown;
  readonly notices: readonly { readonly code: string; readonly message: string }[];
}

interface Reading {
  readonly yaml: typeof import('yaml');
  readonly document: Document.Parsed;
  /** Names of values without quotes that other readers take for something else than text. */
  readonly unquoted: string[];
  /** How many nodes may still be read, so that aliases of aliases end. */
  left: number;
}

class Unreadable extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

const offsetOf = (node: unknown): number => (node as Node | null)?.range?.[0] ?? 0;

/** What is wrong with a text that Python printed instead of JSON; undefined if nothing is. */
const dumpFault = (text: string): string | undefined =>
  /^\s*\{\s*'/.test(text) && /[:[,]\s*(?:True|False|None|datetime\.)/.test(text)
    ? "this is Python's str() of a dict, not JSON. Write the file with json.dumps(stage, default=str)"
    : undefined;

/** What is wrong with a text where an object belongs; undefined if its cause is not known. */
export const depthFault = (value: unknown): string | undefined =>
  typeof value === 'string' && value.startsWith('@{')
    ? "PowerShell's ConvertTo-Json cut it off. Write the file again with ConvertTo-Json -Depth 10"
    : undefined;

const isPlain = (scalar: Scalar): boolean => scalar.type === 'PLAIN' && scalar.value !== null;

const asText = (scalar: Scalar): string =>
  scalar.type === 'PLAIN' ? (scalar.source ?? '') : String(scalar.value ?? '');

/** Whether a reader of YAML 1.1 or 1.2 takes it for something else than text: 1.10, on, 12:30. */
const isAmbiguous = ({ yaml }: Reading, scalar: Scalar): boolean =>
  isPlain(scalar) &&
  (typeof scalar.value !== 'string' || typeof yaml.parse(asText(scalar), { version: '1.1' }) !== 'string');

const readScalar = (scalar: Scalar, shape: YamlShape | undefined, at: readonly string[]): unknown => {
  const fault = typeof shape === 'object' ? depthFault(scalar.value) : undefined;
  if (fault !== undefined) throw new Unreadable(offsetOf(scalar), `${at.join('.')}: ${fault}`);
  return shape === 'string' && scalar.value !== null ? asText(scalar) : scalar.value;
};

const readMerge = (reading: Reading, node: unknown, shape: YamlShape | undefined, at: readonly string[]) => {
  const sources = [readNode(reading, node, shape, at)].flat().reverse();
  const isMap = sources.every((source) => typeof source === 'object' && source !== null);
  if (!isMap) throw new Unreadable(offsetOf(node), 'only maps can be merged');
  return sources.flatMap((source) => Object.entries(source as object));
};

const readPair = (reading: Reading, { key, value }: Pair, shape: YamlShape | undefined, at: readonly string[]) => {
  const { yaml, unquoted } = reading;
  if (!yaml.isScalar(key)) throw new Unreadable(offsetOf(key), 'expected text as a key');
  const name = asText(key);
  const isOwn = typeof shape === 'object' && Object.hasOwn(shape, name);
  const inner = typeof shape === 'object' ? shape[isOwn ? name : '*'] : undefined;
  const isNamedByUsers = inner === 'string' && !isOwn;
  if (isNamedByUsers && yaml.isScalar(value) && isAmbiguous(reading, value))
    unquoted.push(`${[...at, name].join('.')} (${asText(value)})`);
  return [name, readNode(reading, value, inner, [...at, name])] as const;
};

const isMerge = ({ yaml }: Reading, { key, value }: Pair): boolean =>
  yaml.isScalar(key) && key.source === '<<' && isPlain(key) && !yaml.isScalar(value);

const readNode = (reading: Reading, node: unknown, shape: YamlShape | undefined, at: readonly string[]): unknown => {
  const { yaml, document } = reading;
  reading.left -= 1;
  if (reading.left < 0) throw new Unreadable(offsetOf(node), 'the aliases make it too large');
  if (yaml.isScalar(node)) return readScalar(node, shape, at);
  if (yaml.isSeq(node)) return node.items.map((item, index) => readNode(reading, item, undefined, [...at, `${index}`]));
  if (yaml.isMap(node)) {
    const merged = node.items.filter((pair) => isMerge(reading, pair));
    const own = node.items.filter((pair) => !isMerge(reading, pair));
    return Object.fromEntries([
      ...merged.flatMap(({ value }) => readMerge(reading, value, shape, at)),
      ...own.map((pair) => readPair(reading, pair, shape, at)),
    ]);
  }
  if (!yaml.isAlias(node)) return null;
  const target = node.resolve(document);
  if (target === undefined) throw new Unreadable(offsetOf(node), `there is no &${node.source} before it`);
  return readNode(reading, target, shape, at);
};

const read = (text: string, shape: YamlShape, yaml: Reading['yaml']): StageYaml => {
  const dump = dumpFault(text);
  if (dump !== undefined) throw new Unreadable(0, dump);
  const document = yaml.parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  if (error?.code === 'MULTIPLE_DOCS') throw new Unreadable(error.pos[0], 'expected one YAML document, got several');
  if (error !== undefined) throw new Unreadable(error.pos[0], error.message);
  const reading: Reading = { yaml, document, unquoted: [], left: 1000 + 2 * text.length };
  const value = readNode(reading, document.contents, shape, []);
  const message = `Read as text, as written; other readers of YAML may not, so put it in quotes: ${reading.unquoted.join(', ')}.`;
  return { document, value, notices: reading.unquoted.length > 0 ? [{ code: 'unquoted-value', message }] : [] };
};

/**
 * What a YAML text holds, with text as it is written wherever the shape says `'string'`: `1.10`, `0123`, `yes`, `12:30`. Keys are
 * text always; `null` is null.
 */
export const parseStageYaml = async (text: string, shape: YamlShape): Promise<StageYaml | YamlFault> => {
  const yaml = await import('yaml');
  try {
    return read(text, shape, yaml);
  } catch (error) {
    const isKnown = error instanceof Unreadable;
    if (!isKnown && !(error instanceof RangeError)) throw error;
    const before = text.slice(0, isKnown ? error.offset : 0).split(/\r\n|\n|\r/);
    const message = isKnown ? error.message : 'it is nested too deeply';
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message };
  }
};
