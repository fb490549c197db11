import type { RunCommand } from './command.js';

const heading = 'Serve';

/** Defaults. */
export const usual = { port: '4568', host: '127.0.0.1' } as const;

/** The argument of `--fault`. */
const faultGrammar = `Faults: OPERATION:KIND[xN][@WHEN], comma-separated, as in UpdateStage:409x3,GetStage:429@10%
  OPERATION  an operation of API Gateway, or * for all
  KIND       403, 409, 429, 500, 503   answer with that status
             expired                   answer 403, as for an expired token
             reset                     close the connection without handling the request
             reset-after               handle the request, then close the connection
             truncate                  handle the request, then send half of the answer
             hang                      never answer
             slow=MILLISECONDS         answer after that time
  xN         at most N requests (default: one with @N, otherwise all)
  WHEN       N, the Nth request of that operation, or P%, that share of them`;

export const serve: RunCommand = {
  name: 'serve',
  also: ['server', 'start'],
  summary: 'Serve a folder of stage files as API Gateway would',
  usage: 'DIR',
  example: 'stage serve apis --port 4568',
  more: () => faultGrammar,
  does: 'serve',
  options: [
    {
      name: 'port',
      kind: 'text',
      argument: 'PORT',
      heading,
      help: `Port to listen on; 0 means any free one (default: ${usual.port})`,
    },
    {
      name: 'host',
      kind: 'text',
      argument: 'HOST',
      heading,
      help: `Address to listen on (default: ${usual.host})`,
    },
    {
      name: 'allow-host',
      kind: 'list',
      argument: 'NAME',
      heading,
      help: 'Accept this host name too, such as that of a container',
    },
    {
      name: 'fault',
      kind: 'list',
      argument: 'FAULTS',
      heading,
      help: 'Inject faults, to test scripts; see below',
    },
    {
      name: 'rate',
      kind: 'text',
      argument: 'NUMBER',
      heading,
      help: 'Requests per second of the account (default: no limit)',
    },
    { name: 'burst', kind: 'text', argument: 'NUMBER', heading, help: 'Burst of requests of the account' },
    {
      name: 'cache-delay',
      kind: 'text',
      argument: 'TIME',
      heading,
      help: 'Time to create or delete a cache cluster (default: 0s)',
    },
    { name: 'quiet', short: 'q', kind: 'switch', heading: 'Output', help: 'Do not log requests' },
  ],
  targets: 1,
  takes: 'one folder',
  words: 'none',
};
