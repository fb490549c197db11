/** `stage serve`: the local endpoint, until somebody stops it. */

import { usual } from '../commands/serve.js';
import type { ServeOptions } from '../serve/serve.js';
import { defaults } from '../targets/defaults.js';
import { burstFor } from '../targets/quota.js';
import { printable } from '../text/printable.js';
import { flagText, flagTexts, flagTime, type Given, usageError } from './given.js';
import type { Scene } from './scene.js';

const positive = (given: Given, flag: string): number | undefined => {
  const text = flagText(given, flag);
  if (text === undefined) return undefined;
  if (!/^\d+(\.\d+)?$/.test(text) || Number(text) <= 0)
    throw usageError(`--${flag}: expected a number above 0, came ${text}.`);
  return Number(text);
};

const portOf = (given: Given): number => {
  const text = flagText(given, 'port') ?? usual.port;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw usageError(`--port: expected a port from 0 to 65535, came ${text}.`);
  return Number(text);
};

/** The quota that --rate and --burst say. */
export const quotaIn = (given: Given): Pick<ServeOptions, 'quota'> => {
  const [rate, burst] = [positive(given, 'rate'), positive(given, 'burst')];
  if (rate === undefined && burst !== undefined) throw usageError('--burst goes with --rate.');
  if (burst !== undefined && burst < 1)
    throw usageError(`--burst: expected a number from 1, came ${burst}; with less no request would ever be answered.`);
  return rate === undefined ? {} : { quota: { rate, burst: burst ?? burstFor(rate) } };
};

/** Serves until the world's signal says that it is enough. */
export const runServer = async (scene: Scene): Promise<number> => {
  const { world, voice, request } = scene;
  const [folder] = request.targets;
  if (folder === undefined) throw usageError('Which folder? It holds stage files as API/STAGE.json: stage serve DIR.');
  const { parseFaults } = await import('../serve/faults.js');
  const { serve } = await import('../serve/serve.js');
  const served = await serve({
    folder,
    host: flagText(scene, 'host') ?? usual.host,
    port: portOf(scene),
    faults: flagTexts(scene, 'fault').flatMap((text) => parseFaults(text)),
    ...quotaIn(scene),
    cacheDelay: flagTime(scene, 'cache-delay', 0),
    lockTimeout: flagTime(scene, 'lock-timeout', defaults.lockTimeout),
    log: (line) => {
      if (!voice.isQuiet) world.stderr.write(`${printable(line)}\n`);
    },
    world,
  });
  world.stdout.write(`${served.url}\n`);
  if (!voice.isQuiet) world.stderr.write(`aws apigateway get-stages --endpoint-url ${served.url} --rest-api-id ID\n`);
  await served.closed;
  return 0;
};
