/** Finds the configuration file of this run with a few file system calls, without loading a library. */
import { lstatSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, extname, isAbsolute, join } from 'node:path';
import { withoutBom } from '../text/json.js';
import type { World } from '../world.js';
import { isMapping } from './settings.js';

// Cosmiconfig's order, without program files.
const rcNames = ['.stagerc', '.stagerc.json', '.stagerc.yaml', '.stagerc.yml'];
const projectNames = ['package.json', ...rcNames];
const personalNames = ['config', 'config.json', 'config.yaml', 'config.yml', ...rcNames];

/** Whether a file is a configuration, judging by its name. */
export const isConfigFile = (file: string): boolean => rcNames.includes(basename(file));

/** Whether a file has its configuration under the key `stage`. */
export const isPackageFile = (file: string): boolean => basename(file, extname(file)) === 'package';

/** The `stage` key of a package file; undefined if absent. */
export const stageKeyOf = (parsed: unknown): unknown => (isMapping(parsed) ? parsed['stage'] : undefined);

/** Whether anything has this name. A broken link counts, since it was meant to lead to a file. */
const isThere = (file: string): boolean => {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // A folder that the user may not enter, such as the home after `sudo -u`, has no configuration for this user.
    return false;
  }
};

/** An unreadable or broken package file may, so that its protection is not silently lost. */
const mayConfigureStage = (packageFile: string): boolean => {
  let text = '';
  try {
    if (!statSync(packageFile).isFile()) return false;
    text = readFileSync(packageFile, 'utf8');
    // The regex rules out nearly every package.json. An escape could hide the key.
    return /"stage"|\\u/.test(text) && (stageKeyOf(JSON.parse(withoutBom(text))) ?? null) !== null;
  } catch (error) {
    return text.includes('"stage"') || (error as NodeJS.ErrnoException).code === 'EACCES';
  }
};

/**
 * The working directory and its parents, up to the folder with `.git` (a file in a worktree or a submodule). Without a
 * `.git`, only the working directory, so that a file in `/` or `/tmp` does not configure other people's projects.
 */
const projectFolders = (cwd: string): readonly string[] => {
  const folders = [cwd];
  for (let folder = cwd; !isThere(join(folder, '.git')); folders.push(folder)) {
    if (dirname(folder) === folder) return [cwd];
    folder = dirname(folder);
  }
  return folders;
};

/** The nearest configuration file: from the working directory upwards, then the user's own. */
export const findConfigFile = (cwd: string, env: World['env']): string | undefined => {
  // The XDG specification ignores relative paths.
  const configHome = env['XDG_CONFIG_HOME'] ?? '';
  const personal = join(isAbsolute(configHome) ? configHome : join(env['HOME'] || homedir(), '.config'), 'stage');
  return [
    ...projectFolders(cwd).flatMap((folder) => projectNames.map((name) => join(folder, name))),
    ...personalNames.map((name) => join(personal, name)),
  ].find((file) => isThere(file) && (!isPackageFile(file) || mayConfigureStage(file)));
};
