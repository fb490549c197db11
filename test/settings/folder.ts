import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadSettings } from '../../src/settings/load-settings';
import type { ConfigProblem, Settings } from '../../src/settings/settings';

type SettingsRequest = Parameters<typeof loadSettings>[0];

type Files = { readonly [path: string]: string };

/** A new folder with these files. A path that ends in a slash creates a folder. */
export const aFolder = (files: Files = {}): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'stage-settings-')));
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(path.endsWith('/') ? file : dirname(file), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(file, text, { mode: 0o644 });
  }
  return folder;
};

const reservedNames = ['deploymentId', 'description', 'variables', 'methodSettings'];

/** A request from a folder, with an empty home. */
export const from = (cwd: string, request: Partial<SettingsRequest> = {}): SettingsRequest => ({
  cwd,
  flag: () => undefined,
  reservedNames,
  ...request,
  env: { HOME: join(cwd, 'no-home'), ...request.env },
});

/** Options as typed. */
export const typed =
  (flags: Readonly<Record<string, string>>): SettingsRequest['flag'] =>
  (name) =>
    flags[name];

export const settingsOf = async (request: SettingsRequest): Promise<Settings> => {
  const answer = await loadSettings(request);
  if ('problems' in answer) throw new Error(answer.problems.map(({ message }) => message).join('\n'));
  return answer.settings;
};

export const problemsOf = async (request: SettingsRequest): Promise<readonly ConfigProblem[]> => {
  const answer = await loadSettings(request);
  return 'problems' in answer ? answer.problems : [];
};

export const sentencesOf = async (request: SettingsRequest): Promise<readonly string[]> =>
  (await problemsOf(request)).map(({ message }) => message);
