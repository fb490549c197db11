/** `stage serve`: the local endpoint, until it is stopped. */

import { serveDefaults } from '../commands/serve.js';
import { parseFaults } from '../serve/faults.js';
import { type ServeOptions, startServer } from '../serve/server.js';
import { defaults } from '../targets/defaults.js';
import { burstFor } from '../targets/quota.js';
import { listed, printable } from '../text/printable.js';
import { type Context, exitCodes } from './context.js';
import { type GivenOptions, isOn, textOption, textOptions, timeOption, usageError } from './given-options.js';

/** The number of an option, at least `least`. */
const numberOption = (given: GivenOptions, name: string, isEnough: (value: number) => boolean, expected: string) => {
  const text = textOption(given, name);
  if (text !== undefined && !(/^\d+(\.\d+)?$/.test(text) && isEnough(Number(text))))
    throw usageError(`--${name}: expected ${expected}, got ${text}.`);
  return text === undefined ? undefined : Number(text);
};

/** The quota that --rate and --burst say. With a burst below 1 no request would ever be answered. */
const quotaIn = (given: GivenOptions): Pick<ServeOptions, 'quota'> => {
  const rate = numberOption(given, 'rate', (value) => value > 0, 'a number above 0');
  const burst = numberOption(given, 'burst', (value) => value >= 1, 'a number from 1');
  if (rate === undefined && burst !== undefined) throw usageError('--burst needs --rate.');
  return rate === undefined ? {} : { quota: { rate, burst: burst ?? burstFor(rate) } };
};

const contentLine = (targets: readonly string[], folder: string): string => {
  if (targets.length === 0)
    return `There are no stages in ${folder}: they are read from ${folder.replace(/\/$/, '')}/API/STAGE.json.`;
  return `Serves ${listed(targets, 10)}.`;
};

/** Serves until the world's signal says that it is enough. */
export const runServer = async (context: Context): Promise<number> => {
  const { world, request } = context;
  const [folder] = request.targets;
  if (folder === undefined) throw usageError('Which folder? It holds stage files as API/STAGE.json: stage serve DIR.');
  const port = textOption(context, 'port') ?? serveDefaults.port;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw usageError(`--port: expected a port from 0 to 65535, got ${port}.`);
  const log = (line: string): void => {
    if (!isOn(context, 'quiet')) world.stderr.write(`${printable(line)}\n`);
  };
  const { url, targets, closed } = await startServer({
    folder,
    // A URL writes an address of IPv6 in brackets.
    host: (textOption(context, 'host') ?? serveDefaults.host).replace(/^\[(.*)\]$/, '$1'),
    allowedHosts: textOptions(context, 'allow-host'),
    port: Number(port),
    faults: textOptions(context, 'fault').flatMap((text) => parseFaults(text)),
    ...quotaIn(context),
    cacheDelay: timeOption(context, 'cache-delay', 0),
    lockTimeout: timeOption(context, 'lock-timeout', defaults.lockTimeout),
    log,
    world,
  });
  world.stdout.write(`${url}\n`);
  log(contentLine(targets, folder));
  log(`aws apigateway get-stages --endpoint-url ${url} --rest-api-id ID`);
  await closed;
  return exitCodes.done;
};
