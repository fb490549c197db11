/** A stage as lines for a template. */
import type { Stage } from '../stage/stage.js';
import { cloudFormationLines } from './export-cloudformation.js';
import { terraformLines } from './export-terraform.js';

/** What a stage may be exported to. */
export const exportFormats = ['cloudformation', 'terraform'] as const;

/**
 * A stage as lines for a template: a CloudFormation template in YAML, or Terraform's resources. What the lines refer to and do not
 * hold, the API, is named in them for the reader to adapt.
 */
export const exportStage = async (stage: Stage, to: (typeof exportFormats)[number]): Promise<string> =>
  to === 'terraform' ? terraformLines(stage) : cloudFormationLines(stage);
