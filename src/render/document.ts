import type { Problem } from '../stage/problem.js';
import { changesOf, inverseOf, operationsOf, type StageResult, sentCalls } from '../stage/result.js';
import { type IsSecret, maskSecrets } from './redact.js';

/** Raised if a member is removed or changes its meaning, but not if one is added. */
export const schemaVersion = 1;

/**
 * An edit as one document for programs. Operations are exact; secrets in the stages are masked. `after` is the current
 * stage, including changes by others; `changed` and `inverse` cover only this edit.
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

/** A failure as one document for programs. */
export const errorDocument = (code: string, exitCode: number, problems: readonly Problem[]): unknown => ({
  schemaVersion,
  error: { code, message: problems[0]?.message ?? code, exitCode, problems },
});

export const asJson = (value: unknown): string => `${JSON.stringify(value, null, 4)}\n`;

/** YAML that YAML 1.1 parsers read correctly too. Loads the `yaml` package. */
export const asYaml = async (value: unknown): Promise<string> =>
  (await import('../text/yaml-text.js')).writeYaml(value);
