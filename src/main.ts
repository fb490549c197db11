import { exitCodes } from './cli/exit-codes.js';
import { parseCommandLine } from './cli/program.js';
import { parseRequest } from './cli/request.js';
import { run } from './cli/run.js';
import { settingsFor } from './cli/settings-for.js';
import { type Progress, tellFailure } from './cli/tell-failure.js';
import { textsOf } from './cli/texts.js';
import { voiceFor } from './cli/voice.js';
import { StageError } from './stage/problem.js';
import type { World } from './world.js';

const runIn = async (world: World, progress: Progress): Promise<number> => {
  const line = parseCommandLine(world);
  if ('shown' in line) return exitCodes.done;
  progress.flags = line.flags;
  progress.command = line.command;
  if ('problems' in line) throw new StageError('usage', line.problems);
  const { command, flags } = line;
  const settings = await settingsFor(line, world);
  progress.settings = settings;
  const voice = await voiceFor(world, line, settings.redact);
  const request = await parseRequest(line, textsOf(world), voice.isSecret);
  return run({ world, voice, settings, command, flags, request });
};

/** The whole program: words in, text and an exit code out. */
export const main = async (world: World): Promise<number> => {
  const progress: Progress = { flags: new Map() };
  try {
    return await runIn(world, progress);
  } catch (error) {
    return tellFailure(error, world, progress);
  }
};
