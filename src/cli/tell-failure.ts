/** What is printed of a run that failed, in the form that was asked for as far as that is known. */

import type { AnyCommand } from '../commands/command.js';
import { isEditCommand } from '../commands/commands.js';
import { asJson, asYaml, errorDocument } from '../render/document.js';
import { maskProblem, problemLines } from '../render/problems.js';
import type { Settings } from '../settings/settings.js';
import { type Problem, toStageError } from '../stage/problem.js';
import type { World } from '../world.js';
import { exitCodeOf } from './exit-codes.js';
import type { GivenOptions } from './given-options.js';
import { outputOptionsFor } from './output-options.js';
import { settingsFor } from './settings-for.js';
import { hintFor } from './suggestions.js';
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

/** A problem with what was probably meant, where something comes to mind. */
const withHint = (problem: Problem): Problem => {
  const hint = problem.hint ?? hintFor(problem);
  return hint === undefined ? problem : { ...problem, hint };
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
  const problems = all.map((problem) => withHint(maskProblem(problem, output.isSecret)));
  const exitCode = exitCodeOf(kind, world);
  // The setting is about edits: what was looked at is in the form that was asked for, and so is why it cannot be.
  const form = output.asked ?? (command === undefined || isEditCommand(command) ? settings?.output : undefined);
  if (form !== 'json' && form !== 'yaml') world.stderr.write(problemLines(problems, output.paintErrors));
  else {
    const document = errorDocument(kind, exitCode, problems);
    world.stderr.write(onTerminal(form === 'json' ? asJson(document) : await asYaml(document), world.stderr));
  }
  return exitCode;
};
