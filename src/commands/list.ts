import type { Undertaking } from './command.js';

export const list: Undertaking = {
  name: 'list',
  summary: 'List the live stages of all APIs, or of one',
  usage: '[API]',
  example: 'stage list name:orders-api',
  does: 'list',
  flags: [],
  targets: 1,
  takes: 'one API',
  words: 'none',
};
