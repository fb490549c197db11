import { stateOption } from './canary.js';
import type { RunCommand } from './command.js';

export const rolloutStatus: RunCommand = {
  name: 'rollout-status',
  also: ['canary-status'],
  summary: 'Show the progress of a canary rollout',
  usage: '[TARGET]',
  example: 'stage rollout-status a1b2c3d4e5/prod',
  does: 'rollout-status',
  options: [stateOption],
  targets: 1,
  takes: 'one stage',
  words: 'none',
};
