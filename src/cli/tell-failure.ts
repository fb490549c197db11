/** What is printed of a run that failed, in the form that was asked for as far as that is known. */

import type { AnyCommand } from '../commands/command.js';
import { isEditCommand } from '../commands/commands.js';
import { asJson, asYaml, errorDocument } from '../render/document.js';
import { maskProblem, problemLines, withHint } from '../render/problems.js';
import type { Settings } from '../settings/settings.js';
import { toStageError } from '../stage/problem.js';
import type { World } from '../world.js';
import { exitCodeOf } from './exit-codes.js';
import type { GivenOptions } from './given-options.js';
import { outputOptionsFor } from './output-options.js';
import { settingsFor } from './settings-for.js';
import { onTerminal } from './tell.js';

/** What has been learned of a run until it fails. */
export interface Progress {
  options: GivenOptions['options'];
  command?: AnyCommand | undefined;
  settings?: Settings;
}

/** The settings of a run that failed before it had them: without its flags, and without the file where that is wrong. */
const settingsAnyway = async (options: GivenOptions['options'], world: World): Promise<Settings | undefined> => {
  const ofFile = new Map([...options].filter(([name]) => name.endsWith('config')));
  return settingsFor({ options: ofFile }, world)
    .catch(() => settingsFor({ options: new Map([['no-config', true]]) }, world))
    .catch(() => undefined);
};

/** Tells why a run failed, and answers with its exit code. */
export const tellFailure = async (
  error: unknown,
  world: World,
  { options, command, ...known }: Progress,
): Promise<number> => {
  const { kind, problems: all } = toStageError(error);
  const settings = known.settings ?? (await settingsAnyway(options, world));
  const output = await outputOptionsFor(world, { options }, settings?.redact);
  const problems = all.map((problem) => maskProblem(problem, output.isSecret));
  const exitCode = exitCodeOf(kind, world);
  // The setting is about edits: what was looked at is in the form that was asked for, and so is why it cannot be.
  const form = output.asked ?? (command === undefined || isEditCommand(command) ? settings?.output : undefined);
  if (form !== 'json' && form !== 'yaml') world.stderr.write(problemLines(problems, output.paintErrors));
  else {
    const document = errorDocument(kind, exitCode, problems.map(withHint));
    world.stderr.write(onTerminal(form === 'json' ? asJson(document) : await asYaml(document), world.stderr));
  }
  return exitCode;
};
