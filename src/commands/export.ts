import { optionsUnder, type RunCommand } from './command.js';

const forms = ['cloudformation', 'terraform'];

export const exportStageCommand: RunCommand = {
  name: 'export',
  also: ['generate', 'template'],
  summary: 'Print a stage as lines for a CloudFormation template or for Terraform',
  usage: '[TARGET] --to FORM',
  example: 'stage export prod.json --to terraform',
  does: 'export',
  options: [
    optionsUnder('Export')('to', 'FORM', `Form of the lines: ${forms.join(', ')}`, {
      choices: forms,
      isRequired: true,
    }),
  ],
  targets: 1,
  takes: 'one stage',
  words: 'none',
};
