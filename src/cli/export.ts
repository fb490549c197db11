/** `stage export`: prints a stage as a CloudFormation template in YAML, or as Terraform resources. */
import { cloudFormationLines } from '../documents/export-cloudformation.js';
import { terraformLines } from '../documents/export-terraform.js';
import { type Context, exitCodes } from './context.js';
import { textOption } from './given-options.js';
import { openToRead } from './target-of.js';
import { onTerminal } from './tell.js';

/** The lines refer to an API that they do not define: the user replaces its name. */
export const runExport = async (context: Context): Promise<number> => {
  const { world, request } = context;
  const { target } = await openToRead(request.targets[0], context);
  const linesOf = textOption(context, 'to') === 'terraform' ? terraformLines : cloudFormationLines;
  world.stdout.write(onTerminal(await linesOf(await target.read()), world.stdout));
  return exitCodes.done;
};
