import { optionsUnder, type RunCommand } from './command.js';

const option = optionsUnder('Status');

export const status: RunCommand = {
  name: 'status',
  aliases: ['describe', 'show'],
  also: ['state', 'summary', 'inspect'],
  summary: 'Show a summary of a stage, or several stages side by side',
  usage: '[TARGET...]',
  example: 'stage status staging.json prod.json --differences',
  does: 'status',
  options: [
    option('differences', undefined, 'Of several stages, only the properties that differ'),
    option('watch', undefined, 'On a terminal: show it again every 5 seconds, until Ctrl-C'),
  ],
  targets: Number.POSITIVE_INFINITY,
  takes: 'stages',
  words: 'none',
};
