/** `stage serve`: the local endpoint, until somebody stops it. */

import { usual } from '../commands/serve.js';
import type { ServeOptions } from '../serve/server.js';
import { defaults } from '../targets/defaults.js';
import { burstFor } from '../targets/quota.js';
import { printable } from '../text/printable.js';
import type { Context } from './context.js';
import { exitCodes } from './exit-codes.js';
import { type GivenOptions, textOption, textOptions, timeOption, usageError } from './given-options.js';

const positive = (given: GivenOptions, flag: string): number | undefined => {
  const text = textOption(given, flag);
  if (text === undefined) return undefined;
  if (!/^\d+(\.\d+)?$/.test(text) || Number(text) <= 0)
    throw usageError(`--${flag}: expected a number above 0, came ${text}.`);
  return Number(text);
};

const portOf = (given: GivenOptions): number => {
  const text = textOption(given, 'port') ?? usual.port;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw usageError(`--port: expected a port from 0 to 65535, came ${text}.`);
  return Number(text);
};

/** The quota that --rate and --burst say. */
const quotaIn = (given: GivenOptions): Pick<ServeOptions, 'quota'> => {
  const [rate, burst] = [positive(given, 'rate'), positive(given, 'burst')];
  if (rate === undefined && burst !== undefined) throw usageError('--burst goes with --rate.');
  if (burst !== undefined && burst < 1)
    throw usageError(`--burst: expected a number from 1, came ${burst}; with less no request would ever be answered.`);
  return rate === undefined ? {} : { quota: { rate, burst: burst ?? burstFor(rate) } };
};

/** A host as it is listened at: an address of IPv6 may come as a URL writes it. */
const hostOf = (given: GivenOptions): string => (textOption(given, 'host') ?? usual.host).replace(/^\[(.*)\]$/, '$1');

const most = 10;

const contentLine = (targets: readonly string[], folder: string): string => {
  if (targets.length === 0)
    return `There are no stages in ${folder}: they are read from ${folder.replace(/\/$/, '')}/API/STAGE.json.`;
  const more = targets.length > most ? ` and ${targets.length - most} more` : '';
  return `Serves ${targets.slice(0, most).join(', ')}${more}.`;
};

/** Serves until the world's signal says that it is enough. */
export const runServer = async (context: Context): Promise<number> => {
  const { world, output, request } = context;
  const [folder] = request.targets;
  if (folder === undefined) throw usageError('Which folder? It holds stage files as API/STAGE.json: stage serve DIR.');
  const { parseFaults } = await import('../serve/faults.js');
  const { startServer } = await import('../serve/server.js');
  const log = (line: string): void => {
    if (!output.isQuiet) world.stderr.write(`${printable(line)}\n`);
  };
  const served = await startServer({
    folder,
    host: hostOf(context),
    allowedHosts: textOptions(context, 'allow-host'),
    port: portOf(context),
    faults: textOptions(context, 'fault').flatMap((text) => parseFaults(text)),
    ...quotaIn(context),
    cacheDelay: timeOption(context, 'cache-delay', 0),
    lockTimeout: timeOption(context, 'lock-timeout', defaults.lockTimeout),
    log,
    world,
  });
  world.stdout.write(`${served.url}\n`);
  const lines = [
    contentLine(served.targets, folder),
    `aws apigateway get-stages --endpoint-url ${served.url} --rest-api-id ID`,
  ];
  for (const line of lines) log(line);
  await served.closed;
  return exitCodes.done;
};
