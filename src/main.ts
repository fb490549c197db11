import { outputOptionsFor, settingsFor } from './cli/context.js';
import { exitCodes } from './cli/exit-codes.js';
import { parseCommandLine } from './cli/program.js';
import { parseRequest } from './cli/request.js';
import { run } from './cli/run.js';
import { type Progress, tellFailure } from './cli/tell-failure.js';
import { textsOf } from './cli/texts.js';
import type { Calls } from './stage/plan.js';
import { StageError } from './stage/problem.js';
import type { World } from './world.js';

const runIn = async (world: World, progress: Progress): Promise<number> => {
  const line = parseCommandLine(world);
  if ('shown' in line) return exitCodes.done;
  progress.options = line.options;
  progress.command = line.command;
  if ('problems' in line) throw new StageError('usage', line.problems);
  const { command, options } = line;
  const settings = await settingsFor(line, world);
  progress.settings = settings;
  const output = await outputOptionsFor(world, line, settings.redact);
  const request = await parseRequest(line, textsOf(world));
  const onPlan = (calls: Calls): void => {
    progress.planned = calls.flat();
  };
  return run({ world, output, settings, command, options, request, told: new Set(), onPlan });
};

/** The whole program: words in, text and an exit code out. */
export const main = async (world: World): Promise<number> => {
  const progress: Progress = { options: new Map(), planned: [] };
  try {
    return await runIn(world, progress);
  } catch (error) {
    return tellFailure(error, world, progress);
  }
};
