import { operationsOf, type StageResult } from '../stage/result.js';
import { awsCli } from './aws-cli.js';
import { asJson, asYaml, resultDocument } from './document.js';
import { human, type Paint } from './human.js';
import type { IsSecret } from './redact.js';

export interface RenderOptions {
  readonly isSecret: IsSecret;
  readonly paint: Paint;
  /** What is said behind the target's name: `(default of .stagerc)`. */
  readonly from?: string;
}

type Render = (result: StageResult, options: RenderOptions) => string | Promise<string>;

/** The forms of a result, by the name that `--output` takes. */
export const renderers = {
  text: (result, { isSecret, paint, from }) => human(result, isSecret, paint, from),
  json: (result, { isSecret }) => asJson(resultDocument(result, isSecret)),
  yaml: (result, { isSecret }) => asYaml(resultDocument(result, isSecret)),
  stage: ({ after }) => asJson(after),
  patch: (result) => asJson(operationsOf(result)),
  // Not the function itself: that would load it for every form.
  'aws-cli': (result) => awsCli(result),
} satisfies Readonly<Record<string, Render>>;
