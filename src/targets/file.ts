/** A stage that lives in a file. */
import { accessSync, constants, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Calls, Decide, Notice, Outcome } from '../stage/plan.js';
import { applyCalls, withState } from '../stage/result.js';
import type { Stage } from '../stage/stage.js';
import { clipped, printable } from '../text/printable.js';
import { quoteShell } from '../text/quote-shell.js';
import { stageFileName, yamlFileName } from '../text/stage-file-name.js';
import type { World } from '../world.js';
import { editDocument, readDocument } from './document.js';
import { type LockOptions, placeFile, untilPlaced, type WriteSome, withLock } from './lock.js';
import { absence, fileError, fileSystemFailure, readFile } from './read-file.js';
import type { StageTarget } from './target.js';

export interface FileOptions extends LockOptions {
  readonly world: LockOptions['world'] & Pick<World, 'cwd'>;
  /** What calls make of a stage, where that is more than they say. Throws what they are refused for. */
  readonly apply?: (stage: Stage, calls: Calls) => Stage;
  /** The command that prints the stage for such a file. */
  readonly printedBy?: string;
  /** Edits a file of several hard links too: the path then has a file of its own, and the other links keep the old one. */
  readonly force?: boolean;
  /** Instead of the system's, for tests. */
  readonly write?: WriteSome;
}

const isRegularFile = (path: string): boolean => {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

const stageFilesIn = (folder: string): readonly string[] => {
  try {
    const names = readdirSync(folder).filter((name) => stageFileName.test(name) && !name.startsWith('.'));
    return names.filter((name) => isRegularFile(join(folder, name)));
  } catch {
    return [];
  }
};

const usualPrint = 'aws apigateway get-stage --rest-api-id ID --stage-name NAME';

/** `path` is the file as the user named it, so that what is printed can be pasted. */
const absentStage = (file: string, path: string, printedBy = usualPrint): string => {
  const there = stageFilesIn(dirname(file))
    .slice(0, 5)
    .map((name) => clipped(name));
  const instead = there.length === 0 ? '' : ` Files here: ${there.join(', ')}.`;
  const print = yamlFileName.test(path) ? `${printedBy} --output yaml` : printedBy;
  return `${absence(file)}${instead} To create it: ${print} > ${printable(quoteShell(path))}`;
};

const refuseFolder = (stats: Stats, label: string): void => {
  if (stats.isDirectory())
    throw fileError('is-a-folder', label, 'is a folder; expected a stage file. Name a file in it.');
};

/** The file that symbolic links lead to: the lock lies beside it. */
const fileToEdit = (file: string, label: string): string => {
  const real = realpathSync.native(file);
  const stats = statSync(real);
  refuseFolder(stats, label);
  if (!stats.isFile()) {
    const next = 'Give - to read from stdin and write to stdout.';
    throw fileError('not-a-file', label, `is a pipe or a device; only a file can be edited. ${next}`);
  }
  return real;
};

/** A rename asks neither for permission to write the file, nor what else leads to it. ACLs and extended attributes are not kept. */
const expectReplaceable = (file: string, { nlink }: Stats, label: string, force = false): void => {
  accessSync(file, constants.W_OK);
  if (nlink > 1 && !force) {
    const sentence = `has ${nlink} hard links, and the edit would part this one from the others. To edit it anyway, add --force.`;
    throw fileError('hard-links', label, sentence);
  }
};

/** What happens under the lock: the stage that is decided on is the one that is replaced. */
const editLocked = async (
  file: string,
  label: string,
  lock: string,
  decide: Decide,
  tell: (notices: readonly Notice[]) => void,
  { apply = applyCalls, force, write }: FileOptions,
): Promise<Outcome | undefined> => {
  const { bytes, stats } = readFile(file, (stats) => refuseFolder(stats, label));
  const document = await readDocument(bytes, label);
  const { text, stage } = document;
  tell(document.notices);
  const calls = decide(stage);
  const after = apply(stage, calls);
  const edited = editDocument(document, after);
  if (edited !== text) {
    expectReplaceable(file, stats, label, force);
    if (!placeFile(file, lock, Buffer.from(edited), stats, write)) return undefined;
  }
  return { before: stage, after, calls: withState(calls, 'made') };
};

/**
 * The stage in a file that holds what `aws apigateway get-stage` prints, or a part of it. An edit changes the lines of what it
 * touches, under a lock, and leaves the old file or the new one whenever it is stopped. Symbolic links are followed and kept.
 */
export const stageFile = (path: string, options: FileOptions): StageTarget => {
  const file = resolve(options.world.cwd, path);
  const explaining = async <T>(doing: 'read' | 'edited', work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw fileSystemFailure(error, doing, path, () => absentStage(file, path, options.printedBy));
    }
  };
  let notices: readonly Notice[] = [];
  const tell = (told: readonly Notice[]): void => {
    notices = told;
  };
  return {
    label: path,
    notices: () => notices,
    read: () =>
      explaining('read', async () => {
        const { bytes } = readFile(file, (stats) => refuseFolder(stats, path));
        const document = await readDocument(bytes, path);
        tell(document.notices);
        return document.stage;
      }),
    edit: (decide) =>
      explaining('edited', async () => {
        const real = fileToEdit(file, path);
        return withLock(real, path, options, (lock) =>
          untilPlaced(path, () => editLocked(real, path, lock, decide, tell, options)),
        );
      }),
  };
};
