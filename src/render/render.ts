import { operationsOf, type StageResult } from '../stage/result.js';
import { awsCli } from './aws-cli.js';
import { asJson, asYaml, resultDocument } from './document.js';
import { human, type RenderOptions } from './human.js';

type Render = (result: StageResult, options: RenderOptions) => string | Promise<string>;

/** The forms of a result, by the name that `--output` takes. */
export const renderers = {
  text: human,
  json: (result, { isSecret }) => asJson(resultDocument(result, isSecret)),
  yaml: (result, { isSecret }) => asYaml(resultDocument(result, isSecret)),
  stage: ({ after }) => asJson(after),
  patch: (result) => asJson(operationsOf(result)),
  'aws-cli': awsCli,
} satisfies Readonly<Record<string, Render>>;
