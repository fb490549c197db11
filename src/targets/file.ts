/** A stage that lives in a JSON file. */
import { accessSync, constants, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Calls, Outcome } from '../stage/plan.js';
import { StageError } from '../stage/problem.js';
import type { Stage } from '../stage/stage.js';
import type { World } from '../world.js';
import { editDocument, readDocument } from './document.js';
import { type LockOptions, withLock } from './lock.js';
import { printable } from './printable.js';
import type { StageTarget } from './target.js';
import { removeDraft, replaceFile, type WriteSome } from './write.js';

export interface FileOptions extends LockOptions {
  readonly world: LockOptions['world'] & Pick<World, 'cwd'>;
  /** What calls make of a stage. Throws what they are refused for. */
  readonly apply: (stage: Stage, calls: Calls) => Stage;
  /** In place of the system's, for tests. */
  readonly write?: WriteSome;
}

/** What the system says, in words, and what helps. */
const reasons: { readonly [code: string]: string } = {
  EACCES: 'permission denied. Give yourself access, or run this as its owner.',
  EPERM: 'operation not permitted. Run this as its owner, so that the file keeps its owner and its mode.',
  EROFS: 'the file system is read-only. Copy the file to where you can write.',
  ENOSPC: 'no space left on the disk. Free some space and run this again.',
  EDQUOT: 'your disk quota is used up. Free some space and run this again.',
  ENOTDIR: 'part of the path is a file, not a folder. Check the path.',
  ELOOP: 'its symbolic links lead in a circle. Check where they point.',
  ENAMETOOLONG: 'the name is too long. Use a shorter one.',
  EMFILE: 'too many files are open. Run fewer edits at once.',
  EISDIR: 'it is a folder. Name a file in it.',
};

const fileError = (code: string, label: string, sentence: string): StageError =>
  new StageError('file', [{ code, message: `${printable(label)}: ${sentence}` }]);

const jsonFilesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json') && !name.startsWith('.'));
  } catch {
    return [];
  }
};

const missingFile = (file: string, label: string): StageError => {
  const there = jsonFilesIn(dirname(file))
    .slice(0, 5)
    .map((name) => printable(name));
  const instead = there.length === 0 ? '' : ` There is ${there.join(', ')}.`;
  const print = `aws apigateway get-stage --rest-api-id ID --stage-name NAME > ${printable(basename(file))}`;
  return fileError('no-such-file', label, `no such file.${instead} To make it: ${print}`);
};

/** A failure of the file system as a sentence; what is none is thrown on as it is. */
const explainFailure = (error: unknown, doing: 'read' | 'edited', file: string, label: string): unknown => {
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof StageError || code === undefined || syscall === undefined) return error;
  if (code === 'ENOENT') return missingFile(file, label);
  const left = doing === 'edited' ? ' (it is as it was)' : '';
  return fileError(
    `file-not-${doing}`,
    label,
    `cannot be ${doing}${left}: ${reasons[code] ?? printable(message)} [${code}]`,
  );
};

const explaining = async <T>(
  doing: 'read' | 'edited',
  file: string,
  label: string,
  work: () => T | Promise<T>,
): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw explainFailure(error, doing, file, label);
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
const editLocked = (file: string, label: string, decide: (stage: Stage) => Calls, options: FileOptions): Outcome => {
  removeDraft(file);
  const stats = statSync(file);
  const { text, stage } = readDocument(readFileSync(file), label);
  const calls = decide(stage);
  const after = options.apply(stage, calls);
  const edited = editDocument(text, stage, after);
  if (edited !== text) {
    // A rename does not ask for permission to write the file itself.
    accessSync(file, constants.W_OK);
    replaceFile(file, Buffer.from(edited), stats, options.write);
  }
  return { before: stage, after, calls: calls.map((operations) => ({ operations, state: 'made' })) };
};

/**
 * The stage in a file that holds what `aws apigateway get-stage` prints, or a part of it. An edit changes the lines of what it
 * touches, under a lock, and leaves the old file or the new one whenever it is stopped. Symbolic links are followed and kept.
 */
export const stageFile = (path: string, options: FileOptions): StageTarget => {
  const file = resolve(options.world.cwd, path);
  return {
    label: path,
    read: () => explaining('read', file, path, () => readStage(file, path)),
    edit: (decide) =>
      explaining('edited', file, path, () => {
        const real = fileToEdit(file, path);
        return withLock(real, path, options, () => editLocked(real, path, decide, options));
      }),
  };
};
