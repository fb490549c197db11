/** Which file configures this run. A few looks at the file system; nothing is loaded for it. */
import { lstatSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, extname, isAbsolute, join } from 'node:path';
import { withoutBom } from '../text/without-bom.js';
import type { World } from '../world.js';

// Cosmiconfig's own order, without the names of programs.
const rcNames = ['.stagerc', '.stagerc.json', '.stagerc.yaml', '.stagerc.yml'];
const projectNames = ['package.json', ...rcNames];
const personalNames = ['config', 'config.json', 'config.yaml', 'config.yml', ...rcNames];

/** In bytes. */
export const maxConfigSize = 1024 * 1024;

/** Whether a file is one of those that keep the configuration under their key `stage`. */
export const isPackageFile = (file: string): boolean => basename(file, extname(file)) === 'package';

/** Whether there is anything of that name: a link that leads nowhere too, which was meant to be something. */
const isThere = (file: string): boolean => {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // In a folder that may not be entered, as a home is after `sudo -u`, nothing can be meant for this user.
    return false;
  }
};

/** What a package file says of `stage`; undefined where it says nothing. */
export const stageKeyOf = (parsed: unknown): unknown =>
  typeof parsed === 'object' && parsed !== null && Object.hasOwn(parsed, 'stage') && 'stage' in parsed
    ? parsed.stage
    : undefined;

const hasStageKey = (text: string): boolean => {
  // Nearly every package.json ends here. An escape might spell the key another way.
  if (!/"stage"|\\u/.test(text)) return false;
  try {
    const value = stageKeyOf(JSON.parse(withoutBom(text)));
    return value !== undefined && value !== null;
  } catch {
    // Broken, and perhaps ours: what it may protect must not be lost in silence.
    return text.includes('"stage"');
  }
};

const configuresStage = (packageFile: string): boolean => {
  try {
    const stats = statSync(packageFile);
    return stats.isFile() && (stats.size > maxConfigSize || hasStageKey(readFileSync(packageFile, 'utf8')));
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EACCES';
  }
};

const isCandidate = (file: string): boolean => isThere(file) && (!isPackageFile(file) || configuresStage(file));

const findIn = (folder: string, names: readonly string[]): string | undefined =>
  names.map((name) => join(folder, name)).find(isCandidate);

const withParents = (folder: string): readonly string[] => {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...withParents(parent)];
};

/**
 * The working directory and what is above it, up to the folder that holds `.git` (a file in a worktree or a submodule).
 * Without one, the working directory alone, so that a file in `/` or `/tmp` configures no project of others.
 */
const projectFolders = (cwd: string): readonly string[] => {
  const folders = withParents(cwd);
  const top = folders.findIndex((folder) => isThere(join(folder, '.git')));
  return folders.slice(0, Math.max(top, 0) + 1);
};

/** `$XDG_CONFIG_HOME/stage`; the specification says that a relative path there counts as none. */
const personalFolder = (env: World['env']): string => {
  const configHome = env['XDG_CONFIG_HOME'] ?? '';
  return join(isAbsolute(configHome) ? configHome : join(env['HOME'] || homedir(), '.config'), 'stage');
};

/** The nearest configuration file, from the working directory upwards and then the user's own. */
export const findConfigFile = (cwd: string, env: World['env']): string | undefined => {
  for (const folder of projectFolders(cwd)) {
    const file = findIn(folder, projectNames);
    if (file !== undefined) return file;
  }
  return findIn(personalFolder(env), personalNames);
};
