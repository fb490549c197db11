import { guardedOperations } from '../stage/guards.js';
import { operationsOf, type StageResult } from '../stage/result.js';
import { awsCli } from './aws-cli.js';
import { asJson, asYaml, resultDocument } from './document.js';
import { human, type RenderOptions } from './human.js';
import { markdownResult } from './markdown.js';

type Render = (result: StageResult, options: RenderOptions) => string | Promise<string>;

/** The renderers of a result, by value of `--output`. */
export const renderers = {
  text: human,
  json: (result, { isSecret }) => asJson(resultDocument(result, isSecret)),
  yaml: (result, { isSecret }) => asYaml(resultDocument(result, isSecret)),
  stage: ({ after }) => asJson(after),
  patch: (result, { keepsPlan }) => asJson(keepsPlan ? guardedOperations(result) : operationsOf(result)),
  markdown: (result, { isSecret }) => markdownResult(result, isSecret),
  'aws-cli': awsCli,
} satisfies Readonly<Record<string, Render>>;
