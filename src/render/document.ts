import type { Problem } from '../stage/problem.js';
import { changesOf, inverseOf, operationsOf, type StageResult, statesOf } from '../stage/result.js';
import { type IsSecret, maskStage } from './redact.js';

/** Grows when a member changes its meaning or goes; new members do not make it grow. */
const schemaVersion = 1;

/**
 * An edit as one document, for programs. Operations are exact; the stages hide what is secret. `after` is the stage as it is now, with
 * what others did meanwhile; `changed` and `inverse` are about this edit alone.
 */
export const resultDocument = (result: StageResult, isSecret: IsSecret): unknown => ({
  schemaVersion,
  target: result.label,
  changed: changesOf(result).length > 0,
  dryRun: result.isDryRun,
  before: maskStage(result.before, isSecret),
  operations: operationsOf(result),
  inverse: inverseOf(result),
  after: maskStage(result.after, isSecret),
  notices: result.notices,
  calls: statesOf(result),
});

/** A failure as one document, for programs. */
export const errorDocument = (code: string, exitCode: number, problems: readonly Problem[]): unknown => ({
  schemaVersion,
  error: { code, message: problems[0]?.message ?? code, exitCode, problems },
});

export const asJson = (value: unknown): string => `${JSON.stringify(value, null, 4)}\n`;

export const asYaml = async (value: unknown): Promise<string> => {
  const { stringify } = await import('yaml');
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
};
