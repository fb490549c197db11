import { exitCodes, outputOptionsFor, settingsFor } from './cli/context.js';
import { parseCommandLine } from './cli/program.js';
import { parseRequest } from './cli/request.js';
import { run } from './cli/run.js';
import type { Progress } from './cli/tell-failure.js';
import { textsOf } from './cli/texts.js';
import { StageError } from './stage/problem.js';
import type { World } from './world.js';

/** Called only by the scripts of `stage completion`, so it is not in the table of commands. */
const complete = async ([, ...words]: World['argv'], world: World): Promise<number> => {
  const { printCompletions } = await import('./cli/complete.js');
  // Tab completion has nowhere to report an error; running the command line will report it.
  await printCompletions(words, world).catch(() => undefined);
  return exitCodes.done;
};

const withoutConfig = new Map([['no-config', true]]);

const runIn = async (world: World, progress: Progress): Promise<number> => {
  if (world.argv[0] === '__complete') return complete(world.argv, world);
  const line = parseCommandLine(world);
  if ('shown' in line) return exitCodes.done;
  Object.assign(progress, { options: line.options, command: line.command });
  if ('problems' in line) throw new StageError('usage', line.problems);
  const { command, options } = line;
  // A broken configuration must not stop a shell from loading its script, nor validate from checking the configuration.
  const isFree = command.does === 'complete' || command.does === 'validate';
  const settings = await settingsFor(isFree ? { options: withoutConfig } : line, world);
  progress.settings = settings;
  const output = await outputOptionsFor(world, line, settings.redact);
  const request = await parseRequest(line, textsOf(world));
  const onPlan = (calls: Progress['planned']): void => {
    progress.planned = calls;
  };
  return run({ world, output, settings, command, options, request, told: new Set(), onPlan });
};

/** Runs the whole program and returns its exit code. */
export const main = async (world: World): Promise<number> => {
  const progress: Progress = { options: new Map(), planned: [] };
  try {
    return await runIn(world, progress);
  } catch (error) {
    return (await import('./cli/tell-failure.js')).tellFailure(error, world, progress);
  }
};
