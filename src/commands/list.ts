import type { RunCommand } from './command.js';

export const list: RunCommand = {
  name: 'list',
  aliases: ['ls'],
  also: ['stages', 'get-stages', 'get-rest-apis'],
  summary: 'List the live stages of all APIs, or of one',
  usage: '[API]',
  example: 'stage list name:orders-api',
  does: 'list',
  options: [],
  targets: 1,
  takes: 'one API',
  words: 'none',
};
