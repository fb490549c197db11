import { numberFrom, wholeFrom } from '../text/number.js';
import { parseTime } from '../text/time.js';
import { optionsUnder, type RunCommand } from './command.js';

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

const option = optionsUnder('Serve');

export const serveDir: RunCommand = {
  name: 'serve',
  also: ['server', 'start'],
  summary: 'Serve a folder of stage files as API Gateway would',
  usage: 'DIR',
  example: 'stage serve apis --port 4568',
  more: () => faultGrammar,
  does: 'serve',
  options: [
    option('port', 'PORT', 'Port to listen on; 0 means any free one', {
      parse: wholeFrom(0, 65_535, 'a port'),
      default: '4568',
    }),
    option('host', 'HOST', 'Address to listen on', { default: '127.0.0.1' }),
    option('allow-host', 'NAME', 'Accept this host name too, such as that of a container', { kind: 'list' }),
    option('fault', 'FAULTS', 'Inject faults, to test scripts; see below', { kind: 'list' }),
    option('rate', 'NUMBER', 'Requests per second of the account (default: no limit)', {
      parse: numberFrom(Number.MIN_VALUE, 'a number above 0'),
    }),
    option('burst', 'NUMBER', 'Burst of requests of the account', { parse: numberFrom(1), needs: ['rate'] }),
    option('cache-delay', 'TIME', 'Time to create, delete or flush a cache cluster', {
      parse: parseTime,
      default: '0s',
    }),
    optionsUnder('Output')('quiet', undefined, 'Do not log requests', { short: 'q' }),
  ],
  targets: 1,
  takes: 'one folder',
  words: 'none',
};
