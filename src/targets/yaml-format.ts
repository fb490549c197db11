/** Stages as YAML text: strings are read as written, and lines are edited in place. Loads the `yaml` package. */
import { failure } from '../stage/problem.js';
import { type Shape, stageShape } from '../stage/stage.js';
import { isTooDeep, maxDepth } from '../text/json.js';
import { clipped } from '../text/printable.js';
import { readStageYaml, type StageYaml } from '../text/stage-yaml.js';
import type { ParseText } from './text-format.js';
import { editsOf, type Splice } from './yaml-edits.js';

const splice = (text: string, splices: readonly Splice[]): string => {
  let [edited, at] = ['', 0];
  const inOrder = [...splices].sort((left, right) => left.start - right.start || left.end - right.end);
  for (const { start, end, text: instead } of inOrder) {
    edited += text.slice(at, start) + instead;
    at = end;
  }
  return edited + text.slice(at);
};

const rewriteYaml = (text: string, { document, value: before }: StageYaml, after: unknown, shape: Shape): string => {
  const lineEnd = /\r\n|\n/.exec(text)?.[0] ?? '\n';
  // Make sure that the last line has an end. If it was added, it is removed again.
  const ended = text.endsWith('\n') ? text : text + lineEnd;
  const source = { text: ended, lineEnd, unit: /^( +)[^\s#]/m.exec(text)?.[1] ?? '  ' };
  const edited = splice(ended, editsOf(source, document.contents, { before, after, shape, indent: undefined }));
  return ended === text ? edited : edited.replace(/\r?\n$/, '');
};

export const parseYamlStage: ParseText = async (text, label) => {
  const parsed = readStageYaml(text, stageShape, {});
  const broken = (reason: string) => failure('input', 'broken-yaml', `${clipped(label)}: ${reason}`);
  if ('message' in parsed) throw broken(`line ${parsed.line}, column ${parsed.column}: ${parsed.message}`);
  if (isTooDeep(parsed.value)) throw broken(`expected at most ${maxDepth} levels, got more`);
  return { ...parsed, rewrite: (after, shape) => rewriteYaml(text, parsed, after, shape) };
};
