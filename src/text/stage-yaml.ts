/** Parses a stage file in YAML. Strings of a stage are read exactly as written. Loads the `yaml` package. */
import { type Document, isMap, isScalar, type Node, parse, type Scalar, visit, type YAMLMap } from 'yaml';
import { pythonFault } from './json.js';
import { clipped, listed } from './printable.js';
import { readYaml, Unreadable } from './read-yaml.js';

/** The type of a member: a leaf type (`'string'`…), or an object. `'*'` stands for members that users name. */
type YamlShape = string | { readonly [member: string]: YamlShape };

/** A parsed text. Plain values of the document are not as the package leaves them. */
export interface StageYaml {
  readonly document: Document.Parsed;
  readonly value: unknown;
  readonly notices: readonly { readonly code: string; readonly message: string }[];
}

/** A scalar as written, without its quotes. */
export const scalarText = ({ type, source, value }: Scalar): string =>
  type === 'PLAIN' ? (source ?? '') : String(value ?? '');

/** An unquoted value, and its source text. */
class Plain {
  constructor(
    readonly value: unknown,
    readonly source: string,
  ) {}
}

const offsetOf = (node: unknown): number => (node as Node | null)?.range?.[0] ?? 0;

/** Replaces the package's check, which compares every key with every other one: slow for many keys. */
const checkKeys = ({ items }: YAMLMap): void => {
  const seen = new Set<string>();
  for (const { key, value } of items) {
    const text = scalarText(key as Scalar);
    if (text === '<<' && !isScalar(value)) continue;
    if (seen.has(text)) throw new Unreadable(offsetOf(key), `expected each key once, got ${clipped(text, 60)} again`);
    seen.add(text);
  }
};

/** Keeps the source of values, for aliases too: an anchor may be a number in one place and a string in another. */
const keepSources = (document: Document): void => {
  // The package's own look-up visits the whole document for each alias.
  const anchors = new Set<string | undefined>();
  visit(document, {
    Alias: (_, alias) => {
      if (anchors.has(alias.source)) return;
      throw new Unreadable(offsetOf(alias), `the anchor &${clipped(alias.source)} is not defined before this alias`);
    },
    Value: (role, node) => {
      anchors.add(node.anchor);
      if (isMap(node)) checkKeys(node);
      if (role !== 'key' && isScalar(node) && node.type === 'PLAIN' && node.value !== null)
        node.value = new Plain(node.value, scalarText(node));
    },
  });
};

interface Reading {
  /** Names of unquoted values that other YAML readers do not read as text. */
  readonly unquoted: Set<string>;
  /** The value of an empty key where the shape has members. */
  readonly noMembers: unknown;
  /** Number of values that may still be read. Limits the expansion of nested aliases. */
  left: number;
}

/** Whether a YAML 1.1 or 1.2 reader would not read it as text: 1.10, on, 12:30. */
const isAmbiguous = ({ value, source }: Plain): boolean =>
  typeof value !== 'string' || typeof parse(source, { version: '1.1' }) !== 'string';

/** Converts a value: uses its source where the shape says `'string'`. */
const readValue = (
  value: unknown,
  shape: YamlShape | undefined,
  at: readonly string[],
  reading: Reading,
  isNamed = false,
): unknown => {
  reading.left -= 1;
  if (reading.left < 0) throw new Unreadable(0, 'the aliases make it too large');
  if (value instanceof Plain) {
    if (isNamed && isAmbiguous(value)) reading.unquoted.add(clipped(at.join('.')));
    return shape === 'string' ? value.source : value.value;
  }
  if (Array.isArray(value)) return value.map((item) => readValue(item, shape, at, reading));
  if (value === null && typeof shape === 'object' && at.length > 0) return reading.noMembers;
  if (typeof value !== 'object' || value === null) return value;
  const shapes = typeof shape === 'object' ? shape : {};
  const members = Object.entries(value).map(([key, member]) => {
    const inner = Object.hasOwn(shapes, key) ? shapes[key] : shapes['*'];
    return [key, readValue(member, inner, [...at, key], reading, shapes['*'] === 'string')] as const;
  });
  return Object.fromEntries(members);
};

/** Names only, since the values may be secret. */
const unquotedNotice = (names: readonly string[]): StageYaml['notices'] => {
  if (names.length === 0) return [];
  const message = `Read as text, which other YAML readers may not do: ${listed(names, 5)}. Put such values in quotes.`;
  return [{ code: 'unquoted-value', message }];
};

/**
 * Parses a YAML text, and reads values as written wherever the shape says `'string'`: `1.10`, `0123`, `yes`, `12:30`.
 * Keys are always text. An empty key becomes `noMembers` where the shape has members.
 */
export const readStageYaml = (text: string, shape: YamlShape, noMembers: unknown = null) => {
  // Checked first: YAML would read Python's None as text.
  const fault = pythonFault(text);
  if (fault) return { line: 1, column: 1, message: fault };
  return readYaml(text, { uniqueKeys: false, keepSourceTokens: true }, (document): StageYaml => {
    keepSources(document);
    const reading: Reading = { unquoted: new Set(), noMembers, left: 1000 + 2 * text.length };
    const value = readValue(document.toJS({ maxAliasCount: -1 }), shape, [], reading);
    return { document, value, notices: unquotedNotice([...reading.unquoted]) };
  });
};
