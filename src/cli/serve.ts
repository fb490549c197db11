/** `stage serve`: runs the local endpoint until it is stopped. */

import { parseFaults } from '../serve/faults.js';
import { type ServeOptions, startServer } from '../serve/server.js';
import { burstFor } from '../targets/quota.js';
import { listed, printable } from '../text/printable.js';
import { type Context, exitCodes } from './context.js';
import { type GivenOptions, isOn, numberOption, textOption, textOptions, usageError } from './given-options.js';

/** The quota from --rate and --burst. With a burst below 1, no request would ever succeed. */
const quotaIn = (given: GivenOptions): Pick<ServeOptions, 'quota'> => {
  const rate = numberOption(given, 'rate');
  return rate === undefined ? {} : { quota: { rate, burst: numberOption(given, 'burst') ?? burstFor(rate) } };
};

const contentLine = (targets: readonly string[], folder: string): string => {
  if (targets.length === 0)
    return `There are no stages in ${folder}: they are read from ${folder.replace(/\/$/, '')}/API/STAGE.json.`;
  return `Serves ${listed(targets, 10)}.`;
};

/** Serves until the world's signal aborts. */
export const runServer = async (context: Context): Promise<number> => {
  const { world, request } = context;
  const [folder] = request.targets;
  if (folder === undefined)
    throw usageError('serve needs a folder with stage files as API/STAGE.json: stage serve DIR.');
  const log = (line: string): void => {
    if (!isOn(context, 'quiet')) world.stderr.write(`${printable(line)}\n`);
  };
  const { url, targets, closed } = await startServer({
    folder,
    // URLs put IPv6 addresses in brackets.
    host: (textOption(context, 'host') ?? 'localhost').replace(/^\[(.*)\]$/, '$1'),
    allowedHosts: textOptions(context, 'allow-host'),
    port: numberOption(context, 'port') ?? 0,
    faults: textOptions(context, 'fault').flatMap((text) => parseFaults(text)),
    ...quotaIn(context),
    cacheDelay: numberOption(context, 'cache-delay') ?? 0,
    lockTimeout: numberOption(context, 'lock-timeout') ?? 0,
    log,
    world,
  });
  world.stdout.write(`${url}\n`);
  log(contentLine(targets, folder));
  log(`aws apigateway get-stages --endpoint-url ${url} --rest-api-id ID`);
  await closed;
  return exitCodes.done;
};
