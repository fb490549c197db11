/** Stages as YAML text: strings are read as they are written, and lines are edited in place. Loads the `yaml` package. */
import * as yaml from 'yaml';
import { failure } from '../stage/problem.js';
import { isObject, type Shape, stageShape } from '../stage/stage.js';
import { isTooDeep, maxDepth } from '../text/json.js';
import { clipped } from '../text/printable.js';
import { parseStageYaml, readStageYaml, type StageYaml, type YamlFault } from '../text/stage-yaml.js';
import { shapeOf, type TextFormat } from './text-format.js';
import type { YamlSource } from './yaml-anchors.js';
import { editsOf, type Splice } from './yaml-edits.js';
import { keyTextOf, rangeOf } from './yaml-nodes.js';

/** A key without a value holds no members, where members belong. */
const withEmptyObjects = (value: unknown, shape: Shape | undefined): unknown => {
  if (!isObject(shape)) return value;
  if (value === null) return {};
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([key, member]) => [key, withEmptyObjects(member, shapeOf(shape, key))]);
  return Object.fromEntries(members);
};

const stageIn = (parsed: StageYaml | YamlFault): unknown => {
  const value = 'value' in parsed ? parsed.value : undefined;
  return value === null ? null : withEmptyObjects(value, stageShape);
};

const expectSane = (parsed: StageYaml | YamlFault, label: string): StageYaml => {
  if ('message' in parsed) {
    const { line, column, message } = parsed;
    throw failure('input', 'broken-yaml', `${clipped(label)}: line ${line}, column ${column}: ${message}`);
  }
  if (isTooDeep(parsed.value))
    throw failure('input', 'broken-yaml', `${clipped(label)}: expected at most ${maxDepth} levels, got more`);
  return parsed;
};

const parse = (text: string) => {
  const lines = new yaml.LineCounter();
  const options = { keepSourceTokens: true, lineCounter: lines, uniqueKeys: false, logLevel: 'silent' } as const;
  return { lines, document: yaml.parseDocument(text, options) };
};

/** The layout of a text, read off its first line end, the first line that is indented, and the first string in quotes. */
const sourceOf = (text: string, label: string): YamlSource & { readonly contents: yaml.ParsedNode | null } => {
  const { lines, document } = parse(text);
  const { contents } = document;
  const aliases: yaml.Alias[] = [];
  let quotes: YamlSource['quotes'];
  yaml.visit(document, {
    Alias: (_, alias) => void aliases.push(alias),
    Scalar: (_, { type }) => {
      if (type?.startsWith('QUOTE')) quotes ??= type;
    },
  });
  const unit = /^( +)[^\s#]/m.exec(text)?.[1] ?? '  ';
  return { text, label, lines, contents, aliases, unit, lineEnd: /\r\n|\n/.exec(text)?.[0] ?? '\n', quotes };
};

const splice = (text: string, splices: readonly Splice[]): string => {
  let [edited, at] = ['', 0];
  const inOrder = [...splices].sort((left, right) => left.start - right.start || left.end - right.end);
  for (const { start, end, text: instead } of inOrder) {
    edited += text.slice(at, start) + instead;
    at = end;
  }
  return edited + text.slice(at);
};

export const yamlFormat: TextFormat = {
  read: async (text, label) => {
    const parsed = expectSane(await parseStageYaml(text, stageShape), label);
    return { value: stageIn(parsed), notices: parsed.notices };
  },
  valueOf: (text) => stageIn(readStageYaml(text, stageShape, yaml)),
  lineOf: (text, at) => {
    const { lines, document } = parse(text);
    let [start, node]: readonly unknown[] = [document.contents, document.contents];
    for (const key of at) {
      const pair = yaml.isMap(node) ? (node.items as yaml.Pair[]).find((item) => keyTextOf(item) === key) : undefined;
      [start, node] = [pair?.key ?? start, pair?.value];
    }
    return Math.max(1, lines.linePos(rangeOf(start)[0]).line);
  },
  rewrite: (text, before, after, shape, label = '') => {
    // Every line has an end then; one that is added goes again.
    const isEnded = text.endsWith('\n');
    const { contents, ...source } = sourceOf(isEnded ? text : `${text}${/\r\n|\n/.exec(text)?.[0] ?? '\n'}`, label);
    const edited = splice(source.text, editsOf(source, contents, { before, after, shape, indent: undefined }));
    return isEnded ? edited : edited.replace(/\r?\n$/, '');
  },
};
