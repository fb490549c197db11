import type { Problem } from '../stage/problem.js';
import { changesOf, inverseOf, operationsOf, type StageResult, sentCalls } from '../stage/result.js';
import { type IsSecret, maskSecrets } from './redact.js';

/** Raised when a member changes its meaning or goes, not for a new member. */
export const schemaVersion = 1;

/**
 * An edit as one document, for programs. Operations are exact; the secrets of the stages are masked. `after` is the stage as it is now,
 * with what others changed; `changed` and `inverse` are about this edit alone.
 */
export const resultDocument = (result: StageResult, isSecret: IsSecret): unknown => {
  const { operations: inverse, problems } = inverseOf(result);
  const lost = `This edit cannot be undone completely: ${problems.map(({ message }) => message).join(' ')}`;
  return {
    schemaVersion,
    target: result.label,
    changed: changesOf(result).length > 0,
    dryRun: result.isDryRun,
    before: maskSecrets(result.before, isSecret),
    operations: operationsOf(result),
    inverse,
    after: maskSecrets(result.after, isSecret),
    notices:
      problems.length === 0 ? result.notices : [...result.notices, { code: 'inverse-incomplete', message: lost }],
    calls: sentCalls(result),
  };
};

/** A failure as one document, for programs. */
export const errorDocument = (code: string, exitCode: number, problems: readonly Problem[]): unknown => ({
  schemaVersion,
  error: { code, message: problems[0]?.message ?? code, exitCode, problems },
});

export const asJson = (value: unknown): string => `${JSON.stringify(value, null, 4)}\n`;

/** Readers of YAML 1.1 understand it too. Loads the `yaml` package. */
export const asYaml = async (value: unknown): Promise<string> =>
  (await import('../text/yaml-text.js')).writeYaml(value);
