/** Which file configures this run. A few looks at the file system; nothing is loaded for it. */
import { lstatSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, extname, isAbsolute, join } from 'node:path';
import { withoutBom } from '../text/json.js';
import type { World } from '../world.js';
import { isMapping } from './settings.js';

// Cosmiconfig's own order, without the names of programs.
const rcNames = ['.stagerc', '.stagerc.json', '.stagerc.yaml', '.stagerc.yml'];
const projectNames = ['package.json', ...rcNames];
const personalNames = ['config', 'config.json', 'config.yaml', 'config.yml', ...rcNames];

/** Whether a file is a configuration by its name alone. */
export const isConfigFile = (file: string): boolean => rcNames.includes(basename(file));

/** Whether a file is one of those that keep the configuration under their key `stage`. */
export const isPackageFile = (file: string): boolean => basename(file, extname(file)) === 'package';

/** What a package file says of `stage`; undefined where it says nothing. */
export const stageKeyOf = (parsed: unknown): unknown => (isMapping(parsed) ? parsed['stage'] : undefined);

/** Whether there is anything of that name: a link that leads nowhere too, which was meant to be something. */
const isThere = (file: string): boolean => {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // In a folder that may not be entered, as a home is after `sudo -u`, nothing can be meant for this user.
    return false;
  }
};

/** One that cannot be read or is broken may: what it protects must not be lost in silence. */
const mayConfigureStage = (packageFile: string): boolean => {
  let text = '';
  try {
    if (!statSync(packageFile).isFile()) return false;
    text = readFileSync(packageFile, 'utf8');
    // Nearly every package.json ends here. An escape might spell the key another way.
    return /"stage"|\\u/.test(text) && (stageKeyOf(JSON.parse(withoutBom(text))) ?? null) !== null;
  } catch (error) {
    return text.includes('"stage"') || (error as NodeJS.ErrnoException).code === 'EACCES';
  }
};

/**
 * The working directory and what is above it, up to the folder that holds `.git` (a file in a worktree or a submodule).
 * Without one, the working directory alone, so that a file in `/` or `/tmp` configures no project of others.
 */
const projectFolders = (cwd: string): readonly string[] => {
  const folders = [cwd];
  for (let folder = cwd; !isThere(join(folder, '.git')); folders.push(folder)) {
    if (dirname(folder) === folder) return [cwd];
    folder = dirname(folder);
  }
  return folders;
};

/** The nearest configuration file, from the working directory upwards and then the user's own. */
export const findConfigFile = (cwd: string, env: World['env']): string | undefined => {
  // The specification says that a relative path there counts as none.
  const configHome = env['XDG_CONFIG_HOME'] ?? '';
  const personal = join(isAbsolute(configHome) ? configHome : join(env['HOME'] || homedir(), '.config'), 'stage');
  return [
    ...projectFolders(cwd).flatMap((folder) => projectNames.map((name) => join(folder, name))),
    ...personalNames.map((name) => join(personal, name)),
  ].find((file) => isThere(file) && (!isPackageFile(file) || mayConfigureStage(file)));
};
