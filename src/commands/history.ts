import type { RunCommand } from './command.js';

export const history: RunCommand = {
  name: 'history',
  also: ['log', 'journal'],
  summary: 'List recorded edits, newest first',
  usage: '[TARGET]',
  example: 'stage history a1b2c3d4e5/prod',
  does: 'history',
  options: [],
  targets: 1,
  takes: 'one stage',
  words: 'none',
};
