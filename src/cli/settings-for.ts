import { loadSettings } from '../settings/load-settings.js';
import type { Settings } from '../settings/settings.js';
import { StageError } from '../stage/problem.js';
import { stageShape } from '../stage/stage.js';
import type { World } from '../world.js';
import { type GivenOptions, isOn, textOption } from './given-options.js';

/** What is set for a run with these flags. Throws where something is set wrongly. */
export const settingsFor = async (given: GivenOptions, { cwd, env }: World): Promise<Settings> => {
  const answer = await loadSettings({
    cwd,
    env,
    flag: (name) => textOption(given, name),
    noConfig: isOn(given, 'no-config'),
    reservedNames: Object.keys(stageShape),
  });
  if (!('problems' in answer)) return answer.settings;
  const kind = answer.problems.every(({ from }) => from === 'flag') ? 'usage' : 'config';
  throw new StageError(
    kind,
    answer.problems.map(({ message }) => ({ code: kind, message })),
  );
};
