import type { RunCommand } from './command.js';
import { faultGrammar } from './fault-grammar.js';

const heading = 'Serve';

/** Where it listens unless said otherwise. */
export const usual = { port: '4568', host: '127.0.0.1' } as const;

export const serve: RunCommand = {
  name: 'serve',
  also: ['server', 'start'],
  summary: 'Answer as API Gateway does, from a folder of stage files',
  usage: 'DIR',
  example: 'stage serve apis --port 4568',
  // Not the text itself: that would load it for every verb.
  more: () => faultGrammar,
  does: 'serve',
  options: [
    {
      name: 'port',
      kind: 'text',
      argument: 'PORT',
      heading,
      help: `Port to listen on, 0 for any that is free; ${usual.port} unless said otherwise`,
    },
    {
      name: 'host',
      kind: 'text',
      argument: 'HOST',
      heading,
      help: `Address to listen on; ${usual.host} unless said otherwise`,
    },
    {
      name: 'allow-host',
      kind: 'list',
      argument: 'NAME',
      heading,
      help: 'Another name that it may be asked by, such as that of its container',
    },
    {
      name: 'fault',
      kind: 'list',
      argument: 'FAULTS',
      heading,
      help: 'Faults to answer with, to test scripts; see below',
    },
    {
      name: 'rate',
      kind: 'text',
      argument: 'NUMBER',
      heading,
      help: "The account's requests a second; without it there is no limit",
    },
    { name: 'burst', kind: 'text', argument: 'NUMBER', heading, help: "The account's requests at once" },
    {
      name: 'cache-delay',
      kind: 'text',
      argument: 'TIME',
      heading,
      help: 'How long a cache cluster takes to come or to go; not at all unless said otherwise',
    },
    { name: 'quiet', short: 'q', kind: 'switch', heading: 'Output', help: 'No line for each request' },
  ],
  targets: 1,
  takes: 'one folder',
  words: 'none',
};
