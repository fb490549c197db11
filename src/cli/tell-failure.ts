/** Prints the report of a failed run in the requested form, if that is known. Loaded only after a failure. */

import type { AnyCommand } from '../commands/command.js';
import { asJson, asYaml, errorDocument } from '../render/document.js';
import { maskProblem, problemLines } from '../render/problems.js';
import type { Settings } from '../settings/settings.js';
import type { Calls } from '../stage/plan.js';
import { toStageError } from '../stage/problem.js';
import { plannedOperations } from '../stage/result.js';
import type { Signal, World } from '../world.js';
import { exitCodes, outputOptionsFor, settingsFor } from './context.js';
import type { GivenOptions } from './given-options.js';
import { hintFor } from './suggestions.js';
import { onTerminal } from './tell.js';

/** The state of a run when it fails. */
export interface Progress {
  options: GivenOptions['options'];
  command?: AnyCommand | undefined;
  settings?: Settings;
  /** The calls that the edit was going to make. */
  planned: Calls;
}

/** Settings for a run that failed before loading them. Reads only config options; ignores an invalid file. */
const settingsAnyway = async (options: GivenOptions['options'], world: World): Promise<Settings | undefined> => {
  const ofFile = new Map([...options].filter(([name]) => name.endsWith('config')));
  return settingsFor({ options: ofFile }, world)
    .catch(() => settingsFor({ options: new Map([['no-config', true]]) }, world))
    .catch(() => undefined);
};

export const tellFailure = async (error: unknown, world: World, progress: Progress): Promise<number> => {
  const { options, command, planned } = progress;
  const { kind, problems: all } = toStageError(error);
  const settings = progress.settings ?? (await settingsAnyway(options, world));
  const output = await outputOptionsFor(world, { options }, settings?.redact);
  const problems = all.map((problem) => {
    const hint = problem.hint ?? hintFor(problem);
    return maskProblem(
      { ...problem, ...(hint !== undefined && { hint }) },
      output.isSecret,
      plannedOperations(planned),
    );
  });
  const exitCode = exitCodes[kind === 'interrupted' ? (world.signal.reason as Signal) : kind];
  // The `output` setting applies to edits, and so to their failures.
  const form = output.asked ?? (command === undefined || command.does === 'edit' ? settings?.output : undefined);
  if (form === 'json' || form === 'yaml') {
    const document = errorDocument(kind, exitCode, problems);
    world.stderr.write(onTerminal(form === 'json' ? asJson(document) : await asYaml(document), world.stderr));
  } else world.stderr.write(problemLines(problems, output.paintErrors));
  return exitCode;
};
