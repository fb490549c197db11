import { optionsUnder, type RunCommand } from './command.js';

const forms = ['text', 'json', 'yaml', 'github'];

export const validate: RunCommand = {
  name: 'validate',
  also: ['lint', 'verify', 'check'],
  summary: 'Check stage files, templates and .stagerc without AWS, with line and column',
  usage: 'FILE...',
  example: 'stage validate prod.json template.yaml .stagerc',
  does: 'validate',
  options: [
    optionsUnder('Check')('parameter', 'NAME=VALUE', 'Parameter of a template (default: what the template says)', {
      kind: 'list',
    }),
    optionsUnder('Output')(
      'output',
      'FORM',
      `Form of the output: ${forms.join(', ')} (annotations of a pull request)`,
      {
        short: 'o',
        choices: forms,
      },
    ),
  ],
  targets: Number.POSITIVE_INFINITY,
  takes: 'files',
  words: 'none',
};
