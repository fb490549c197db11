import type { Stage } from '../stage/stage.js';
import { cloudFormationLines } from './export-cloudformation.js';
import { terraformLines } from './export-terraform.js';

/**
 * A stage as a CloudFormation template in YAML, or as Terraform resources. The lines refer to an API that they do not
 * define: the user replaces its name.
 */
export const exportStage = async (stage: Stage, to: string): Promise<string> =>
  to === 'terraform' ? terraformLines(stage) : cloudFormationLines(stage);
