/** Reads a desired stage from a whole or partial stage file, a CloudFormation or SAM template, or Terraform's JSON. */
import type { Desired } from '../stage/desired.js';
import { isObject } from '../stage/stage.js';
import { parseJson, withoutBom } from '../text/json.js';
import { jsonProblem } from '../text/json-problem.js';
import { readStageFile } from './stage-file.js';
import { readTemplate } from './template.js';
import { readTerraform } from './terraform.js';
import { type DesiredOptions, faultAt, input } from './tree.js';

const isTemplate = (text: string, json: unknown): boolean =>
  isObject(json)
    ? ['Resources', 'AWSTemplateFormatVersion'].some((key) => Object.hasOwn(json, key))
    : /^["']?(?:Resources|AWSTemplateFormatVersion|Transform)["']?\s*:/m.test(text);

const isTerraformSource = (text: string, label: string): boolean =>
  /\.tf(?:\.json)?$/i.test(label) || /^resource\s+"aws_/m.test(text);

const howToShow =
  "Terraform's own language cannot be read. Write its plan as JSON, and give plan.json instead: " +
  'terraform plan -out=plan && terraform show -json plan > plan.json';

/**
 * Reads the desired stage from a document.
 *
 * @throws StageError('input') with all problems and their lines, or with the names of the stages to choose from.
 */
export const readDesired = async (given: string, options: DesiredOptions): Promise<Desired> => {
  const text = withoutBom(given);
  // Without a name that ends in .json, a text that is not JSON is read as YAML.
  const json = parseJson(text);
  const broken = /\.json$/i.test(options.label) ? jsonProblem(text) : undefined;
  if (broken) throw faultAt(options.label, { ...broken, message: `broken JSON: ${broken.reason}` });
  if (isTerraformSource(text, options.label)) throw input('terraform-source', `${options.label}: ${howToShow}`);
  if (isTemplate(text, json)) return readTemplate(text, json, options);
  if (Object.keys(options.parameters ?? {}).length > 0)
    throw input('no-parameters', `${options.label}: only a CloudFormation or SAM template has parameters`);
  if (isObject(json) && Object.hasOwn(json, 'format_version')) return readTerraform(json, options);
  return readStageFile(text, json, options);
};
