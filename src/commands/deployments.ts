import { wholeFrom } from '../text/number.js';
import { optionsUnder, type RunCommand } from './command.js';

export const listDeployments: RunCommand = {
  name: 'deployments',
  also: ['list-deployments', 'get-deployments'],
  summary: 'List the deployments of an API, newest first, and the stages that serve them',
  usage: '[API|TARGET]',
  example: 'stage deployments a1b2c3d4e5/prod --limit 5',
  does: 'deployments',
  options: [optionsUnder('Deployments')('limit', 'NUMBER', 'List at most so many', { parse: wholeFrom(1) })],
  targets: 1,
  takes: 'one API',
  words: 'none',
};
