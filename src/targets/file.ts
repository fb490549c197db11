/** A stage that lives in a JSON file. */
import { accessSync, constants, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Calls, Decide, Outcome } from '../stage/plan.js';
import { applyCalls, withState } from '../stage/result.js';
import type { Stage } from '../stage/stage.js';
import { clipped } from '../text/clipped.js';
import { printable } from '../text/printable.js';
import { quoteShell } from '../text/quote-shell.js';
import type { World } from '../world.js';
import { editDocument, readDocument } from './document.js';
import { absence, fileError, fileSystemFailure } from './failure.js';
import { type LockOptions, withLock } from './lock.js';
import type { StageTarget } from './target.js';
import { removeDraft, replaceFile, type WriteSome } from './write.js';

export interface FileOptions extends LockOptions {
  readonly world: LockOptions['world'] & Pick<World, 'cwd'>;
  /** What calls make of a stage, where that is more than they say. Throws what they are refused for. */
  readonly apply?: (stage: Stage, calls: Calls) => Stage;
  /** The command that prints the stage which such a file is to be made of. */
  readonly printedBy?: string;
  /** In place of the system's, for tests. */
  readonly write?: WriteSome;
}

const isRegularFile = (path: string): boolean => {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

const jsonFilesIn = (folder: string): readonly string[] => {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json') && !name.startsWith('.'));
    return names.filter((name) => isRegularFile(join(folder, name)));
  } catch {
    return [];
  }
};

const usualPrint = 'aws apigateway get-stage --rest-api-id ID --stage-name NAME';

/** `path` is the file as it was named, so that what is printed can be pasted. */
const absentStage = (file: string, path: string, printedBy: string): string => {
  const there = jsonFilesIn(dirname(file))
    .slice(0, 5)
    .map((name) => clipped(name));
  const instead = there.length === 0 ? '' : ` There is ${there.join(', ')}.`;
  return `${absence(file)}${instead} To make it: ${printedBy} > ${printable(quoteShell(path))}`;
};

const explaining = async <T>(
  doing: 'read' | 'edited',
  path: string,
  absent: () => string,
  work: () => T | Promise<T>,
): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw fileSystemFailure(error, doing, path, absent);
  }
};

const refuseFolder = (stats: Stats, label: string): void => {
  if (stats.isDirectory())
    throw fileError('is-a-folder', label, 'is a folder; expected a stage file. Name a file in it.');
};

const refusePipe = (stats: Stats, label: string): void => {
  const next = 'Give - to read from stdin and write to stdout.';
  if (!stats.isFile())
    throw fileError('not-a-file', label, `is a pipe or a device; only a file can be edited. ${next}`);
};

const readStage = (file: string, label: string): Stage => {
  refuseFolder(statSync(file), label);
  return readDocument(readFileSync(file), label).stage;
};

/** The file itself, where symbolic links lead: the lock and the draft lie beside it. */
const fileToEdit = (file: string, label: string): string => {
  const real = realpathSync.native(file);
  const stats = statSync(real);
  refuseFolder(stats, label);
  refusePipe(stats, label);
  return real;
};

/** What happens under the lock: the stage that is decided on is the one that is there. */
const editLocked = (
  file: string,
  label: string,
  decide: Decide,
  { apply = applyCalls, write }: FileOptions,
): Outcome => {
  removeDraft(file);
  const stats = statSync(file);
  const { text, stage } = readDocument(readFileSync(file), label);
  const calls = decide(stage);
  const after = apply(stage, calls);
  const edited = editDocument(text, stage, after);
  if (edited !== text) {
    // A rename does not ask for permission to write the file itself.
    accessSync(file, constants.W_OK);
    replaceFile(file, Buffer.from(edited), stats, write);
  }
  return { before: stage, after, calls: withState(calls, 'made') };
};

/**
 * The stage in a file that holds what `aws apigateway get-stage` prints, or a part of it. An edit changes the lines of what it
 * touches, under a lock, and leaves the old file or the new one whenever it is stopped. Symbolic links are followed and kept.
 */
export const stageFile = (path: string, options: FileOptions): StageTarget => {
  const file = resolve(options.world.cwd, path);
  const absent = (): string => absentStage(file, path, options.printedBy ?? usualPrint);
  return {
    label: path,
    read: () => explaining('read', path, absent, () => readStage(file, path)),
    edit: (decide) =>
      explaining('edited', path, absent, () => {
        const real = fileToEdit(file, path);
        return withLock(real, path, options, () => editLocked(real, path, decide, options));
      }),
  };
};
