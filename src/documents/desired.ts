/** What a document asks of a stage: a stage file or a part of one, a CloudFormation or SAM template, `terraform show -json`. */
import { isObject } from '../stage/stage.js';
import { withoutBom } from '../text/without-bom.js';
import { readStageFile } from './stage-file.js';
import { readTemplate } from './template.js';
import { readTerraform } from './terraform.js';
import { type Desired, type DesiredOptions, input } from './tree.js';

export type { Desired } from './tree.js';

/** What a JSON text holds; undefined for any other text. */
const parseIfJson = (text: string): unknown => {
  try {
    return /^\s*[{[]/.test(text) ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
};

const isTemplate = (text: string, json: unknown): boolean =>
  isObject(json)
    ? ['Resources', 'AWSTemplateFormatVersion'].some((key) => Object.hasOwn(json, key))
    : /^["']?(?:Resources|AWSTemplateFormatVersion|Transform)["']?\s*:/m.test(text);

const read = (text: string, options: DesiredOptions): Desired | Promise<Desired> => {
  const json = parseIfJson(text);
  if (isTemplate(text, json)) return readTemplate(text, json, options);
  if (Object.keys(options.parameters ?? {}).length > 0)
    throw input('no-parameters', `${options.label}: only a CloudFormation or SAM template has parameters`);
  if (isObject(json) && Object.hasOwn(json, 'format_version')) return readTerraform(json, options);
  return readStageFile(text, json, options);
};

/**
 * Reads what a document asks of a stage.
 *
 * @throws StageError('input') with what is wrong and where, or with the names of the stages that there are.
 */
export const readDesired = async (text: string, options: DesiredOptions): Promise<Desired> => {
  try {
    return await read(withoutBom(text), options);
  } catch (error) {
    if (error instanceof RangeError) throw input('too-deep', `${options.label}: it is nested too deeply`);
    throw error;
  }
};
