/** Stages as YAML text: strings are read as written, and lines are edited in place. Loads the `yaml` package. */
import * as yaml from 'yaml';
import { failure } from '../stage/problem.js';
import { stageShape } from '../stage/stage.js';
import { isTooDeep, maxDepth } from '../text/json.js';
import { locatorWith } from '../text/locate.js';
import { clipped } from '../text/printable.js';
import { readStageYaml } from '../text/stage-yaml.js';
import type { TextFormat } from './text-format.js';
import { editsOf, type Splice, type YamlSource } from './yaml-edits.js';

const readStage = (text: string) => readStageYaml(text, stageShape, {});

/** The layout of a text, taken from its first line end, first indented line and first quoted string. */
const sourceOf = (text: string, document: yaml.Document): YamlSource => {
  let quotes: YamlSource['quotes'];
  yaml.visit(document, {
    Scalar: (_, { type }) => {
      if (type?.startsWith('QUOTE')) quotes ??= type;
    },
  });
  const unit = /^( +)[^\s#]/m.exec(text)?.[1] ?? '  ';
  return { text, unit, lineEnd: /\r\n|\n/.exec(text)?.[0] ?? '\n', quotes };
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
    const parsed = readStage(text);
    const broken = (reason: string) => failure('input', 'broken-yaml', `${clipped(label)}: ${reason}`);
    if ('message' in parsed) throw broken(`line ${parsed.line}, column ${parsed.column}: ${parsed.message}`);
    if (isTooDeep(parsed.value)) throw broken(`expected at most ${maxDepth} levels, got more`);
    return parsed;
  },
  valueOf: (text) => {
    const parsed = readStage(text);
    return 'value' in parsed ? parsed.value : undefined;
  },
  rewrite: (text, before, after, shape) => {
    // Make sure that the last line has an end. If it was added, it is removed again.
    const isEnded = text.endsWith('\n');
    const ended = isEnded ? text : `${text}${/\r\n|\n/.exec(text)?.[0] ?? '\n'}`;
    const options = { keepSourceTokens: true, uniqueKeys: false, logLevel: 'silent' } as const;
    const document = yaml.parseDocument(ended, options);
    const change = { before, after, shape, indent: undefined };
    const edited = splice(ended, editsOf(sourceOf(ended, document), document.contents, change));
    return isEnded ? edited : edited.replace(/\r?\n$/, '');
  },
  locate: (text, at) => locatorWith(yaml, text)(at),
};
