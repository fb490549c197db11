import { stateOption } from './canary.js';
import { optionsUnder, type RunCommand } from './command.js';

export const approveCanary: RunCommand = {
  name: 'approve-canary',
  also: ['approve', 'resume-canary', 'continue'],
  summary: 'Let a held rollout go on',
  usage: '[TARGET]',
  example: 'stage approve-canary a1b2c3d4e5/prod --deployment-id dep123',
  does: 'approve',
  options: [
    optionsUnder('Rollout')('deployment-id', 'ID', 'Approve only this deployment', { isRequired: true }),
    stateOption,
  ],
  targets: 1,
  takes: 'one stage',
  words: 'none',
};
