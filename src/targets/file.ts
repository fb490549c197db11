/** A stage in a file. */
import { accessSync, constants, lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { absentStage } from '../stage/creation.js';
import type { Calls } from '../stage/plan.js';
import type { StageError } from '../stage/problem.js';
import { applyCalls, withState } from '../stage/result.js';
import type { Stage } from '../stage/stage.js';
import { clipped, printable } from '../text/printable.js';
import { quoteShell } from '../text/quote-shell.js';
import { stageFileName, yamlFileName } from '../text/stage-file-name.js';
import { editDocument, newDocument, readDocument, type StageDocument, usualPrint } from './document.js';
import { type LockOptions, placeFile, withLock } from './lock.js';
import { fileError, fileSystemFailure, readFile } from './read-file.js';
import type { StageTarget } from './target.js';

export interface FileOptions extends LockOptions {
  /** Applies the calls, if they do more than the engine knows. Throws if a call is refused. */
  readonly apply?: (stage: Stage, calls: Calls) => Stage;
  /** Also edit a file with several hard links: the path then gets its own file; the other links keep the old one. */
  readonly force?: boolean;
  /** Whether to create the file if it does not exist. */
  readonly creates?: boolean;
}

/** Not a pipe, which could block, nor a device, which may be endless. */
export const isRegularFile = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;

const filesBeside = (file: string): string => {
  try {
    const names = readdirSync(dirname(file), { withFileTypes: true })
      .filter((entry) => entry.isFile() && stageFileName.test(entry.name) && !entry.name.startsWith('.'))
      .slice(0, 5)
      .map(({ name }) => clipped(name));
    return names.length === 0 ? '' : ` Files here: ${names.join(', ')}.`;
  } catch {
    return '';
  }
};

const notAFile = (stats: Stats, label: string): StageError => {
  const sentence = stats.isDirectory()
    ? 'is a folder; expected a stage file. Name a file in it.'
    : 'is a pipe or a device; only a file can be edited. Give - to read from stdin and write to stdout.';
  return fileError('not-a-file', label, sentence);
};

/** Needed because a rename ignores write permission and hard links. ACLs and extended attributes are lost. */
const expectReplaceable = (file: string, { nlink }: Stats, label: string, force = false): void => {
  accessSync(file, constants.W_OK);
  if (nlink > 1 && !force) {
    const sentence = `has ${nlink} hard links, and the edit would separate this one from the others. To edit it anyway, add --force.`;
    throw fileError('hard-links', label, sentence);
  }
};

/**
 * The stage in a file that holds what `aws apigateway get-stage` prints, or a part of it. An edit changes only the
 * lines that it touches, under a lock. If it is stopped, the file is either old or new. Symbolic links are followed and
 * kept.
 */
export const stageFile = (path: string, options: FileOptions): StageTarget => {
  const { apply = applyCalls, force, creates = false, world } = options;
  const file = resolve(world.cwd, path);
  // The file as the user named it, so that the printed command can be pasted.
  const print = yamlFileName.test(path) ? `${usualPrint} --output yaml` : usualPrint;
  const howToCreate = (): string => `${filesBeside(file)} To create it: ${print} > ${printable(quoteShell(path))}`;
  let loaded: StageDocument | undefined;
  const load = async (bytes: Uint8Array): Promise<StageDocument> => {
    loaded = await readDocument(bytes, path);
    return loaded;
  };
  const explaining = <T>(doing: 'read' | 'edited', work: () => Promise<T>): Promise<T> =>
    work().catch((error) => {
      throw fileSystemFailure(error, doing, path, file, howToCreate);
    });
  const isAbsent = (at: string): boolean => creates && lstatSync(at, { throwIfNoEntry: false }) === undefined;
  return {
    label: path,
    notices: () => loaded?.notices ?? [],
    check: async (after) => loaded && editDocument(loaded, after),
    read: () =>
      explaining('read', async () => {
        if (isAbsent(file)) return absentStage;
        const stats = statSync(file);
        if (stats.isDirectory()) throw notAFile(stats, path);
        return (await load(readFile(file).bytes)).stage;
      }),
    edit: (decide) =>
      explaining('edited', async () => {
        const isNew = isAbsent(file);
        // The lock is next to the file that symbolic links lead to.
        const real = isNew ? join(realpathSync.native(dirname(file)), basename(file)) : realpathSync.native(file);
        const found = isNew ? undefined : statSync(real);
        if (found?.isFile() === false) throw notAFile(found, path);
        // Read under the lock: the edit replaces the same stage that it was decided on.
        return withLock(real, path, options, async (lock) => {
          const held = isAbsent(real) ? undefined : readFile(real);
          const document = held && (await load(held.bytes));
          const stage = document?.stage ?? absentStage;
          const calls = decide(stage);
          const after = apply(stage, calls);
          const text = await (document ? editDocument(document, after) : newDocument(after, path));
          if (text !== document?.text) {
            if (held) expectReplaceable(real, held.stats, path, force);
            if (!placeFile(real, lock, text, held?.stats)) return undefined;
          }
          return { before: stage, after, calls: withState(calls, 'made') };
        });
      }),
  };
};
