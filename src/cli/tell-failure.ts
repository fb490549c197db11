/** What is printed of a run that failed, in the form that was asked for as far as that is known. */

import type { Verb } from '../commands/command.js';
import { isStageCommand } from '../commands/commands.js';
import { asJson, asYaml, errorDocument } from '../render/document.js';
import { maskProblem, problemLines, withHint } from '../render/problems.js';
import type { Settings } from '../settings/settings.js';
import { toStageError } from '../stage/problem.js';
import type { World } from '../world.js';
import { exitCodeOf } from './exit-codes.js';
import type { Given } from './given.js';
import { settingsFor } from './settings-for.js';
import { onTerminal } from './tell.js';
import { voiceFor } from './voice.js';

/** What has been learned of a run until it fails. */
export interface Progress {
  flags: Given['flags'];
  command?: Verb | undefined;
  settings?: Settings;
}

/** The settings of a run that failed before it had them: without its flags, and without the file where that is wrong. */
const settingsAnyway = async (flags: Given['flags'], world: World): Promise<Settings | undefined> => {
  const ofFile = new Map([...flags].filter(([name]) => name.endsWith('config')));
  return settingsFor({ flags: ofFile }, world)
    .catch(() => settingsFor({ flags: new Map([['no-config', true]]) }, world))
    .catch(() => undefined);
};

/** Tells why a run failed, and answers with its exit code. */
export const tellFailure = async (
  error: unknown,
  world: World,
  { flags, command, ...known }: Progress,
): Promise<number> => {
  const { kind, problems: all } = toStageError(error);
  const settings = known.settings ?? (await settingsAnyway(flags, world));
  const voice = await voiceFor(world, { flags }, settings?.redact);
  const problems = all.map((problem) => maskProblem(problem, voice.isSecret));
  const exitCode = exitCodeOf(kind, world);
  // The setting is about edits: what was looked at is in the form that was asked for, and so is why it cannot be.
  const form = voice.asked ?? (command === undefined || isStageCommand(command) ? settings?.output : undefined);
  if (form !== 'json' && form !== 'yaml') world.stderr.write(problemLines(problems, voice.paintErrors));
  else {
    const document = errorDocument(kind, exitCode, problems.map(withHint));
    world.stderr.write(onTerminal(form === 'json' ? asJson(document) : await asYaml(document), world.stderr));
  }
  return exitCode;
};
