/** What a document asks of a stage: a stage file or a part of one, a CloudFormation or SAM template, `terraform show -json`. */
import type { Desired } from '../stage/desired.js';
import { isObject } from '../stage/stage.js';
import { parseJson, withoutBom } from '../text/json.js';
import { readStageFile } from './stage-file.js';
import { readTemplate } from './template.js';
import { readTerraform } from './terraform.js';
import { type DesiredOptions, input } from './tree.js';

const isTemplate = (text: string, json: unknown): boolean =>
  isObject(json)
    ? ['Resources', 'AWSTemplateFormatVersion'].some((key) => Object.hasOwn(json, key))
    : /^["']?(?:Resources|AWSTemplateFormatVersion|Transform)["']?\s*:/m.test(text);

/**
 * Reads what a document asks of a stage.
 *
 * @throws StageError('input') with what is wrong and where, or with the names of the stages that there are.
 */
export const readDesired = async (given: string, options: DesiredOptions): Promise<Desired> => {
  const text = withoutBom(given);
  // What is not JSON, or has a key twice, is read as YAML, which says so and where.
  const json = parseJson(text);
  if (isTemplate(text, json)) return readTemplate(text, json, options);
  if (Object.keys(options.parameters ?? {}).length > 0)
    throw input('no-parameters', `${options.label}: only a CloudFormation or SAM template has parameters`);
  if (isObject(json) && Object.hasOwn(json, 'format_version')) return readTerraform(json, options);
  return readStageFile(text, json, options);
};
