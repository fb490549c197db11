/** A stage as lines for a template. */
import type { Stage } from '../stage/stage.js';
import { cloudFormationLines } from './export-cloudformation.js';
import { terraformLines } from './export-terraform.js';

/**
 * A stage as lines for a template: a CloudFormation template in YAML, or Terraform's resources. What the lines refer to and do not
 * hold, the API, is named in them for the reader to adapt.
 */
export const exportStage = async (stage: Stage, to: string): Promise<string> =>
  to === 'terraform' ? terraformLines(stage) : cloudFormationLines(stage);
